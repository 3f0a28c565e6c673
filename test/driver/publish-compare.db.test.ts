// Whether content is live already: read from the rows, several years at once, in sight, and for no longer than it is wanted.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderExports } from "../../driver/exports.js";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { check, type PublishOptions } from "../../driver/publish.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
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

const HASHES = "select count(*) as rows_found, coalesce%";

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
      const holder = await connectAsRoot(server);
      await holder.query(`use ${database.settings.database}`);
      await holder.query("lock tables alpha write");
      const stop = new AbortController();
      const [result] = await Promise.all([work(database, asked({ signal: stop.signal })), atStatement(database.root, HASHES, (count) => count > 1).then(() => stop.abort())]);
      expect(problemOf(result)).toEqual({ code: "run-cancelled", run: "run" });
      await atStatement(database.root, HASHES, (count) => count === 0);
      await holder.end();
    }),
  );

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
