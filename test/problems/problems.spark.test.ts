// What goes wrong inside Spark: what a user sees, whole, and what state the lake is in afterwards. All in one project that
// once ran well, so that every case also shows what readers still see.

import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildIfStale, carelake, startCarelake } from "../carelake.js";
import { branchesOf, contents, openLake, tablesOf, valueOf } from "../path/lake.js";
import { onWarmSpark } from "../servers/warm-spark.js";
import { casesThatNeed, makeProject, possible, PROBLEMS, tellCase, words } from "./case.js";
import type { Told } from "./case.js";

const RUN = ["run", "fills", "--year", "2023"];
let project: string;
let good: Readonly<Record<string, string>>;

beforeAll(async () => {
  buildIfStale();
  project = makeProject();
  const first = await carelake({ args: RUN, cwd: project, env: onWarmSpark() });
  if (first.code !== 0) throw new Error(first.stderr);
  good = await contents(join(project, "lake"), 2023);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** The project as it was made; its lake stays. */
function restore(): void {
  for (const part of ["input", "templates", "carelake.yaml", "pipeline.ts"]) rmSync(join(project, part), { recursive: true, force: true });
  cpSync(join(PROBLEMS, "_project"), project, { recursive: true });
}

const branches = (): readonly string[] => tablesOf(join(project, "lake")).flatMap((table) => branchesOf(join(project, "lake"), table).map((branch) => `${table} ${branch}`));

/** For each table what readers see and which branches the run left for a look, beyond those of the cases before. */
async function left(before: readonly string[]): Promise<string> {
  const lake = join(project, "lake");
  const db = await openLake(lake);
  const lines: string[] = [];
  for (const table of tablesOf(lake)) {
    const rows = await valueOf(db, `select count(*) from ${table}`).catch(() => "0");
    const kept = branchesOf(lake, table).filter((branch) => !before.includes(`${table} ${branch}`));
    lines.push(`${table}: ${rows ?? "0"} rows visible${kept.length === 0 ? "" : `, kept for a look: ${kept.map((each) => each.replace(/[0-9a-f]{12}/, "{plan}")).join(", ")}`}\n`);
  }
  return lines.join("");
}

async function keep(folder: string, said: Told): Promise<void> {
  await expect(said.stderr).toMatchFileSnapshot(join(folder, "stderr.txt"));
  await expect(said.exitCode).toMatchFileSnapshot(join(folder, "exit_code.txt"));
  if (said.stdout !== "") await expect(said.stdout).toMatchFileSnapshot(join(folder, "stdout.txt"));
}

describe("a run that fails in Spark is told with place, cause, next step and what was left", () => {
  // Those that succeed in the end change what is visible, so they come last.
  const cases = [...possible(casesThatNeed("spark"))].sort((a, b) => a.make.before.length - b.make.before.length);
  for (const each of cases) {
    test(each.name.replaceAll("_", " "), async () => {
      restore();
      const before = branches();
      // How far Spark came before the disk was full differs from machine to machine.
      const isAboutDisk = Object.keys(each.make.disks).length > 0;
      const needsOwnSpark = isAboutDisk || each.name === "spark_out_of_memory";
      const said = await tellCase(each, { project, env: needsOwnSpark ? {} : onWarmSpark() });
      await keep(each.folder, isAboutDisk ? { ...said, stderr: said.stderr.slice(said.stderr.indexOf("error[")) } : said);
      await expect(await left(before)).toMatchFileSnapshot(join(each.folder, "left.txt"));
      if (each.make.before.length === 0) expect(await contents(join(project, "lake"), 2023)).toEqual(good);
    });
  }
});

describe("two drivers and a person", () => {
  test("Spark that somebody killed is told as such, and the same command goes on", async () => {
    restore();
    const before = await contents(join(project, "lake"), 2023);
    const first = startCarelake({ args: [...RUN, "--force"], cwd: project });
    await until(() => first.stderr().includes("fills/raw/fill@2023"), "the first table");
    process.kill(-Number(readFileSync(join(/logs in (.+)\)/.exec(first.stderr())?.[1] ?? "", "pid"), "utf8")), "SIGKILL");
    const said = words(await first.ended, project);
    // How far Spark came is a matter of moments.
    await keep(join(PROBLEMS, "_spark_is_killed"), { ...said, stderr: said.stderr.slice(said.stderr.indexOf("error[")).replace(/ {2}note: statement \S+ was at work\n/, "") });
    expect(await contents(join(project, "lake"), 2023)).toEqual(before);
    const again = await carelake({ args: [...RUN, "--force"], cwd: project, env: onWarmSpark() });
    expect(again.code, again.stderr).toBe(0);
  });

  test("a second run at the same time is refused, Ctrl-C ends the first tidily, and the same command goes on", async () => {
    const place = makeProject();
    try {
      const first = startCarelake({ args: RUN, cwd: place });
      await until(() => first.stderr().includes("starting Spark"), "Spark's start");
      await keep(join(PROBLEMS, "_two_runs_of_the_same_plan_at_once"), words(await carelake({ args: RUN, cwd: place }), place));

      const pid = Number(readFileSync(join(/logs in (.+)\)/.exec(first.stderr())?.[1] ?? "", "pid"), "utf8"));
      first.child.kill("SIGINT");
      await keep(join(PROBLEMS, "_ctrl_c_while_spark_runs"), words(await first.ended, place));
      expect(existsSync(`/proc/${String(pid)}`)).toBe(false);
      expect(existsSync(join(place, "lake/warehouse/fills_curated/drug_report/data"))).toBe(false);

      const again = await carelake({ args: RUN, cwd: place, env: onWarmSpark() });
      expect(again.code, again.stderr).toBe(0);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });
});

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let waited = 0; waited < 1200; waited++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never came: ${what}`);
}
