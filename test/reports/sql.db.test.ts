import type { Connection, RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Job } from "../../driver/job.js";
import type { MySqlServer } from "../../driver/local/mysql.js";
import drugReport from "../../jobs/part-d/curated/drug_report.js";
import prescriberReport from "../../jobs/part-d/curated/prescriber_report.js";
import type { Row } from "../../reports/figures.js";
import { renderHtml } from "../../reports/html/render.js";
import { partD } from "../../reports/part-d/report.js";
import { reportQueries } from "../../reports/sql.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { content } from "./part-d-rows.js";

let server: MySqlServer;
let connection: Connection;
let rowsByTile: Readonly<Record<string, readonly Row[]>>;

beforeAll(async () => {
  server = await startTestMySql();
  connection = await connectAsRoot(server);
  // The server's default collation does not tell "Eliquis" from "ELIQUIS": the queries must.
  await connection.query("create database report character set utf8mb4 collate utf8mb4_0900_ai_ci");
  await connection.query("use report");
  await createTable(drugReport, "drug_report");
  await createTable(prescriberReport, "prescriber_report");
  await fill();
  rowsByTile = await answers(2023);
}, 120_000);

afterAll(async () => {
  await connection.end();
  await server.stop();
});

async function createTable(job: Job, name: string): Promise<void> {
  const columns = Object.entries(job.columns).map(([column, { type, maxLength }]) => `${column} ${type === "string" ? `varchar(${String(maxLength)})` : type === "boolean" ? "tinyint(1)" : type}`);
  await connection.query(`create table ${name} (year int, ${columns.join(", ")})`);
}

async function fill(): Promise<void> {
  const drug = (year: number, brand: string, generic: string, antibiotic: boolean, claims: number, cost: string) => ({
    year, drug_brand_name: brand, drug_generic_name: generic, drug_type: antibiotic ? "Antibiotic" : "Non-antibiotic",
    is_brand: brand !== generic, is_opioid: false, claim_count: claims, drug_cost_usd: cost,
  });
  const drugs = [
    drug(2023, "Eliquis", "Apixaban", false, 300, "9007199254740.91"),
    drug(2023, "ELIQUIS", "Apixaban", false, 100, "0.01"),
    drug(2023, "Amoxicillin", "Amoxicillin", true, 100, "0.02"),
    drug(2023, "Café 😀", "Zink", false, 0, "0.00"),
    drug(2022, "Eliquis", "Apixaban", false, 999, "999.99"),
    ...Array.from({ length: 12 }, (_, index) => drug(2023, `Tie ${String(index)}`, `Tie ${String(index)}`, false, 11, "0.03")),
  ];
  const prescriber = (npi: string, name: string | null, state: readonly [string, string | null], claims: number, cost: string) => ({
    year: 2023, prescriber_npi: npi, prescriber_name: name, prescriber_type: "Individual", specialty: "Unknown", city: null,
    state_code: state[0], state_name: state[1], claim_count: claims, drug_cost_usd: cost,
  });
  const prescribers = [
    prescriber("1000000004", "Ann", ["OH", "Ohio"], 600, "9007199254740.00"),
    prescriber("1000000012", null, ["PW", null], 30, "1.30"),
    prescriber("1000000020", "Eve", ["XX", "Unknown"], 2, "0.00"),
  ];
  for (const row of drugs) await connection.query("insert into drug_report set ?", row);
  for (const row of prescribers) await connection.query("insert into prescriber_report set ?", row);
}

async function answers(year: number): Promise<Readonly<Record<string, readonly Row[]>>> {
  const found: Record<string, readonly Row[]> = {};
  for (const { tile, sql, params } of reportQueries(partD, { year })) {
    const [rows] = await connection.query<RowDataPacket[]>(sql, [...params]);
    found[tile] = rows.map((row) => ({ ...row }));
  }
  return found;
}

describe("the tiles' queries on MySQL", () => {
  it("add up exactly, over one year", () => {
    expect(rowsByTile["drug-totals"]).toEqual([{ claims: "632", cost_usd: "9007199254741.30", generic_names: 15, brand_names: 16, pairs: 16 }]);
  });

  it("tell names apart that differ in case alone, whatever the table's collation", () => {
    expect(rowsByTile["brand-by-claims"]?.slice(0, 3).map((row) => [row["drug_brand_name"], row["claims"], row["claims_total"]])).toEqual([["Eliquis", "300", "632"], ["Amoxicillin", "100", "632"], ["ELIQUIS", "100", "632"]]);
  });

  it("put equal figures in one order, by code point", () => {
    expect(rowsByTile["generic-by-claims"]?.slice(2).map((row) => row["drug_generic_name"])).toEqual(["Tie 0", "Tie 1", "Tie 10", "Tie 11", "Tie 2", "Tie 3", "Tie 4", "Tie 5"]);
  });

  it("keep a quotient's digits and give null where there is nothing to divide by", async () => {
    expect(rowsByTile["prescriber-totals"]?.[0]?.["cost_per_claim"]).toBe("14251897554.97041139240506");
    const [rows] = await connection.query<RowDataPacket[]>(reportQueries(partD, { year: 2023 }).find((query) => query.tile === "brand-by-claims")?.sql.replace("limit 10", "limit 100") ?? "", [2023]);
    expect(rows.at(-1)).toMatchObject({ drug_brand_name: "Café 😀", claims: "0", cost_per_claim: null });
  });

  it("keep prescribers without a listed state", () => {
    expect(rowsByTile["states"]?.map((row) => [row["state_code"], row["state_name"], row["prescribers"]])).toEqual([["OH", "Ohio", 1], ["PW", null, 1], ["XX", "Unknown", 1]]);
  });

  it("give no row at all for a year that is not there", async () => {
    const none = await answers(1999);
    expect(Object.values(none).flat()).toEqual([]);
  });

  it("give what the page is made of, and both pages agree to the cent", () => {
    const html = renderHtml(partD, { ...content, rowsByTile });
    expect(html).toContain("Yes: both give 632 claims.");
    expect(html).toContain("Yes: both give $9,007,199,254,741.30 of drug cost.");
  });
});
