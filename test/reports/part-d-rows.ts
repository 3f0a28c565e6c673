// Small made-up answers to the Part D queries, in the forms a MySQL driver gives: DECIMAL and BIGINT as text, counts as
// numbers. Names are hostile and values are missing where real ones can be.

import { answersOf, type Answer, type Answers } from "../../reports/html/answers.js";
import type { ReportContent } from "../../reports/html/content.js";
import { overviewQuestions, subjectQuestions, waysOf, type Question } from "../../reports/html/questions.js";
import type { Field } from "../../reports/model.js";
import { partD } from "../../reports/part-d/report.js";
import { fieldsOf, tilesOf } from "../../reports/report.js";
import type { Row } from "../../reports/figures.js";

export const HOSTILE = `<script>alert("x")</script> & 'O\u2019Neil' {a|b} \u0007\n]]>`;

const totals = { claims_total: "1234567", cost_usd_total: "90071992547409.93" };

const drugs = (column: string): readonly Row[] => [
  { [column]: HOSTILE, claims: "700001", cost_usd: "90071992547409.91", cost_per_claim: "128674092.39045357000000", ...totals },
  { [column]: "Hydroxypropyl Methylcellulose And A Very Long Name Indeed/Zinc", claims: "500000", cost_usd: "0.01", cost_per_claim: "0.00000002000000", ...totals },
  { [column]: "Zero", claims: "0", cost_usd: "0.00", cost_per_claim: null, ...totals },
];

const parts = { claims_total: "1234567", cost_usd_total: "90071992547409.93", pairs_total: 42 };

const prescribers: readonly Row[] = [
  { prescriber_npi: "1003000126", prescriber_name: HOSTILE, specialty: "Unknown", city: null, state_code: "XX", claims: "1000000", cost_usd: "10.10", cost_per_claim: "0.00001010000000", ...totals },
  { prescriber_npi: "1003000142", prescriber_name: null, specialty: "Dentist", city: "Toledo", state_code: "OH", claims: "234567", cost_usd: "0.00", cost_per_claim: "0.00000000000000", ...totals },
];

/** Rows of a group over all prescribers: each with ten claims and $2.50, totals as their sums. */
function people(rows: readonly (Row & { readonly prescribers: number })[]): readonly Row[] {
  const figures = { claims: "10", cost_usd: "2.50", cost_per_claim: "0.25000000000000" };
  const sums = { claims_total: String(rows.length * 10), cost_usd_total: (rows.length * 2.5).toFixed(2), prescribers_total: rows.reduce((sum, row) => sum + row.prescribers, 0) };
  return rows.map((row) => ({ ...row, ...figures, ...sums }));
}

export const rowsByTile: Readonly<Record<string, readonly Row[]>> = {
  ...Object.fromEntries(tilesOf(partD).map((tile): [string, readonly Row[]] => [tile.id, []])),
  "drug-totals": [{ claims: "1234567", cost_usd: "90071992547409.93", cost_per_claim: "72958367.22349450000000", generic_names: 40, brand_names: 41, pairs: 42 }],
  "generic-by-claims": drugs("drug_generic_name"),
  "generic-by-cost": drugs("drug_generic_name"),
  "brand-by-claims": drugs("drug_brand_name"),
  "brand-by-cost": drugs("drug_brand_name"),
  "drug-types": [
    { is_antibiotic: 0, claims: "1175925", pairs: 40, cost_usd: "90071992547409.92", ...parts },
    { is_antibiotic: 1, claims: "58642", pairs: 2, cost_usd: "0.01", ...parts },
  ],
  "opioids": [{ is_opioid: 0, claims: "1234567", pairs: 42, cost_usd: "90071992547409.93", ...parts }],
  "brand-or-generic": [
    { is_brand: true, claims: "1", pairs: 1, cost_usd: "90071992547409.93", ...parts },
    { is_brand: false, claims: "1234566", pairs: 41, cost_usd: "0.00", ...parts },
  ],
  "prescriber-totals": [{ prescribers: "1000", claims: "1234567", cost_usd: "90071992547409.93", cost_per_claim: "72958367.22349450000000" }],
  "prescriber-by-claims": prescribers,
  "prescriber-by-cost": prescribers,
  "states": people([
    ...["Ohio", "Texas", "Utah", "Iowa"].map((name, index) => ({ state_code: name.slice(0, 2).toUpperCase(), state_name: name, prescribers: 400 - index })),
    { state_code: "PW", state_name: null, prescribers: 3 },
    { state_code: "XX", state_name: "Unknown", prescribers: 2 },
  ]),
  "prescriber-types": [{ prescriber_type: "Individual", prescribers: 999, claims: "1234566", cost_usd: "90071992547409.93", claims_total: "1234567", cost_usd_total: "90071992547409.93", prescribers_total: 1000 }],
  "specialties": people([
    ...Array.from({ length: 30 }, (_, index) => ({ specialty: `Specialty number ${String(index)}`, prescribers: 60 - index })),
    { specialty: "Unknown", prescribers: 1 },
  ]),
};

