// The project that init makes, run on Spark: its sample, and its case against the rows the case expects.

import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { carelake } from "../../carelake.js";
import { openLake, rowsOf } from "../../path/lake.js";

const CASE = "cases/clinics/cleansed/visit/keeps-a-visit-whose-fee-is-unknown";
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "init-run-"));
  expect((await carelake({ args: ["init", "."], cwd: folder })).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await carelake({ args: ["run", "clinics", "--year", "2024", ...args], cwd: folder });
  expect([code, stderr]).toEqual([0, expect.stringContaining("Spark done")]);
  return stdout;
}

it("runs its sample: seven visits stay, the one with an impossible date is in quarantine with its rule", async () => {
  expect(await run([])).toMatch(/lake\.clinics_cleansed\.visit +2024 +7 +1/);
  const lake = await openLake(join(folder, "lake"));
  expect(await rowsOf(lake, "select number, quarantine_reasons::varchar as reasons from clinics_cleansed.visit__quarantine")).toEqual([{ number: "1004", reasons: "[V02]" }]);
  const gates = await carelake({ args: ["gates"], cwd: folder });
  expect(gates.stdout).toContain("visit_is_identified_and_dated: 1 of 8 rows");
});

it("plans nothing more once it has run", async () => {
  const { stdout } = await carelake({ args: ["plan", "clinics", "--year", "2024"], cwd: folder });
  expect(stdout).toContain("everything is done already");
});

it("makes of the case's rows the rows that the case expects", async () => {
  await run(["--input", CASE, "--lake", "lake-case"]);
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
  const listed = await carelake({ args: ["clean", "clinics"], cwd: folder });
  expect([listed.code, listed.stdout]).toEqual([0, expect.stringMatching(/lake\.clinics_raw\.visit +– +0 +1\n[^]*nothing was removed/)]);
  expect(readdirSync(data)).toContain("left-over.parquet");
  const removed = await carelake({ args: ["clean", "clinics", "--yes"], cwd: folder });
  expect([removed.code, removed.stdout]).toEqual([0, expect.stringMatching(/\nremoved\s*$/)]);
  expect(readdirSync(data).filter((name) => name.endsWith(".parquet"))).toEqual(before);
});
