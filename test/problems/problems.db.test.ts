// What MySQL can refuse, by `carelake publish` on a lake whose run is finished. The lake is made by hand, as the ledger and
// the exports describe it: no Spark. What stands in the database afterwards is looked at each time.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ledgerIn, planFile } from "../../driver/ledger.js";
import { folderStore } from "../../driver/local/folder-store.js";
import type { MySqlServer } from "../../driver/local/mysql.js";
import type { Plan } from "../../driver/plan.js";
import { buildIfStale, canMount, carelake } from "../carelake.js";
import { writeSegments } from "../driver/publish-segments.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { casesThatNeed, change, makeProject, tellCase } from "./case.js";

const PASSWORD = "loader-of-a-test";
const NOTHING = { write: {}, programs: {}, bytes: {}, remove: [], replace: [] };
/** Enough for a load that can be met in its middle. */
const MANY = 400_000;

interface Stage {
  readonly project: string;
  readonly plan: Plan;
  /** The server of the case, in case it needs one of its own. */
  server: MySqlServer;
  root: Connection;
}

interface Preparation {
  /** Rows of drug_report. */
  readonly rows?: number;
  readonly password?: string;
  readonly server?: () => Promise<{ readonly server: MySqlServer; readonly end: () => void }>;
  readonly before?: (stage: Stage) => Promise<void> | void;
  /** Started beside the command. */
  readonly during?: (stage: Stage) => Promise<void>;
  readonly after?: (stage: Stage) => Promise<void>;
  /** The server does not answer afterwards. */
  readonly gone?: true;
}

const config = (project: string, from: string, to: string): void => change(project, { ...NOTHING, replace: [{ file: "carelake.yaml", from, to }] });

/** Takes a file or folder of the run's record away. */
function inRuns(project: string, name: string): void {
  const runs = join(project, "lake/ledger/runs");
  for (const run of readdirSync(runs)) rmSync(join(runs, run, name), { recursive: true });
}

/** What is done to the server or the lake, by the name of the case. */
const PREPARATIONS: Readonly<Record<string, Preparation>> = {
  mysql_is_down: { before: ({ project, server }) => config(project, `port: ${String(server.port)}`, "port: 1") },
  the_password_is_wrong: { password: "not-the-password" },
  the_database_is_not_there: {
    before: async ({ project, root }) => {
      await root.query("grant select, insert, update, delete, create, drop, alter, index on absent.* to loader@'%'");
      config(project, "database: fills", "database: absent");
    },
  },
  the_user_may_not_see_the_database: { before: ({ project }) => config(project, "database: fills", "database: payroll") },
  packets_are_too_small: { before: async ({ root }) => void (await root.query("set global max_allowed_packet = 524288")), after: async ({ root }) => void (await root.query("set global max_allowed_packet = 67108864")) },
  the_user_lacks_privileges: {
    before: async ({ project, root }) => {
      await root.query(`create user reader@'%' identified by '${PASSWORD}'`);
      await root.query("grant select, insert on fills.* to reader@'%'");
      config(project, "user: loader", "user: reader");
    },
  },
  mysql_is_killed_during_the_load: {
    rows: MANY,
    server: async () => ({ server: await startTestMySql(), end: () => undefined }),
    before: ({ project }) => config(project, "database: fills", "database: fills\n      reconnect_seconds: 0"),
    during: killInLoad,
    gone: true,
  },
  the_disk_of_mysql_is_too_small: { rows: MANY, server: onSmallDisk },
  // As of a server elsewhere: nobody knows how much room it has.
  the_disk_of_mysql_is_full: { rows: MANY, server: onSmallDisk, before: async ({ root }) => rmSync(join(await dataFolder(root), "auto.cnf")) },
  a_run_that_never_finished_is_published: { before: ({ project }) => inRuns(project, "events") },
  the_segments_are_gone: { before: ({ plan }) => plan.publication.forEach((each) => each.segments.forEach(({ directory }) => rmSync(directory, { recursive: true }))) },
  the_published_table_would_lose_a_column: {
    before: async ({ project, root }) => {
      const first = await carelake({ args: ["publish", "--profile", "serving"], cwd: project, env: { LOADER_PASSWORD: PASSWORD } });
      expect(first.code, first.stderr).toBe(0);
      await root.query("alter table fills.drug_report add column dollars decimal(18,2) null");
    },
  },
};