/** One answer a tile of the overviews: nothing chosen. */
const whole = (rows: Readonly<Record<string, readonly Row[]>>, years: readonly number[]): readonly Answer[] =>
  overviewQuestions(partD, years, []).flatMap((question) => answersOf(partD, question, rows[question.tile.id] ?? []));

/** The file's content when each tile has these rows, in one year. */
export function contentOf(rows: Readonly<Record<string, readonly Row[]>>, year = 2023): ReportContent {
  return {
    years: [year],
    figured: { kind: "answers", answers: { overviews: [{ by: [], answers: whole(rows, [year]) }], subjects: [], tooMany: [] } },
    run: "run-7c1e09a2",
    publishedAt: "2026-11-22T07:31:51Z",
    sources: [{ year, files: [{ name: 'prescriber_drug "2023".csv', sha256: "ab12" }] }],
    version: "0.1.0",
  };
}

export const content = contentOf(rowsByTile);

/** A year of which nothing is published. */
export const emptyContent = contentOf({}, 2019);

const CHOICES: Readonly<Record<string, readonly string[]>> = { state_code: ["OH", "TX"], specialty: ["Dentist", "Internal Medicine"], drug_generic_name: ["Apixaban", "=HYPERLINK(1)"], prescriber_npi: ["1003000126", "1003000142"] };
const NAMES: Readonly<Record<string, string>> = { OH: "Ohio", TX: "Texas", "1003000126": HOSTILE, "1003000142": "Ann Lee" };

/** Every combination of the chosen values has one row a group; each figure is told apart by its place. */
function chosenRows({ tile, by, year }: Question): readonly Row[] {
  const years = tile.kind === "trend" ? [2022, 2023] : [year];
  const columns = [...new Set([...by, ...fieldsOf(tile)])].filter((field) => field !== partD.year);
  const keys = columns.filter(({ column }) => column in CHOICES);
  const combinations = keys.reduce<readonly Row[]>((rows, { column }) => rows.flatMap((row) => (CHOICES[column] ?? []).map((value) => ({ ...row, [column]: value }))), [{}]);
  return years.flatMap((each) => combinations.map((row, index): Row => {
    const figure = (each - 2000) * 1000 + index * 10 + (by.length + 1);
    const others = columns.filter((field) => !keys.includes(field)).map((field) => [field.column, otherValue(field, row)]);
    const figures = tile.measures.flatMap(({ name, unit }) => [[name, unit === "percent" ? "0.12345678" : String(figure)], [`${name}_total`, String((each - 2000) * 4000)]]);
    return { year: each, ...row, ...Object.fromEntries([...others, ...figures]) };
  }));
}

function otherValue({ column, kind, values }: Field, row: Row): string | number {
  if (column === "state_name") return NAMES[String(row["state_code"])] ?? "";
  if (column === "prescriber_name") return NAMES[String(row["prescriber_npi"])] ?? "";
  return kind === "flag" ? 1 : (values?.[0]?.value ?? "Toledo");
}

/** Figures of two years for Ohio, Texas and two specialties, and pages of some subjects: what a reader can choose. */
export const choiceAnswers: Answers = {
  overviews: waysOf(partD).map((by) => ({ by, answers: overviewQuestions(partD, [2022, 2023], by).flatMap((question) => answersOf(partD, question, chosenRows(question))) })),
  subjects: partD.pages.filter((page) => page.subject !== undefined).map((page) => ({ page, isAll: true, answers: subjectQuestions(page, [2022, 2023]).flatMap((question) => answersOf(partD, question, chosenRows(question))) })),
  tooMany: [],
};

export const choiceContent: ReportContent = { ...content, years: [2022, 2023], figured: { kind: "answers", answers: choiceAnswers } };
