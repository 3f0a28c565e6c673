import type { Connection, RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Job } from "../../driver/job.js";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { openSession } from "../../driver/mysql.js";
import drugReport from "../../jobs/part-d/curated/drug_report.js";
import drugUtilization from "../../jobs/part-d/curated/drug_utilization.js";
import prescriberReport from "../../jobs/part-d/curated/prescriber_report.js";
import state from "../../jobs/part-d/curated/state.js";
import type { Row } from "../../reports/figures.js";
import { renderHtml } from "../../reports/html/render.js";
import { partD } from "../../reports/part-d/report.js";
import { overviewsOf, tilesOf, type Tile } from "../../reports/report.js";
import { npi, stateCode } from "../../reports/part-d/fields.js";
import { reportQueries, tileQuery, type Choice } from "../../reports/sql.js";
import { statements } from "../../reports/statements.js";
import { compareAnswers } from "../path/answers.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { contentOf } from "./part-d-rows.js";

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
  await createTable(drugUtilization, "drug_utilization");
  await createTable(prescriberReport, "prescriber_report");
  await createTable(state, "state");
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
  const drug = (year: number, key: number, brand: string, generic: string, claims: number, cost: string) => ({ year, key, brand, generic, claims, cost });
  const drugs = [
    drug(2023, 1, "Eliquis", "Apixaban", 300, "9007199254740.91"),
    drug(2023, 2, "ELIQUIS", "Apixaban", 100, "0.01"),
    drug(2023, 3, "Amoxicillin", "Amoxicillin", 100, "0.02"),
    drug(2023, 4, "Café 😀", "Zink", 0, "0.00"),
    drug(2022, 1, "Eliquis", "Apixaban", 999, "999.99"),
    ...Array.from({ length: 12 }, (_, index) => drug(2023, 5 + index, `Tie ${String(index)}`, `Tie ${String(index)}`, 11, "0.03")),
  ];
  for (const { year, key, brand, generic, claims, cost } of drugs) {
    await connection.query("insert into drug_report set ?", { year, drug_brand_name: brand, drug_generic_name: generic, drug_key: key });
    await connection.query("insert into drug_utilization set ?", {
      year, drug_key: key, state_code: key === 2 ? "AE" : "OH", specialty: key === 3 ? "Dentist" : "Internal Medicine",
      is_brand: brand !== generic, is_antibiotic: key === 3, is_opioid: false, claim_count: claims, drug_cost_usd: cost,
    });
  }
  const prescriber = (npi: string, name: string | null, state: string, specialty: string, claims: number, cost: string, opioids: number | null) => ({
    year: 2023, prescriber_npi: npi, prescriber_name: name, prescriber_type: "Individual", specialty, city: null,
    state_code: state, claim_count: claims, drug_cost_usd: cost, provider_claim_count: claims, opioid_claim_count: opioids,
  });
  const prescribers = [
    prescriber("1000000004", "Ann", "OH", "Dentist", 100, "9007199254740.00", 10),
    prescriber("1000000012", null, "PW", "Dentist", 30, "1.30", null),
    prescriber("1000000020", "Eve", "XX", "Unknown", 2, "0.00", 0),
    prescriber("1000000038", "Bob", "OH", "Dentist", 500, "0.00", 400),
  ];
  for (const row of prescribers) await connection.query("insert into prescriber_report set ?", row);
  for (const [code, name] of [["OH", "Ohio"], ["XX", "Unknown"]]) await connection.query("insert into state set ?", { year: 2023, state_code: code, state_name: name });
}

async function answers(year: number): Promise<Readonly<Record<string, readonly Row[]>>> {
  const found: Record<string, readonly Row[]> = {};
  for (const { tile, sql, params } of reportQueries(partD, { year })) {
    const [rows] = await connection.query<RowDataPacket[]>(sql, [...params]);
    found[tile] = rows.map((row) => ({ ...row }));
  }
  return found;
}

async function asked(id: string, choice: Choice): Promise<readonly Row[]> {
  const tile = tilesOf(partD).find((each) => each.id === id);
  if (tile === undefined) throw new Error(`no tile ${id}`);
  const { sql, params } = tileQuery(tile, choice);
  const [rows] = await connection.query<RowDataPacket[]>(sql, [...params]);
  return rows.map((row) => ({ ...row }));
}

