// The publisher's turn: who loses it while it loads, swaps or records ends, says what readers have, and spoils nothing of
// the next one's work.

import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderExports } from "../../driver/exports.js";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { openSession } from "../../driver/mysql.js";
import { clean, leftovers, rollback } from "../../driver/publish.js";
import { startTestMySql } from "../servers/mysql.js";
import { atStatement, duringLoad, problemOf, valueOf, watched, withDatabase, type Database } from "./publish-database.js";
import { pairOf } from "./publish-segments.js";

let server: MySqlServer;

beforeAll(async () => {
  server = await startTestMySql();
}, 120_000);
afterAll(async () => server?.stop());

/** Generation 1 is live as p1. */
const withLive = (name: string, work: (database: Database) => Promise<void>): Promise<void> =>
  withDatabase(server, name, async (database) => {
    valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1, rows: 5 }), publication: "p1" }));
    await work(database);
  });

const liveAndSaid = ({ rows }: Database) => rows("select distinct generation g, (select distinct publication from carelake_tables) said from alpha");
const stagingOf = async ({ settings }: Database): Promise<readonly string[]> => valueOf(await leftovers(settings)).staging.map((each) => each.name);

describe("a publisher whose turn ends", () => {
  it("while it loads ends its loaders at once, on the server too, and the next one goes on", () =>
    withLive("turn_load", async (database) => {
      const tables = pairOf(database.folder, { generation: 2, rows: 5 });
      // Rows that never come: only the end of the turn can end these loads.
      const [result] = await Promise.all([
        database.publish({ tables, publication: "p2", reconnectSeconds: 0, stallSeconds: 3600, files: { ...folderExports, open: () => new PassThrough() } }),
        duringLoad(database, async () => {
          const [lock] = await database.rows("select is_used_lock('carelake:turn_load') id");
          await database.root.query("kill ?", [lock?.["id"]]);
        }),
      ]);
      expect(problemOf(result)).toMatchObject({ code: "publish-interrupted", step: "load" });
      await atStatement(database.root, "load data%", (count) => count === 0);
      expect(await stagingOf(database)).toEqual(["alpha__p2", "beta__p2"]);
      expect(valueOf(await database.publish({ tables, publication: "p2" })).outcome).toBe("published");
      expect(await liveAndSaid(database)).toEqual([{ g: 2, said: "p2" }]);
    }));

  it("before its swap leaves what it loaded to the next one, which may be at work on it, and the log as that closed it", () =>
    withLive("turn_swap", async (database) => {
      const tables = pairOf(database.folder, { generation: 2, rows: 5 });
      const connect = watched(database.settings, async (sql) => {
        if (sql.startsWith("update publish_log set state = 'swapping'")) await database.root.query("update publish_log set state = 'abandoned' where state = 'loading'");
      });
      expect(problemOf(await database.publish({ tables, publication: "p2", connect }))).toMatchObject({ code: "publish-in-progress", left: expect.stringContaining("carelake publications says which") });
      expect(await stagingOf(database)).toEqual(["alpha__p2", "beta__p2"]);
      expect(await database.rows("select state from publish_log order by id desc limit 1")).toEqual([{ state: "abandoned" }]);
      expect(await liveAndSaid(database)).toEqual([{ g: 1, said: "p1" }]);
    }));

  it("between its swap and its record says neither that it published nor what is live; the next one writes what the tables say", () =>
    withLive("turn_record", async (database) => {
      const connect = watched(database.settings, async (sql) => {
        if (sql.startsWith("select id from publish_log")) await database.root.query("update publish_log set state = 'abandoned' where state = 'swapping'");
      });
      const result = await database.publish({ tables: pairOf(database.folder, { generation: 2, rows: 5 }), publication: "p2", connect });
      expect(problemOf(result)).toMatchObject({ code: "publish-in-progress", left: expect.stringContaining("carelake publications says which") });
      expect(database.events.filter(({ event }) => event === "publish-swapped").length).toBe(1);
      valueOf(await clean({ connect: database.settings, now: () => new Date() }));
      expect(await liveAndSaid(database)).toEqual([{ g: 2, said: "p2" }]);
      expect(problemOf(await rollback({ connect, set: "pair", version: "0.0.1", now: () => new Date() }))).toMatchObject({ code: "publish-in-progress" });
      valueOf(await clean({ connect: database.settings, now: () => new Date() }));
      expect(await liveAndSaid(database)).toEqual([{ g: 1, said: "p1" }]);
    }));
});

describe("a lock that somebody else holds for too long", () => {
  it("interrupts the publication, and leaves its tables to the next try", () =>
    withLive("lock_wait", async (database) => {
      const tables = pairOf(database.folder, { generation: 2, rows: 5 });
      const { database: name, user } = database.settings;
      const open = async () => {
        const session = await openSession(database.settings);
        await session.set("innodb_lock_wait_timeout", 1);
        return session;
      };
      // No segment can be marked as whole.
      await database.root.query("start transaction");
      await database.root.query("select * from carelake_segments for update");
      const waits = await database.publish({ tables, publication: "p2", reconnectSeconds: 0, connect: { address: "here", user, database: name, open } });
      await database.root.query("rollback");
      expect(problemOf(waits)).toMatchObject({ code: "publish-interrupted", step: "load", message: expect.stringContaining("Lock wait timeout") });
      expect(await stagingOf(database)).toEqual(["alpha__p2", "beta__p2"]);
      expect(valueOf(await database.publish({ tables, publication: "p2" })).outcome).toBe("published");
    }));
});
