// Rules of a semantic model that people rely on: what a star schema must have so that every figure is said once,
// by name, with its unit. Source of most: the best practice rules of microsoft/Analysis-Services.

import type { Finding } from "./finding.js";
import { columnNamed, isHidden, isSame, propertyOf, tableNamed, type ModelTable, type SemanticModel } from "./semantic-model.js";
import { readPath, type TmdlNode } from "./tmdl-reader.js";

export function modelFindings(model: SemanticModel): readonly Finding[] {
  return [...wholeFindings(model), ...doubled(model), ...model.tables.flatMap((table) => tableFindings(table)), ...relationFindings(model), ...policyFindings(model)];
}

function wholeFindings({ model, database, tables }: SemanticModel): readonly Finding[] {
  const root = model.find(({ node }) => node.kind === "model");
  const findings: Finding[] = [];
  if (database === undefined) findings.push({ file: "definition/database.tmdl", line: 1, rule: "model-files", what: "the model has no database.tmdl", wayOut: "write one with `database` and a compatibilityLevel" });
  if (root === undefined) return [...findings, { file: "definition/model.tmdl", line: 1, rule: "model-files", what: "the model has no model.tmdl", wayOut: "write one with `model Model`" }];
  const { file, node: { line, properties } } = root;
  if (!properties.has("discourageImplicitMeasures")) findings.push({ file, line, rule: "implicit-measures", what: "columns may be added up without a measure", wayOut: "set discourageImplicitMeasures" });
  const intelligence = model.find(({ node }) => node.name === "__PBI_TimeIntelligenceEnabled");
  if (intelligence?.node.expression?.text !== "0") findings.push({ file, line: intelligence?.node.line ?? line, rule: "automatic-dates", what: "automatic date tables are on", wayOut: "write `annotation __PBI_TimeIntelligenceEnabled = 0`" });
  if (!tables.some(isDateTable)) findings.push({ file, line, rule: "date-table", what: "no table is marked as one of dates", wayOut: "give one `dataCategory: Time` and a key of type dateTime" });
  const missing = model.filter(({ node }) => node.kind === "ref table" && !tables.some((table) => isSame(table.node.name, node.name)));
  return [...findings, ...missing.map(({ node }): Finding => ({ file, line: node.line, rule: "table-exists", what: `there is no table ${node.name}`, wayOut: "take the reference out, or write the table" }))];
}

const isDateTable = ({ node, columns }: ModelTable): boolean => propertyOf(node, "dataCategory") === "Time" && columns.some((column) => column.properties.has("isKey") && propertyOf(column, "dataType") === "dateTime");

/** Names that Power BI cannot tell apart, and tags that two things share. */
function doubled({ tables }: SemanticModel): readonly Finding[] {
  const seen = new Map<string, string>();
  const findings: Finding[] = [];
  const take = (key: string, { file, line, what }: { readonly file: string; readonly line: number; readonly what: string }): void => {
    const first = seen.get(key.toLowerCase());
    if (first === undefined) seen.set(key.toLowerCase(), `${file}:${String(line)}`);
    else findings.push({ file, line, rule: "names-differ", what: `${what} is already at ${first}`, wayOut: "give it a name of its own" });
  };
  for (const { file, node, columns, measures } of tables) {
    take(`table ${node.name}`, { file, line: node.line, what: `a table ${node.name}` });
    for (const measure of measures) take(`measure ${measure.name}`, { file, line: measure.line, what: `a measure ${measure.name}` });
    for (const inner of [...columns, ...measures]) take(`in ${node.name} ${inner.name}`, { file, line: inner.line, what: `${inner.name} in ${node.name}` });
    for (const inner of [node, ...columns, ...measures]) {
      const tag = inner.properties.get("lineageTag");
      if (tag !== undefined) take(`tag ${tag.text}`, { file, line: tag.line, what: `lineage tag ${tag.text}` });
    }
  }
  return findings;
}

function tableFindings(table: ModelTable): readonly Finding[] {
  const { file, node, columns, measures } = table;
  const say = (at: TmdlNode, rule: string, [what, wayOut]: readonly [string, string]): Finding => ({ file, line: at.line, rule, what, wayOut });
  const partitions = node.children.filter(({ kind }) => kind === "partition");
  const [partition] = partitions;
  const findings: Finding[] = [];
  if (partition === undefined) findings.push(say(node, "partition", [`${node.name} has no partition: nothing would be loaded`, "give it one, named as the table"]));
  else if (partitions.length === 1 && partition.name !== node.name) findings.push(say(partition, "partition", [`the only partition of ${node.name} is named ${partition.name}`, "name it as the table"]));
  if (partition !== undefined && propertyOf(partition, "mode") !== "import") findings.push(say(partition, "import-mode", [`${node.name} is not imported`, "set mode: import; MySQL has no DirectQuery"]));
  if (node.description === "" && !isHidden(node)) findings.push(say(node, "described", [`${node.name} has no description`, "write a line with /// above it"]));
  return [...findings, ...columns.flatMap((column) => columnFindings(table, column)), ...measures.flatMap((measure) => measureFindings(table, measure))];
}

const TYPES = ["string", "int64", "decimal", "double", "dateTime", "boolean", "binary"];

