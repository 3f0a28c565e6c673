import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { openSession } from "../../driver/mysql.js";
import { folderExports } from "../../driver/exports.js";
import { check, clean, leftovers, publications, readLive, rollback, type PublishOptions } from "../../driver/publish.js";
import { closeEntry, markSwapping, openEntry } from "../../driver/publish/log.js";
import { startTestMySql } from "../servers/mysql.js";
import { problemOf, valueOf, withDatabase, type Database } from "./publish-database.js";
import { EDGES, edges } from "./publish-edges.js";
import { pairOf } from "./publish-segments.js";

let server: MySqlServer;

beforeAll(async () => {
  server = await startTestMySql();
}, 120_000);

afterAll(async () => server?.stop());

const inDatabase = (name: string, work: (database: Database) => Promise<void>): Promise<void> => withDatabase(server, name, work);

describe("content", () => {
  it("brings every type's edges back as they were, and MySQL computes the hash of the segments", () =>
    inDatabase("edges", async (database) => {
      const table = edges(database.folder);
      const published = valueOf(await database.publish({ tables: [table], publication: "p1" }));
      expect(published.outcome).toBe("published");
      const found = await database.rows("select cast(id as char) id, words, cast(large as char) large, cast(moment as char) moment, cast(exact as char) exact from every_type");
      const byId = new Map(found.map((row) => [row["id"], row]));
      for (const row of EDGES) {
        const got = byId.get(row[1]);
        expect([got?.["id"], got?.["words"], got?.["large"], got?.["moment"], got?.["exact"]]).toEqual([row[1], row[2], row[4], row[7], row[9]]);
      }
      const [live] = await database.rows("select * from carelake_tables");
      expect(live).toMatchObject({ table_name: "every_type", set_name: "pair", publication: "p1", run: "run-p1", row_count: EDGES.length, content_hash: table.manifests[0]?.manifest.hash, years: "2023" });
      const comments = await database.rows("select column_comment c from information_schema.columns where table_schema = 'edges' and table_name = 'every_type' and column_name = 'money'");
      expect(comments[0]?.["c"]).toBe(`It's "money" \\ with a quote`);
    }));

  it("knows content that is already live, and loads again when a row, a year or the contract differs", () =>
    inDatabase("again", async (database) => {
      const tables = pairOf(database.folder, { generation: 1 });
      expect(valueOf(await database.publish({ tables, publication: "p1" })).outcome).toBe("published");
      const second = valueOf(await database.publish({ tables, publication: "p2" }));
      expect(second).toMatchObject({ outcome: "already-live", publication: "p1" });
      const indexed = tables.map((table) => ({ ...table, indexes: [] }));
      expect(valueOf(await database.publish({ tables: indexed, publication: "p2" })).outcome).toBe("published");
      expect(valueOf(await database.publish({ tables, publication: "p1" }))).toMatchObject({ outcome: "published", publication: "p1-2" });
      const fewer = tables.map((table) => ({ ...table, manifests: table.manifests.slice(1) }));
      const lost = await database.publish({ tables: fewer, publication: "p3" });
      expect(lost.ok ? [] : lost.problems).toEqual(["alpha", "beta"].map((table) => ({ code: "publish-contract-broken", table, changes: ["year 2022 is no longer in it"] })));
      expect((await database.rows("select distinct year y from alpha order by 1")).map((row) => row["y"])).toEqual([2022, 2023]);
      expect(valueOf(await database.publish({ tables: fewer, publication: "p3", allowBreaking: true })).outcome).toBe("published");
      expect((await database.rows("select distinct year y from alpha")).map((row) => row["y"])).toEqual([2023]);
    }));
});

