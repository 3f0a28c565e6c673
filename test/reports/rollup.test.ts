import { describe, expect, it } from "vitest";
import { generic, npi, stateCode } from "../../reports/part-d/fields.js";
import { partD } from "../../reports/part-d/report.js";
import { tilesOf, type Tile } from "../../reports/report.js";
import { tileRows } from "../../reports/rollup/answer.js";
import { byCodePoint, newAmounts } from "../../reports/rollup/column.js";
import { boundsQuery, listReadings, rangeQueries, tableReadings, type TableReading } from "../../reports/rollup/reading.js";
import { membersOf, newFacts, type Facts, type TextRow } from "../../reports/rollup/rows.js";
import { unitAt } from "../../reports/rollup/units.js";

const readingOf = (table: string): TableReading => {
  const found = tableReadings(partD).find((each) => each.from === table);
  if (found === undefined) throw new Error(`no table ${table}`);
  return found;
};
const tileOf = (id: string): Tile => {
  const found = tilesOf(partD).find((tile) => tile.id === id);
  if (found === undefined) throw new Error(`no tile ${id}`);
  return found;
};

const DRUGS = ["Apixaban", "Zink"];
const members = new Map(listReadings(partD).map((reading) => [reading, membersOf(reading, reading.list.name === "drug" ? DRUGS.map((name, key) => ({ year: "2023", drug_key: String(key), drug_generic_name: name, drug_brand_name: name })) : [])] as const));
const line = (drug: number, state: string, claims: string, cost: string): TextRow => ({ year: "2023", drug_key: String(drug), state_code: state, specialty: "Dentist", is_brand: "0", is_antibiotic: "0", is_opioid: "0", claim_count: claims, drug_cost_usd: cost });

function drugFacts(rows: readonly TextRow[]): Facts {
  const facts = newFacts(partD, readingOf("drug_utilization"), members);
  for (const row of rows) facts.add([row]);
  return facts.take();
}

describe("rows that answers are added up from", () => {
  it("are read a range of keys at a time, each once, a number as a number", () => {
    const reading = readingOf("drug_utilization");
    const bounds = ["12", "281474976710655"];
    expect(rangeQueries(partD, reading, { year: 2023, bounds }).map(({ sql, params }) => [sql.slice(sql.indexOf("where")), params])).toEqual([
      ["where year = ? and drug_key <= ?", [2023, 12]],
      ["where year = ? and drug_key > ? and drug_key <= ?", [2023, 12, 281_474_976_710_655]],
      ["where year = ? and drug_key > ?", [2023, 281_474_976_710_655]],
    ]);
    expect(rangeQueries(partD, readingOf("prescriber_report"), { year: 2023, bounds: ["1003000126"] })[0]?.params).toEqual([2023, "1003000126"]);
    expect(boundsQuery(reading, 2023).params).toEqual([2023]);
  });

  it("add up exactly beyond what a float holds", () => {
    const rows = tileRows(drugFacts([line(0, "OH", "9007199254740993", "90071992547409.93"), line(0, "TX", "2", "0.01")]), tileOf("cost-by-year"), {})(2023);
    expect(rows).toMatchObject([{ year: "2023", claims: { units: 9_007_199_254_740_995n }, cost_usd: { units: 9_007_199_254_740_994n, scale: 2 } }]);
  });

  it("give only the values that were asked for, each with its own total", () => {
    const facts = drugFacts([line(0, "OH", "5", "1.00"), line(0, "TX", "7", "2.00"), line(1, "TX", "11", "3.00")]);
    const rows = (tile: Tile, field: typeof generic, values: readonly [string, ...string[]]) => tileRows(facts, tile, { each: [field], only: [{ field, values }] })(2023);
    expect(rows(tileOf("generic-by-claims"), stateCode, ["TX"]).map((row) => [row["drug_generic_name"], row["claims"], row["claims_total"]])).toEqual([["Zink", { units: 11n, scale: 0 }, { units: 18n, scale: 0 }], ["Apixaban", { units: 7n, scale: 0 }, { units: 18n, scale: 0 }]]);
    expect(rows(tileOf("one-drug-totals"), generic, ["Zink", "Nowhere"])).toMatchObject([{ drug_generic_name: "Zink", claims: { units: 11n } }]);
  });

  it("are refused when a column is missing or has digits that its type does not have", () => {
    expect(() => drugFacts([{ year: "2023" }])).toThrow("rows have no column");
    expect(() => drugFacts([line(0, "OH", "1", "1.00"), line(0, "TX", "1", "1.005")])).toThrow("a column of 2 digits after the point has 1.005");
    expect(() => tileRows(drugFacts([line(0, "OH", "1", "1.00")]), tileOf("prescriber-by-claims"), { each: [npi] })).toThrow("rows have no column");
  });
});

describe("columns", () => {
  it("are sorted by code point, where JavaScript would put 😀 before ￦", () => {
    expect(["😀", "￦", "b", "", "a😀", "a"].sort(byCodePoint)).toEqual(["", "a", "a😀", "b", "￦", "😀"]);
  });

  it("keep the sign of what lies below one", () => {
    const amounts = newAmounts();
    for (const text of ["-0.05", null, "12.30"]) amounts.add(text);
    const { scale, units } = amounts.take();
    expect([scale, ...[0, 1, 2].map((at) => unitAt(units, at))]).toEqual([2, -5n, null, 1230n]);
  });
});
