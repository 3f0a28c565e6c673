import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { leftovers } from "../../driver/publish.js";
import { lineOf } from "../../driver/publish/ddl.js";
import { startTestMySql } from "../servers/mysql.js";
import { makeDatabase, valueOf } from "./publish-database.js";
import { PAIR, pairOf } from "./publish-segments.js";

let server: MySqlServer;

beforeAll(async () => {
  server = await startTestMySql();
}, 120_000);

afterAll(async () => server?.stop());

const READERS = 4;
const PUBLICATIONS = 10;
const hashOf = (table: string, columns: (typeof PAIR)[number]["columns"]): string =>
  `(select concat(count(*), ' ', min(generation), ' ', max(generation), ' ', coalesce(sum(cast(conv(left(sha2(${lineOf(columns)}, 256), 8), 16, 10) as unsigned)), 0)) from ${table})`;

it("shows readers only whole generations of both tables, without one error, through ten publications", async () => {
  const database = await makeDatabase(server, "hammer");
  // What a whole generation looks like, known from its segments before it is published.
  const wholes = new Set<string>();
  const generations = Array.from({ length: PUBLICATIONS + 1 }, (_, generation) => {
    const tables = pairOf(database.folder, { generation, rows: 400 + generation * 10 });
    const said = tables.map(({ manifests }) => {
      const rows = manifests.reduce((sum, { manifest }) => sum + manifest.rows, 0);
      const hash = manifests.reduce((sum, { manifest }) => sum + BigInt(manifest.hash), 0n);
      return `${String(rows)} ${String(generation)} ${String(generation)} ${String(hash)}`;
    });
    wholes.add(said.join(" | "));
    return tables;
  });
  valueOf(await database.publish({ tables: generations[0] ?? [], publication: "g0" }));

  const [alpha, beta] = PAIR.map((table) => hashOf(table.name, table.columns));
  const query = `select concat(${String(alpha)}, ' | ', ${String(beta)}) seen`;
  let over = false;
  const seen = new Map<string, number>();
  const errors: unknown[] = [];
  const read = async (): Promise<void> => {
    const reader = await createConnection({ socketPath: server.socket, user: server.rootUser, password: server.rootPassword, database: "hammer" });
    await reader.query("set names utf8mb4 collate utf8mb4_0900_as_cs");
    while (!over) {
      try {
        const [rows] = await reader.query<RowDataPacket[]>(query);
        const what = String(rows[0]?.["seen"]);
        seen.set(what, (seen.get(what) ?? 0) + 1);
      } catch (error) {
        errors.push(error);
      }
    }
    await reader.end();
  };
  const readers = Array.from({ length: READERS }, read);
  try {
    for (let generation = 1; generation <= PUBLICATIONS; generation++) {
      valueOf(await database.publish({ tables: generations[generation] ?? [], publication: `g${String(generation)}` }));
    }
  } finally {
    over = true;
    await Promise.all(readers);
  }
  expect(errors).toEqual([]);
  expect([...seen.keys()].filter((what) => !wholes.has(what))).toEqual([]);
  // The readers saw most generations, not only the first and the last.
  expect(seen.size).toBeGreaterThan(PUBLICATIONS / 2);
  expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
  expect(valueOf(await leftovers(database.settings))).toEqual({ staging: [], unfinished: [] });
  await database.end();
});