describe("live tables that say they are what shall be published", () => {
  const spoilings: readonly (readonly [what: string, sql: string, difference: object])[] = [
    ["a value", "update alpha set label = 'other' where year = 2023 and id = 3", { table: "alpha", what: "content hash of 2023" }],
    ["a row", "delete from beta where year = 2022 limit 1", { table: "beta", what: "rows of 2022", expected: "5", found: "4" }],
    ["a year", "insert into alpha values (1999, 1, 1, null, 0)", { table: "alpha", what: "rows of all years", expected: "10", found: "11" }],
    ["a column", "alter table beta drop column is_good", { table: "beta", what: "columns" }],
  ];
  it.each(spoilings)("are read before that is believed: %s that somebody changed is told, and loaded again", (what, sql, difference) =>
    inDatabase(`spoiled_${what.replace(" ", "_")}`, async (database) => {
      const tables = pairOf(database.folder, { generation: 1, rows: 5 });
      const options: PublishOptions = { connect: database.settings, files: folderExports, set: "pair", run: "run", version: "0.0.1", now: () => new Date(), tables, publication: "p1", allowBreaking: true };
      expect(valueOf(await check(options)).live).toEqual({ is: "nothing" });
      valueOf(await database.publish(options));
      expect(valueOf(await check(options)).live).toEqual({ is: "same", publication: "p1" });
      await database.root.query(sql);
      expect(valueOf(await check(options)).live).toMatchObject({ is: "spoiled", publication: "p1", difference });
      expect(valueOf(await database.publish(options))).toMatchObject({ outcome: "published", publication: "p1-2" });
      expect(database.events.filter(({ event }) => event === "publish-repairs").length).toBe(1);
      expect(valueOf(await check(options)).live).toEqual({ is: "same", publication: "p1-2" });
      // What was spoiled is nothing to go back to.
      expect(valueOf(await publications(database.settings)).former).toEqual([]);
      expect(valueOf(await check({ ...options, tables: pairOf(database.folder, { generation: 2, rows: 5 }) })).live).toEqual({ is: "other", publication: "p1-2" });
    }));
});

describe("a publisher that was taken for dead", () => {
  it("does not swap what it had begun", () =>
    inDatabase("given_up", async (database) => {
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1, rows: 5 }), publication: "p1" }));
      const session = await openSession(database.settings);
      try {
        const entry = { set: "pair", action: "publish", publication: "p2", run: "run", version: "0.0.1", tables: [] } as const;
        await markSwapping(session, await openEntry(session, entry, new Date()), "given_up");
        const closed = await openEntry(session, entry, new Date());
        await closeEntry(session, closed, { state: "abandoned", now: new Date() });
        await expect(markSwapping(session, closed, "given_up")).rejects.toMatchObject({ problem: { code: "publish-in-progress", database: "given_up" } });
        expect(await database.rows("select state from publish_log order by id desc limit 2")).toEqual([{ state: "abandoned" }, { state: "swapping" }]);
      } finally {
        await session.close();
      }
    }));
});

