// Servers that are set up for people or for another time zone: publication does not depend on what they give to a session
// that asks for nothing. A server of its own, whose global variables are changed.

import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderExports } from "../../driver/exports.js";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { findMySql } from "../../driver/local/mysql-program.js";
import { check, examineServer, leftovers, rollback } from "../../driver/publish.js";
import { testMachine } from "../servers/machine.js";
import { lineTo } from "../servers/line.js";
import { startTestMySql } from "../servers/mysql.js";
import { problemOf, valueOf, withDatabase } from "./publish-database.js";
import { pairOf } from "./publish-segments.js";

let server: MySqlServer;

beforeAll(async () => {
  server = await startTestMySql({ env: { ...testMachine().env, TZ: "Asia/Tokyo" } });
});
afterAll(async () => server?.stop());

describe("a default of the server", () => {
  it.each([
    ["lc_messages", "'de_DE'", "answers in another language"],
    ["max_execution_time", "1", "a limit to how long people may read"],
    ["sql_safe_updates", "1", "no change without a key"],
    ["max_join_size", "10", "a limit to how many rows people may read"],
    ["sql_select_limit", "1", "a limit to how many rows people get"],
    ["completion_type", "'RELEASE'", "a commit that ends the connection"],
    ["sql_mode", "'ANSI,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH'", "another reading of statements"],
    ["time_zone", "'-08:00'", "another time zone"],
  ])("%s = %s, %s: publication and the way back do as ever", (variable, value, _) =>
    withDatabase(server, `with_${variable}`, async (database) => {
      await database.root.query(`set global ${variable} = ${value}`);
      try {
        for (const generation of [1, 2]) valueOf(await database.publish({ tables: pairOf(database.folder, { generation, rows: 5000, rowsPerSegment: 5000 }), publication: `p${String(generation)}` }));
        expect(await database.rows("select distinct generation as g from alpha")).toEqual([{ g: 2 }]);
        expect(valueOf(await rollback({ connect: database.settings, set: "pair", version: "0.0.1", now: () => new Date() }))).toMatchObject({ from: "p2", to: "p1" });
        expect(valueOf(await leftovers(database.settings))).toEqual({ staging: [], unfinished: [] });
      } finally {
        await database.root.query(`set global ${variable} = default`);
      }
    }));
});

describe("a server without a variable that sessions set", () => {
  it("is connected to all the same, so that all that it lacks is told at once: MariaDB is such a one", () =>
    withDatabase(server, "no_variable", async (database) => {
      // As long as the name that it has.
      const line = await lineTo(server.port, (sent) => sent.replace("max_execution_time", "max_statement_time"));
      await database.root.query("set global sql_mode = ''");
      try {
        const { socketPath: _, ...rest } = database.settings;
        const result = await database.publish({ tables: pairOf(database.folder, { generation: 1, rows: 5 }), publication: "p1", connect: { ...rest, host: "127.0.0.1", port: line.port, tls: "off" } });
        expect(problemOf(result)).toMatchObject({ code: "mysql-settings", failures: expect.arrayContaining([expect.objectContaining({ setting: "sql_mode of the session" })]) });
      } finally {
        await database.root.query("set global sql_mode = default");
        line.close();
      }
    }));
});

describe("a writer that becomes a replica", () => {
  it("while rows are loaded: the publication goes on when there is a writer again", () =>
    withDatabase(server, "fails_over", async (database) => {
      let reconnects = 0;
      const again = await database.publish({
        tables: pairOf(database.folder, { generation: 1, rows: 2000, rowsPerSegment: 200 }),
        publication: "p1",
        events: (event) => {
          if (event.event === "publish-loaded" && reconnects === 0) void database.root.query("set global read_only = 1");
          // Once for the statement that was refused, once for a preflight that found a replica.
          if (event.event === "publish-reconnects" && ++reconnects === 2) void database.root.query("set global read_only = 0");
        },
      });
      expect(valueOf(again).outcome).toBe("published");
      expect(reconnects).toBeGreaterThanOrEqual(2);
    }));

  it("from the beginning: it says so at once", () =>
    withDatabase(server, "is_replica", async (database) => {
      await database.root.query("set global read_only = 1");
      const refused = problemOf(await database.publish({ tables: pairOf(database.folder, { generation: 1, rows: 5 }), publication: "p1" }));
      await database.root.query("set global read_only = 0");
      expect(refused).toMatchObject({ code: "mysql-settings", failures: [{ setting: "read_only", found: "ON" }] });
    }));
});

describe("a server whose system is not on UTC", () => {
  it("tells since when a reader holds a table in UTC, and one of this moment is not in the way", () =>
    withDatabase(server, "in_tokyo", async (database) => {
      await database.root.query("grant process on *.* to 'in_tokyo'@'%'");
      await database.root.query("grant select on performance_schema.* to 'in_tokyo'@'%'");
      const tables = pairOf(database.folder, { generation: 1, rows: 5 });
      valueOf(await database.publish({ tables, publication: "p1" }));
      const reader = await createConnection({ socketPath: server.socket, user: server.rootUser, password: server.rootPassword, database: "in_tokyo" });
      const begun = Date.now();
      await reader.query("start transaction");
      await reader.query("select count(*) from alpha");
      const found = valueOf(await check({ connect: database.settings, files: folderExports, set: "pair", tables, publication: "p2", run: "r", version: "0", now: () => new Date(), lockWaitSeconds: 0 }));
      const since = Date.parse(`${String(found.readers?.[0]?.since).replace(" ", "T")}Z`);
      // Whole seconds.
      expect(since).toBeGreaterThan(begun - 2000);
      expect(since).toBeLessThanOrEqual(Date.now());
      expect(found.readers?.[0]?.seconds).toBeLessThanOrEqual((Date.now() - begun) / 1000 + 2);
      await reader.end();
    }));
});

describe("a server that folds names to lower case", () => {
  it("knows its database by whatever case the profile writes it in", async () => {
    const program = await findMySql(testMachine());
    if (!program.ok) throw new Error("no MySQL");
    const folds = await startTestMySql({ program: { ...program.value, args: [...program.value.args, "--lower-case-table-names=1"] } });
    try {
      await withDatabase(folds, "serving", async (database) => {
        const connect = { ...database.settings, database: "Serving" };
        expect(valueOf(await examineServer(connect)).problems).toEqual([]);
        for (const generation of [1, 2]) valueOf(await database.publish({ tables: pairOf(database.folder, { generation, rows: 5 }), publication: `P${String(generation)}`, connect }));
        expect(await database.rows("select distinct generation as g from alpha")).toEqual([{ g: 2 }]);
        // One turn for both names.
        await database.root.query("select get_lock('carelake:serving', 0)");
        expect(valueOf(await leftovers(connect)).working).toMatch(/^\d+$/);
      });
    } finally {
      await folds.stop();
    }
  });
});
