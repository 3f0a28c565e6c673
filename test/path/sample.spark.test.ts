// Part D on the sample, files to MySQL, through the command; every curated row and every figure of the report computed
// a second time by DuckDB from the same files.

import { rmSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { partD } from "../../reports/part-d/report.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { onWarmSpark } from "../servers/warm-spark.js";
import { carelake, newProject, run, SAMPLE, type Project, type RunAnswer } from "./carelake.js";
import { CURATED, openReports, openSampleSources, SAMPLE_HASHES, TILES } from "./expected-part-d.js";
import { branchesOf, columnsOf, differences, openLake, rowsOf, tablesOf, valueOf } from "./lake.js";
import { addYear, type Slice } from "./expected-measures.js";
import { compareMeasures } from "./measures.js";
import { tileRows, type TextRow } from "./tiles.js";

let server: MySqlServer;
let mysql: Connection;
let project: Project;
let answer: RunAnswer;
let db: DuckDBConnection;
let tiles: ReadonlyMap<string, readonly TextRow[]>;

/** Compared as fractions by compareMeasures. */
const QUOTIENTS = new Set(partD.model.measures.filter(({ unit }) => unit === "percent" || unit === "usd per claim").map(({ name }) => name));

beforeAll(async () => {
  server = await startTestMySql();
  mysql = await connectAsRoot(server);
  await mysql.query("create database carelake");
  await mysql.query("use carelake");
  const connect = { host: server.host, port: server.port, user: server.rootUser, password: { env: "MYSQL_PASSWORD" }, database: "carelake", tls: "off" };
  project = newProject("sample", { input: SAMPLE, mysql: connect }, { MYSQL_PASSWORD: server.rootPassword, ...onWarmSpark() });
  answer = await run(project, ["--year", "2023"]);
  db = await openLake(project.lake);
  await openSampleSources(db);
  await openReports(db);
  await addYear(db, 2023);
  tiles = await tileRows(mysql, partD, 2023);
});

afterAll(async () => {
  await mysql.end();
  await server.stop();
  rmSync(project.folder, { recursive: true, force: true });
});

describe("the source files", () => {
  it("hold what is known of them", async () => {
    const [totals] = await rowsOf(db, `select count(*) as n, sum(claims)::bigint as claims, sum(cost) as cost, count(distinct npi) as npis, count(distinct generic) as generics,
      count(distinct brand) as brands, count(distinct (brand, generic)) as pairs from detail`);
    expect(totals).toEqual({ n: "115914", claims: "19920737", cost: "8047165722.00", npis: "8345", generics: "948", brands: "1281", pairs: "1291" });
    expect(await rowsOf(db, "select (select count(*) from city) as cities, (select count(distinct state) from city) as states, (select count(*) from list) as listed")).toEqual([{ cities: "28338", states: "52", listed: "472" }]);
  });
});

describe("the lake after a run", () => {
  it.each(CURATED.map((table) => [table.table, table] as const))("has %s as the files say, row by row", async (_, table) => {
    const columns = (await columnsOf(db, table.sql)).filter((column) => !table.key.includes(column));
    // Nothing in the table goes without a comparison.
    expect([...(await columnsOf(db, `select * exclude (year) from ${table.table}`))].sort()).toEqual([...table.key, ...columns].sort());
    expect(await differences(db, { actual: `select * from ${table.table} where year = 2023`, expected: table.sql, key: table.key, columns })).toEqual([]);
  });

  it("would not pass with a cent or a row more or less", async () => {
    const expected = "select prescriber_npi, drug_cost_usd from expected_prescriber";
    const compare = (actual: string) => differences(db, { actual, expected, key: ["prescriber_npi"], columns: ["drug_cost_usd"] });
    expect(await compare("select prescriber_npi, drug_cost_usd + if(prescriber_npi = '1356534994', 0.01, 0) as drug_cost_usd from part_d_curated.prescriber_report")).toEqual([
      { prescriber_npi: "1356534994", verdict: "differs", actual_drug_cost_usd: "136807873.01", expected_drug_cost_usd: "136807873.00" },
    ]);
    expect(await compare("select * from part_d_curated.prescriber_report where prescriber_npi <> '1356534994'")).toHaveLength(2);
    expect(await compare("select * from part_d_curated.prescriber_report union all select * from part_d_curated.prescriber_report limit 8346")).not.toEqual([]);
  });

  it("has every row of the files in raw and in cleansed, and none in quarantine", async () => {
    const counts = async (table: string): Promise<string | null> => valueOf(db, `select count(*) from ${table} where year = 2023`);
    for (const [table, rows] of Object.entries({ prescriber_drug: "115914", prescriber: "8345", drug: "472", state: "28338" })) {
      expect(await counts(`part_d_raw.${table}`), `raw ${table}`).toBe(rows);
      expect(await counts(`part_d_cleansed.${table}`), `cleansed ${table}`).toBe(rows);
      expect(answer.steps.find((step) => step.job === `part-d/cleansed/${table}`)).toMatchObject({ rows: Number(rows), quarantined: 0 });
    }
    expect(await valueOf(db, "select sum(len(warnings)) from part_d_cleansed.prescriber_drug")).toBe("0");
  });

  it("keeps the leading zero of a ZIP code and every text of the file", async () => {
    expect(await valueOf(db, "select count(*) from part_d_cleansed.prescriber where length(zip_code) <> 5")).toBe("0");
    expect(await valueOf(db, "select count(*) from part_d_cleansed.prescriber where zip_code like '0%'")).not.toBe("0");
    expect(await valueOf(db, "select count(*) from part_d_raw.prescriber_drug where length(prscrbr_zip5) < 5")).toBe("5235");
  });

  it("has no branch left over", () => {
    for (const table of tablesOf(project.lake)) expect(branchesOf(project.lake, table), table).toEqual([]);
  });
});

describe("the gates of the sample", () => {
  it("find nothing: no rule fails, warns or notes", () => {
    expect(answer.gates.filter((gate) => gate.verdict !== "passed" && gate.verdict !== "not-applicable")).toEqual([]);
    expect(answer.gates.reduce((sum, gate) => sum + gate.offenders, 0)).toBe(0);
  });

  it("say which column or year is missing where a rule cannot be answered, and never that it passed", () => {
    const reason = (step: string, id: string) => answer.gates.find((gate) => gate.step === `part-d/${step}@2023` && gate.id === id);
    expect(reason("cleansed/prescriber_drug", "B05")).toMatchObject({ verdict: "not-applicable", reason: "layout derived has no tot_benes" });
    expect(reason("cleansed/prescriber_drug", "B11")).toMatchObject({ verdict: "not-applicable" });
    expect(reason("cleansed/prescriber", "C09")).toMatchObject({ verdict: "not-applicable" });
    expect(reason("curated/drug_report", "G10")).toMatchObject({ verdict: "not-applicable", reason: "the drug list has no claims; CMS's geography file has them" });
    expect(reason("cleansed/prescriber_drug", "B19")).toMatchObject({ verdict: "not-applicable", reason: "lake has no year 2022 to compare with" });
    expect(reason("cleansed/prescriber_drug", "B04")).toMatchObject({ verdict: "passed", rows: 115914 });
  });
});

describe("MySQL after the run", () => {
  it("has the content that every engine publishes", () => {
    expect(Object.fromEntries((answer.published?.tables ?? []).map(({ table, hash }) => [table, hash]))).toEqual(SAMPLE_HASHES);
  });

  it.each(["state", "drug_report", "prescriber_report", "drug_utilization"])("holds %s as the lake does", async (table) => {
    const [rows] = await mysql.query<(import("mysql2").RowDataPacket)[]>({ sql: `select * from ${table}`, supportBigNumbers: true, bigNumberStrings: true });
    const columns = (await columnsOf(db, `select * from part_d_curated.${table}`)).filter((column) => column !== "year");
    const text = (value: unknown): string => (value === null ? "\\N" : typeof value === "boolean" ? String(Number(value)) : String(value));
    const published = rows.map((row) => columns.map((column) => text(row[column])).join("\t")).sort();
    const shown = columns.map((column) => `case when typeof(${column}) = 'BOOLEAN' then (${column}::varchar = 'true')::int::varchar else ${column}::varchar end as ${column}`);
    const expected = (await rowsOf(db, `select ${shown.join(", ")} from part_d_curated.${table}`)).map((row) => columns.map((column) => row[column] ?? "\\N").join("\t")).sort();
    expect(published).toEqual(expected);
    expect(answer.published?.tables.find((each) => each.table === table)?.rows).toBe(expected.length);
  });

  it.each(Object.entries(TILES))("answers tile %s with the figures of the files", async (tile, sql) => {
    const comparable = (rows: readonly TextRow[]) => rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !QUOTIENTS.has(name))));
    expect(comparable(tiles.get(tile) ?? [])).toEqual(comparable(await rowsOf(db, sql)));
  });

  it.each<[string, Slice]>(["drug_utilization", "prescriber_report"].flatMap((table) => (["whole", "state", "specialty"] as const).map((slice): [string, Slice] => [table, slice])))("answers every measure of %s with the figures of the files, by %s", async (table, slice) => {
    const { compared, differences } = await compareMeasures({ mysql, db }, partD.model, { table, year: 2023, slice });
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(slice === "whole" ? 17 : 900);
  });

  it("is asked for every tile of the report, and the second calculation has every tile", () => {
    expect([...tiles.keys()].sort()).toEqual(Object.keys(TILES).sort());
  });
});

it("does nothing when run again, and says so", async () => {
  const again = await carelake(project, ["run", "part-d", "--year", "2023", "--json"]);
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ steps: [], gates: [], published: { outcome: "already-live" } });
});