let shared: MySqlServer;
let sharedRoot: Connection;

beforeAll(async () => {
  buildIfStale();
  shared = await startTestMySql();
  sharedRoot = await prepare(shared);
});
afterAll(async () => {
  await sharedRoot.end();
  await shared.stop();
});

async function prepare(server: MySqlServer): Promise<Connection> {
  const root = await connectAsRoot(server);
  root.on("error", () => undefined);
  await root.query(`create user loader@'%' identified by '${PASSWORD}'`);
  await root.query("grant select, insert, update, delete, create, drop, alter, index on fills.* to loader@'%'");
  return root;
}

/** A project whose only run is finished, with its segments in the lake and nothing published. */
async function finishedProject(server: MySqlServer, rows: number): Promise<{ readonly project: string; readonly plan: Plan }> {
  const project = makeProject();
  config(project, "port: 3306", `port: ${String(server.port)}`);
  const { stdout, stderr } = await carelake({ args: ["plan", "fills", "--year", "2023", "--profile", "serving", "--json"], cwd: project });
  if (stdout === "") throw new Error(stderr);
  const plan = planFile.parse(JSON.parse(stdout));
  for (const { directory, table, columns, year, fingerprint } of plan.stages.flatMap((stage) => stage.exports)) {
    const isDrug = table.endsWith("drug_report");
    const lines = Array.from({ length: isDrug ? rows : 3 }, (_, index) => [String(year), `${isDrug ? "drug" : "P"} ${String(index).padStart(8, "0")}`, String(index), ...(isDrug ? [] : [`${String(index)}.50`])]);
    const named = columns.map(({ name, type }) => ({ name, type: type as "string", meaning: name }));
    const manifest = writeSegments({ directory, table, year, columns: named, rows: lines, rowsPerSegment: 100_000 });
    writeFileSync(join(directory, "manifest.json"), JSON.stringify({ ...manifest, fingerprint }));
  }
  const ledger = ledgerIn(folderStore(join(project, "lake/ledger"), () => "test"));
  const at = new Date().toISOString();
  const { run } = await ledger.startRun(plan, { startedAt: at, owner: { host: "elsewhere", pid: 1, user: userInfo().username } });
  await ledger.record(run, { event: "stage-finished", at, stage: "fills", attempt: 1, outcome: "succeeded" });
  await ledger.record(run, { event: "finished", at, outcome: "succeeded", problems: [] });
  return { project, plan };
}

describe("what MySQL refuses is told with place, cause, next step and what was left", () => {
  const cases = casesThatNeed("mysql");
  test("every case has its preparation", () => expect(Object.keys(PREPARATIONS).sort()).toEqual(cases.map((each) => each.name).sort()));

  for (const each of cases) {
    const preparation = PREPARATIONS[each.name] ?? {};
    test.skipIf(preparation.server === onSmallDisk && !canMount())(each.name.replaceAll("_", " "), async () => {
      const own = await preparation.server?.();
      const server = own?.server ?? shared;
      const root = own === undefined ? sharedRoot : await prepare(server);
      for (const name of ["fills", "payroll"]) {
        await root.query(`drop database if exists ${name}`);
        await root.query(`create database ${name}`);
      }
      const { project, plan } = await finishedProject(server, preparation.rows ?? 3);
      const stage: Stage = { project, plan, server, root };
      try {
        await preparation.before?.(stage);
        const [said] = await Promise.all([tellCase(each, { project, env: { LOADER_PASSWORD: preparation.password ?? PASSWORD } }), preparation.during?.(stage)]);
        await expect(said.stderr).toMatchFileSnapshot(join(each.folder, "stderr.txt"));
        await expect(said.exitCode).toMatchFileSnapshot(join(each.folder, "exit_code.txt"));
        expect(said.stdout).toBe("");
        expect(await holding(project, [PASSWORD, "not-the-password"])).toEqual([]);
        if (preparation.gone !== true) await expect(await left(root)).toMatchFileSnapshot(join(each.folder, "left.txt"));
        await preparation.after?.(stage);
      } finally {
        rmSync(project, { recursive: true, force: true });
        if (own !== undefined) {
          root.destroy();
          await server.stop();
          own.end();
        }
      }
    });
  }
});

