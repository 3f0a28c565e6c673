// Every measure of the report on a real MySQL against a second calculation from the source files: two data years, for
// the whole and for every value of every slicer; and its DAX, evaluated over the same tables. The tables are those that the files ask for; that the pipeline makes
// the same ones of them is shown by test/path/sample.spark.test.ts, which also compares the measures on its own tables.

import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { partD } from "../../reports/part-d/report.js";
import { measureName } from "../../reports/dax.js";
import { powerBiProject } from "../../reports/power-bi/project.js";
import { groupsOf, isEqual, MEASURES, type Slice } from "../path/expected-measures.js";
import { compareMeasures, unproven } from "../path/measures.js";
import { keyOf, tupleOf, type Context, type Data, type Filter, type Value } from "./dax/filters.js";
import { evaluatorOf, loadModel, readModel, type DaxModel } from "./dax/model.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { publishTwoYears } from "./two-years.js";

let server: MySqlServer;
let mysql: Connection;
let db: DuckDBConnection;

beforeAll(async () => {
  server = await startTestMySql();
  mysql = await connectAsRoot(server);
  db = await (await DuckDBInstance.create()).connect();
  await publishTwoYears({ mysql, db });
});

afterAll(async () => {
  await mysql.end();
  await server.stop();
});

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

  it("adds up to the same in both reports, in every state and specialty of every year", async () => {
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

describe("every measure's DAX", () => {
  const project = readModel(powerBiProject(partD));
  let data: Data;
  const PUBLISHED = { "Drug utilization": "drug_utilization", Prescriber: "prescriber_report", Year: "drug_report", Drug: "drug_report", State: "state", Specialty: "prescriber_report" };
  const COLUMNS: Readonly<Record<Slice, string | null>> = { whole: null, state: "State[State code]", specialty: "Specialty[Specialty]", npi: "Prescriber[NPI]", generic: "Drug[Generic name]" };

  beforeAll(async () => {
    data = await loadModel(project, mysql, PUBLISHED);
  });

  const only = (column: string, value: Value): Filter => ({ columns: [column], tuples: new Set([tupleOf([value])]) });
  const inYear = (year: number): Filter => only("Year[Year]", { part: BigInt(year), whole: 1n });

  /** Every measure of a table, or one, in the first `most` groups of a slice: what differs from the files. */
  async function differences({ evaluator }: DaxModel, { table, year, slice, most = 60, measure }: { readonly table: string; readonly year: number; readonly slice: Slice; readonly most?: number; readonly measure?: string }): Promise<{ readonly compared: number; readonly found: readonly string[] }> {
    const measures = partD.model.measures.filter((each) => each.table.name === table && (slice === "npi" || each.value.kind !== "peers") && (measure === undefined || measureName(partD.model, each) === measure));
    const column = COLUMNS[slice];
    const groups = [...(await groupsOf(db, year, slice))].sort(([left], [right]) => (left < right ? -1 : 1)).slice(0, most);
    const found = groups.flatMap(([value, group]) => {
      const context = [inYear(year), ...(column === null ? [] : [only(column, value)])];
      return measures.flatMap((each) => {
        const expected = MEASURES[table]?.[each.name]?.(group) ?? null;
        const actual = evaluator.measure(measureName(partD.model, each), context);
        return keyOf(actual) === keyOf(expected) ? [] : [`${slice} ${value}: ${each.name} is ${keyOf(actual)}, not ${keyOf(expected)}`];
      });
    });
    return { compared: groups.length * measures.length, found };
  }

  it.each<[string, number, Slice, number]>([
    ["drug_utilization", 2023, "whole", 17], ["drug_utilization", 2023, "state", 900], ["drug_utilization", 2023, "specialty", 1000], ["drug_utilization", 2023, "generic", 1000], ["drug_utilization", 2022, "specialty", 1000],
    ["prescriber_report", 2023, "whole", 18], ["prescriber_report", 2023, "state", 900], ["prescriber_report", 2023, "specialty", 1000], ["prescriber_report", 2023, "npi", 1000], ["prescriber_report", 2022, "state", 900],
  ])("of %s in %s means what the files say, by %s", async (table, year, slice, atLeast) => {
    const { compared, found } = await differences(evaluatorOf(project, data), { table, year, slice });
    expect(found).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(atLeast);
  });

  it("that shows a share is the measure over that of all groups", () => {
    const { evaluator } = evaluatorOf(project, data);
    const claims = (context: Context): Value => evaluator.measure("Claims (Drug utilization)", context);
    const brand = only("Drug[Brand name]", "Eliquis");
    const [part, whole, share] = [claims([inYear(2023), brand]), claims([inYear(2023)]), evaluator.measure("Claims share by brand name", [inYear(2023), brand])];
    if (part === null || whole === null || typeof part === "string" || typeof whole === "string") throw new Error("the sample has no Eliquis");
    expect(keyOf(share)).toBe(keyOf({ part: part.part * whole.whole, whole: part.whole * whole.part }));
  });

  it.each<[string, string, string, Slice]>([
    ["Claims (Drug utilization)", "claim_count", "drug_cost_usd", "whole"],
    ["Cost per claim (Drug utilization)", "[Drug cost (Drug utilization)], [Claims (Drug utilization)]", "[Claims (Drug utilization)], [Drug cost (Drug utilization)]", "whole"],
    ["Claims a year before (Drug utilization)", "chosen - 1", "chosen - 0", "state"],
    ["Claims a year before (Drug utilization)", "'Year'[Year] = chosen - 1", "'Drug utilization'[year] = chosen - 1", "whole"],
    ["Rise in claims (Drug utilization)", "[Claims (Drug utilization)] - ", "[Claims (Drug utilization)] + ", "whole"],
    ["Rise in claims (Prescriber)", "IF(ISBLANK([Claims (Prescriber)]) || ISBLANK([Claims a year before (Prescriber)]), BLANK(), [Claims (Prescriber)] - [Claims a year before (Prescriber)])", "[Claims (Prescriber)] - [Claims a year before (Prescriber)]", "npi"],
    ["Generic names", "Generic name", "Brand name", "whole"],
    ["Brand × generic pairs", "COUNTROWS(SUMMARIZE('Drug utilization', 'Drug'[Drug key]))", "COUNTROWS('Drug utilization')", "whole"],
    ["Claims under brand names", "= 1", "= 0", "whole"],
    ["Prescribers", "'Prescriber'", "'Drug utilization'", "whole"],
    ["All claims where opioid claims are given", "opioid_claim_count", "antibiotic_claim_count", "whole"],
    ["All claims where opioid claims are given", "NOT(ISBLANK('Prescriber'[opioid_claim_count]))", "ISBLANK('Prescriber'[opioid_claim_count])", "state"],
    ["Prescribers whose opioid claims are given", " + 0)", ")", "npi"],
    ["Opioid rate of peers", "REMOVEFILTERS('Prescriber'),", "", "npi"],
    ["Opioid rate of peers", ", 'State'[State code]", "", "npi"],
    ["Opioid rate of peers", "'Year'[Year], ", "", "npi"],
    ["Peers whose opioid claims are given", "REMOVEFILTERS('Prescriber'),", "", "npi"],
    ["Peers whose opioid claims are given", "[Prescribers whose opioid claims are given]", "[Prescribers]", "npi"],
    ["Cost per claim of peers", "[Cost per claim (Prescriber)]", "[Opioid rate]", "npi"],
  ])("would not pass if [%s] had %s as %s", async (measure, from, to, slice) => {
    const model = evaluatorOf(project, data, (name, dax) => (name === measure ? dax.replaceAll(from, to) : dax));
    expect(model.measures.get(measure)).not.toBe(evaluatorOf(project, data).measures.get(measure));
    const table = partD.model.measures.find((each) => measureName(partD.model, each) === measure)?.table.name ?? "";
    const { found } = await differences(model, { table, year: 2023, slice, measure });
    expect(found.length).toBeGreaterThan(0);
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