function columnFindings({ file, columns }: ModelTable, column: TmdlNode): readonly Finding[] {
  const findings: Finding[] = [];
  const say = (rule: string, what: string, wayOut: string): void => void findings.push({ file, line: column.line, rule, what: `column ${column.name} ${what}`, wayOut });
  const type = propertyOf(column, "dataType") ?? "";
  if (!TYPES.includes(type)) say("column-type", `has the type ${type === "" ? "of nothing" : type}`, `give it a dataType: ${TYPES.join(", ")}`);
  if (type === "double") say("no-floats", "is a floating point number", "make it decimal, or int64 where it counts");
  if (propertyOf(column, "summarizeBy") !== "none") say("summarize-none", "adds itself up", "set summarizeBy: none, and write a measure");
  if (column.expression === undefined && propertyOf(column, "sourceColumn") === undefined) say("source-column", "has no source", "name the column of its query with sourceColumn");
  if (column.description === "" && !isHidden(column)) say("described", "has no description", "write a line with /// above it, or hide it");
  if (column.name !== column.name.trim() || /[\u0000-\u001f]/.test(column.name)) say("plain-name", "has spaces around its name or a control character in it", "take them out");
  const sort = propertyOf(column, "sortByColumn")?.replace(/^'|'$/g, "");
  if (sort !== undefined && !columns.some(({ name }) => isSame(name, sort))) say("column-exists", `is sorted by ${sort}, which is not there`, "name a column of the same table");
  return findings;
}

function measureFindings({ file }: ModelTable, measure: TmdlNode): readonly Finding[] {
  const findings: Finding[] = [];
  const say = (rule: string, what: string, wayOut: string): void => void findings.push({ file, line: measure.line, rule, what: `measure ${measure.name} ${what}`, wayOut });
  if ((measure.expression?.text ?? "") === "") say("measure-expression", "has no expression", "write its DAX after =");
  if ((propertyOf(measure, "formatString") ?? "") === "") say("format-string", "has no format", "set formatString, such as #,0");
  if ((propertyOf(measure, "displayFolder") ?? "") === "") say("display-folder", "lies in no folder", "set displayFolder");
  if (measure.description === "") say("described", "has no description", "write a line with /// above it");
  return findings;
}

function relationFindings(model: SemanticModel): readonly Finding[] {
  return model.relationships.flatMap(({ file, node }): readonly Finding[] => {
    const findings: Finding[] = [];
    const say = (rule: string, what: string, wayOut: string): void => void findings.push({ file, line: node.line, rule, what, wayOut });
    const [from, to] = ["fromColumn", "toColumn"].map((end) => {
      const path = readPath(propertyOf(node, end) ?? "");
      const column = path === undefined ? undefined : columnNamed(model, ...path);
      if (column === undefined) say("column-exists", `${end} ${propertyOf(node, end) ?? ""} is no column of the model`, "name a table and a column that are there");
      return { column, table: path === undefined ? undefined : tableNamed(model, path[0]) };
    });
    if (propertyOf(node, "crossFilteringBehavior") === "bothDirections") say("one-direction", "filters go both ways", "let them go from the list to the rows only");
    if (propertyOf(node, "toCardinality") === "many") say("to-one", "many rows belong to many", "relate rows to a list whose key is unique");
    if (from?.column === undefined || to?.column === undefined) return findings;
    const types = [from, to].map(({ column }) => (column === undefined ? "" : propertyOf(column, "dataType")));
    if (types[0] !== types[1]) say("relation-types", `${from.column.name} is ${types[0] ?? "nothing"} and ${to.column.name} is ${types[1] ?? "nothing"}`, "give both one type");
    if (!isHidden(from.column)) say("hidden-keys", `${from.column.name} is seen, although ${to.column.name} says the same`, "hide it with isHidden");
    if (!to.column.properties.has("isKey") && (to.table === undefined || !isDateTable(to.table))) say("key-marked", `${to.column.name} is not marked as a key`, "set isKey");
    return findings;
  });
}

/** A refresh by years needs both parameters, in what it loads and in what Desktop loads. */
function policyFindings({ tables, expressions }: SemanticModel): readonly Finding[] {
  return tables.flatMap(({ file, node }) => {
    const policy = node.children.find(({ kind }) => kind === "refreshPolicy");
    if (policy === undefined) return [];
    const sources = [propertyOf(policy, "sourceExpression") ?? "", ...node.children.filter(({ kind }) => kind === "partition").map((partition) => propertyOf(partition, "source") ?? "")];
    return ["RangeStart", "RangeEnd"].flatMap((name): readonly Finding[] => {
      const findings: Finding[] = [];
      if (!expressions.some((each) => each.node.name === name)) findings.push({ file, line: policy.line, rule: "refresh-range", what: `${node.name} is refreshed by years and there is no parameter ${name}`, wayOut: `write an expression ${name} of type DateTime` });
      if (sources.some((source) => !source.includes(name))) findings.push({ file, line: policy.line, rule: "refresh-range", what: `${node.name} is refreshed by years and a query of it does not use ${name}`, wayOut: "filter both sourceExpression and the partition by RangeStart and RangeEnd" });
      return findings;
    });
  });
}
