import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { openSession } from "../../driver/mysql.js";
import { withWhatReadersSee } from "../../driver/publication.js";
import { clean, leftovers, type PublishEvent, type PublishTable } from "../../driver/publish.js";
import { createTable, loadLocal } from "../../driver/publish/ddl.js";
import { takeInventory } from "../../driver/publish/inventory.js";
import { recordLive } from "../../driver/publish/log.js";
import { startTestMySql } from "../servers/mysql.js";
import { duringLoad, duringStatement, makeDatabase, problemOf, tick, valueOf, withDatabase, type Database } from "./publish-database.js";
import { field, pairOf, spoiled } from "./publish-segments.js";

let server: MySqlServer;
let generalLog: string;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "carelake-log-"));
  generalLog = join(folder, "general.log");
  server = await startTestMySql({ extraArgs: ["--general-log=ON", `--general-log-file=${generalLog}`] });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  rmSync(join(generalLog, ".."), { recursive: true, force: true });
});

const inDatabase = (name: string, work: (database: Database) => Promise<void>): Promise<void> => withDatabase(server, name, work);

const BIG = { rows: 60_000, rowsPerSegment: 60_000 };

/** A first generation is live, and stays as it is whatever `work` does. */
async function withLive(name: string, work: (database: Database) => Promise<void>): Promise<void> {
  await inDatabase(name, async (database) => {
    valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1 }), publication: "p1" }));
    await work(database);
    await expectLive(database, 1);
  });
}

async function expectLive(database: Database, generation: number): Promise<void> {
  const rows = await database.rows("select (select count(*) from alpha) n, (select min(generation) from alpha) a, (select max(generation) from alpha) z, (select count(*) from beta) m, (select min(generation) from beta) b, (select max(generation) from beta) y");
  expect(rows).toEqual([{ n: 1000, a: generation, z: generation, m: 1000, b: generation, y: generation }]);
}

async function expectNothingLeft(database: Database): Promise<void> {
  expect(valueOf(await leftovers(database.settings))).toEqual({ staging: [], unfinished: [] });
  const tables = await database.rows("select table_name n from information_schema.tables where table_schema = database() and table_name like '%\\_\\_p%'");
  expect(tables).toEqual([]);
}

