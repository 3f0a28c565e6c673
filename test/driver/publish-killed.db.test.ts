// Publications that are broken off at every step, by the server's end, by a cut line and by their own process's end, with
// readers at work all the time that know every generation by its hash.

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import type { MySqlSettings } from "../../driver/mysql.js";
import { clean, leftovers, type PublishTable } from "../../driver/publish.js";
import { canMount, PACKAGE } from "../carelake.js";
import { lineTo } from "../servers/line.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import type { ChildOptions } from "./publish-child.js";
import { makeDatabase, problemOf, tick, valueOf, type Database } from "./publish-database.js";
import { startReaders, type Seen } from "./publish-readers.js";
import { pairOf } from "./publish-segments.js";
import { inStatement, STATEMENTS } from "./publish-statements.js";

let folder = "";
let server: MySqlServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "carelake-killed-"));
  server = await startTestMySql({ folder });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The same place for whoever connects by host and port. */
async function startAgain(): Promise<void> {
  const { port, rootPassword } = server;
  server = { ...(await startTestMySql({ folder, rootPassword, extraArgs: [`--port=${String(port)}`] })), port };
}

const STEPS = ["preflight", "create", "load", "index", "verify", "swap"] as const;

interface Scene {
  readonly database: Database;
  /** By host and port. */
  readonly connect: MySqlSettings;
  readonly generation: (number: number) => readonly PublishTable[];
}

const byPort = ({ settings }: Database, port: number): MySqlSettings => {
  const { socketPath: _, ...rest } = settings;
  return { ...rest, host: "127.0.0.1", port, tls: "off" };
};

interface Generations {
  readonly count: number;
  /** A table and year. */
  readonly rows?: number;
  readonly rowsPerSegment?: number;
}

/** Generation 0 is live, up to `count` may become so, and readers are at work on it while `work` does what it does. */
async function withReaders(name: string, { count, rows = 600, rowsPerSegment = 100 }: Generations, work: (scene: Scene) => Promise<void>): Promise<Seen> {
  const database = await makeDatabase(server, name);
  const generations = Array.from({ length: count + 1 }, (_, generation) => pairOf(database.folder, { generation, rows: rows + generation * 10, rowsPerSegment }));
  const generation = (number: number): readonly PublishTable[] => generations[number] ?? [];
  try {
    valueOf(await database.publish({ tables: generation(0), publication: "g0" }));
    const readers = startReaders({ connect: () => intoDatabase(name), count: 2, generations });
    const failure = await work({ database, connect: byPort(database, server.port), generation }).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const seen = await readers.stop();
    if (failure !== undefined) throw failure.error;
    return seen;
  } finally {
    await database.end();
  }
}

async function intoDatabase(name: string): Promise<Connection> {
  const connection = await connectAsRoot(server);
  await connection.query(`use ${name}`);
  return connection;
}

function expectOnlyWholes(seen: Seen): void {
  expect(seen.errors).toEqual([]);
  expect(seen.wrong).toEqual([]);
  expect(seen.reads.length).toBeGreaterThan(10);
}

const liveOf = async (connect: MySqlSettings): Promise<unknown> => {
  const root = await intoDatabase(connect.database);
  const [rows] = await root.query("select min(generation) a, max(generation) z, (select max(generation) from beta) b, (select distinct publication from carelake_tables) p from alpha");
  await root.end();
  return rows;
};

const live = (generation: number) => [{ a: generation, z: generation, b: generation, p: `g${String(generation)}` }];

