// What generated Part D data look like, read back by DuckDB: form, rules, calibration, determinism.
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateFolder } from "./generate.js";
import { npiOf } from "./npi.js";
import { count, DETAIL_SQL, openData, PROVIDER_SQL } from "./rules.js";

const DETAIL = "MUP_DPR_RY25_P04_V10_DY23_NPIBN.csv";
const PROVIDER = "MUP_DPR_RY25_P04_V10_DY23_NPI.csv";
const root = mkdtempSync(join(tmpdir(), "carelake-generator-"));
const sha = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const bytesOf = (dir: string, name: string): Buffer => readFileSync(join(root, dir, name));

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("50,000 rows of 2023", () => {
  let db: DuckDBConnection;
  const is = (sql: string): Promise<number> => count(db, sql);
  beforeAll(async () => {
    await generateFolder({ rows: 50_000, years: [2023], seed: 1, threads: 0 }, join(root, "a"));
    db = await openData(join(root, "a"));
  }, 60_000);

  test("the detail header is CMS's to the letter, and the file has exactly the rows asked for", async () => {
    const text = bytesOf("a", DETAIL).toString("utf8");
    expect(text.slice(0, text.indexOf("\n"))).toBe(
      "Prscrbr_NPI,Prscrbr_Last_Org_Name,Prscrbr_First_Name,Prscrbr_City,Prscrbr_State_Abrvtn,Prscrbr_State_FIPS,Prscrbr_Type,Prscrbr_Type_Src,Brnd_Name,Gnrc_Name,Tot_Clms,Tot_30day_Fills,Tot_Day_Suply,Tot_Drug_Cst,Tot_Benes,GE65_Sprsn_Flag,GE65_Tot_Clms,GE65_Tot_30day_Fills,GE65_Tot_Drug_Cst,GE65_Tot_Day_Suply,GE65_Bene_Sprsn_Flag,GE65_Tot_Benes",
    );
    expect(text.split("\n").length).toBe(50_002);
    expect(text).not.toContain("\r");
    expect(await is("select count(*) from detail")).toBe(50_000);
  });

  test("the by Provider file has 84 columns, one line a prescriber, sorted by NPI like the detail", async () => {
    expect(await is("select count(*) from duckdb_columns() where table_name = 'provider_raw'")).toBe(84);
    expect(bytesOf("a", PROVIDER).toString("utf8").startsWith("PRSCRBR_NPI,")).toBe(true);
    expect(await is("select count(*) from (select npi < lag(npi) over (order by n) as down from detail) where down")).toBe(0);
    expect(await is("select count(*) from provider") / (await is("select count(distinct npi) from detail"))).toBeGreaterThan(1.05);
  });

  for (const [rule, sql] of Object.entries({ ...DETAIL_SQL, ...PROVIDER_SQL })) {
    test(`no row breaks ${rule}`, async () => {
      expect(await is(sql)).toBe(0);
    });
  }

  test("the measures lie where CMS's do", async () => {
    const share = (condition: string): Promise<number> => is(`select avg((${condition})::int) from detail`);
    const quantile = (column: string, p: number): Promise<number> => is(`select quantile_cont(${column}, ${p}) from detail`);
    const near = async (value: Promise<number>, low: number, high: number, what: string): Promise<void> => {
      const found = await value;
      expect(found, what).toBeGreaterThanOrEqual(low);
      expect(found, what).toBeLessThanOrEqual(high);
    };
    await near(is("select count(*) / count(distinct npi) from detail"), 18, 25, "rows a prescriber");
    await near(quantile("Tot_Clms", 0.25), 14, 18, "claims p25");
    await near(quantile("Tot_Clms", 0.5), 23, 30, "claims p50");
    await near(quantile("Tot_Clms", 0.75), 48, 66, "claims p75");
    await near(quantile("Tot_30day_Fills", 0.5), 36, 52, "fills p50");
    await near(quantile("Tot_Drug_Cst", 0.5), 500, 1000, "cost p50");
    await near(share("Tot_Benes is null"), 0.51, 0.66, "Tot_Benes blank");
    await near(share("flag is not null"), 0.4, 0.5, "65+ flag");
    await near(share("beneflag is not null"), 0.82, 0.92, "65+ beneficiary flag");
    for (const [type, low, high] of [["Family Practice", 0.2, 0.32], ["Nurse Practitioner", 0.16, 0.25], ["Internal Medicine", 0.12, 0.21], ["Physician Assistant", 0.09, 0.17]] as const) {
      await near(share(`type = '${type}'`), low, high, type);
    }
    for (const [brand, low, high] of [["Gabapentin", 0.012, 0.02], ["Atorvastatin Calcium", 0.011, 0.019], ["Eliquis", 0.007, 0.013]] as const) await near(share(`brand = '${brand}'`), low, high, brand);
    await near(is("select sum(Tot_Drug_Cst) / sum(Tot_Clms) from detail where brand = 'Ozempic'"), 1000, 1700, "dollars a claim of Ozempic");
    await near(share("contains(generic, ',')"), 0.005, 0.08, "generic names with a comma");
    await near(share("state = 'TX'"), 0.04, 0.1, "Texas");
    expect(await is("select count(distinct state) from detail")).toBeGreaterThan(50);
    expect(await is("select count(*) from detail where regexp_matches(last, '[^ -~]')")).toBeGreaterThan(0);
    expect(await is("select max(length(brand)) from detail")).toBeLessThanOrEqual(30);
  });

  test("listed antibiotics and opioids are among the drugs, and the provider file counts them", async () => {
    expect(await is("select count(*) from detail where generic = 'Amoxicillin'")).toBeGreaterThan(50);
    expect(await is("select count(*) from provider where Opioid_Tot_Clms > 10 and Antbtc_Tot_Clms > 10")).toBeGreaterThan(50);
  });
});