describe("before anything is loaded", () => {
  it("tells a server that is down, a wrong password, an unknown database and a database that is not allowed", () =>
    inDatabase("gates", async (database) => {
      const tables = pairOf(database.folder, { generation: 1, rows: 5 });
      const meet = async (connect: object) => problemOf(await database.publish({ tables, publication: "p1", connect: { ...database.settings, ...connect } }));
      expect(await meet({ socketPath: "/nowhere/mysql.sock" })).toMatchObject({ code: "mysql-unreachable", address: "/nowhere/mysql.sock" });
      const { socketPath: _, ...rest } = database.settings;
      const down = problemOf(await database.publish({ tables, publication: "p1", connect: { ...rest, host: "127.0.0.1", port: 1, tls: "off" } }));
      expect(down).toMatchObject({ code: "mysql-unreachable", address: "127.0.0.1:1" });
      const denied = await meet({ password: "not-it" });
      expect(denied).toMatchObject({ code: "mysql-access-denied", user: "gates" });
      expect(JSON.stringify(denied)).not.toContain("not-it");
      expect(await meet({ database: "mysql" })).toMatchObject({ code: "mysql-access-denied", database: "mysql" });
      await database.root.query("grant all on `gates%`.* to 'gates'@'%'");
      expect(await meet({ database: "gates_no" })).toEqual({ code: "mysql-unknown-database", database: "gates_no", address: server.socket, user: "gates" });
    }));

  it("demands TLS with a certificate it can check, and plain text only on this computer", () =>
    inDatabase("tls", async (database) => {
      const tables = pairOf(database.folder, { generation: 1, rows: 5 });
      const { socketPath: _, ...rest } = database.settings;
      const meet = async (connect: object) => database.publish({ tables, publication: "p1", connect: { ...rest, port: server.port, ...connect } });
      expect(problemOf(await meet({ host: "localhost" }))).toMatchObject({ code: "mysql-tls", address: `localhost:${String(server.port)}` });
      // The server signs its own certificate and names no host in it: the chain holds, the name does not.
      expect(problemOf(await meet({ host: "localhost", caFile: server.caFile }))).toMatchObject({ code: "mysql-tls", caFile: server.caFile });
      expect(problemOf(await meet({ host: "db.example.org", tls: "off" }))).toMatchObject({ code: "config-invalid", key: "mysql.tls" });
      expect(problemOf(await meet({ host: "127.0.0.1" }))).toMatchObject({ code: "config-invalid", key: "mysql.host" });
      expect(problemOf(await meet({ host: "localhost", caFile: "/nowhere.pem" }))).toMatchObject({ code: "config-invalid", key: "mysql.caFile" });
      expect(valueOf(await meet({ host: "127.0.0.1", tls: "off" })).outcome).toBe("published");
    }));

  it("names every setting, privilege and column that stands in the way at once", () =>
    withLive("all_at_once", async (database) => {
      await database.root.query("revoke drop, alter on `all\\_at\\_once`.* from 'all_at_once'@'%'");
      await database.root.query("set global max_allowed_packet = 524288");
      try {
        const [alpha, ...others] = pairOf(database.folder, { generation: 2 });
        if (alpha === undefined) throw new Error("no table");
        const columns = alpha.columns.flatMap((column) => (column.name === "label" ? [] : column.name === "cost_usd" ? [{ ...column, type: "bigint" as const }] : [column]));
        const changed: PublishTable = { ...alpha, columns, indexes: [], manifests: [] };
        const result = await database.publish({ tables: [changed, ...others], publication: "p2" });
        expect(result.ok ? [] : result.problems).toEqual([
          { code: "mysql-settings", failures: [{ setting: "max_allowed_packet", found: "524288", needed: "at least 1048576", fix: expect.stringContaining("SET PERSIST max_allowed_packet") as unknown }] },
          { code: "mysql-privileges", missing: ["DROP", "ALTER"], user: "all_at_once", database: "all_at_once" },
          { code: "publish-contract-broken", table: "alpha", changes: ["column label varchar(40) is dropped", "column cost_usd changes from decimal(18,2) to bigint", "year 2022 is no longer in it", "year 2023 is no longer in it"] },
        ]);
      } finally {
        await database.root.query("set global max_allowed_packet = 67108864");
      }
      await expectNothingLeft(database);
    }));

  it("refuses a contract that breaks readers, takes it with allowBreaking, and retires a table only then", () =>
    inDatabase("contract", async (database) => {
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1 }), publication: "p1" }));
      const [alpha] = pairOf(database.folder, { generation: 2 });
      if (alpha === undefined) throw new Error("no table");
      const wider = { ...alpha, columns: alpha.columns.map((column) => (column.name === "label" ? { ...column, maxLength: 80 } : column)) };
      expect(problemOf(await database.publish({ tables: [wider], publication: "p2" }))).toEqual({ code: "publish-contract-broken", table: "beta", changes: ["table is no longer published"] });
      await expectLive(database, 1);
      const taken = valueOf(await database.publish({ tables: [wider], publication: "p2", allowBreaking: true }));
      expect(taken.changes).toEqual(["alpha: column label changes from varchar(40) to varchar(80)", "beta: table is no longer published"]);
      expect((await database.rows("show tables")).flatMap((row) => Object.values(row) as unknown[])).toEqual(["alpha", "alpha__old_p1", "beta__old_p1", "carelake_migrations", "carelake_segments", "carelake_tables", "publish_log"]);
    }));

  it("never replaces a table that it did not make", () =>
    inDatabase("foreign_table", async (database) => {
      await database.root.query("create table beta (mine int)");
      const problem = problemOf(await database.publish({ tables: pairOf(database.folder, { generation: 1, rows: 5 }), publication: "p1", allowBreaking: true }));
      expect(problem).toMatchObject({ code: "publish-refused", table: "beta" });
    }));

  it("finds segments that are missing, cut short or of another contract before it connects", () =>
    inDatabase("segments", async (database) => {
      const tables = pairOf(database.folder, { generation: 1, rows: 50 });
      const at = (table: number, year: number): string => tables[table]?.manifests[year]?.directory ?? "";
      rmSync(join(at(0, 0), "part-00000.txt"));
      truncateSync(join(at(0, 1), "part-00000.txt"), 100);
      const other = tables[1];
      const broken = other === undefined ? [] : [{ ...other, columns: other.columns.slice(1) }];
      const result = await database.publish({ tables: [...tables.slice(0, 1), ...broken], publication: "p1", connect: { ...database.settings, socketPath: "/nowhere" } });
      expect((result.ok ? [] : result.problems).map((problem) => (problem.code === "publish-load-refused" ? problem.message : problem.code))).toEqual([
        "the file is missing",
        expect.stringMatching(/^the file has 100 bytes, the manifest says \d+$/),
        expect.stringMatching(/^columns are year int, code string/),
        expect.stringMatching(/^columns are year int, code string/),
      ]);
    }));
});