describe("generations", () => {
  it("are read as one, also when another is swapped in between two queries", () =>
    inDatabase("read_live", async (database) => {
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1, rows: 5 }), publication: "p1" }));
      let reads = 0;
      const asked = await readLive({ connect: database.settings, set: "pair" }, async ([session], live) => {
        reads++;
        const [alpha] = await session.query("select max(generation) as g from alpha");
        if (reads === 1) valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 2, rows: 5 }), publication: "p2" }));
        const [beta] = await session.query("select max(generation) as g from beta");
        return { publication: live.publication, alpha: alpha?.["g"], beta: beta?.["g"] };
      });
      expect([reads, valueOf(asked)]).toEqual([2, { publication: "p2", alpha: "2", beta: "2" }]);
      expect(valueOf(await readLive({ connect: database.settings, set: "nobody" }, async () => 1))).toBeUndefined();
      const without = await readLive({ connect: database.settings, set: "pair" }, ([session]) => session.query("select no_such_column from alpha"));
      expect(problemOf(without)).toMatchObject({ code: "publish-refused", step: "reading the published tables", message: expect.stringContaining("no_such_column") });
    }));

  it("are read again when another was live in between, though the same one is back", () =>
    inDatabase("read_back", async (database) => {
      const { settings: connect } = database;
      for (const generation of [1, 2]) valueOf(await database.publish({ tables: pairOf(database.folder, { generation, rows: 5 }), publication: `p${String(generation)}` }));
      const goTo = async (to: string): Promise<void> => void valueOf(await rollback({ connect, set: "pair", to, version: "0.0.1", now: () => new Date() }));
      let reads = 0;
      const asked = await readLive({ connect, set: "pair", sessions: 2 }, async ([one, other = one]) => {
        reads++;
        const [alpha] = await one.query("select max(generation) as g from alpha");
        if (reads === 1) await goTo("p1");
        const [beta] = await other.query("select max(generation) as g from beta");
        if (reads === 1) await goTo("p2");
        return { alpha: alpha?.["g"], beta: beta?.["g"] };
      });
      expect([reads, valueOf(asked)]).toEqual([2, { alpha: "2", beta: "2" }]);
      // A publication that ends without a swap changes nothing for who reads.
      reads = 0;
      const undisturbed = await readLive({ connect, set: "pair" }, async () => {
        expect(valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 2, rows: 5 }), publication: "p2" })).outcome).toBe("already-live");
        return ++reads;
      });
      expect([reads, valueOf(undisturbed)]).toEqual([1, 1]);
      const disturbed = await readLive({ connect, set: "pair" }, async () => {
        await goTo("p1");
        await goTo("p2");
      });
      expect(problemOf(disturbed)).toEqual({ code: "publish-unsettled", database: "read_back", set: "pair", how: "changed" });
    }));

  it("are not read from sessions that show different ones, as replicas behind one address can", () =>
    inDatabase("read_here", async (here) =>
      withDatabase(server, "read_there", async (there) => {
        const tables = pairOf(here.folder, { generation: 1, rows: 5 });
        valueOf(await here.publish({ tables, publication: "p1" }));
        valueOf(await there.publish({ tables, publication: "p2" }));
        const places = [here, there];
        let opened = 0;
        const connect = { address: "a pair", user: "read_here", database: "read_here", open: () => openSession((places[opened++ % 2] ?? here).settings) };
        let reads = 0;
        const asked = await readLive({ connect, set: "pair", sessions: 2 }, () => Promise.resolve(++reads));
        expect([reads, problemOf(asked)]).toEqual([0, { code: "publish-unsettled", database: "read_here", set: "pair", how: "differ" }]);
      }),
    ));

  it("stay by age as well as by number, and never one of somebody else's", () =>
    inDatabase("ages", async (database) => {
      const publish = async (generation: number, day: number) =>
        valueOf(await database.publish({ tables: pairOf(database.folder, { generation, rows: 5 }), publication: `p${String(generation)}`, keepGenerations: 1, keepDays: 7, now: () => new Date(Date.UTC(2026, 0, day)) }));
      for (const [generation, day] of [[1, 1], [2, 6], [3, 7]] as const) await publish(generation, day);
      // Copies take the comment along, whatever they are called.
      await database.root.query("create table alpha_before like alpha");
      await database.root.query("create table mine__old_p1 like alpha");
      await database.root.query("create table alpha__old_p0 (mine int) comment='not of carelake'");
      expect((await publish(4, 9)).dropped).toEqual(["alpha__old_p1", "beta__old_p1"]);
      expect(valueOf(await publications(database.settings)).former.map((each) => each.publication)).toEqual(["p3", "p2"]);
      expect((await publish(5, 14)).dropped).toEqual(["alpha__old_p2", "beta__old_p2"]);
      const tables = (await database.rows("show tables")).flatMap((row) => Object.values(row) as unknown[]);
      expect(tables).toEqual(expect.arrayContaining(["alpha_before", "mine__old_p1", "alpha__old_p0"]));
      valueOf(await clean({ connect: database.settings, now: () => new Date() }));
      expect(await database.rows("show tables")).toHaveLength(tables.length);
    }));

  it("stand in the order of their publication, whatever the clocks of those who published say", () =>
    inDatabase("clocks", async (database) => {
      // The second computer's clock is a day behind.
      for (const [generation, day] of [[1, 2], [2, 1], [3, 1]] as const) {
        valueOf(await database.publish({ tables: pairOf(database.folder, { generation, rows: 5 }), publication: `p${String(generation)}`, keepGenerations: 1, now: () => new Date(Date.UTC(2026, 0, day)) }));
      }
      expect(valueOf(await publications(database.settings)).former.map((each) => each.publication)).toEqual(["p2"]);
      expect(valueOf(await rollback({ connect: database.settings, set: "pair", version: "0.0.1", now: () => new Date() })).to).toBe("p2");
    }));

  it("keep apart what differs only in letters that a table's name folds", () =>
    inDatabase("folded", async (database) => {
      for (const [generation, publication] of [[1, "Run-1"], [2, "run.1"], [3, "p3"]] as const) valueOf(await database.publish({ tables: pairOf(database.folder, { generation, rows: 5 }), publication }));
      expect(valueOf(await publications(database.settings)).former.map((each) => each.publication)).toEqual(["run.1-2", "Run-1"]);
    }));

  it("bring back a contract that was left, and a table that was retired or came with it goes and comes", () =>
    inDatabase("contract_back", async (database) => {
      const [alpha, beta] = pairOf(database.folder, { generation: 1, rows: 5 });
      const [second] = pairOf(database.folder, { generation: 2, rows: 5 });
      if (alpha === undefined || beta === undefined || second === undefined) throw new Error("no tables");
      valueOf(await database.publish({ tables: [alpha, beta], publication: "p1" }));
      const wider = { ...second, columns: second.columns.map((column) => (column.name === "label" ? { ...column, maxLength: 80 } : column)), indexes: [] };
      valueOf(await database.publish({ tables: [wider], publication: "p2", allowBreaking: true }));
      const back = { connect: database.settings, set: "pair", version: "0.0.1", now: () => new Date() };
      const seen = async () => ({
        tables: (await database.rows("select table_name n from carelake_tables order by 1")).map((row) => row["n"] as unknown),
        type: (await database.rows("select column_type t from information_schema.columns where table_schema = 'contract_back' and table_name = 'alpha' and column_name = 'label'"))[0]?.["t"] as unknown,
      });
      expect(await seen()).toEqual({ tables: ["alpha"], type: "varchar(80)" });
      valueOf(await rollback(back));
      expect(await seen()).toEqual({ tables: ["alpha", "beta"], type: "varchar(40)" });
      valueOf(await rollback({ ...back, to: "p2" }));
      expect(await seen()).toEqual({ tables: ["alpha"], type: "varchar(80)" });
      // The next one is held to what is live now.
      expect(problemOf(await database.publish({ tables: [alpha], publication: "p3" }))).toMatchObject({ code: "publish-contract-broken", table: "alpha", changes: ["column label changes from varchar(80) to varchar(40)"] });
    }));

  it("tell the analyst's account what is live, from which snapshot of the lake, also where an older version published", () =>
    inDatabase("told", async (database) => {
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1, rows: 5 }), publication: "p1" }));
      // As version 0001 left it.
      await database.root.query("alter table carelake_tables drop column lake_snapshots");
      await database.root.query("drop table carelake_segments");
      await database.root.query("delete from carelake_migrations where version = 2");
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 2, rows: 5 }), publication: "p2" }));
      await database.root.query("create user told_analyst identified by 'analyst-of-a-test'");
      for (const table of ["alpha", "carelake_tables", "publish_log"]) await database.root.query(`grant select on told.${table} to told_analyst`);
      const session = await openSession({ ...database.settings, user: "told_analyst", password: "analyst-of-a-test" });
      expect(await session.query("select table_name, publication, run, lake_snapshots, carelake_version, row_count from carelake_tables order by 1")).toEqual(
        ["alpha", "beta"].map((table) => ({ table_name: table, publication: "p2", run: "run-p2", lake_snapshots: '{"2022": "1", "2023": "1"}', carelake_version: "0.0.1", row_count: "10" })),
      );
      expect(await session.query("select publication, state from publish_log order by id")).toEqual([{ publication: "p1", state: "done" }, { publication: "p2", state: "done" }]);
      expect(await session.query("select max(generation) as g from alpha")).toEqual([{ g: "2" }]);
      for (const hidden of ["alpha__old_p1", "beta", "carelake_segments"]) await expect(session.query(`select 1 from ${hidden}`)).rejects.toThrow("denied");
      await session.close();
    }));

  it("keeps as many as asked, drops older ones, and rolls back and forth with one swap", () =>
    inDatabase("rollback_db", async (database) => {
      for (const generation of [1, 2, 3, 4]) {
        valueOf(await database.publish({ tables: pairOf(database.folder, { generation }), publication: `p${String(generation)}`, keepGenerations: 2 }));
      }
      const kept = valueOf(await publications(database.settings));
      expect(kept.live.map((each) => each.publication)).toEqual(["p4"]);
      expect(kept.former.map((each) => each.publication)).toEqual(["p3", "p2"]);
      const back = { connect: database.settings, set: "pair", version: "0.0.1", now: () => new Date() };
      const first = valueOf(await rollback(back));
      expect(first).toMatchObject({ from: "p4", to: "p3" });
      expect(first.swapMilliseconds).toBeLessThan(1000);
      expect(await database.rows("select distinct a.generation a, b.generation b from alpha a, beta b")).toEqual([{ a: 3, b: 3 }]);
      expect(await database.rows("select distinct publication p from carelake_tables")).toEqual([{ p: "p3" }]);
      expect(valueOf(await rollback(back)).to).toBe("p2");
      expect(problemOf(await rollback(back))).toEqual({ code: "publication-unknown", set: "pair", known: ["p4", "p3"] });
      expect(valueOf(await rollback({ ...back, to: "p4" })).to).toBe("p4");
      expect((await database.rows("select action, publication, state from publish_log order by id desc limit 1"))[0]).toEqual({ action: "rollback", publication: "p4", state: "done" });
      expect(valueOf(await leftovers(database.settings))).toEqual({ staging: [], unfinished: [] });
      expect(valueOf(await clean({ connect: database.settings, now: () => new Date() }))).toEqual({ dropped: [] });
    }));
});
