import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderExports, type ExportFiles } from "../../driver/exports.js";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { openSession, type MySqlSettings } from "../../driver/mysql.js";
import { leftovers, type PublishOptions } from "../../driver/publish.js";
import { withCrew } from "../../driver/publish/crew.js";
import { generationOf } from "../../driver/publish/generation.js";
import { loadPath } from "../../driver/publish/load-path.js";
import { loadSegments } from "../../driver/publish/load.js";
import { migrate } from "../../driver/publish/migrate.js";
import { segmentsOf } from "../../driver/publish/segments.js";
import { makeStaging } from "../../driver/publish/staging.js";
import { lineTo, type Line } from "../servers/line.js";
import { startTestMySql } from "../servers/mysql.js";
import { duringLoad, makeDatabase, problemOf, valueOf, type Database } from "./publish-database.js";
import { pairOf } from "./publish-segments.js";

let server: MySqlServer;

beforeAll(async () => {
  server = await startTestMySql();
}, 120_000);

afterAll(async () => server?.stop());

/** Many segments, and each takes a moment. */
const MANY = { rows: 16_000, rowsPerSegment: 1600 };
const SEGMENTS = 40;
const CONNECTIONS = 4;

async function inDatabase(name: string, work: (database: Database) => Promise<void>): Promise<void> {
  const database = await makeDatabase(server, name);
  try {
    await work(database);
  } finally {
    await database.end();
  }
}

const overLine = ({ settings }: Database, line: Line): MySqlSettings => {
  const { socketPath: _, ...rest } = settings;
  return { ...rest, host: "127.0.0.1", port: line.port, tls: "off" };
};

/** Segments as they were reported whole. */
const loaded = (database: Database): readonly string[] => database.events.flatMap((each) => (each.event === "publish-loaded" ? [`${each.table} ${each.segment}`] : []));

/** Calls `act` once some segments stand whole and another is being loaded. */
async function inTheMiddle(database: Database, act: (ids: readonly number[]) => void | Promise<void>): Promise<void> {
  while (loaded(database).length < SEGMENTS / 4) await new Promise((resolve) => setTimeout(resolve, 2));
  await duringLoad(database, async (ids) => act(ids));
}

/** The hash says that all is there; of segments that were committed as their connections broke nobody reports. */
function expectNoneTwice(database: Database): void {
  const all = loaded(database);
  expect(new Set(all).size).toBe(all.length);
  const breaks = database.events.filter((event) => event.event === "publish-reconnects").length;
  expect(all.length).toBeGreaterThanOrEqual(SEGMENTS - CONNECTIONS * Math.max(1, breaks));
}

/** Half of the file, then what a client hears whose server went away. */
const brokenOff = (place: string): Readable =>
  Readable.from(
    (async function* () {
      const bytes = readFileSync(place);
      yield bytes.subarray(0, bytes.length / 2);
      throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
    })(),
  );