describe("the server dies", () => {
  it("at any step: the publication goes on when it is back, and readers see whole generations only", async () => {
    const seen = await withReaders("server_dies", { count: STEPS.length }, async ({ connect, generation, database }) => {
      for (const [index, step] of STEPS.entries()) {
        let back: Promise<void> | undefined;
        const events: Parameters<typeof database.publish>[0]["events"] = (event) => {
          if (event.event !== "publish-step" || event.step !== step || back !== undefined) return;
          process.kill(server.pid, "SIGKILL");
          back = server.exited.then(startAgain);
        };
        const number = index + 1;
        const result = await database.publish({ tables: generation(number), publication: `g${String(number)}`, connect, events });
        await back;
        expect(valueOf(result).publication, step).toBe(`g${String(number)}`);
        expect(await liveOf(connect), step).toEqual(live(number));
        expect(valueOf(await leftovers(connect)), step).toEqual({ staging: [], unfinished: [] });
      }
    });
    expectOnlyWholes(seen);
    expect(seen.lost).toBeGreaterThan(0);
    expect(seen.generations).toBeGreaterThan(STEPS.length / 2);
  });

  it("in the middle of a load, of the RENAME, and between the RENAME and its record: the same", async () => {
    const seen = await withReaders("server_dies_within", { count: STATEMENTS.length }, async ({ connect, generation, database }) => {
      for (const [index, statement] of STATEMENTS.entries()) {
        const number = index + 1;
        const [result] = await Promise.all([
          database.publish({ tables: generation(number), publication: `g${String(number)}`, connect }),
          inStatement(() => intoDatabase(connect.database), statement, async () => {
            await server.kill();
            await startAgain();
          }),
        ]);
        expect(valueOf(result).publication, statement).toBe(`g${String(number)}`);
        expect(await liveOf(connect), statement).toEqual(live(number));
        expect(valueOf(await leftovers(connect)), statement).toEqual({ staging: [], unfinished: [] });
      }
    });
    expectOnlyWholes(seen);
  });
});

describe("the line is cut", () => {
  it("at any step and in the middle of any statement: the publication goes on over a new one", async () => {
    const faults = [...STEPS, ...STATEMENTS];
    const seen = await withReaders("line_is_cut", { count: faults.length }, async ({ connect, generation, database }) => {
      const line = await lineTo(server.port);
      for (const [index, fault] of faults.entries()) {
        const number = index + 1;
        let isCut = false;
        const cut = (): void => {
          if (!isCut) line.cut();
          isCut = true;
        };
        const events: Parameters<typeof database.publish>[0]["events"] = (event) => {
          if (event.event === "publish-step" && event.step === fault) cut();
        };
        const within = STATEMENTS.some((statement) => statement === fault) ? inStatement(() => intoDatabase(connect.database), fault, cut) : Promise.resolve();
        const [result] = await Promise.all([database.publish({ tables: generation(number), publication: `g${String(number)}`, connect: { ...connect, port: line.port }, events }), within]);
        expect([valueOf(result).publication, isCut], fault).toEqual([`g${String(number)}`, true]);
        expect(await liveOf(connect), fault).toEqual(live(number));
      }
      line.close();
      expect(valueOf(await leftovers(connect))).toEqual({ staging: [], unfinished: [] });
    });
    expectOnlyWholes(seen);
    expect(seen.lost).toBe(0);
  });
});

interface Child {
  readonly process: ChildProcess;
  /** Resolves once it has printed the line. */
  says(line: string): Promise<void>;
  readonly last: Promise<string>;
}

function startChild(scene: Scene, options: Omit<ChildOptions, "connect">): Child {
  const file = join(scene.database.folder, `${options.publication}.json`);
  writeFileSync(file, JSON.stringify({ ...options, connect: scene.connect }));
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "publish-child.ts"), file], { cwd: PACKAGE, stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const waiting = new Map<string, () => void>();
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    waiting.get(line)?.();
  });
  const last = new Promise<string>((resolve) => child.on("close", () => resolve(lines.at(-1) ?? "")));
  return { process: child, last, says: (line) => (lines.includes(line) ? Promise.resolve() : new Promise((resolve) => waiting.set(line, resolve))) };
}

/** The server ends a dead publisher's connection, and its lock, a moment later. */
async function nobodyPublishes({ root, settings }: Database): Promise<void> {
  for (let attempt = 0; attempt < 2000; attempt++) {
    const [rows] = await root.query<RowDataPacket[]>("select is_used_lock(?) as owner", [`carelake:${settings.database}`]);
    if (rows[0]?.["owner"] === null) return;
    await tick(10);
  }
  throw new Error("the lock is still held");
}

/** What the server computes on staged rows, once it is at work on them: neither waiting for a lock nor about to begin. */
const COMPUTING = [
  { what: "the index", statement: "alter table `alpha\\_\\_g%", state: "altering table" },
  { what: "the hash", statement: "select count(*) as rows\\_found%from `alpha\\_\\_g%", state: "executing" },
] as const;
type Computing = (typeof COMPUTING)[number];
/** So many that it takes the server longer than a look at its process list. */
const MANY = { rows: 40_000, rowsPerSegment: 10_000 };

