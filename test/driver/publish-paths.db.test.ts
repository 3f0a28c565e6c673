import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { startTestMySql } from "../servers/mysql.js";
import { problemOf, valueOf, withDatabase, type Database } from "./publish-database.js";
import { EDGES, edges } from "./publish-edges.js";
import { field, pairOf, spoiled } from "./publish-segments.js";

const PACKET = 1 << 20;
let server: MySqlServer;

beforeAll(async () => {
  server = await startTestMySql({ localInfile: false });
});
afterAll(async () => server?.stop());

const inDatabase = (name: string, work: (database: Database) => Promise<void>): Promise<void> => withDatabase(server, name, work);

describe("a server with local_infile off", () => {
  it("gets every type's edges by INSERT, says so, and hashes the same content", () =>
    inDatabase("edges", async (database) => {
      const table = edges(database.folder);
      expect(valueOf(await database.publish({ tables: [table], publication: "p1" })).outcome).toBe("published");
      expect(database.events).toContainEqual({ event: "publish-path", path: "insert-batches", because: "local_infile is OFF on the server" });
      const found = await database.rows("select cast(id as char) id, words, cast(large as char) large, cast(moment as char) moment, cast(exact as char) exact from every_type");
      const byId = new Map(found.map((row) => [row["id"], row]));
      for (const row of EDGES) expect(Object.values(byId.get(row[1]) ?? {})).toEqual([row[1], row[2], row[4], row[7], row[9]]);
      expect(await database.rows("select content_hash h from carelake_tables")).toEqual([{ h: table.manifests[0]?.manifest.hash }]);
    }));

  it("takes no bent value, no double key, no null and no cut row, and readers keep what they had", () =>
    inDatabase("bent", async (database) => {
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 1, rows: 50 }), publication: "p1" }));
      const spoil = async (publication: string, change: (line: string) => string) =>
        problemOf(await database.publish({ tables: spoiled(pairOf(database.folder, { generation: 2, rows: 50 }), change), publication }));
      const refused = (words: string) => ({ code: "publish-load-refused", table: "alpha", segment: expect.stringMatching(/part-00000\.txt$/), message: expect.stringContaining(words) });
      expect(await spoil("p2", field(4, "xx"))).toMatchObject(refused("cost_usd"));
      expect(await spoil("p3", field(4, "99999999999999999999.00"))).toMatchObject(refused("cost_usd"));
      // One digit too many is rounded with a note, strict mode or not: the count of warnings tells.
      expect(await spoil("p4", field(4, "1.005"))).toMatchObject(refused("gave 1 warnings"));
      expect(await spoil("p5", field(3, "x".repeat(41)))).toMatchObject(refused("label"));
      expect(await spoil("p6", field(1, "4"))).toMatchObject(refused("Duplicate entry"));
      expect(await spoil("p7", field(2, "\\N"))).toMatchObject(refused("generation"));
      expect(await spoil("p8", (line) => line.split("\t").slice(0, 3).join("\t"))).toMatchObject(refused("line 4 has 3 fields, the table has 5"));
      expect(await spoil("p9", () => "")).toMatchObject(refused("line 4 has 1 fields"));
      // Right in form, wrong in content: only the hash knows.
      expect(await spoil("p10", field(3, "other"))).toMatchObject({ code: "publish-mismatch", what: "content hash of 2022" });
      expect(await database.rows("select distinct generation g from alpha")).toEqual([{ g: 1 }]);
    }));

  it("gets no statement that is longer than it allows, and every row", () =>
    inDatabase("packets", async (database) => {
      const before = "set global max_allowed_packet = 67108864";
      await database.root.query(`set global max_allowed_packet = ${String(PACKET)}`);
      try {
        const tables = pairOf(database.folder, { generation: 1, rows: 60_000, years: [2023], rowsPerSegment: 60_000 });
        const [directory, file] = [tables[0]?.manifests[0]?.directory, tables[0]?.manifests[0]?.manifest.segments[0]?.file];
        const bytes = readFileSync(`${directory ?? ""}/${file ?? ""}`).length;
        expect(bytes).toBeGreaterThan(PACKET);
        valueOf(await database.publish({ tables, publication: "p1" }));
        expect(await database.rows("select count(*) n from alpha")).toEqual([{ n: 60_000 }]);
      } finally {
        await database.root.query(before);
      }
    }));
});
