import { renameSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderExports } from "../../driver/exports.js";
import { OLDER_MYSQL } from "../../driver/local/artifacts.js";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { openSession } from "../../driver/mysql.js";
import { check, examineServer, type PublishOptions } from "../../driver/publish.js";
import { createTable, sizeFaults } from "../../driver/publish/ddl.js";
import { takeInventory } from "../../driver/publish/inventory.js";
import { preflight } from "../../driver/publish/preflight.js";
import type { NamedColumn, PublishTable } from "../../driver/publish/set.js";
import { isOlderMySql, startTestMySql } from "../servers/mysql.js";
import { makeDatabase, problemOf, valueOf, type Database } from "./publish-database.js";
import { pairOf } from "./publish-segments.js";

let server: MySqlServer;

beforeAll(async () => {
  server = await startTestMySql();
}, 120_000);

afterAll(async () => server?.stop());

async function inDatabase(name: string, work: (database: Database) => Promise<void>): Promise<void> {
  const database = await makeDatabase(server, name);
  try {
    await work(database);
  } finally {
    await database.end();
  }
}

const publication = (database: Database, tables: readonly PublishTable[]): PublishOptions => ({
  connect: database.settings,
  files: folderExports,
  set: "pair",
  tables,
  publication: "p2",
  run: "run-p2",
  version: "0.0.1",
  now: () => new Date(),
});

const PRIVILEGES = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX"];

describe("the account", () => {
  it("is told each privilege that it lacks, one by one", () =>
    inDatabase("one_by_one", async (database) => {
      for (const privilege of PRIVILEGES) {
        await database.root.query(`revoke ${privilege} on \`one\\_by\\_one\`.* from 'one_by_one'@'%'`);
        const { problems } = valueOf(await examineServer(database.settings));
        expect(problems, privilege).toEqual([{ code: "mysql-privileges", missing: [privilege], user: "one_by_one", database: "one_by_one" }]);
        await database.root.query(`grant ${privilege} on \`one\\_by\\_one\`.* to 'one_by_one'@'%'`);
      }
      expect(valueOf(await examineServer(database.settings)).problems).toEqual([]);
    }));

  it("is told what was taken out of a grant on everything", () =>
    inDatabase("taken_out", async (database) => {
      await database.root.query("revoke all on `taken\\_out`.* from 'taken_out'@'%'");
      await database.root.query("grant select, insert, update, delete, create, drop, alter, index on *.* to 'taken_out'@'%'");
      expect(valueOf(await examineServer(database.settings)).problems).toEqual([]);
      await database.root.query("set global partial_revokes = on");
      await database.root.query("revoke drop on `taken_out`.* from 'taken_out'@'%'");
      const { problems } = valueOf(await examineServer(database.settings));
      await database.root.query("drop user 'taken_out'@'%'");
      await database.root.query("set global partial_revokes = off");
      expect(problems).toMatchObject([{ missing: ["DROP"] }]);
    }));
});

describe("the server", () => {
  it("is told by its version, and taken", () =>
    inDatabase("version", async (database) => {
      const { facts, problems } = valueOf(await examineServer(database.settings));
      expect(facts.server).toContain(`MySQL ${isOlderMySql ? OLDER_MYSQL.version : server.version}`);
      expect([facts.path.name, problems]).toEqual(["load-data-local", []]);
    }));
});

describe("what a session sets for itself", () => {
  it("is read back, for something between may have taken it away", () =>
    inDatabase("surroundings", async (database) => {
      const session = await openSession(database.settings);
      const options = publication(database, pairOf(database.folder, { generation: 1, rows: 5 }));
      const judge = async () => preflight(session, options, await takeInventory(session));
      expect((await judge()).ok).toBe(true);
      await session.run("set session sql_mode = 'NO_BACKSLASH_ESCAPES', time_zone = '+02:00'");
      await session.run("set names latin1");
      const problem = problemOf(await judge());
      expect(problem.code === "mysql-settings" ? problem.failures.map(({ setting, found }) => [setting, found]) : problem).toEqual([
        ["sql_mode of the session", "NO_BACKSLASH_ESCAPES"],
        ["time_zone of the session", "+02:00"],
        ["character_set_client of the session", "latin1"],
        ["character_set_connection of the session", "latin1"],
      ]);
      await session.close();
    }));
});

