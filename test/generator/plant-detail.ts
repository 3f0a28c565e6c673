// In: the 22 cells of a sound row. Out: the line with exactly one rule broken, and a note of it.
// Never here: which row (defects.ts). Each rule first puts the row into a state in which only that rule can break.
import { csvLine } from "./bytes.js";
import type { Drug } from "./catalogue.js";
import type { Defect, DetailRule, Planted } from "./defects.js";
import type { DetailColumn } from "./layout.js";
import { DETAIL_COLUMNS, detailAt } from "./layout.js";
import type { Totals } from "./totals.js";

type Row = { readonly get: (column: DetailColumn) => string; readonly set: (cells: { readonly [c in DetailColumn]?: string }) => void; readonly variant: number; readonly before: Drug | undefined; readonly totals: Totals };
type Note = { readonly what: string; readonly also?: readonly string[] };

export type DetailPlant = { readonly cells: string[]; readonly before: Drug | undefined; readonly defect: Defect & { readonly grain: "detail" }; readonly totals: Totals; readonly row: number };

const INVALID = "\uE000"; // stands for the byte E9, Latin-1's é, until the line is bytes

/** Plants the defect; the line comes back as bytes without line feed. */
export function plantDetail(of: DetailPlant): { readonly line: Buffer; readonly planted: Planted } {
  const { cells, defect } = of;
  const get = (column: DetailColumn): string => cells[detailAt(column)] ?? "";
  const set: Row["set"] = (changes) => {
    DETAIL_COLUMNS.forEach((column, at) => (cells[at] = changes[column] ?? cells[at] ?? ""));
  };
  const key = { npi: get("Prscrbr_NPI"), brand: get("Brnd_Name"), generic: get("Gnrc_Name") };
  const note = PLANTS[defect.rule]({ get, set, variant: defect.variant, before: of.before, totals: of.totals });
  const named = defect.rule === "B02" ? { npi: key.npi, brand: get("Brnd_Name"), generic: get("Gnrc_Name") } : key;
  const line = defect.rule === "G03" ? tornLine(cells, defect.variant) : csvLine(cells);
  const planted: Planted = { rule: defect.rule, grain: "detail", row: of.row, ...named, what: note.what, also: note.also ?? [] };
  return { line: invalidBytes(line), planted };
}

function tornLine(cells: readonly string[], variant: number): string {
  return variant % 2 === 0 ? csvLine(cells.slice(0, detailAt("Tot_Benes"))) : `${csvLine(cells)},17,x`;
}

function invalidBytes(line: string): Buffer {
  const at = line.indexOf(INVALID);
  return at < 0 ? Buffer.from(line, "utf8") : Buffer.concat([Buffer.from(line.slice(0, at), "utf8"), Buffer.from([0xe9]), Buffer.from(line.slice(at + 1), "utf8")]);
}

const hide65 = { GE65_Sprsn_Flag: "#", GE65_Tot_Clms: "", GE65_Tot_30day_Fills: "", GE65_Tot_Drug_Cst: "", GE65_Tot_Day_Suply: "" } as const;
const hideBenes65 = { GE65_Bene_Sprsn_Flag: "*", GE65_Tot_Benes: "" } as const;
const hideAll = { ...hide65, ...hideBenes65, GE65_Sprsn_Flag: "*", Tot_Benes: "" } as const;
const whole65 = (row: Row): { readonly [c in DetailColumn]?: string } => ({
  GE65_Tot_Clms: row.get("Tot_Clms"), GE65_Tot_30day_Fills: row.get("Tot_30day_Fills"), GE65_Tot_Drug_Cst: row.get("Tot_Drug_Cst"), GE65_Tot_Day_Suply: row.get("Tot_Day_Suply"),
});
const plus = (text: string, n: number): string => String(Number(text) + n);
const REQUIRED = ["Prscrbr_NPI", "Brnd_Name", "Gnrc_Name", "Tot_Clms", "Tot_Drug_Cst", "Tot_30day_Fills", "Tot_Day_Suply"] as const;

