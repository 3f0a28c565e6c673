// A pipeline of one's own as README.md tells it, run on Spark: the commands, the sample, the job that is added, and the
// project's case against the rows the case expects.

import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { carelake } from "../../carelake.js";
import { onWarmSpark } from "../../servers/warm-spark.js";
import { addReadmeJob, initCommands } from "../../docs/added-job.js";
import { openLake, rowsOf } from "../../path/lake.js";

const CASE = "cases/clinics/cleansed/visit/keeps-a-visit-whose-fee-is-unknown";
const parent = mkdtempSync(join(tmpdir(), "init-run-"));
let folder = parent;

afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** Runs a command that must succeed; its stdout. */
async function told(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await carelake({ args, cwd: folder, env: onWarmSpark() });
  expect([args, code, stderr.includes("error[")], stderr).toEqual([args, 0, false]);
  return stdout;
}

it("README.md's commands run its sample: seven visits stay, the one with an impossible date is in quarantine with its rule", async () => {
  const said: string[] = [];
  for (const [program, ...words] of initCommands()) {
    if (program === "cd") folder = join(folder, words[0] ?? "");
    else said.push(await told(words));
  }
  expect(said).toHaveLength(3);
  expect(said.at(-1)).toMatch(/lake\.clinics_cleansed\.visit +2024 +7 +1/);
  const lake = await openLake(join(folder, "lake"));
  expect(await rowsOf(lake, "select number, quarantine_reasons::varchar as reasons from clinics_cleansed.visit__quarantine")).toEqual([{ number: "1004", reasons: "[V02]" }]);
  expect(await told(["gates"])).toContain("visit_is_identified_and_dated: 1 of 8 rows");
});

it("plans nothing more once it has run", async () => {
  expect(await told(["plan", "clinics", "--year", "2024"])).toContain("everything is done already");
});

it("runs the job that README.md adds, and that one alone", async () => {
  addReadmeJob(folder);
  const answer: unknown = JSON.parse(await told(["run", "clinics", "--year", "2024", "--json"]));
  expect(answer).toMatchObject({ steps: [{ job: "clinics/curated/clinic", outcome: "built", rows: 3 }] });
  const rows = await rowsOf(await openLake(join(folder, "lake")), "select clinic_name, visit_count from clinics_curated.clinic order by 1");
  expect(rows).toEqual([
    { clinic_name: "Hill Clinic", visit_count: "2" },
    { clinic_name: "Lake Clinic, East", visit_count: "3" },
    { clinic_name: "North Clinic", visit_count: "2" },
  ]);
});

it("makes of the case's rows the rows that the case expects", async () => {
  await told(["run", "clinics", "--year", "2024", "--input", CASE, "--lake", "lake-case"]);
  const lake = await openLake(join(folder, "lake-case"));
  const columns = "visit_id, clinic_name, visit_date::varchar as visit_date, fee_usd::varchar as fee_usd";
  const rows = await rowsOf(lake, `select ${columns} from clinics_cleansed.visit order by visit_id`);
  const expected = await rowsOf(lake, `select * from read_csv('${join(folder, CASE, "expect.csv")}', header = true, all_varchar = true) order by visit_id`);
  expect(expected).toHaveLength(readFileSync(join(folder, CASE, "expect.csv"), "utf8").trim().split("\n").length - 1);
  expect(rows).toEqual(expected);
});

it("lists a file that a killed write left in the lake, and removes it and nothing else when asked to", async () => {
  const data = join(folder, "lake/warehouse/clinics_raw/visit/data/year=2024");
  const before = readdirSync(data).filter((name) => name.endsWith(".parquet"));
  copyFileSync(join(data, before[0] ?? ""), join(data, "left-over.parquet"));
  expect(await told(["clean", "clinics"])).toMatch(/lake\.clinics_raw\.visit +– +0 +1\n[^]*nothing was removed/);
  expect(readdirSync(data)).toContain("left-over.parquet");
  expect(await told(["clean", "clinics", "--yes"])).toMatch(/\nremoved\s*$/);
  expect(readdirSync(data).filter((name) => name.endsWith(".parquet"))).toEqual(before);
});
