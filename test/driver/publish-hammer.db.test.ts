import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { leftovers } from "../../driver/publish.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { makeDatabase, tick, valueOf } from "./publish-database.js";
import { startReaders } from "./publish-readers.js";
import { pairOf } from "./publish-segments.js";

let server: MySqlServer;

beforeAll(async () => {
  server = await startTestMySql();
}, 120_000);

afterAll(async () => server?.stop());

async function intoDatabase(name: string): Promise<Connection> {
  const connection = await connectAsRoot(server);
  await connection.query(`use ${name}`);
  return connection;
}

const READERS = 4;
const PUBLICATIONS = 10;

it("shows readers only whole generations of both tables, without one error, through ten publications", async () => {
  const database = await makeDatabase(server, "hammer");
  const generations = Array.from({ length: PUBLICATIONS + 1 }, (_, generation) => pairOf(database.folder, { generation, rows: 400 + generation * 10 }));
  const publish = async (generation: number): Promise<void> => void valueOf(await database.publish({ tables: generations[generation] ?? [], publication: `g${String(generation)}` }));
  await publish(0);
  const readers = startReaders({ connect: () => intoDatabase("hammer"), count: READERS, generations });
  for (let generation = 1; generation <= PUBLICATIONS; generation++) await publish(generation);
  const seen = await readers.stop();
  expect([seen.errors, seen.wrong, seen.lost]).toEqual([[], [], 0]);
  // The readers saw most generations, not only the first and the last.
  expect(seen.generations).toBeGreaterThan(PUBLICATIONS / 2);
  expect(seen.reads.length).toBeGreaterThan(100);
  expect(valueOf(await leftovers(database.settings))).toEqual({ staging: [], unfinished: [] });
  await database.end();
});

it("never lets new readers wait longer than a try of the swap, while somebody holds a table for much longer", async () => {
  const database = await makeDatabase(server, "long_reader");
  const generations = [0, 1].map((generation) => pairOf(database.folder, { generation, rows: 100 }));
  valueOf(await database.publish({ tables: generations[0] ?? [], publication: "g0" }));
  const holder = await intoDatabase("long_reader");
  await holder.query("start transaction");
  await holder.query("select count(*) from alpha");
  const readers = startReaders({ connect: () => intoDatabase("long_reader"), count: READERS, generations });
  const [result] = await Promise.all([
    database.publish({ tables: generations[1] ?? [], publication: "g1", lockWaitSeconds: 1, deadlineSeconds: 60 }),
    tick(8000).then(() => holder.query("commit")),
  ]);
  const seen = await readers.stop();
  valueOf(result);
  expect([seen.errors, seen.wrong]).toEqual([[], []]);
  const waits = database.events.filter((event) => event.event === "publish-waits").length;
  expect(waits).toBeGreaterThan(1);
  // A try makes new readers wait for its second and no more; between tries they get through.
  const longest = Math.max(...seen.reads.map(({ from, to }) => to - from));
  expect(longest).toBeGreaterThan(500);
  expect(longest).toBeLessThan(2500);
  expect(seen.generations).toBe(2);
  await holder.end();
  await database.end();
});
