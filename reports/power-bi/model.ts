// The semantic model of a report as TMDL objects, one list a file. In: a report. Out: path below `definition/` → objects.

import { daxOf, isWorded, measureName } from "../dax.js";
import { isTable, type Dimension, type Field, type Measure, type Model, type Table } from "../model.js";
import { caveatsOfMeasure } from "../documentation.js";
import type { Caveat, Report } from "../report.js";
import { fieldsOf, keyField, listColumns, tableColumns, type Column } from "./columns.js";
import { uuid } from "./ids.js";
import { factM, listM, PARAMETERS, pollingM, yearsM, type Rows } from "./m.js";
import { publicationTable, PUBLICATION, PUBLISHED_AT } from "./publication.js";
import { shareMeasures, type ShareMeasure } from "./shares.js";
import { linguisticSchema, type Named } from "./synonyms.js";
import { columnObject, FORMATS, formatOf, partition } from "./table-parts.js";
import { tmdlPath, type TmdlObject } from "./tmdl.js";

const CULTURE = "en-US";

/** Column that marks the table of years as one of dates; nobody needs to see it. */
const FIRST_DAY = "First day";

/** How long ago a year may be, and how many years may still change: all but the one that leaves the window next. */
const POLICY = { kept: 20, changing: 19 } as const;

export function modelFiles(report: Report): ReadonlyMap<string, readonly TmdlObject[]> {
  const { model } = report;
  const lists = model.dimensions.map((dimension) => listTable(report, dimension));
  const facts = model.tables.map((table) => factTable(report, table));
  const tables = [...facts, ...lists, publicationTable(report.name)];
  return new Map<string, readonly TmdlObject[]>([
    ["database.tmdl", [{ kind: "database", properties: { compatibilityLevel: "1601" } }]],
    ["model.tmdl", modelObjects(tables)],
    ["expressions.tmdl", PARAMETERS.map(({ name, description, expression }) => ({ kind: "expression", name, description, expression, properties: { lineageTag: uuid("parameter", name) }, children: [{ kind: "annotation", name: "PBI_ResultType", expression: name.startsWith("Range") ? "DateTime" : "Text" }] }))],
    ["relationships.tmdl", model.tables.flatMap((table) => table.dimensions.map((dimension) => relationship(model, table, dimension)))],
    [`cultures/${CULTURE}.tmdl`, [{ kind: "cultureInfo", name: CULTURE, children: [{ kind: "linguisticMetadata", expression: linguisticSchema(synonymsOf(report)), properties: { contentType: "json" } }] }]],
    ...tables.map((table) => [`tables/${table.name}.tmdl`, [table]] as const),
  ]);
}

function modelObjects(tables: readonly TmdlObject[]): readonly TmdlObject[] {
  const properties = { culture: CULTURE, defaultPowerBIDataSourceVersion: "powerBI_V3", discourageImplicitMeasures: true, sourceQueryCulture: CULTURE } as const;
  return [
    { kind: "model", name: "Model", properties },
    { kind: "annotation", name: "__PBI_TimeIntelligenceEnabled", expression: "0" },
    ...tables.map(({ name }): TmdlObject => ({ kind: "ref table", name: name ?? "" })),
    { kind: "ref cultureInfo", name: CULTURE },
  ];
}

function factTable(report: Report, table: Table): TmdlObject & { readonly name: string } {
  const { model } = report;
  const columns = tableColumns(model, table);
  const m = factM(rowsOf(fieldsOf(model, table), table.name, columns));
  const measures = model.measures.filter((measure) => measure.table === table);
  return {
    kind: "table", name: table.label, description: table.meaning, properties: { lineageTag: uuid("table", table.name) },
    children: [
      refreshPolicy(table, m),
      ...measures.map((measure) => measureObject(report, measure)),
      ...shareMeasures(report).filter((share) => share.of.table === table).map(shareObject),
      ...columns.map((column) => columnObject(table.name, column)),
      partition(table.label, m),
    ],
  };
}