/** Files of project and lake, plan and ledger among them, in which one of the words stands. */
async function holding(folder: string, words: readonly string[]): Promise<readonly string[]> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, "utf8") })));
  expect(texts.some(({ file }) => file.includes("ledger"))).toBe(true);
  return texts.flatMap(({ file, text }) => (words.some((word) => text.includes(word)) ? [file] : []));
}

async function dataFolder(root: Connection): Promise<string> {
  const [[row]] = await root.query<RowDataPacket[]>("select @@datadir as folder");
  return String(row?.["folder"]);
}

describe("carelake publish --check", () => {
  test("tells what a publication would meet, and publishes nothing", async () => {
    for (const word of ["drop database if exists", "create database"]) await sharedRoot.query(`${word} fills`);
    const { project } = await finishedProject(shared, 3);
    const tell = (...more: readonly string[]) => carelake({ args: ["publish", "--check", "--profile", "serving", ...more], cwd: project, env: { LOADER_PASSWORD: PASSWORD } });
    try {
      const ready = await tell();
      expect([ready.code, ready.stderr]).toEqual([0, ""]);
      expect(ready.stdout).toMatch(
        /^publication \S+: nothing stands in the way\nserver {5}MySQL \d\S+ .* at 127\.0\.0\.1:\d+, database fills, user loader\nrows {7}6 in pharmacy_report, drug_report\nspace {6}about \d+ B needed, [\d.]+ GB free\nreaders {4}none that the swap would wait for\npublisher {2}nobody publishes at this moment\nlive {7}nothing of these tables\nchanges {4}none that readers would see\n$/,
      );
      await sharedRoot.query("set global max_allowed_packet = 65536");
      const refused = await tell("--json");
      await sharedRoot.query("set global max_allowed_packet = 67108864");
      expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([3, { server: expect.stringMatching(/^MySQL/), readers: [], changes: [], space: { freeBytes: expect.any(Number) }, problems: [{ code: "mysql-settings", failures: [{ setting: "max_allowed_packet", found: "65536" }] }] }]);
      expect(await left(sharedRoot)).toBe("no table\n");
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  });
});

/** Tables of the database after the failure, with their rows; what carelake itself keeps there is named and not counted. */
async function left(root: Connection): Promise<string> {
  const [tables] = await root.query<RowDataPacket[]>("select table_name as name from information_schema.tables where table_schema = 'fills' order by 1");
  const lines = await Promise.all(
    tables.map(async (table) => {
      const name = String(table["name"]);
      if (!/report/.test(name)) return `${name}\n`;
      const [[row]] = await root.query<RowDataPacket[]>(`select count(*) as n from fills.\`${name}\``);
      return `${name.replace(/[0-9a-f]{8}_\d+/, "{run}")}: ${String(row?.["n"])} rows\n`;
    }),
  );
  return lines.length === 0 ? "no table\n" : lines.join("");
}

async function killInLoad({ server, root }: Stage): Promise<void> {
  for (let waited = 0; waited < 6000; waited++) {
    const [rows] = await root.query<RowDataPacket[]>("select id from information_schema.processlist where info like 'load data%'");
    if (rows.length > 0) return server.kill();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("no load was seen");
}

/** A server whose data folder is a disk that the load fills. */
async function onSmallDisk(): Promise<{ readonly server: MySqlServer; readonly end: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "carelake-small-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=220m", "none", folder]);
  if (mounted.status !== 0) throw new Error(mounted.stderr.toString());
  const server = await startTestMySql({ folder: join(folder, "mysql"), extraArgs: ["--innodb-redo-log-capacity=8388608", "--skip-log-bin"] });
  const free = Number(spawnSync("df", ["--output=avail", "-k", folder], { encoding: "utf8" }).stdout.split("\n")[1]);
  // Leave room for some of the rows.
  spawnSync("dd", ["if=/dev/zero", `of=${join(folder, "full")}`, "bs=1k", `count=${String(Math.max(0, free - 12_000))}`]);
  return {
    server,
    end: () => {
      spawnSync("umount", ["-l", folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
