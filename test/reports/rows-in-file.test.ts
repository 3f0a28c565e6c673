import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { namesIn, rowsOfPlaces, subjectsIn, valuesIn, type Tables } from "../../reports/html/asked-rows.js";
import { renderHtml } from "../../reports/html/render.js";
import { partD } from "../../reports/part-d/report.js";
import { tilesOf, type Page } from "../../reports/report.js";
import { fromBytes, toBytes } from "../../reports/rollup/bytes.js";
import { listReadings, tableReadings } from "../../reports/rollup/reading.js";
import { factsOf, membersOf, newFacts, type Columns, type Facts, type TextRow } from "../../reports/rollup/rows.js";
import { unitAt } from "../../reports/rollup/units.js";
import { content } from "./part-d-rows.js";

const drugRow = (row: TextRow): TextRow => ({ year: "2023", state_code: "OH", specialty: "Dentist", is_brand: "0", is_antibiotic: "0", is_opioid: "0", claim_count: "1", drug_cost_usd: "1.00", ...row });
const prescriberRow = (row: TextRow): TextRow => ({ year: "2023", prescriber_npi: "1003000126", prescriber_name: "Lee", city: null, prescriber_type: "Individual", state_code: "OH", specialty: "Dentist", claim_count: "10", provider_claim_count: "11", drug_cost_usd: "5.00", opioid_claim_count: null, antibiotic_claim_count: "0", ...row });

const DRUGS: readonly TextRow[] = [
  drugRow({ drug_key: "9", claim_count: "9007199254740", drug_cost_usd: "-0.05" }),
  drugRow({ drug_key: "10", state_code: "TX", claim_count: "0", drug_cost_usd: "12.30" }),
  drugRow({ drug_key: "10", state_code: "OH", year: "2022", specialty: "Ärztin 😀" }),
  drugRow({ drug_key: "10", specialty: "dentist", claim_count: "7" }),
];
const PRESCRIBERS: readonly TextRow[] = [
  prescriberRow({ year: "2022", prescriber_name: "Lee, before" }),
  prescriberRow({}),
  prescriberRow({ prescriber_npi: "1003000142", prescriber_name: null, claim_count: "30", opioid_claim_count: "12" }),
];

function tablesOf(drugs: readonly TextRow[], prescribers: readonly TextRow[]): Tables {
  const names = ["2022", "2023"].flatMap((year) => ["9", "10"].map((key) => ({ year, drug_key: key, drug_generic_name: `Generic ${key}`, drug_brand_name: `Brand ${key}` })));
  const states = ["2022", "2023"].flatMap((year) => [{ year, state_code: "OH", state_name: "Ohio" }, { year, state_code: "TX", state_name: year === "2022" ? "Old Texas" : "Texas" }]);
  const members = new Map(listReadings(partD).map((reading) => [reading, membersOf(reading, reading.list.name === "drug" ? names : reading.list.name === "state" ? states : [])] as const));
  return new Map(tableReadings(partD).map((reading) => {
    const facts = newFacts(partD, reading, members);
    facts.add(reading.from === "drug_utilization" ? drugs : prescribers);
    return [reading.table, facts.take()] as const;
  }));
}

const tables = tablesOf(DRUGS, PRESCRIBERS);
const columnsOf = (of: Tables, table: string): Columns => {
  const found = [...of].find(([{ name }]) => name === table)?.[1].columns;
  if (found === undefined) throw new Error(`no table ${table}`);
  return found;
};
const pageOf = (id: string): Page => partD.pages.find((page) => page.id === id) ?? partD.pages[0];
const render = (of: Tables): Promise<string> => renderHtml(partD, { ...content, years: [2022, 2023], figured: { kind: "rows", tables: of } }, "void 0");

/** Rows as a person would write them, in the order they lie in. */
function lines({ size, texts, amounts }: Columns): readonly string[] {
  return Array.from({ length: size }, (_, row) => [
    ...[...texts].map(([name, column]) => `${name} ${String(column.texts.textOf(column.numbers[row] ?? 0))}`),
    ...[...amounts].map(([name, { scale, units }]) => `${name} ${String(unitAt(units, row))}/${String(scale)}`),
  ].join(" "));
}

