// Part D in CMS's own layouts through the command: two clean years, one of the first releases, then defects whose number
// is known. Gates and quarantine are held to exact counts, the tables to a second calculation by DuckDB.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GateResult } from "../../driver/stage.js";
import type { DefectSpec } from "../generator/defects.js";
import { onWarmSpark } from "../servers/warm-spark.js";
import { generateFolder, type PlantedLine } from "../generator/generate.js";
import { detailFileName, providerFileName } from "../generator/layout.js";
import { carelake, gatesOfLastRun, newProject, run, type Project, type RunAnswer } from "./carelake.js";
import { makeEarlyYear, NATIONAL_FLAGS } from "./early-year.js";
import { CURATED, openSources } from "./expected-part-d.js";
import { columnsOf, contents, differences, openLake, rowsOf, valueOf } from "./lake.js";

const ROWS = 12_000;
const data = mkdtempSync(join(tmpdir(), "carelake-official-data-"));
let project: Project;
let clean: RunAnswer;

const make = async (name: string, years: readonly number[], defects?: DefectSpec, rows = ROWS): Promise<readonly PlantedLine[]> => {
  const made = await generateFolder({ rows, years, seed: 5, threads: 0, ...(defects === undefined ? {} : { defects }) }, join(data, name));
  return made.flatMap((year) => year.planted);
};

const detailFile = (year: number): string => detailFileName(year, { number: 1, of: 1 });

interface Against {
  /** Lines that the run sets aside. */
  readonly without?: { readonly detail: readonly number[]; readonly provider: readonly number[] };
  /** Select of the drugs' flags, when they do not come from the drug list. */
  readonly list?: string;
}

/** Every curated table of a year against the files of `folder`. */
async function disagreements(folder: string, year: number, { without, list }: Against = {}): Promise<unknown> {
  const db = await openLake(project.lake);
  await openSources(db, {
    layout: "official",
    detail: join(data, folder, detailFile(year)),
    provider: join(data, folder, providerFileName(year)),
    drugList: join(data, folder, "drug_lists_2023_official.csv"),
    cities: join(data, folder, "us_cities.csv"),
    ...(without === undefined ? {} : { without }),
  });
  if (list !== undefined) await db.run(`create or replace table list as ${list}`);
  const found: Record<string, unknown> = {};
  for (const { table, key, sql } of CURATED) {
    const columns = (await columnsOf(db, sql)).filter((column) => !key.includes(column));
    found[table] = await differences(db, { actual: `select * from ${table} where year = ${String(year)}`, expected: sql, key, columns });
  }
  return found;
}

const AGREED = Object.fromEntries(CURATED.map(({ table }) => [table, []]));

/** Offenders by table and rule, those without any left out. */
const offenders = (gates: readonly GateResult[], year: number): Readonly<Record<string, number>> =>
  Object.fromEntries(gates.filter((gate) => gate.offenders > 0 && gate.step.endsWith(`@${String(year)}`)).map((gate) => [`${gate.step.replace(/^part-d\/(.*)@\d+$/, "$1")} ${gate.id}`, gate.offenders]));

beforeAll(async () => {
  await make("clean", [2022, 2023]);
  project = newProject("official", {}, onWarmSpark());
  clean = await run(project, ["--years", "2022..2023", "--input", join(data, "clean")]);
});

