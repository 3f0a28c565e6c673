// The driver dies by SIGKILL at every step of the data path, one after another in the same lake, and the same command is
// given again: in the end everything stands as after a run that nobody disturbed.

import { existsSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Connection, RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { buildIfStale, carelake, PACKAGE, startCarelake } from "../carelake.js";
import type { Ended } from "../carelake.js";
import { branchesOf, contents, tablesOf } from "../path/lake.js";
import { change, makeProject } from "../problems/case.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { onWarmSpark } from "../servers/warm-spark.js";

const ARGS = ["run", "fills", "--year", "2023", "--profile", "serving"];
const CURATED = ["fills/curated/drug_report", "fills/curated/pharmacy_report"];
const KILLER = `--import=${pathToFileURL(join(PACKAGE, "test/driver/kill-at.mjs")).href}`;
const PASSWORD = "loader-of-a-test";

let server: MySqlServer;
let root: Connection;
const projects: string[] = [];

beforeAll(async () => {
  buildIfStale();
  server = await startTestMySql();
  root = await connectAsRoot(server);
});

afterAll(async () => {
  await root.end();
  await server.stop();
  for (const project of projects) rmSync(project, { recursive: true, force: true });
});

/** A project that publishes to a database of its own. */
async function newProject(database: string): Promise<string> {
  const project = makeProject();
  projects.push(project);
  await root.query(`create database ${database}`);
  await root.query(`create user if not exists loader@'%' identified by '${PASSWORD}'`);
  await root.query(`grant select, insert, update, delete, create, drop, alter, index on ${database}.* to loader@'%'`);
  change(project, {
    write: {},
    programs: {},
    bytes: {},
    remove: [],
    replace: [
      { file: "carelake.yaml", from: "port: 3306", to: `port: ${String(server.port)}` },
      { file: "carelake.yaml", from: "database: fills", to: `database: ${database}` },
    ],
  });
  return project;
}

interface Moment {
  readonly call: "link" | "rename" | "createReadStream" | "spawn";
  readonly path: string;
  readonly when: "before" | "after";
}

const env = { LOADER_PASSWORD: PASSWORD };
const run = (cwd: string): Promise<Ended> => carelake({ args: ARGS, cwd, env });

/** Runs until the moment, and makes sure that it came: the driver was killed, it did not end. */
async function killedAt(moment: Moment, cwd: string): Promise<void> {
  const ended = await carelake({ args: ARGS, cwd, env: { ...env, NODE_OPTIONS: KILLER, KILL_AT: JSON.stringify(moment) } });
  expect(ended.signal, `${JSON.stringify(moment)}\n${ended.stderr}`).toBe("SIGKILL");
}

/** How the runs stand, oldest first, as the ledger tells it to anybody. */
async function states(cwd: string): Promise<readonly string[]> {
  const { stdout } = await carelake({ args: ["runs", "--json"], cwd });
  return z.array(z.object({ state: z.string() })).parse(JSON.parse(stdout)).map((each) => each.state);
}

const stages = (cwd: string): readonly string[] => readdirSync(join(cwd, "lake/ledger/stages"), { recursive: true, encoding: "utf8" });
const attempts = (cwd: string): readonly string[] => stages(cwd).filter((name) => name.endsWith("stage.json"));
const stageFile = z.object({ steps: z.array(z.object({ job: z.string() })) });
const stepsOf = (file: string): readonly string[] => stageFile.parse(JSON.parse(readFileSync(file, "utf8"))).steps.map((step) => step.job).sort();
const tables = async (database: string): Promise<readonly string[]> => {
  const [rows] = await root.query<RowDataPacket[]>("select table_name as name from information_schema.tables where table_schema = ? order by 1", [database]);
  return rows.map((row) => String(row["name"]));
};
const rowsOf = async (database: string, table: string): Promise<readonly RowDataPacket[]> => (await root.query<RowDataPacket[]>(`select * from ${database}.${table} order by 1, 2`))[0];

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let waited = 0; waited < 6000; waited++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never happened: ${what}`);
}

test("killed at every step and run again, it ends as if nothing had happened", async () => {
  const [calm, killed] = [await newProject("calm"), await newProject("killed")];
  const undisturbed = await carelake({ args: ARGS, cwd: calm, env: { ...env, ...onWarmSpark() } });
  expect(undisturbed.code, undisturbed.stderr).toBe(0);

  // Planned and named in the ledger, nothing submitted.
  await killedAt({ call: "link", path: "-stage-submitted.json", when: "before" }, killed);
  expect(await states(killed)).toEqual(["interrupted"]);
  expect(existsSync(join(killed, "lake/ledger/stages"))).toBe(false);

  // In the ledger, Spark not started.
  await killedAt({ call: "link", path: "-stage-submitted.json", when: "after" }, killed);
  expect(existsSync(join(killed, "lake/ledger/stages"))).toBe(false);

  // While Spark runs: from outside, when the first step has begun.
  const driver = startCarelake({ args: ARGS, cwd: killed, env });
  const file = (name: string): string => join(killed, "lake/ledger/stages", stages(killed).find((each) => each.endsWith(name)) ?? name);
  const has = (name: string): boolean => existsSync(join(killed, "lake/ledger/stages")) && existsSync(file(name));
  await until("the first step of the stage", () => has("events.jsonl") && readFileSync(file("events.jsonl"), "utf8").includes("step-started"));
  driver.child.kill("SIGKILL");
  expect((await driver.ended).signal).toBe("SIGKILL");
  expect(has("exit_code")).toBe(false);
  const orphan = readFileSync(file("pid"), "utf8");

  // Attached to the same Spark; killed when that has ended, before a word of it is recorded.
  await killedAt({ call: "link", path: "-stage-finished.json", when: "before" }, killed);
  expect(readFileSync(file("pid"), "utf8")).toBe(orphan);
  expect(readFileSync(file("exit_code"), "utf8").trim()).toBe("0");

  // Recorded as finished, and not what stands in the lake.
  await killedAt({ call: "rename", path: "/done/", when: "before" }, killed);
  expect(attempts(killed)).toHaveLength(1);
  expect(await states(killed)).toEqual(["interrupted"]);

  // Half of it recorded, then all of it: the rest is recorded from the same report, and Spark does nothing again.
  await killedAt({ call: "rename", path: "done/fills/cleansed", when: "after" }, killed);
  await killedAt({ call: "rename", path: "done/fills/curated/drug_report", when: "after" }, killed);
  expect(attempts(killed).map((each) => stepsOf(join(killed, "lake/ledger/stages", each))).sort((a, b) => a.length - b.length)).toEqual([["fills/cleansed/fill", ...CURATED, "fills/raw/fill"]]);
  expect(await tables("killed")).toEqual([]);

  // In the middle of the load, then after the swap and before the ledger knows.
  await killedAt({ call: "createReadStream", path: "/exports/", when: "after" }, killed);
  expect((await tables("killed")).filter((name) => name === "drug_report" || name === "pharmacy_report")).toEqual([]);
  await killedAt({ call: "link", path: "-published.json", when: "before" }, killed);
  expect(await tables("killed")).toContain("drug_report");
  expect(await states(killed)).toEqual(["interrupted"]);

  // What the dead had half written is theirs to write until it is an hour old.
  const halves = (): readonly string[] => readdirSync(join(killed, "lake"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".part"));
  const old = new Date(Date.now() - 2 * 3_600_000);
  for (const half of halves()) utimesSync(join(killed, "lake", half), old, old);
  const last = await run(killed);
  expect(last.code, last.stderr).toBe(0);
  expect(await states(killed)).toEqual(["succeeded"]);
  expect(attempts(killed)).toHaveLength(1);

  const [lake, calmLake] = [join(killed, "lake"), join(calm, "lake")];
  expect(await contents(lake, 2023)).toEqual(await contents(calmLake, 2023));
  expect(tablesOf(lake)).toEqual(tablesOf(calmLake));
  expect(tablesOf(lake).flatMap((table) => branchesOf(lake, table))).toEqual([]);
  expect(await tables("killed")).toEqual(await tables("calm"));
  for (const table of ["drug_report", "pharmacy_report"]) expect(await rowsOf("killed", table)).toEqual(await rowsOf("calm", table));
  expect(await rowsOf("killed", "drug_report")).toHaveLength(3);

  // Nothing to do any more.
  const again = await run(killed);
  expect(again.code, again.stderr).toBe(0);
  expect(attempts(killed)).toHaveLength(1);
  expect(halves()).toEqual([]);
});
