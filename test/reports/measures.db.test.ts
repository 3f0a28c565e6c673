// Every measure of the report on a real MySQL against a second calculation from the source files: two data years, for
// the whole and for every value of every slicer. The tables are those that the files ask for; that the pipeline makes
// the same ones of them is shown by test/path/sample.spark.test.ts, which also compares the measures on its own tables.

import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { partD } from "../../reports/part-d/report.js";
import { addYear, isEqual, type Slice } from "../path/expected-measures.js";
import { CURATED, openSampleSources } from "../path/expected-part-d.js";
import { rowsOf } from "../path/lake.js";
import { compareMeasures, unproven } from "../path/measures.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";

let server: MySqlServer;
let mysql: Connection;
let db: DuckDBConnection;

beforeAll(async () => {
  server = await startTestMySql();
  mysql = await connectAsRoot(server);
  await mysql.query("create database report character set utf8mb4 collate utf8mb4_0900_as_cs");
  await mysql.query("use report");
  db = await (await DuckDBInstance.create()).connect();
  await openSampleSources(db);
  await publish(2023);
  await db.run("update detail set claims = claims + cost::bigint % 7, cost = cost * 0.9 + 0.01 where npi::bigint % 10 <> 3");
  await db.run("delete from detail where npi::bigint % 11 = 5");
  await db.run("update provider set opioid = nullif(opioid + claims % 3, 12), antibiotic = null where npi::bigint % 4 = 1");
  await publish(2022);
});

afterAll(async () => {
  await mysql.end();
  await server.stop();
});

/** The curated tables of the files that are open, as rows of MySQL, and the lines that measures are taken of. */
async function publish(year: number): Promise<void> {
  await addYear(db, year);
  for (const { table, sql } of CURATED) {
    const name = table.replace("part_d_curated.", "");
    const types = await rowsOf(db, `describe ${sql}`);
    const columns = types.map(({ column_name, column_type }) => `${column_name ?? ""} ${column_type === "VARCHAR" ? "varchar(200)" : column_type === "BOOLEAN" ? "tinyint(1)" : (column_type ?? "")}`);
    await mysql.query(`create table if not exists \`${name}\` (year int, ${columns.join(", ")})`);
    const rows = (await rowsOf(db, sql)).map((row) => [year, ...types.map(({ column_name, column_type }) => (column_type === "BOOLEAN" ? row[column_name ?? ""] === "true" : (row[column_name ?? ""] ?? null)))]);
    for (let at = 0; at < rows.length; at += 5000) await mysql.query(`insert into \`${name}\` values ?`, [rows.slice(at, at + 5000)]);
  }
}

describe("every measure on MySQL", () => {
  it("has a second calculation from the files", () => {
    expect(unproven(partD.model.measures)).toEqual([]);
  });

  it.each<[string, number, Slice, number]>([
    ["drug_utilization", 2023, "whole", 17], ["drug_utilization", 2023, "state", 900], ["drug_utilization", 2023, "specialty", 1000], ["drug_utilization", 2023, "generic", 15_000], ["drug_utilization", 2022, "state", 900],
    ["prescriber_report", 2023, "whole", 18], ["prescriber_report", 2023, "state", 900], ["prescriber_report", 2023, "specialty", 1000], ["prescriber_report", 2023, "npi", 170_000], ["prescriber_report", 2022, "specialty", 1000],
  ])("of %s in %s is what the files say, by %s", async (table, year, slice, atLeast) => {
    const { compared, differences } = await compareMeasures({ mysql, db }, partD.model, { table, year, slice });
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(atLeast);
  });

  it("is unknown a year before the first one, and the same in both reports", async () => {
    const [rows] = await mysql.query("select sum(claim_count) as claims, sum(drug_cost_usd) as cost from drug_utilization group by year, state_code, specialty order by year, state_code, specialty");
    const [people] = await mysql.query("select sum(claim_count) as claims, sum(drug_cost_usd) as cost from prescriber_report group by year, state_code, specialty order by year, state_code, specialty");
    expect(rows).toEqual(people);
  });

  it("would not pass with a cent more, a row less or another prescriber's specialty", async () => {
    const differ = async (sql: string, slice: Slice, table = "drug_utilization"): Promise<number> => {
      await mysql.beginTransaction();
      await mysql.query(sql);
      const { differences } = await compareMeasures({ mysql, db }, partD.model, { table, year: 2023, slice });
      await mysql.rollback();
      return differences.length;
    };
    expect(await differ("update drug_utilization set drug_cost_usd = drug_cost_usd + 0.01 where year = 2023 limit 1", "whole")).toBeGreaterThan(0);
    expect(await differ("delete from drug_utilization where year = 2022 limit 1", "state")).toBeGreaterThan(0);
    expect(await differ("update prescriber_report set specialty = 'Dentist' where year = 2023 and specialty <> 'Dentist' limit 1", "specialty", "prescriber_report")).toBeGreaterThan(0);
    expect(await differ("update prescriber_report set opioid_claim_count = 0 where year = 2023 and opioid_claim_count is null limit 1", "whole", "prescriber_report")).toBeGreaterThan(0);
  });
});

describe("the comparison of digits with a fraction", () => {
  it.each<[string | null, bigint, bigint, boolean]>([
    ["0.33333333333333", 1n, 3n, true], ["0.33333333333334", 1n, 3n, false], ["0.66666666666667", 2n, 3n, true], ["0.66666666666666", 2n, 3n, false],
    ["-0.50", -1n, 2n, true], ["12.31", 1231n, 100n, true], ["12.30", 1231n, 100n, false], [null, 1n, 1n, false],
  ])("%s and %s/%s: %s", (text, part, whole, equal) => {
    expect(isEqual(text, { part, whole })).toBe(equal);
  });
});