const computing = async (root: Connection, { statement, state }: Computing): Promise<number> => {
  const [rows] = await root.query<RowDataPacket[]>("select id from information_schema.processlist where info like ? and state = ? and db = database()", [statement, state]);
  return rows.length;
};

/** Does `act` while the server is at it. */
async function whileComputing(name: string, what: Computing, act: () => void | Promise<void>): Promise<void> {
  const watcher = await intoDatabase(name);
  watcher.on("error", () => undefined);
  try {
    for (let attempt = 0; (await computing(watcher, what)) === 0; attempt++) {
      if (attempt === 20_000) throw new Error(`${what.what} was never seen at work`);
      await tick(1);
    }
    await act();
  } finally {
    watcher.destroy();
  }
}

async function expectNothingLeft(connect: MySqlSettings, what: Computing): Promise<void> {
  const root = await intoDatabase(connect.database);
  expect(await computing(root, what), what.what).toBe(0);
  await root.end();
  expect(valueOf(await leftovers(connect)), what.what).toEqual({ staging: [], unfinished: [] });
}

describe("while the server builds an index or computes a hash", () => {
  it.each([
    ["the server dies", async () => (await server.kill(), await startAgain())],
    ["the line is cut", (line: { cut(): void }) => line.cut()],
  ] as const)("%s: the publication goes on, and nothing is left", async (how, act) => {
    const seen = await withReaders(`computing_${how.split(" ")[1] ?? ""}`, { count: COMPUTING.length, ...MANY }, async ({ connect, generation, database }) => {
      const line = await lineTo(server.port);
      for (const [index, what] of COMPUTING.entries()) {
        const publication = `g${String(index + 1)}`;
        const [result] = await Promise.all([
          database.publish({ tables: generation(index + 1), publication, connect: { ...connect, port: line.port } }),
          whileComputing(connect.database, what, () => act(line)),
        ]);
        expect(valueOf(result).publication, what.what).toBe(publication);
        expect(database.events.filter(({ event }) => event === "publish-reconnects").length, what.what).toBeGreaterThan(index);
        expect(await liveOf(connect), what.what).toEqual(live(index + 1));
        await expectNothingLeft(connect, what);
      }
      line.close();
    });
    expectOnlyWholes(seen);
    expect(seen.generations).toBeGreaterThan(1);
  });

  it("the publisher's process is killed: what it staged is listed, and cleaned or gone on with by the next one", async () => {
    const seen = await withReaders("computing_process", { count: COMPUTING.length, ...MANY }, async (scene) => {
      const { connect, generation, database } = scene;
      for (const [index, what] of COMPUTING.entries()) {
        const publication = `g${String(index + 1)}`;
        const child = startChild(scene, { tables: generation(index + 1), publication });
        await whileComputing(connect.database, what, async () => {
          child.process.kill("SIGKILL");
          await child.last;
        });
        await nobodyPublishes(database);
        const found = valueOf(await leftovers(connect));
        expect([found.staging.map(({ name }) => name), found.unfinished.map((each) => [each.publication, each.live])], what.what).toEqual([[`alpha__${publication}`, `beta__${publication}`], [[publication, false]]]);
        expect(await liveOf(connect), what.what).toEqual(live(index));
        if (index === 0) {
          valueOf(await clean({ connect, now: () => new Date() }));
          await expectNothingLeft(connect, what);
        }
        expect(valueOf(await database.publish({ tables: generation(index + 1), publication, connect })).publication, what.what).toBe(publication);
        expect(database.events.filter(({ event }) => event === "publish-continued").length, what.what).toBe(index);
        expect(await liveOf(connect), what.what).toEqual(live(index + 1));
        await expectNothingLeft(connect, what);
      }
    });
    expectOnlyWholes(seen);
    expect(seen.lost).toBe(0);
  });
});