const PLANTS: Readonly<Record<DetailRule, (row: Row) => Note>> = {
  A01: (row) => {
    const npi = row.get("Prscrbr_NPI");
    const bad = [npi.slice(0, 9), `3${npi.slice(1)}`, `${npi.slice(0, 9)}X`][row.variant % 3] ?? "";
    row.set({ Prscrbr_NPI: bad });
    return { what: `NPI ${npi} written as ${bad}`, also: ["A02", "G08"] };
  },
  A02: (row) => {
    const npi = row.get("Prscrbr_NPI");
    const bad = npi.slice(0, 9) + String((Number(npi[9]) + 1) % 10);
    row.set({ Prscrbr_NPI: bad });
    return { what: `NPI ${npi} with the check digit of ${bad}`, also: ["G08"] };
  },
  A14: (row) => {
    row.set({ Prscrbr_State_Abrvtn: "QQ", Prscrbr_State_FIPS: "" });
    return { what: "state QQ, no FIPS", also: ["B16"] };
  },
  A18: (row) => {
    const city = row.get("Prscrbr_City");
    const bad = [`${city}\uFFFD`, `${city.slice(0, 2)}\u0007${city.slice(2)}`, ` ${city}`, `${city} `][row.variant % 4] ?? "";
    row.set({ Prscrbr_City: bad });
    return { what: `${["replacement character", "control byte 07", "leading blank", "trailing blank"][row.variant % 4] ?? ""} in the city` };
  },
  B02: (row) => {
    row.set({ Brnd_Name: row.before?.brand ?? "", Gnrc_Name: row.before?.generic ?? "" });
    return { what: "drug of the row before: the key stands twice" };
  },
  B03: (row) => {
    const column = REQUIRED[row.variant % REQUIRED.length] ?? "Tot_Clms";
    row.set({ [column]: "" });
    return { what: `${column} missing` };
  },
  B04: (row) => {
    const claims = 1 + (row.variant % 10);
    row.set({ Tot_Clms: String(claims), Tot_30day_Fills: String(claims), Tot_Day_Suply: String(claims * 30), ...hideAll });
    return { what: `${claims} claims` };
  },
  B05: (row) => {
    const benes = row.variant % 11;
    row.set({ Tot_Benes: String(benes), ...hideBenes65 });
    return { what: `${benes} beneficiaries` };
  },
  B06: (row) => {
    row.set({ Tot_Benes: plus(row.get("Tot_Clms"), 7), ...hideBenes65 });
    return { what: "7 more beneficiaries than claims" };
  },
  B07: (row) => {
    const claims = Number(row.get("Tot_Clms"));
    const fills = row.variant % 2 === 0 ? claims - 1 : claims * 12 + 3;
    row.set({ Tot_30day_Fills: String(fills), ...hide65 });
    return { what: `${fills} fills for ${claims} claims` };
  },
  B08: (row) => {
    row.set({ Tot_Day_Suply: plus(row.get("Tot_Clms"), -1), ...hide65 });
    return { what: "a day of supply less than claims" };
  },
  B09: (row) => {
    row.set({ Tot_Drug_Cst: `-${row.get("Tot_Drug_Cst")}`, ...hide65 });
    return { what: "negative cost" };
  },
  B09W: (row) => {
    row.set({ Tot_Drug_Cst: "0", ...hide65 });
    return { what: "cost 0" };
  },
  B10: (row) => {
    row.set({ ...hide65, GE65_Sprsn_Flag: "X" });
    return { what: "flag X" };
  },
  B11: (row) => {
    row.set({ ...hide65, ...(row.variant % 2 === 0 ? { ...whole65(row), GE65_Sprsn_Flag: "*" } : { GE65_Sprsn_Flag: "" }) });
    return { what: row.variant % 2 === 0 ? "flag * beside values" : "blanks without a flag" };
  },
  B12: (row) => {
    row.set(row.variant % 2 === 0 ? { GE65_Bene_Sprsn_Flag: "*", GE65_Tot_Benes: "0" } : { GE65_Bene_Sprsn_Flag: "", GE65_Tot_Benes: "" });
    return { what: row.variant % 2 === 0 ? "beneficiary flag * beside a value" : "blank beneficiaries without a flag" };
  },
  B13: (row) => {
    row.set({ ...whole65(row), GE65_Sprsn_Flag: "" });
    const column = (["GE65_Tot_Clms", "GE65_Tot_30day_Fills", "GE65_Tot_Drug_Cst", "GE65_Tot_Day_Suply"] as const)[row.variant % 4] ?? "GE65_Tot_Clms";
    row.set({ [column]: plus(row.get(column), 11) });
    return { what: `${column} 11 above its total` };
  },
  B14: (row) => {
    const claims = 1 + (row.variant % 10);
    row.set({ GE65_Sprsn_Flag: "", GE65_Tot_Clms: String(claims), GE65_Tot_30day_Fills: String(claims), GE65_Tot_Day_Suply: String(claims), GE65_Tot_Drug_Cst: "0" });
    return { what: `${claims} claims aged 65 or over` };
  },
  B16: (row) => {
    const kind = row.variant % 3;
    if (kind === 0) row.set({ Prscrbr_Last_Org_Name: `${row.get("Prscrbr_Last_Org_Name")}son` });
    else if (kind === 1) row.set(row.get("Prscrbr_State_Abrvtn") === "OH" ? { Prscrbr_State_Abrvtn: "CO", Prscrbr_State_FIPS: "08" } : { Prscrbr_State_Abrvtn: "OH", Prscrbr_State_FIPS: "39" });
    else row.set({ Prscrbr_Type: row.get("Prscrbr_Type") === "Midwife" ? "Naturopath" : "Midwife" });
    return { what: `a second ${["name", "state", "specialty"][kind] ?? ""} for the NPI` };
  },
  G03: (row) => ({ what: row.variant % 2 === 0 ? "14 fields instead of 22" : "24 fields instead of 22" }),
  G09: (row) => {
    const { all } = row.totals;
    row.set({
      Tot_Clms: plus(row.get("Tot_Clms"), all.claims), Tot_30day_Fills: plus(row.get("Tot_30day_Fills"), all.claims), Tot_Day_Suply: plus(row.get("Tot_Day_Suply"), all.claims),
      Tot_Drug_Cst: (Number(row.get("Tot_Drug_Cst")) + Math.ceil(all.cost / 100)).toFixed(2),
    });
    return { what: "claims and cost of the row above the provider's total" };
  },
  CAST: (row) => {
    const column = (["Tot_Clms", "Tot_Drug_Cst"] as const)[row.variant % 2] ?? "Tot_Clms";
    row.set({ [column]: `${row.get(column)}x` });
    return { what: `${column} is no number`, also: ["B03"] };
  },
  UTF8: (row) => {
    row.set({ Prscrbr_City: `${row.get("Prscrbr_City")}${INVALID}` });
    return { what: "the single byte E9 in the city", also: ["A18"] };
  },
};