describe("while it loads", () => {
  it("takes no bent value, no double key, no cut row, and names the column", () =>
    withLive("bent", async (database) => {
      const spoil = async (publication: string, change: (line: string) => string) => {
        const tables = pairOf(database.folder, { generation: 2, rows: 50 });
        return problemOf(await database.publish({ tables: spoiled(tables, change), publication }));
      };
      expect(await spoil("p2", field(4, "xx"))).toMatchObject({ code: "publish-load-refused", table: "alpha", warnings: [expect.stringContaining("cost_usd")] });
      expect(await spoil("p3", field(4, "99999999999999999999.00"))).toMatchObject({ code: "publish-load-refused", warnings: [expect.stringContaining("cost_usd")] });
      expect(await spoil("p4", field(3, "x".repeat(41)))).toMatchObject({ code: "publish-load-refused", warnings: [expect.stringContaining("label")] });
      expect(await spoil("p5", field(1, "4"))).toMatchObject({ code: "publish-load-refused", warnings: [expect.stringContaining("Duplicate entry")] });
      expect(await spoil("p6", field(2, "\\N"))).toMatchObject({ code: "publish-load-refused", warnings: [expect.stringContaining("generation")] });
      expect(await spoil("p7", (line) => line.split("\t").slice(0, 3).join("\t"))).toMatchObject({ code: "publish-load-refused", table: "alpha" });
      // Right in form, wrong in content: only the hash knows.
      expect(await spoil("p8", field(3, "other"))).toMatchObject({ code: "publish-mismatch", table: "alpha", what: "content hash of 2022" });
      expect(valueOf(await leftovers(database.settings)).staging.map((each) => each.name)).toEqual(["alpha__p8", "beta__p8"]);
      expect(valueOf(await clean({ connect: database.settings, now: () => new Date() })).dropped).toEqual(["alpha__p8", "beta__p8"]);
      await expectNothingLeft(database);
    }));

  it("survives a source that is empty in between, breaks, ends early or gives text, and one that stalls", () =>
    inDatabase("sources", async (database) => {
      const [, beta] = pairOf(database.folder, { generation: 1, rows: 3 });
      if (beta === undefined) throw new Error("no table");
      const tag = { set: "s", publication: "p", run: "r", version: "v", at: "a", rows: 0, hash: "0", contract: "c", years: [], snapshots: {}, members: ["beta"] };
      const session = await openSession(database.settings);
      await session.run(createTable(beta, "beta", tag));
      const line = (code: string): string => `2023\t${code}\t1\t1\n`;
      const load = (source: Readable, stall = 30) => session.load(loadLocal(beta, "beta", "x"), source, stall);
      expect(await load(Readable.from([Buffer.from(line("a")), Buffer.alloc(0), Buffer.from(line("b"))]))).toEqual({ records: 2, skipped: 0, warnings: 0 });
      expect((await load(Readable.from([line("c"), "", line("d")]))).records).toBe(2);
      expect((await load(Readable.from([]))).records).toBe(0);
      await session.run("start transaction");
      const breaks = Readable.from((async function* () {
        yield Buffer.from(line("e"));
        await tick(20);
        throw new Error("the disk went away");
      })());
      await expect(load(breaks)).rejects.toThrow("the disk went away");
      await session.run("rollback");
      const early = new PassThrough();
      early.write(line("f"));
      setTimeout(() => early.destroy(), 30);
      await session.run("start transaction");
      await expect(load(early)).rejects.toThrow(/premature close/i);
      await session.run("rollback");
      expect(await session.query("select count(*) n from beta")).toEqual([{ n: "4" }]);
      const stalls = new PassThrough();
      stalls.write(line("g"));
      await expect(load(stalls, 1)).rejects.toThrow("no progress for 1 s");
      await expect(session.query("select 1")).rejects.toThrow("no progress");
      expect((await database.rows("select count(*) n from beta"))[0]?.["n"]).toBe(4);
    }));

  it("ends at once on a signal, and leaves nothing", () =>
    withLive("aborted", async (database) => {
      const tables = pairOf(database.folder, { generation: 2, ...BIG });
      const stop = new AbortController();
      const [result] = await Promise.all([
        database.publish({ tables, publication: "p2", signal: stop.signal }),
        duringLoad(database, async () => stop.abort()),
      ]);
      expect(problemOf(result)).toEqual({ code: "run-cancelled", run: "run-p2" });
      await expectNothingLeft(database);
    }));

  it("lets one publisher work at a time, and lists nothing of it as left over", () =>
    withLive("rivals", async (database) => {
      const tables = pairOf(database.folder, { generation: 1, ...BIG });
      const [first] = await Promise.all([
        database.publish({ tables, publication: "p2" }),
        duringLoad(database, async () => {
          const rival = problemOf(await database.publish({ tables: pairOf(database.folder, { generation: 3, rows: 5 }), publication: "p3", turnSeconds: 0 }));
          expect(rival).toMatchObject({ code: "publish-in-progress", database: "rivals", owner: expect.stringMatching(/^connection \d+/) });
          expect(problemOf(await clean({ connect: database.settings, now: () => new Date() })).code).toBe("publish-in-progress");
          expect(valueOf(await leftovers(database.settings))).toMatchObject({ staging: [], unfinished: [] });
        }),
      ]);
      expect(valueOf(first).publication).toBe("p2");
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1 }), publication: "p4" }));
    }));
});

