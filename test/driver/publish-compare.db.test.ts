// Whether content is live already: read from the rows, several years at once, in sight, and for no longer than it is wanted.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderExports } from "../../driver/exports.js";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { check, rollback, type PublishOptions } from "../../driver/publish.js";
import type { SessionSource } from "../../driver/session.js";
import { startTestMySql } from "../servers/mysql.js";
import { atStatement, problemOf, valueOf, watched, withDatabase, type Database } from "./publish-database.js";
import { pairOf } from "./publish-segments.js";

let server: MySqlServer;

beforeAll(async () => {
  server = await startTestMySql();
}, 120_000);
afterAll(async () => server?.stop());

type Asked = (more?: Partial<PublishOptions>) => PublishOptions;

/** Generation 1 is live as p1, and is what is asked for again. */
const withLive = (name: string, work: (database: Database, asked: Asked) => Promise<void>): Promise<void> =>
  withDatabase(server, name, async (database) => {
    const tables = pairOf(database.folder, { generation: 1, rows: 5 });
    valueOf(await database.publish({ tables, publication: "p1" }));
    database.events.length = 0;
    const events: PublishOptions["events"] = (event) => void database.events.push(event);
    await work(database, (more) => ({ connect: database.settings, files: folderExports, set: "pair", run: "run", version: "0.0.1", now: () => new Date(), tables, publication: "p1", events, ...more }));
  });

/** The server would compute for years: no time-out of a lock ends it, only who tells the server to. */
const LONG = "select benchmark(1000000000000, sha2('x', 512)) as years_later, ";
const ENDLESS = `${LONG}%`;

/** The database, with hashes that never end by themselves. */
const endless = ({ settings }: Database): Database["settings"] | SessionSource => watched(settings, () => undefined, (sql) => sql.replace(/^select (?=count\(\*\) as rows_found, coalesce)/, LONG));

describe("content that is live already", () => {
  it("is compared in sight", () =>
    withLive("compare_seen", async (database, asked) => {
      expect(valueOf(await database.publish(asked())).outcome).toBe("already-live");
      expect(database.events.flatMap((event) => (event.event === "publish-step" ? [event.step] : []))).toEqual(["preflight", "compare"]);
      const compared = database.events.flatMap((event) => (event.event === "publish-compared" ? [event] : []));
      expect(compared.map(({ table, year }) => `${table} ${String(year)}`).sort()).toEqual(["alpha 2022", "alpha 2023", "beta 2022", "beta 2023"]);
      expect(compared.at(-1)).toMatchObject({ doneRows: 20, totalRows: 20 });
    }));

  const ways = [
    ["publish", (database: Database, options: PublishOptions) => database.publish(options)],
    ["publish --check", (_: Database, options: PublishOptions) => check(options)],
  ] as const;

  it.each(ways)("by %s is compared by several connections at once, which end when it is stopped", (way, work) =>
    withLive(way === "publish" ? "compare_stopped" : "compare_check", async (database, asked) => {
      const stop = new AbortController();
      const [result] = await Promise.all([work(database, asked({ connect: endless(database), signal: stop.signal })), atStatement(database.root, ENDLESS, (count) => count > 1).then(() => stop.abort())]);
      expect(problemOf(result)).toEqual({ code: "run-cancelled", run: "run" });
      await atStatement(database.root, ENDLESS, (count) => count === 0);
    }),
  );

  it("by publish --check is computed no longer when its own connection is lost", () =>
    withLive("compare_lost", async (database, asked) => {
      const [result] = await Promise.all([
        check(asked({ connect: endless(database) })),
        atStatement(database.root, ENDLESS, (count) => count === 4).then(async (hashing) => {
          const connections = await database.rows("select id from information_schema.processlist where user = 'compare_lost'");
          const [control, ...others] = connections.map((row) => Number(row["id"])).filter((id) => !hashing.includes(id));
          expect(others).toEqual([]);
          await database.root.query("kill ?", [control]);
        }),
      ]);
      expect(problemOf(result)).toMatchObject({ code: "publish-interrupted", step: "compare" });
      await atStatement(database.root, ENDLESS, (count) => count === 0);
    }));

  it("is not taken for spoiled by a check when another publication came and went while it was read", () =>
    withLive("compare_back", async (database, asked) => {
      const { settings: connect } = database;
      const goTo = async (to: string): Promise<void> => void valueOf(await rollback({ connect, set: "pair", to, version: "0.0.1", now: () => new Date() }));
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 2, rows: 5 }), publication: "p2" }));
      await goTo("p1");
      let is: "p1" | "p2" | "p1 again" = "p1";
      const moved = watched(connect, async (sql) => {
        if (is === "p1" && sql.startsWith("select count(*) as rows_found") && sql.includes("`beta`")) {
          is = "p2";
          await goTo("p2");
        } else if (is === "p2" && !sql.startsWith("commit")) {
          is = "p1 again";
          await goTo("p1");
        }
      });
      expect(valueOf(await check(asked({ connect: moved, parallel: 1 }))).live).toEqual({ is: "same", publication: "p1" });
      expect(is).toBe("p1 again");
    }));

  it("is compared again by a check when a publication takes a table away meanwhile", () =>
    withLive("compare_gone", async (database, asked) => {
      const [alpha] = pairOf(database.folder, { generation: 2, rows: 5 });
      let isGone = false;
      const connect = watched(database.settings, async (sql) => {
        if (isGone || !sql.startsWith("select count(*) as rows_found") || !sql.includes("`beta`")) return;
        isGone = true;
        valueOf(await database.publish({ tables: alpha === undefined ? [] : [alpha], publication: "p2", allowBreaking: true }));
      });
      expect(valueOf(await check(asked({ connect, parallel: 1 }))).live).toEqual({ is: "other", publication: "p2" });
    }));
});