describe("a load that breaks off", () => {
  it("goes on over a new connection when the line is cut, without loading a whole segment twice", () =>
    inDatabase("cut", async (database) => {
      const line = await lineTo(server.port);
      const [result] = await Promise.all([
        database.publish({ tables: pairOf(database.folder, { generation: 1, ...MANY }), publication: "p1", connect: overLine(database, line) }),
        inTheMiddle(database, () => line.cut()),
      ]);
      line.close();
      expect(valueOf(result)).toMatchObject({ outcome: "published", publication: "p1" });
      const known = database.events.find((event) => event.event === "publish-continued");
      expect(known?.doneRows).toBeGreaterThanOrEqual((SEGMENTS / 4) * MANY.rowsPerSegment);
      expectNoneTwice(database);
      expect(database.events.filter((event) => event.event === "publish-reconnects")).toMatchObject([{ problem: { code: "publish-interrupted", step: "load" } }]);
      expect(await database.rows("select count(*) n from carelake_segments")).toEqual([{ n: 0 }]);
    }));

  it("goes on when the server kills one of its connections", () =>
    inDatabase("killed_loader", async (database) => {
      const [result] = await Promise.all([
        database.publish({ tables: pairOf(database.folder, { generation: 1, ...MANY }), publication: "p1" }),
        inTheMiddle(database, async ([id]) => void (await database.root.query("kill ?", [id]))),
      ]);
      expect(valueOf(result).outcome).toBe("published");
      expectNoneTwice(database);
    }));

  it("goes on when the server kills the connection that holds the publishers' lock", () =>
    inDatabase("killed_control", async (database) => {
      const [result] = await Promise.all([
        database.publish({ tables: pairOf(database.folder, { generation: 1, ...MANY }), publication: "p1" }),
        inTheMiddle(database, async () => {
          const [lock] = await database.rows("select is_used_lock('carelake:killed_control') id");
          await database.root.query("kill ?", [lock?.["id"]]);
        }),
      ]);
      expect(valueOf(result).outcome).toBe("published");
      expectNoneTwice(database);
    }));

  it("ends connections that stand still, which hold locks for the server, and goes on", () =>
    inDatabase("frozen", async (database) => {
      const line = await lineTo(server.port);
      const [result] = await Promise.all([
        database.publish({ tables: pairOf(database.folder, { generation: 1, ...MANY }), publication: "p1", stallSeconds: 1, connect: overLine(database, line) }),
        inTheMiddle(database, () => line.freeze()),
      ]);
      line.close();
      expect(valueOf(result).outcome).toBe("published");
      expectNoneTwice(database);
    }));

  it("gives up when there is no way for as long as it was told, and the next publisher goes on with what stands", () =>
    inDatabase("gone", async (database) => {
      const tables = pairOf(database.folder, { generation: 1, ...MANY });
      const line = await lineTo(server.port);
      const [result] = await Promise.all([
        database.publish({ tables, publication: "p1", reconnectSeconds: 1, connect: overLine(database, line) }),
        inTheMiddle(database, () => line.close()),
      ]);
      expect(problemOf(result)).toMatchObject({ code: "publish-interrupted", step: "load" });
      expect(valueOf(await leftovers(database.settings))).toMatchObject({ staging: [{ name: "alpha__p1" }, { name: "beta__p1" }], unfinished: [{ publication: "p1", live: false }] });
      expect(valueOf(await database.publish({ tables, publication: "p1" })).publication).toBe("p1");
      expectNoneTwice(database);
      expect(valueOf(await leftovers(database.settings))).toEqual({ staging: [], unfinished: [] });
    }));

  it("starts over when the export is another one", () =>
    inDatabase("other_export", async (database) => {
      const line = await lineTo(server.port);
      await Promise.all([
        database.publish({ tables: pairOf(database.folder, { generation: 1, ...MANY }), publication: "p1", reconnectSeconds: 0, connect: overLine(database, line) }),
        inTheMiddle(database, () => line.close()),
      ]);
      database.events.length = 0;
      valueOf(await database.publish({ tables: pairOf(database.folder, { generation: 2, ...MANY }), publication: "p1" }));
      expectNoneTwice(database);
      expect(await database.rows("select min(generation) a, max(generation) z from alpha")).toEqual([{ a: 2, z: 2 }]);
    }));

  it("asks for another password for each connection, and needs none that has ended for those it has", () =>
    inDatabase("tokens", async (database) => {
      const line = await lineTo(server.port);
      let asked = 0;
      // As a token of IAM: good for connecting, until the next one is signed.
      const password = async (): Promise<string> => {
        const token = `token-${String(asked++)}`;
        await database.root.query(`alter user 'tokens'@'%' identified by '${token}'`);
        return token;
      };
      const [result] = await Promise.all([
        database.publish({ tables: pairOf(database.folder, { generation: 1, ...MANY }), publication: "p1", connect: { ...overLine(database, line), password } }),
        inTheMiddle(database, () => line.cut()),
      ]);
      line.close();
      expect(valueOf(result).outcome).toBe("published");
      // Before and after the cut: the publisher's own and the loaders'.
      expect(asked).toBeGreaterThanOrEqual(2 * (1 + CONNECTIONS));
    }));

  it.each(["local_infile", "insert"])("reads a segment again whose bytes were cut off on their way, by %s, and takes no row twice", (path) =>
    inDatabase(`bytes_${path}`, async (database) => {
      const tables = pairOf(database.folder, { generation: 1, rows: 2000, rowsPerSegment: 1000 });
      const cut = new Set<string>();
      const open: ExportFiles["open"] = (place) => (cut.has(place) ? folderExports.open(place) : (cut.add(place), brokenOff(place)));
      const options: PublishOptions = { connect: database.settings, set: "pair", tables, files: { ...folderExports, open }, publication: "p1", run: "r", version: "0", now: () => new Date() };
      const session = await openSession(database.settings);
      await migrate(session, new Date());
      await makeStaging(session, { tables, tags: generationOf(options, { owned: [], foreign: [] }).tables, inventory: { owned: [], foreign: [] } });
      const missing = tables.flatMap((table) => segmentsOf(table, folderExports));
      const settings = { local_infile: path === "insert" ? "OFF" : "ON", max_allowed_packet: "67108864" };
      await withCrew(session, { connect: database.settings, size: 1, connections: { ids: new Set() } }, (crew) => loadSegments(crew, options, { publication: "p1", missing, path: loadPath(session, settings) }));
      expect(cut.size).toBe(missing.length);
      expect(await database.rows("select (select count(*) from alpha__p1) a, (select count(*) from beta__p1) b")).toEqual([{ a: 4000, b: 4000 }]);
      await session.close();
    }));

  it("goes on when the server dies and comes back within the time", async () => {
    const folder = mkdtempSync(join(tmpdir(), "carelake-back-"));
    const first = await startTestMySql({ folder });
    const database = await makeDatabase(first, "back");
    const line = await lineTo(first.port);
    let second: MySqlServer | undefined;
    try {
      const [result] = await Promise.all([
        database.publish({ tables: pairOf(database.folder, { generation: 1, ...MANY }), publication: "p1", connect: overLine(database, line) }),
        inTheMiddle(database, async () => {
          await first.kill();
          second = await startTestMySql({ folder, rootPassword: first.rootPassword, extraArgs: [`--port=${String(first.port)}`] });
        }),
      ]);
      expect(valueOf(result).outcome).toBe("published");
      expectNoneTwice(database);
    } finally {
      line.close();
      await database.end();
      await second?.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