describe("two publishers of one database", () => {
  const otherPair = (database: Database, generation: number): readonly PublishTable[] =>
    pairOf(database.folder, { generation, rows: 5 }).map((table) => ({ ...table, name: `other_${table.name}`, manifests: table.manifests.map((each) => ({ ...each, manifest: { ...each.manifest, table: `other_${table.name}` } })) }));

  it("take turns: the second says whom it waits for, and publishes when the first is done", () =>
    inDatabase("turns", async (database) => {
      const [first, second] = await Promise.all([
        database.publish({ tables: pairOf(database.folder, { generation: 1, ...BIG }), publication: "p1" }),
        duringLoad(database, async () => undefined).then(() => database.publish({ tables: otherPair(database, 2), set: "other", publication: "q1" })),
      ]);
      expect([valueOf(first).outcome, valueOf(second).outcome]).toEqual(["published", "published"]);
      expect(database.events.filter((event) => event.event === "publish-queues")).toEqual([{ event: "publish-queues", owner: expect.stringMatching(/^connection \d+/) }]);
    }));

  it("wait no longer than they were told, and not at all once they are stopped", () =>
    inDatabase("turns_end", async (database) => {
      await database.root.query("select get_lock('carelake:turns_end', 0)");
      const tables = pairOf(database.folder, { generation: 1, rows: 5 });
      const begun = performance.now();
      expect(problemOf(await database.publish({ tables, publication: "p1", turnSeconds: 2 }))).toMatchObject({ code: "publish-in-progress", owner: expect.stringMatching(/^connection \d+/) });
      expect(performance.now() - begun).toBeGreaterThan(1900);
      const stop = new AbortController();
      const [stopped] = await Promise.all([database.publish({ tables, publication: "p1", signal: stop.signal }), tick(500).then(() => stop.abort())]);
      expect(problemOf(stopped)).toEqual({ code: "run-cancelled", run: "run-p1" });
      expect(performance.now() - begun).toBeLessThan(30_000);
    }));
});

