// What each figure of a report means, from its definition alone. In: a report. Out: the same as data, and as Markdown.
// Never here: values, markup of a page.

import { partsOf, type Aggregate, type Condition, type Measure, type Table, type Unit } from "./model.js";
import { tilesOf, type Caveat, type Report } from "./report.js";

export interface FigureEntry {
  readonly label: string;
  readonly meaning: string;
  readonly unit: string;
  /** How it is computed, in words of other figures and of columns. */
  readonly formula: string;
  /** Published columns it is made of: "drug_utilization.claim_count". */
  readonly source: readonly string[];
  readonly caveats: readonly Caveat[];
}

export interface TableEntry {
  readonly table: Table;
  readonly folders: readonly { readonly name: string; readonly figures: readonly FigureEntry[] }[];
}

/** Units as people read them. */
export const UNIT_WORDS: Readonly<Record<Unit, string>> = { "usd": "US dollars", "usd per claim": "US dollars per claim", "claims": "claims", "names": "names", "pairs": "pairs", "prescribers": "prescribers", "percent": "percent" };

export function documentation(report: Report): readonly TableEntry[] {
  return report.model.tables.map((table) => {
    const own = report.model.measures.filter((measure) => measure.table === table);
    const folders = [...new Set(own.map(({ folder }) => folder))];
    return { table, folders: folders.map((name) => ({ name, figures: own.filter(({ folder }) => folder === name).map((measure) => figureEntry(report, measure)) })) };
  });
}

/** Every caveat once, those of the tiles first. */
export function caveatsOf(report: Report): readonly Caveat[] {
  return [...new Set<Caveat>([...tilesOf(report).flatMap((tile) => tile.caveats), ...report.notes])];
}

/** Those of every tile that shows the measure. */
export function caveatsOfMeasure(report: Report, measure: Measure): readonly Caveat[] {
  return [...new Set(tilesOf(report).filter((tile) => tile.measures.includes(measure)).flatMap((tile) => tile.caveats))];
}

function figureEntry(report: Report, measure: Measure): FigureEntry {
  return { label: measure.label, meaning: measure.meaning, unit: UNIT_WORDS[measure.unit], formula: formula(measure.value), source: sourceOf(measure), caveats: caveatsOfMeasure(report, measure) };
}

function formula(value: Aggregate): string {
  switch (value.kind) {
    case "sum":
      return `sum of ${value.column}${condition(value.where)}`;
    case "rows":
      return `number of rows${condition(value.where)}`;
    case "distinct":
      return `number of different ${value.field.plural}`;
    case "ratio":
      return `${value.of.label} ÷ ${value.by.label}`;
    case "difference":
      return `${value.of.label} − ${value.less.label}`;
    case "year before":
      return `${value.of.label} of the same group, one data year earlier`;
    case "peers":
      return `${value.of.label} over all rows of the year with the same ${value.same.map(({ label }) => label.toLowerCase()).join(" and ")}`;
  }
}

function condition(where: Condition | undefined): string {
  if (where === undefined) return "";
  return where.kind === "is set" ? ` where ${where.column} is set` : ` where ${where.column} is given`;
}

function sourceOf(measure: Measure): readonly string[] {
  const columns = partsOf(measure).flatMap(({ table, value }) => {
    const where = "where" in value ? [`${table.name}.${value.where.column}`] : [];
    if (value.kind === "sum") return [`${table.name}.${value.column}`, ...where];
    if (value.kind === "rows") return [`${table.name}: one row a ${table.grain.join(", ")}`, ...where];
    return value.kind === "distinct" ? [`${"grain" in value.field.of ? value.field.of.name : value.field.of.from}.${value.field.column}`] : [];
  });
  return [...new Set(columns)];
}

export function documentationMarkdown(report: Report): string {
  const tables = documentation(report).map(({ table, folders }) => {
    const sections = folders.map(({ name, figures }) => `### ${name}\n\n| figure | unit | meaning | how | source | beware |\n|---|---|---|---|---|---|\n${figures.map(markdownRow).join("\n")}\n`);
    return `## ${table.label}\n\nTable \`${table.name}\`: ${table.meaning}\n\n${sections.join("\n")}`;
  });
  const caveats = caveatsOf(report).map(({ id, text }) => `- **${id}**: ${cellOf(text)}`);
  const fields = report.model.fields.map(({ label, meaning, missing }) => `| ${cellOf(label)} | ${cellOf(meaning)} | ${cellOf(missing ?? "")} |`);
  return [
    `# ${report.title}: what the figures mean\n\n${report.meaning}\n`,
    ...tables,
    `## What figures are grouped by\n\n| field | meaning | where there is none |\n|---|---|---|\n${fields.join("\n")}\n`,
    `## What to know before using a figure\n\n${caveats.join("\n")}\n`,
  ].join("\n");
}

function markdownRow({ label, unit, meaning, formula: how, source, caveats }: FigureEntry): string {
  return `| ${[label, unit, meaning, how, source.join(", "), caveats.map(({ id }) => id).join(", ")].map(cellOf).join(" | ")} |`;
}

const cellOf = (text: string): string => text.replaceAll("|", "\\|").replace(/\s+/g, " ");