describe("the tiles' queries on MySQL", () => {
  it("add up exactly, over one year", () => {
    expect(rowsByTile["drug-totals"]).toEqual([{ claims: "632", cost_usd: "9007199254741.30", cost_per_claim: "14251897554.97041139240506", generic_names: 15, brand_names: 16, pairs: 16 }]);
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

  it("give the same rows as one text that any client runs, for the year that it sets", async () => {
    const [begin = "", ...selects] = statements(partD, 2023).split(/;\n\s*/).slice(0, -1);
    const titles = overviewsOf(partD).flatMap((page) => page.tiles.map((tile) => [`-- ${page.title}: ${tile.title}. `, tile.id] as const));
    expect(selects).toHaveLength(titles.length);
    await connection.query(begin);
    for (const [index, [title, id]] of titles.entries()) {
      expect(selects[index]?.startsWith(title), selects[index]).toBe(true);
      const [rows] = await connection.query<RowDataPacket[]>(selects[index] ?? "");
      expect(rows, id).toEqual(rowsByTile[id]);
    }
  });

  it("keep prescribers without a listed state", () => {
    expect(rowsByTile["states"]?.map((row) => [row["state_code"], row["state_name"], row["prescribers"]])).toEqual([["OH", "Ohio", 2], ["PW", null, 1], ["XX", "Unknown", 1]]);
  });

  it("give every year to a trend, and each value of a slicer its own rows and wholes", async () => {
    const trend = await asked("cost-by-year", { year: 2023 });
    expect(trend.map((row) => [row["year"], row["cost_usd"], row["claims"]])).toEqual([[2022, "999.99", "999"], [2023, "9007199254741.30", "632"]]);
    const byState = await asked("brand-by-claims", { year: 2023, each: [stateCode] });
    expect(byState.map((row) => [row["state_code"], row["drug_brand_name"], row["claims"], row["claims_total"]]).slice(0, 3)).toEqual([["AE", "ELIQUIS", "100", "100"], ["OH", "Eliquis", "300", "532"], ["OH", "Amoxicillin", "100", "532"]]);
    expect(byState.filter((row) => row["state_code"] === "OH")).toHaveLength(10);
  });

  it("compare with the year before by what identifies a group, and leave out what was not there", () => {
    expect(rowsByTile["generic-rise"]?.map((row) => [row["drug_generic_name"], row["cost_usd_rise"], row["cost_usd_year_before"]])).toEqual([["Apixaban", "9007199253740.93", "999.99"]]);
    expect(rowsByTile["year-changes"]?.[0]).toMatchObject({ cost_usd_rise: "9007199253741.31", claims_change: "-0.36736736736737" });
  });

  it("hold a prescriber against all of the same specialty and state, without those whose count is withheld", async () => {
    expect(rowsByTile["opioid-prescribers"]?.map((row) => [row["prescriber_npi"], row["opioid_rate"], row["opioid_rate_of_peers"]])).toEqual([["1000000038", "0.80000000000000", "0.68333333333333"]]);
    const [one] = await asked("one-prescriber-opioids", { year: 2023, each: [npi], only: [{ field: npi, values: ["1000000004"] }] });
    expect(one).toMatchObject({ opioid_rate: "0.10000000000000", opioid_rate_of_peers: "0.68333333333333", peers_with_known_opioid: 2 });
    expect(await asked("one-prescriber-opioids", { year: 2023, each: [npi], only: [{ field: npi, values: ["1000000012"] }] })).toEqual([]);
    expect(rowsByTile["rate-totals"]?.[0]).toMatchObject({ prescribers_with_known_opioid: 3 });
  });

  it("give no row at all for a year that is not there", async () => {
    const none = await answers(1999);
    for (const tile of overviewsOf(partD).flatMap((page): readonly Tile[] => page.tiles)) if (tile.kind !== "trend") expect(none[tile.id]).toEqual([]);
  });

  it("are what the answers of the file are, to the last digit: names alike, ties, no name, nothing to divide by", async () => {
    const session = await openSession({ socketPath: server.socket, user: server.rootUser, password: server.rootPassword, database: "report" });
    try {
      const { compared, differences } = await compareAnswers(session, { report: partD, years: [2022, 2023] });
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(400);
    } finally {
      await session.close();
    }
  });

  it("give what the page is made of, and both pages agree to the cent", async () => {
    const html = await renderHtml(partD, contentOf(rowsByTile), "void 0");
    expect(html).toContain("Yes: both give 632 claims for 2023.");
    expect(html).toContain("Yes: both give $9,007,199,254,741.30 of drug cost for 2023.");
  });
});