describe("the swap", () => {
  it("gives up after its deadline, names the reader in the way, and goes through once the reader is gone", () =>
    withLive("locked", async (database) => {
      await database.root.query("grant process on *.* to 'locked'@'%'");
      await database.root.query("grant select on performance_schema.* to 'locked'@'%'");
      const reader = await createConnection({ socketPath: server.socket, user: server.rootUser, password: server.rootPassword, database: "locked" });
      await reader.query("start transaction");
      await reader.query("select count(*) from alpha");
      const tables = pairOf(database.folder, { generation: 2 });
      const result = await database.publish({ tables, publication: "p2", lockWaitSeconds: 1, deadlineSeconds: 3 });
      expect(problemOf(result)).toMatchObject({ code: "publish-locked", blockers: [expect.stringMatching(new RegExp(`^connection ${String(reader.threadId)} of root@`))] });
      await expectLive(database, 1);
      // What was loaded and verified waits for the next try, which has only to swap it in.
      expect(valueOf(await leftovers(database.settings)).staging.map((each) => each.name)).toEqual(["alpha__p2", "beta__p2"]);
      const again: PublishEvent[] = [];
      const late = await database.publish({
        tables,
        publication: "p2",
        lockWaitSeconds: 1,
        deadlineSeconds: 120,
        events: (event) => {
          again.push(event);
          if (event.event === "publish-waits" && event.attempt === 2) void reader.query("commit");
        },
      });
      expect(valueOf(late).publication).toBe("p2");
      expect(again.filter((event) => event.event === "publish-loaded")).toEqual([]);
      await expectLive(database, 2);
      await reader.end();
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1 }), publication: "p4" }));
    }));

  it("recognises a publisher that died after the RENAME and finishes its record, or gives up one that died before", () =>
    withLive("died", async (database) => {
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 2 }), publication: "p2" }));
      await database.root.query("update publish_log set state = 'swapping', finished_at = null where publication = 'p2'");
      await database.root.query("update carelake_tables set publication = 'p1'");
      await database.root.query("insert into publish_log (set_name, action, publication, run, state, tables_json, connection_id, carelake_version, started_at) values ('pair', 'publish', 'p9', 'r', 'loading', json_array(json_object('table', 'alpha', 'at', 'x')), 0, '0', now())");
      expect(valueOf(await leftovers(database.settings)).unfinished).toMatchObject([{ publication: "p2", live: true }, { publication: "p9", live: false }]);
      valueOf(await clean({ connect: database.settings, now: () => new Date() }));
      expect(await database.rows("select distinct publication p from carelake_tables")).toEqual([{ p: "p2" }]);
      expect(await database.rows("select publication p, state s from publish_log order by id")).toEqual([{ p: "p1", s: "done" }, { p: "p2", s: "done" }, { p: "p9", s: "abandoned" }]);
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1 }), publication: "p3" }));
    }));
});

describe("after the swap", () => {
  it("a publisher that was taken for dead, and whose record others have finished, says nothing of what is live since", () =>
    inDatabase("late_record", async (database) => {
      for (const generation of [1, 2]) valueOf(await database.publish({ tables: pairOf(database.folder, { generation, rows: 5 }), publication: `p${String(generation)}` }));
      const [first] = await database.rows("select cast(id as char) id from publish_log where publication = 'p1'");
      const session = await openSession(database.settings);
      const seen = (await takeInventory(session)).owned.map((each) => ({ ...each, name: each.table, tag: { ...each.tag, publication: "p1" } }));
      await recordLive(session, String(first?.["id"]), { set: "pair", live: seen, now: new Date() });
      await session.close();
      expect(await database.rows("select distinct publication p from carelake_tables")).toEqual([{ p: "p2" }]);
    }));

  const FULL = "signal sqlstate '45000' set mysql_errno = 1114, message_text = 'The table ''carelake_tables'' is full'";

  it("a record that cannot be written says that readers have the new tables, and the next publication writes it", () =>
    inDatabase("unrecorded", async (database) => {
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1 }), publication: "p1" }));
      await database.root.query(`create trigger full_disk before insert on carelake_tables for each row ${FULL}`);
      const tables = pairOf(database.folder, { generation: 2 });
      const problem = withWhatReadersSee(problemOf(await database.publish({ tables, publication: "p2" })));
      expect(problem).toMatchObject({ code: "publish-disk-full", left: "MySQL serves the new tables; only the record is missing, the next publication writes it" });
      await expectLive(database, 2);
      expect(await database.rows("select distinct publication p from carelake_tables")).toEqual([{ p: "p1" }]);
      expect(await database.rows("select state s from publish_log where publication = 'p2'")).toEqual([{ s: "swapping" }]);
      await database.root.query("drop trigger full_disk");
      expect(valueOf(await database.publish({ tables, publication: "p2" }))).toMatchObject({ outcome: "already-live", publication: "p2" });
      expect(await database.rows("select distinct publication p from carelake_tables")).toEqual([{ p: "p2" }]);
      expect(await database.rows("select state s from publish_log where publication = 'p2' order by id")).toEqual([{ s: "done" }, { s: "already-live" }]);
    }));

  it("a connection that breaks during the record says the same", () =>
    inDatabase("unheard", async (database) => {
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1 }), publication: "p1" }));
      // The record waits for a row that somebody else holds; there its connection is killed.
      await database.root.query("start transaction");
      await database.root.query("select * from carelake_tables for update");
      const tables = pairOf(database.folder, { generation: 2 });
      const killer = await makeDatabase(server, "unheard_killer");
      await killer.root.query("use unheard");
      const [result] = await Promise.all([
        database.publish({ tables, publication: "p2", reconnectSeconds: 0 }),
        killOnce(killer, "delete from carelake_tables%"),
      ]);
      await database.root.query("rollback");
      await killer.end();
      expect(problemOf(result)).toMatchObject({ code: "publish-interrupted", step: "the record of the swap", left: expect.stringContaining("serves the new tables") });
      await expectLive(database, 2);
      expect(valueOf(await database.publish({ tables, publication: "p2" })).outcome).toBe("already-live");
    }));

  it("a connection that breaks while it tidies leaves a publication that is done and recorded", () =>
    inDatabase("untidied", async (database) => {
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1 }), publication: "p1" }));
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 2 }), publication: "p2" }));
      // Somebody still reads the oldest generation, so its drop waits.
      const reader = await createConnection({ socketPath: server.socket, user: server.rootUser, password: server.rootPassword, database: "untidied" });
      await reader.query("start transaction");
      await reader.query("select count(*) from alpha__old_p1");
      const [result] = await Promise.all([
        database.publish({ tables: pairOf(database.folder, { generation: 3 }), publication: "p3", keepGenerations: 1 }),
        killOnce(database, "drop table%"),
      ]);
      await reader.end();
      expect(valueOf(result)).toMatchObject({ outcome: "published", publication: "p3", dropped: [] });
      expect(database.events.filter((event) => event.event === "publish-kept").map((event) => event.table)).toEqual(["alpha__old_p1", "beta__old_p1"]);
      await expectLive(database, 3);
      expect(await database.rows("select distinct publication p from carelake_tables")).toEqual([{ p: "p3" }]);
      expect(await database.rows("select state s from publish_log where publication = 'p3'")).toEqual([{ s: "done" }]);
    }));
});