describe("rows in a file", () => {
  it.each(["drug_utilization", "prescriber_report"])("of %s come back as they were, unknown and negative amounts and text beyond ASCII included", (table) => {
    const columns = columnsOf(tables, table);
    const back = fromBytes(toBytes(columns) ?? new Uint8Array());
    expect([...lines(back)].sort()).toEqual([...lines(columns)].sort());
  });

  it("lie in the order of their texts: the same rows in another order give the same bytes", () => {
    const other = tablesOf([...DRUGS].reverse(), [...PRESCRIBERS].reverse());
    for (const table of ["drug_utilization", "prescriber_report"]) expect(toBytes(columnsOf(other, table))).toEqual(toBytes(columnsOf(tables, table)));
    // Keys are numbers: 9 stands before 10.
    expect(fromBytes(toBytes(columnsOf(tables, "drug_utilization")) ?? new Uint8Array()).texts.get("drug_key")?.texts.textOf(1)).toBe("9");
  });

  it("are answered from as the rows that were read, whatever is chosen", () => {
    const back: Tables = new Map([...tables].map(([table, { columns }]): [typeof table, Facts] => [table, factsOf(fromBytes(toBytes(columns) ?? new Uint8Array()))]));
    const [from, before] = [rowsOfPlaces(back, partD), rowsOfPlaces(tables, partD)];
    const slices = [[null, null], ["OH", null], [null, "dentist"], [null, "Dentist"], ["TX", "Dentist"], ["AK", null]];
    const subjects = ["Generic 9", "Generic 10", "1003000126", "nobody"];
    let rows = 0;
    for (const page of partD.pages) for (const year of [2022, 2023]) {
      const selections = page.subject === undefined ? slices.map((each) => ({ year, slices: each, subject: null })) : subjects.map((subject) => ({ year, slices: [], subject }));
      for (const selection of selections) for (const tile of page.tiles) {
        const found = from({ page, selection })(tile);
        expect(found).toEqual(before({ page, selection })(tile));
        rows += found.length;
      }
    }
    expect(rows).toBeGreaterThan(100);
  });

  it("tell apart what differs by case, and have nothing for what they do not have", () => {
    const [drugs] = partD.pages;
    const claims = (state: string | null, specialty: string): unknown => rowsOfPlaces(tables, partD)({ page: drugs, selection: { year: 2023, slices: [state, specialty], subject: null } })(drugs.tiles[0])[0]?.["claims"];
    expect([claims(null, "dentist"), claims("TX", "Dentist"), claims("AK", "Dentist")]).toEqual([{ units: 7n, scale: 0 }, { units: 0n, scale: 0 }, undefined]);
  });

  it("are refused when an amount has more digits than can be kept, or the file ends too soon", () => {
    expect(toBytes(columnsOf(tablesOf([drugRow({ drug_key: "9", claim_count: "9007199254740993" })], []), "drug_utilization"))).toBeUndefined();
    const bytes = toBytes(columnsOf(tables, "drug_utilization")) ?? new Uint8Array();
    expect(() => fromBytes(bytes.subarray(0, bytes.length - 1))).toThrow("end too soon");
  });
});

describe("rows asked for a choice", () => {
  it("give the values that can be chosen, and their names in the latest year", () => {
    const [state] = partD.slicers;
    expect(state === undefined ? [] : [valuesIn(tables, state), [...namesIn(tables, state)]]).toEqual([["OH", "TX"], [["OH", "Ohio"], ["TX", "Texas"]]]);
    const prescriber = pageOf("prescriber").subject;
    expect(prescriber === undefined ? [] : [...namesIn(tables, prescriber)]).toEqual([["1003000126", "Lee"]]);
  });

  it("give the subjects of a page, those with the greatest figure over all years first", () => {
    expect(subjectsIn(tables, pageOf("prescriber"))).toEqual(["1003000142", "1003000126"]);
    expect(subjectsIn(tables, pageOf("drug"))).toEqual(["Generic 9", "Generic 10"]);
  });
});

describe("a file with rows", () => {
  it("has every table once, says so, and leaves nothing out", async () => {
    const html = await render(tables);
    const parts = [...html.matchAll(/id="part-([^"]+)">([^<]+)</g)].map(([, name = "", data = ""]) => [name, fromBytes(gunzipSync(Buffer.from(data, "base64"))).size]);
    expect(parts).toEqual([["rows-drug_utilization", 4], ["rows-prescriber_report", 3]]);
    expect(html).toContain('"holds":"rows"');
    expect(html).toContain("of published rows, compressed: this page adds every figure up");
    expect(html).toContain("Nothing was left out.");
    expect(html).toContain("It has pages of 2 generic names and 2 prescribers.");
  });

  it("has answers instead when an amount cannot be kept, or the rows are too many", async () => {
    const many = new Array<TextRow>(200_001).fill(drugRow({ drug_key: "9" }));
    for (const drugs of [[drugRow({ drug_key: "9", claim_count: "9007199254740993" })], many]) {
      const html = await render(tablesOf(drugs, PRESCRIBERS));
      expect(html).toContain('"holds":"answers"');
      expect(html).toContain("every figure was added up exactly from the published rows, for each choice");
      expect(Buffer.byteLength(html)).toBeLessThanOrEqual(5_000_000);
    }
  });

  it("shows each tile of the overviews at its start", async () => {
    const html = await render(tables);
    for (const tile of tilesOf(partD).filter(({ id }) => !id.startsWith("one-"))) expect(html).toContain(`id="${tile.id}"`);
    expect(/<section class="tile [a-z ]+" id="drug-totals".*?<\/section>/s.exec(html)?.[0]).toContain("9,007,199,254,747");
  });
});