afterAll(() => {
  rmSync(project.folder, { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
});

describe("two clean years side by side", () => {
  const PREVIOUS_YEAR = ["B17", "B18", "B19", "B19-block"];

  it("break no rule that looks at one year alone", () => {
    const found = clean.gates.filter((gate) => gate.offenders > 0 && gate.severity !== "info" && !PREVIOUS_YEAR.includes(gate.id));
    expect(found.map((gate) => [gate.step, gate.id, gate.offenders, gate.samples])).toEqual([]);
    expect(clean.gates.filter((gate) => gate.verdict === "failed")).toEqual([]);
  });

  it("are compared with the year before where there is one", async () => {
    const verdict = (step: string, id: string) => clean.gates.find((gate) => gate.step === step && gate.id === id);
    for (const id of ["B18", "B19", "B19-block"]) {
      expect(verdict("part-d/cleansed/prescriber_drug@2022", id), id).toMatchObject({ verdict: "not-applicable", reason: expect.stringMatching(/2021/) });
      expect(verdict("part-d/cleansed/prescriber_drug@2023", id), id).toMatchObject({ verdict: "passed" });
    }
    const db = await openLake(project.lake);
    const moved = await valueOf(db, `select count(*) from part_d_curated.drug_report a join part_d_curated.drug_report b on a.drug_brand_name = b.drug_brand_name and a.drug_generic_name = b.drug_generic_name
      where a.year = 2023 and b.year = 2022 and greatest((a.drug_cost_usd::double / a.claim_count) / (b.drug_cost_usd::double / b.claim_count), (b.drug_cost_usd::double / b.claim_count) / (a.drug_cost_usd::double / a.claim_count)) > 3`);
    expect(verdict("part-d/curated/drug_report@2023", "B17")?.offenders).toBe(Number(moved));
  });

  it("set nothing aside", () => {
    for (const step of clean.steps.filter((each) => each.job.includes("/cleansed/"))) {
      expect(step.quarantined, step.id).toBe(0);
      expect(step.rows, step.id).toBe(clean.steps.find((raw) => raw.id === step.id.replace("cleansed", "raw"))?.rows);
    }
    expect(clean.steps.find((step) => step.id === "part-d/raw/prescriber_drug@2023")?.rows).toBe(ROWS);
  });

  it.each([2022, 2023])("give %s as DuckDB makes it of the files", async (year) => {
    expect(await disagreements("clean", year)).toEqual(AGREED);
  });
});

describe("a year in the layout of the first releases, with the drugs of CMS's geography file", () => {
  let answer: RunAnswer;
  beforeAll(async () => {
    await make("early-official", [2014], undefined, 300);
    await makeEarlyYear({ from: join(data, "early-official"), to: join(data, "early"), detail: detailFile(2014), provider: providerFileName(2014) });
    answer = await run(project, ["--year", "2014", "--input", join(data, "early")]);
  });

  it("gives the same tables as the same rows in today's layout", async () => {
    expect(answer.steps.find((step) => step.id === "part-d/cleansed/prescriber_drug@2014")).toMatchObject({ rows: 300, quarantined: 0 });
    expect(await disagreements("early-official", 2014, { list: NATIONAL_FLAGS(join(data, "early")) })).toEqual(AGREED);
  });

  it("breaks no rule, is held to CMS's national row of each drug, and says what its layout cannot answer", () => {
    expect(answer.gates.filter((gate) => gate.verdict === "failed" || gate.verdict === "warned").map((gate) => [gate.step, gate.id, gate.samples])).toEqual([]);
    const verdict = (step: string, id: string) => answer.gates.find((gate) => gate.step === `part-d/${step}@2014` && gate.id === id);
    expect(verdict("curated/drug_report", "G10")).toMatchObject({ verdict: "passed" });
    expect(verdict("cleansed/prescriber_drug", "A15")).toMatchObject({ verdict: "not-applicable", reason: "layout original has no prscrbr_state_fips" });
    expect(verdict("cleansed/prescriber_drug", "B11")).toMatchObject({ verdict: "passed" });
  });
});

describe("a second load of 2023 with defects that are set aside or warned of", () => {
  const plant = {
    A01: 3, A02: 2, A14: 2, A18: 4, B03: 7, B04: 4, B05: 4, B06: 3, B07: 4, B08: 3, B09: 3, B09W: 3, B10: 3, B13: 4, B14: 3, B16: 3, G08: 2, CAST: 2, C02: 2, C05: 2, C06: 2, C07: 2, C10: 2,
  } as const;
  const ASIDE = ["A01", "A02", "A14", "B03", "B04", "B05", "B06", "B09", "B10", "B13", "B14", "CAST", "C06"];
  let planted: readonly PlantedLine[];
  let answer: RunAnswer;
  let before: Readonly<Record<string, string>>;

  beforeAll(async () => {
    planted = await make("dirty", [2023], { seed: 7, plant });
    before = await contents(project.lake, 2022);
    answer = await run(project, ["--year", "2023", "--input", join(data, "dirty")]);
  });

  it("finds every planted defect by its own rule, and nothing else", () => {
    const detail = "cleansed/prescriber_drug";
    const required = ["prescriber_npi", "drug_brand_name", "drug_generic_name", "claim_count", "fill_30day_count", "day_supply_days", "drug_cost_usd"];
    const unlucky = planted.filter((item) => item.rule === "A01" && /written as 3/.test(item.what)).length;
    expect(offenders(answer.gates.filter((gate) => gate.id !== "B17"), 2023)).toEqual({
      ...Object.fromEntries(["A01", "A14", "A18", "B04", "B05", "B06", "B07", "B08", "B09", "B10", "B13", "B14", "B16"].map((rule) => [`${detail} ${rule}`, plant[rule as keyof typeof plant]])),
      // A ten-digit number that begins with 3 has no right check digit either.
      [`${detail} A02`]: plant.A02 + unlucky,
      [`${detail} B09-zero`]: plant.B09W,
      [`${detail} T01`]: plant.CAST,
      ...Object.fromEntries(required.map((column) => [`${detail} B03-${column}`, 1])),
      "cleansed/prescriber C02": 2, "cleansed/prescriber C05": 2, "cleansed/prescriber C06": 2, "cleansed/prescriber C07-age": 2, "cleansed/prescriber C10": 2,
      // Those left out of the provider file, and those whose provider line was set aside.
      "curated/prescriber_report G08": plant.G08 + plant.C06,
    });
    expect(answer.gates.filter((gate) => gate.verdict === "failed")).toEqual([]);
    expect(answer.gates.find((gate) => gate.id === "B09-zero" && gate.step.endsWith("@2023"))).toMatchObject({ verdict: "passed", tolerance: 0.01 });
  });

  it("keeps the rows set aside with their reasons and their text as published", async () => {
    const db = await openLake(project.lake);
    const aside = planted.filter((item) => ASIDE.includes(item.rule) && item.rule !== "C06");
    expect(await valueOf(db, "select count(*) from part_d_cleansed.prescriber_drug__quarantine where year = 2023")).toBe(String(aside.length));
    expect(await valueOf(db, "select count(*) from part_d_cleansed.prescriber_drug where year = 2023")).toBe(String(ROWS - aside.length));
    const reasons = await rowsOf(db, "select array_to_string(quarantine_reasons, ' ') as reasons, count(*) as n from part_d_cleansed.prescriber_drug__quarantine where year = 2023 group by 1 order by 1");
    expect(Object.fromEntries(reasons.map((row) => [row["reasons"], Number(row["n"])]))).toMatchObject({ A14: 2, B04: 4, B05: 4, B06: 3, B09: 3, B10: 3, B13: 4, B14: 3, T01: 2 });
    expect(await rowsOf(db, "select tot_clms from part_d_cleansed.prescriber_drug__quarantine where list_contains(quarantine_reasons, 'T01') and tot_clms like '%x'")).toHaveLength(1);
    expect(await rowsOf(db, "select distinct array_to_string(quarantine_reasons, ' ') as reasons from part_d_cleansed.prescriber__quarantine where year = 2023")).toEqual([{ reasons: "C06" }]);
  });

  it("leaves 2022 as it was, row by row", async () => {
    expect(await contents(project.lake, 2022)).toEqual(before);
  });

  it("gives reports of the rows that stayed, equal to the cent", async () => {
    const lines = (file: string): readonly number[] => planted.filter((item) => ASIDE.includes(item.rule) && item.file === file).flatMap((item) => (item.line === null ? [] : [item.line]));
    expect(await disagreements("dirty", 2023, { without: { detail: lines(detailFile(2023)), provider: lines(providerFileName(2023)) } })).toEqual(AGREED);
  });
});

describe("what must not become visible", () => {
  it("is stopped by every rule that it breaks, in two years and three tables at once, and the tables stay as they were", async () => {
    // In 2022 a prescriber's rows add up to more than CMS's own total, in 2023 keys, flags and lines are broken.
    await make("blocked", [2022], { seed: 7, plant: { G09: 2 } });
    await make("blocked", [2023], { seed: 7, plant: { B02: 2, B11: 2, B12: 3, G03: 4, C01: 2, C09: 3 } });
    const visible = async () => [await contents(project.lake, 2022), await contents(project.lake, 2023)];
    const before = await visible();
    const answer = await carelake(project, ["run", "part-d", "--years", "2022..2023", "--input", join(data, "blocked")]);
    expect(answer.code, answer.stderr).toBe(1);
    const gates = await gatesOfLastRun(project);
    const failed = (year: number) => offenders(gates.filter((gate) => gate.verdict === "failed"), year);
    expect(failed(2022), answer.stderr).toEqual({ "curated/prescriber_report G09": 2 });
    expect(failed(2023), answer.stderr).toEqual({
      "cleansed/prescriber_drug B02": 2, "cleansed/prescriber_drug B11": 2, "cleansed/prescriber_drug B12": 3, "cleansed/prescriber_drug G03": 4,
      "cleansed/prescriber C01": 2, "cleansed/prescriber C09": 3,
    });
    for (const id of ["G09", "B02", "B11", "B12", "G03", "C01", "C09"]) expect(answer.stderr).toContain(id);
    expect(gates.filter((gate) => gate.step.endsWith("_report@2023"))).toEqual([]);
    expect(await visible()).toEqual(before);
  });
});