/** Kills the first connection whose statement is like that. */
const killOnce = ({ root }: Database, statement: string): Promise<void> => duringStatement(root, statement, async ([id]) => void (await root.query("kill ?", [id])));

describe("the server", () => {
  it("may die in the middle of a load: live tables stand, staging is listed and removable, the next try goes through", async () => {
    const folder = mkdtempSync(join(tmpdir(), "carelake-crash-"));
    const first = await startTestMySql({ folder });
    const database = await makeDatabase(first, "crash");
    valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1 }), publication: "p1" }));
    const tables = pairOf(database.folder, { generation: 2, ...BIG });
    const [result] = await Promise.all([database.publish({ tables, publication: "p2", reconnectSeconds: 0 }), duringLoad(database, () => first.kill())]);
    expect(problemOf(result).code).toBe("publish-interrupted");
    const second = await startTestMySql({ folder, rootPassword: first.rootPassword });
    const settings = { ...database.settings, socketPath: second.socket };
    try {
      expect(valueOf(await leftovers(settings))).toMatchObject({ staging: [{ name: "alpha__p2" }, { name: "beta__p2" }], unfinished: [{ publication: "p2", state: "loading", live: false }] });
      expect(valueOf(await database.publish({ tables, publication: "p2", connect: settings })).publication).toBe("p2");
      expect(valueOf(await leftovers(settings))).toEqual({ staging: [], unfinished: [] });
    } finally {
      await database.end();
      await second.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("never sees a password in a statement, its general log or its process list", () =>
    inDatabase("secret", async (database) => {
      const seen: string[] = [];
      const watch = setInterval(() => void database.rows("show full processlist").then((rows) => seen.push(JSON.stringify(rows))), 10);
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1, rows: 3000 }), publication: "p1" }));
      clearInterval(watch);
      appendFileSync(generalLog, "");
      const log = readFileSync(generalLog, "utf8");
      expect(log).toContain("load data local infile");
      // The statement that made the account is in the log with its password hidden by the server.
      expect(log).not.toContain(database.password);
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.join()).not.toContain(database.password);
      expect(JSON.stringify(database.events)).not.toContain(database.password);
    }));
});
