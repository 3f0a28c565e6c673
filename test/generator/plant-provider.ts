// In: the 84 cells of a sound by Provider line. Out: the line or lines with exactly one rule broken, and a note of it.
// Never here: which prescriber (defects.ts).
import type { Defect, Planted, ProviderRule } from "./defects.js";
import type { ProviderColumn } from "./layout.js";
import { providerAt } from "./layout.js";
import type { Totals } from "./totals.js";

type Line = { readonly get: (column: ProviderColumn) => string; readonly set: (changes: readonly (readonly [ProviderColumn, string])[]) => void; readonly variant: number; readonly totals: Totals };

export type ProviderPlant = { readonly defect: Defect & { readonly grain: "provider" }; readonly line: number; readonly totals: Totals; readonly rows: number };

/** Plants the defect into `cells`; `lines` is what the file gets: none for G08, two for C01. */
export function plantProvider(cells: string[], of: ProviderPlant): { readonly lines: readonly string[][]; readonly planted: Planted } {
  const { rule, variant } = of.defect;
  const get = (column: ProviderColumn): string => cells[providerAt(column)] ?? "";
  const set: Line["set"] = (changes) => changes.forEach(([column, value]) => (cells[providerAt(column)] = value));
  const what = rule === "G08" ? `no provider line for ${of.rows} detail rows` : rule === "C01" ? "the line stands twice" : SPOIL[rule]({ get, set, variant, totals: of.totals });
  const lines = rule === "G08" ? [] : rule === "C01" ? [cells, cells] : [cells];
  return { lines, planted: { rule, grain: "provider", row: rule === "G08" ? null : of.line, npi: get("PRSCRBR_NPI"), brand: "", generic: "", what, also: [] } };
}

const zeroOpioids = (prefix: "Opioid" | "Opioid_LA"): readonly (readonly [ProviderColumn, string])[] => [
  [`${prefix}_Tot_Clms`, "0"], [`${prefix}_Tot_Drug_Cst`, "0"], [`${prefix}_Tot_Suply`, "0"], [`${prefix}_Tot_Benes`, "0"],
];

const SPOIL: Readonly<Record<Exclude<ProviderRule, "G08" | "C01">, (line: Line) => string>> = {
  C02: (line) => {
    const { totals } = line;
    line.set([
      ["Brnd_Sprsn_Flag", ""], ["Brnd_Tot_Clms", "0"], ["Brnd_Tot_Drug_Cst", "0"], ["Othr_Sprsn_Flag", ""], ["Othr_Tot_Clms", "0"], ["Othr_Tot_Drug_Cst", "0"],
      ["Gnrc_Sprsn_Flag", ""], ["Gnrc_Tot_Clms", String(totals.all.claims + 5)], ["Gnrc_Tot_Drug_Cst", line.get("Tot_Drug_Cst")],
    ]);
    return "brand, generic and other add up to 5 claims above the total";
  },
  C05: (line) => {
    line.set([...zeroOpioids("Opioid"), ["Opioid_Prscrbr_Rate", "3.5"], ...zeroOpioids("Opioid_LA"), ["Opioid_LA_Prscrbr_Rate", ""]]);
    return "opioid rate 3.5 with 0 opioid claims";
  },
  C06: (line) => {
    const rate = Math.round((11 / line.totals.all.claims) * 10000) / 100;
    line.set([
      ["Opioid_Tot_Clms", "11"], ["Opioid_Tot_Drug_Cst", "200"], ["Opioid_Tot_Suply", "300"], ["Opioid_Tot_Benes", "11"], ["Opioid_Prscrbr_Rate", String(rate)],
      ["Opioid_LA_Tot_Clms", "22"], ["Opioid_LA_Tot_Drug_Cst", "200"], ["Opioid_LA_Tot_Suply", "300"], ["Opioid_LA_Tot_Benes", "11"], ["Opioid_LA_Prscrbr_Rate", "200"],
    ]);
    return "22 long-acting of 11 opioid claims";
  },
  C07: (line) => {
    const benes = line.get("Tot_Benes") === "" ? "11" : line.get("Tot_Benes");
    line.set([["Tot_Benes", benes], ["Bene_Age_LT_65_Cnt", "0"], ["Bene_Age_65_74_Cnt", String(Number(benes) + 13)], ["Bene_Age_75_84_Cnt", "0"], ["Bene_Age_GT_84_Cnt", "0"]]);
    return "age bands add up to 13 above the beneficiaries";
  },
  C09: (line) => {
    const blank = line.get("Brnd_Tot_Clms") === "";
    line.set([["Brnd_Sprsn_Flag", blank ? "" : "*"]]);
    return blank ? "brand blank without a flag" : "brand flag * beside values";
  },
  C10: (line) => {
    line.set(line.variant % 2 === 0 ? [["Bene_Avg_Age", "131"]] : [["Bene_Avg_Risk_Scre", "0"]]);
    return line.variant % 2 === 0 ? "average age 131" : "risk score 0";
  },
};