function listTable(report: Report, dimension: Dimension): TmdlObject & { readonly name: string } {
  const { model, year } = report;
  const columns = listColumns(model, dimension, year);
  const rows = rowsOf(fieldsOf(model, dimension), dimension.from, columns);
  const isYears = year.of === dimension;
  const key = keyField(model, dimension);
  const dated: readonly TmdlObject[] = isYears ? [columnObject(dimension.name, { name: FIRST_DAY, source: FIRST_DAY, type: "dateTime", isKey: true })] : [];
  return {
    kind: "table", name: dimension.label, description: dimension.meaning, properties: { lineageTag: uuid("table", dimension.name), ...(isYears ? { dataCategory: "Time" } : {}) },
    children: [
      ...columns.map((column) => columnObject(dimension.name, { ...column, isKey: column.name === key.label && !isYears })),
      ...dated,
      partition(dimension.label, isYears ? yearsM(rows, FIRST_DAY) : listM(rows, dimension.key)),
    ],
  };
}

/** What a table's query takes: published columns, those put into words, and those that are not needed after that. */
function rowsOf(fields: readonly Field[], table: string, columns: readonly Column[]): Rows {
  const worded = fields.filter(isWorded);
  const kept = columns.map(({ source }) => source).filter((source) => worded.every(({ label }) => label !== source));
  const dropped = worded.map((field) => field.column).filter((column) => !kept.includes(column));
  return {
    table, dropped, columns: [...new Set([...kept, ...dropped])],
    worded: worded.map((field) => ({
      name: field.label, column: field.column, isWhole: field.kind !== "text", ...(field.values === undefined ? {} : { values: field.values }),
      ...(field.missing === undefined ? {} : { missing: { words: field.missing, ...(isTable(field.of) ? {} : { key: field.of.key }) } }),
    })),
  };
}

function measureObject(report: Report, measure: Measure): TmdlObject {
  const { model, year } = report;
  return {
    kind: "measure", name: measureName(model, measure), description: describedWith(measure.meaning, caveatsOfMeasure(report, measure)), expression: daxOf(model, year, measure),
    properties: { formatString: formatOf(measure), displayFolder: measure.folder, lineageTag: uuid("measure", measure.table.name, measure.name) },
  };
}

/** What people read where they pick a measure, also when no tile with its caveats is near. */
function describedWith(meaning: string, caveats: readonly Caveat[]): string {
  return caveats.length === 0 ? meaning : `${meaning} Beware: ${caveats.map(({ clause }) => clause).join("; ")}.`;
}

function shareObject({ name, meaning, dax, of }: ShareMeasure): TmdlObject {
  return { kind: "measure", name, description: meaning, expression: dax, properties: { formatString: FORMATS.percent, displayFolder: "Shares", lineageTag: uuid("share", of.table.name, name) } };
}

/** The source stands twice because Desktop loads the partition and the service makes one of its own for each year. */
function refreshPolicy(table: Table, m: string): TmdlObject {
  return {
    kind: "refreshPolicy",
    properties: {
      policyType: "basic",
      rollingWindowGranularity: "year",
      rollingWindowPeriods: String(POLICY.kept),
      incrementalGranularity: "year",
      incrementalPeriods: String(POLICY.changing),
      pollingExpression: { expression: pollingM(table.name) },
      sourceExpression: { expression: m },
    },
  };
}

function relationship(model: Model, table: Table, dimension: Dimension): TmdlObject {
  return { kind: "relationship", name: uuid("relationship", table.name, dimension.name), properties: { fromColumn: tmdlPath(table.label, dimension.key), toColumn: tmdlPath(dimension.label, keyField(model, dimension).label) } };
}

/** Everything that people may ask for by another word. */
function synonymsOf(report: Report): readonly Named[] {
  const { model } = report;
  const fields = model.fields.map((field) => ({ table: field.of.label, property: field.label, words: [...(field.synonyms ?? []), field.plural] }));
  const measures = model.measures.map((measure) => ({ table: measure.table.label, property: measureName(model, measure), words: [measure.label, ...(measure.synonyms ?? [])] }));
  const shares = shareMeasures(report).map(({ name, of }) => ({ table: of.table.label, property: name, words: [`part of ${of.label.toLowerCase()}`] }));
  return [{ table: PUBLICATION, words: ["freshness"] }, { table: PUBLICATION, property: PUBLISHED_AT, words: ["last publication"] }, ...fields, ...measures, ...shares];
}
