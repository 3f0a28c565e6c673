import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { leftovers, type PublishEvent } from "../../driver/publish.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { duringStatement, makeDatabase, tick, valueOf } from "./publish-database.js";
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
/** Of a swap, while somebody holds a table. */
const TRIES = 5;

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
  const waits: number[] = [];
  const events = (event: PublishEvent): void => {
    if (event.event !== "publish-waits") return;
    waits.push(performance.now());
    if (waits.length === TRIES) void holder.query("commit");
  };
  const result = await database.publish({ tables: generations[1] ?? [], publication: "g1", lockWaitSeconds: 1, deadlineSeconds: 120, events });
  const seen = await readers.stop();
  valueOf(result);
  expect([seen.errors, seen.wrong]).toEqual([[], []]);
  // A try makes new readers wait for its second; between tries they get through: nobody waited through two of them.
  const longest = Math.max(...seen.reads.map(({ from, to }) => to - from));
  expect(longest).toBeGreaterThan(500);
  const through = seen.reads.filter(({ from, to }) => waits.filter((at) => from < at && at < to).length > 1);
  expect(through).toEqual([]);
  expect(seen.generations).toBe(2);
  await holder.end();
  await database.end();
});

it("never lets new readers wait longer than a try of the swap, though one table after the other is in use", async () => {
  const database = await makeDatabase(server, "one_by_one_held");
  valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 0, rows: 5 }), publication: "g0" }));
  const [first, second] = [await intoDatabase("one_by_one_held"), await intoDatabase("one_by_one_held")];
  await first.query("start transaction");
  await first.query("select count(*) from alpha");
  await second.query("start transaction");
  await second.query("select count(*) from beta");
  const seconds = 5;
  let begun = 0;
  const ends: number[] = [];
  const events = (event: PublishEvent): void => {
    if (event.event !== "publish-waits") return;
    ends.push(performance.now());
    void second.query("commit");
  };
  const [result] = await Promise.all([
    database.publish({ tables: pairOf(database.folder, { generation: 1, rows: 5 }), publication: "g1", lockWaitSeconds: seconds, deadlineSeconds: 120, events }),
    duringStatement(database.root, "rename table%", async () => {
      begun = performance.now();
      await tick(0.8 * seconds * 1000);
      // The server begins to wait for the second table only now, and counts anew.
      await first.query("commit");
    }),
  ]);
  valueOf(result);
  expect((ends[0] ?? Infinity) - begun).toBeLessThan(1.6 * seconds * 1000);
  for (const each of [first, second]) await each.end();
  await database.end();
});