describe("room on the disk", () => {
  it("is known of a server on this computer by its own folder, and not of another that has none here", () =>
    inDatabase("room", async (database) => {
      const options = publication(database, pairOf(database.folder, { generation: 1, rows: 50 }));
      const [data] = await database.rows("select @@datadir d, @@log_bin b");
      const folder = String(data?.["d"]);
      const { space } = valueOf(await check(options));
      const segmentBytes = options.tables.flatMap((table) => table.manifests.flatMap(({ manifest }) => manifest.segments)).reduce((sum, each) => sum + each.bytes, 0);
      expect(space.neededBytes).toBe(3 * segmentBytes);
      const { bavail, bsize } = await statfs(folder);
      expect(Math.abs((space.freeBytes ?? 0) - bavail * bsize)).toBeLessThan(2e9);
      renameSync(join(folder, "auto.cnf"), join(folder, "auto.cnf.away"));
      const elsewhere = valueOf(await check(options)).space;
      renameSync(join(folder, "auto.cnf.away"), join(folder, "auto.cnf"));
      expect(elsewhere.freeBytes).toBeUndefined();
      expect(elsewhere.source).toContain("FreeStorageSpace");
    }));
});

describe("carelake publish --check", () => {
  it("names who holds a table, since when and with which statement, and what would change, and changes nothing", () =>
    inDatabase("readers", async (database) => {
      await database.root.query("grant process on *.* to 'readers'@'%'");
      await database.root.query("grant select on performance_schema.* to 'readers'@'%'");
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1, rows: 5 }), publication: "p1" }));
      const reader = await createConnection({ socketPath: server.socket, user: server.rootUser, password: server.rootPassword, database: "readers" });
      await reader.query("start transaction");
      await reader.query("select count(*) from alpha");
      const before = await database.rows("select table_name n, table_comment c from information_schema.tables where table_schema = 'readers' order by 1");
      const options = { ...publication(database, pairOf(database.folder, { generation: 2, rows: 5 })), lockWaitSeconds: 0 };
      // Somebody publishes meanwhile: a check waits for nobody.
      await database.root.query("select get_lock('carelake:readers', 0)");
      const found = valueOf(await check(options));
      expect(found.readers).toEqual([
        { connection: String(reader.threadId), account: "root@localhost", since: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/), seconds: expect.any(Number), statement: "select count(*) from alpha", isIdle: true },
      ]);
      expect(Math.abs(Date.now() - Date.parse(`${String(found.readers?.[0]?.since).replace(" ", "T")}Z`))).toBeLessThan(60_000);
      expect([found.problems, found.working]).toEqual([[], expect.stringMatching(/^connection \d+ of root@/)]);
      expect(await database.rows("select table_name n, table_comment c from information_schema.tables where table_schema = 'readers' order by 1")).toEqual(before);
      await reader.end();
      const quiet = valueOf(await check(options));
      expect(quiet.readers).toEqual([]);
    }));

  it("says that it cannot tell the readers where the account may not see locks", () =>
    inDatabase("blind", async (database) => {
      const options = publication(database, pairOf(database.folder, { generation: 1, rows: 5 }));
      expect(valueOf(await check(options)).readers).toEqual([]);
      valueOf(await database.publish({ ...options, publication: "p1" }));
      expect(valueOf(await check(options)).readers).toBeUndefined();
    }));
});

describe("a definition that MySQL cannot hold", () => {
  it("is found at the byte at which MySQL itself refuses it", () =>
    inDatabase("sizes", async (database) => {
      const text = (name: string, maxLength: number): NamedColumn => ({ name, type: "string", meaning: name, maxLength });
      const year: NamedColumn = { name: "year", type: "int", meaning: "Data year" };
      const table = (columns: readonly NamedColumn[], key: readonly string[]): PublishTable => ({ name: "sized", meaning: "Sizes", columns: [year, ...columns], key: ["year", ...key], indexes: [], manifests: [] });
      const tag = { set: "s", publication: "p", run: "r", version: "v", at: "a", rows: 0, hash: "0", contract: "c", years: [], snapshots: {}, members: ["sized"] };
      const rest = [text("b", 100), { name: "money", type: "decimal(18,2)", meaning: "m", nullable: true } as const];
      const taken = async (each: PublishTable): Promise<boolean> => {
        const made = await database.root.query(createTable(each, "sized", tag)).then(() => true, () => false);
        await database.root.query("drop table if exists sized");
        return made;
      };
      for (const [length, fits] of [[767, true], [768, false]] as const) {
        const each = table([text("a", length)], ["a"]);
        expect([await taken(each), sizeFaults(each).length === 0]).toEqual([fits, fits]);
      }
      let last = true;
      for (const length of [16_270, 16_272, 16_274, 16_276, 16_278, 16_280]) {
        const each = table([text("a", length), ...rest], []);
        const fits = await taken(each);
        expect(sizeFaults(each).length === 0, String(length)).toBe(fits);
        last = last && fits;
      }
      expect(last).toBe(false);
    }));
});