describe("the same request", () => {
  const request = { rows: 6_000, years: [2023], seed: 42 };
  test("gives the same bytes on every number of threads, pinned", async () => {
    for (const threads of [0, 1, 2]) await generateFolder({ ...request, threads }, join(root, `t${threads}`));
    const sums = [0, 1, 2].map((n) => sha(Buffer.concat([bytesOf(`t${n}`, DETAIL), bytesOf(`t${n}`, PROVIDER)])));
    expect(new Set(sums).size).toBe(1);
    expect(sums[0]).toBe("b63550fe3fb90598995f784fe92046aa77c3ae74b9ac3ced0e6b3c006dcb235d");
  }, 60_000);

  test("is the head of a larger one, split or packed it is the same, another seed is not", async () => {
    await generateFolder({ ...request, rows: 9_000, files: 3, gzip: true, threads: 0 }, join(root, "split"));
    const parts = readdirSync(join(root, "split")).filter((name) => name.includes("NPIBN")).sort();
    expect(parts).toEqual([1, 2, 3].map((n) => `MUP_DPR_RY25_P04_V10_DY23_NPIBN_${n}.csv.gz`));
    const joined = parts.map((name, at) => gunzipSync(bytesOf("split", name)).toString("utf8").split("\n").slice(at === 0 ? 0 : 1, -1)).flat();
    expect(joined.length).toBe(9_001);
    // The last prescriber is cut to the exact number of rows: all lines before are the same.
    expect(joined.slice(0, 5_900)).toEqual(bytesOf("t1", DETAIL).toString("utf8").split("\n").slice(0, 5_900));
    await generateFolder({ ...request, seed: 43, threads: 0 }, join(root, "other"));
    expect(sha(bytesOf("other", DETAIL))).not.toBe(sha(bytesOf("t1", DETAIL)));
  }, 60_000);
});

test("over the years rows grow as CMS's do, and most prescribers and drugs go on", async () => {
  const made = await generateFolder({ rows: 30_000, years: [2021, 2022, 2023], seed: 5, threads: 0 }, join(root, "years"));
  const rows = made.map((year) => year.rows);
  expect(rows[2]).toBe(30_000);
  for (const at of [1, 2]) {
    const growth = (rows[at] ?? 0) / (rows[at - 1] ?? 1) - 1;
    expect(growth).toBeGreaterThan(0.024);
    expect(growth).toBeLessThan(0.047);
  }
  const keys = ["RY24_P04_V10_DY22", "RY25_P04_V10_DY23"].map((name) => new Set(bytesOf("years", `MUP_DPR_${name}_NPIBN.csv`).toString("utf8").split("\n").map((line) => line.slice(0, 10))));
  const stayed = [...(keys[0] ?? [])].filter((npi) => keys[1]?.has(npi)).length;
  expect(stayed / (keys[0]?.size ?? 1)).toBeGreaterThan(0.85);
  expect(stayed / (keys[0]?.size ?? 1)).toBeLessThan(0.99);
}, 60_000);

test("NPIs grow with the index and stay ten digits long", () => {
  const npis = Array.from({ length: 1000 }, (_, at) => npiOf(9, at * 4000));
  expect(npis).toEqual([...npis].sort());
  expect(npis.every((npi) => /^[12]\d{9}$/.test(npi))).toBe(true);
});