describe("the publisher's process is killed", () => {
  const faults = [...STEPS, "tidy", ...STATEMENTS] as const;

  it("at any step and in the middle of any statement: readers have one whole generation, clean lists and removes the rest, the next one publishes", async () => {
    const seen = await withReaders("process_dies", { count: faults.length }, async (scene) => {
      const { connect, generation, database } = scene;
      let former = 0;
      for (const [index, fault] of faults.entries()) {
        const number = index + 1;
        const publication = `g${String(number)}`;
        const isStatement = STATEMENTS.some((statement) => statement === fault);
        const child = startChild(scene, { tables: generation(number), publication, ...(isStatement ? {} : { stopAt: fault }) });
        const kill = async (): Promise<void> => {
          child.process.kill("SIGKILL");
          await child.last;
        };
        if (isStatement) await inStatement(() => intoDatabase(connect.database), fault, kill);
        else await child.says(fault).then(kill);
        await nobodyPublishes(database);
        const found = valueOf(await leftovers(connect));
        // A RENAME that waits is carried out by the server though nobody waits for it any more.
        const isSwapped = fault === "tidy" || fault.startsWith("delete") || fault.startsWith("rename");
        expect(found.staging.map((each) => each.name), fault).toEqual(isSwapped || fault === "preflight" || fault === "create" ? [] : [`alpha__${publication}`, `beta__${publication}`]);
        expect(found.unfinished.map((each) => [each.publication, each.live]), fault).toEqual(fault === "preflight" || fault === "tidy" ? [] : [[publication, isSwapped]]);
        // Every second time a person cleans; else the next publisher finds it.
        if (index % 2 === 0) {
          valueOf(await clean({ connect, now: () => new Date() }));
          expect(valueOf(await leftovers(connect)), fault).toEqual({ staging: [], unfinished: [] });
          expect(await liveOf(connect), fault).toEqual(live(isSwapped ? number : former));
        }
        expect(valueOf(await database.publish({ tables: generation(number), publication, connect })).publication, fault).toBe(publication);
        expect(await liveOf(connect), fault).toEqual(live(number));
        expect(valueOf(await leftovers(connect)), fault).toEqual({ staging: [], unfinished: [] });
        former = number;
      }
    });
    expectOnlyWholes(seen);
    expect(seen.lost).toBe(0);
    expect(seen.generations).toBeGreaterThan(faults.length / 2);
  });

  it("two of them at once publish one after the other", async () => {
    const seen = await withReaders("two_processes", { count: 2 }, async (scene) => {
      const children = [1, 2].map((number) => startChild(scene, { tables: scene.generation(number), publication: `g${String(number)}` }));
      expect(await Promise.all(children.map((child) => child.last))).toEqual(["published", "published"]);
      const rows = await scene.database.rows("select publication p, state s from publish_log order by started_at, id");
      expect(rows.map((row) => `${String(row["p"])} ${String(row["s"])}`).sort()).toEqual(["g0 done", "g1 done", "g2 done"]);
      expect(await liveOf(scene.connect)).toEqual(live(Number(String(rows.at(-1)?.["p"]).slice(1))));
      expect(valueOf(await leftovers(scene.connect))).toEqual({ staging: [], unfinished: [] });
    });
    expectOnlyWholes(seen);
  });
});

describe("the disk of the server fills up", () => {
  it.skipIf(!canMount()).each([
    ["while it loads", "create", 4000],
    ["while indexes are built", "index", 500],
  ] as const)("%s: readers notice nothing, and the next try goes through once there is room", async (_, step, freeKilobytes) => {
    const disk = mkdtempSync(join(tmpdir(), "carelake-full-"));
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=260m", "none", disk]).status).toBe(0);
    const own = server;
    server = await startTestMySql({ folder: join(disk, "mysql"), extraArgs: ["--innodb-redo-log-capacity=8388608"] });
    try {
      const seen = await withReaders("disk_is_full", { count: 1 }, async ({ database, generation }) => {
        const filler = join(disk, "filler");
        let isFull = false;
        const events: Parameters<typeof database.publish>[0]["events"] = (event) => {
          if (event.event !== "publish-step" || event.step !== step || isFull) return;
          isFull = true;
          const free = Number(spawnSync("df", ["--output=avail", "-k", disk], { encoding: "utf8" }).stdout.split("\n")[1]);
          spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=1k", `count=${String(free - freeKilobytes)}`]);
        };
        const big = pairOf(join(database.folder, "big"), { generation: 9, rows: 60_000, rowsPerSegment: 20_000 });
        expect(problemOf(await database.publish({ tables: big, publication: "g9", events }))).toMatchObject({ code: "publish-disk-full" });
        rmSync(filler);
        expect(valueOf(await leftovers(database.settings))).toEqual({ staging: [], unfinished: [] });
        expect(valueOf(await database.publish({ tables: generation(1), publication: "g1" })).outcome).toBe("published");
      });
      expectOnlyWholes(seen);
    } finally {
      await server.stop();
      server = own;
      spawnSync("umount", ["-l", disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  });
});
