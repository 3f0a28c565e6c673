// In: a tile and what is chosen. Out: one MySQL select, which says what the tile means and what each digit of it is. Answers
// for every choice at once are added up by rollup/, and tests hold them to these. Never here: a connection, a value.

import { isAdditive, isTable, partsOf, type Condition, type Field, type Measure, type Table } from "./model.js";
import { addsUp, fieldsOf, overviewsOf, type Report, type Tile } from "./report.js";

export interface TileQuery {
  readonly tile: string;
  readonly sql: string;
  readonly params: readonly (number | string)[];
}

/** What a tile's answer is for. HTML pages add their answers up (rollup/); each has to be what the select here gives, digit by digit. */
export interface Choice {
  /** Without meaning for a trend, which has every year. */
  readonly year: number;
  /** One answer for each value of these fields, told apart by their columns; default: one answer over all rows. */
  readonly each?: readonly Field[];
  /** Only rows with one of these values, of each of these fields. */
  readonly only?: readonly Only[];
}

export interface Only {
  readonly field: Field;
  readonly values: readonly [string, ...string[]];
}

/** The select of every tile of the overviews, over all rows of a year, in page order. */
export function reportQueries(report: Report, options: { readonly year: number }): readonly TileQuery[] {
  return overviewsOf(report).flatMap(({ tiles }) => tiles.map((tile) => tileQuery(tile, options)));
}

/** Name of the result column with a measure's sum over all groups, those beyond the limit included. */
export function totalName(measure: Measure): string {
  return `${measure.name}_total`;
}

/**
 * A choice without rows gives no row. Rows are in a total order: what `each` names, then the first measure, greatest
 * first, then the group's columns by code point; a trend's by year.
 */
export function tileQuery(tile: Tile, choice: Choice): TileQuery {
  const each = (choice.each ?? []).map((field) => field.column);
  const groups = [...new Set([...each, ...fieldsOf(tile).map((field) => field.column)])];
  const { text: last, from } = ranking(tile, each, groups);
  const body = [...groupings(tile, choice, groups), { text: figures(tile, choice.each ?? [], groups), params: [] }, ...last];
  const order = tile.kind === "trend" ? groups : [...each, ...(tile.kind === "cards" ? [] : [`${tile.measures[0].name} desc`]), ...groups.filter((column) => !each.includes(column))];
  const columns = [...groups, ...tile.measures.map((measure) => measure.name), ...totalsOf(tile).map(totalName)];
  const sql = [
    `with\n\n${body.map(({ text }) => text).join(",\n\n")}\n`,
    `select\n${list(columns)}\nfrom ${from}`,
    ...(order.length === 0 ? [] : [`order by ${order.join(", ")}`]),
    ...(each.length === 0 && limitOf(tile) !== undefined ? [`limit ${String(limitOf(tile))}`] : []),
  ].join("\n");
  return { tile: tile.id, sql, params: body.flatMap(({ params }) => params) };
}

/** A named part of the select with the values of its `?`. */
interface Part {
  readonly text: string;
  readonly params: readonly (number | string)[];
}

/** A set of rows that figures are made from: those of the year, of the year before, of everybody alike. */
interface Rows {
  /** Name of the groups made of them, as figures refer to them. */
  readonly name: string;
  readonly by: readonly Field[];
  readonly measures: readonly Measure[];
  readonly where: readonly Part[];
}

function* groupings(tile: Tile, choice: Choice, groups: readonly string[]): Generator<Part> {
  const { table } = tile.measures[0];
  const fields = [...(choice.each ?? []), ...fieldsOf(tile)].filter((field, index, all) => all.findIndex((other) => other.column === field.column) === index);
  // A name or a city may have been another one the year before: only what identifies a group is compared.
  const keys = fields.filter(({ column }) => keyColumns(tile, choice.each ?? []).includes(column));
  const parts = [...new Set(tile.measures.flatMap(partsOf))];
  const plain = [...new Set(tile.measures.flatMap((measure) => basics(measure)))];
  // The column as it is, so that an index serves: what it lets through is told apart afterwards.
  const only = (choice.only ?? []).map(({ field, values }): Part => ({ text: `${ownerOf(table, field)}.${field.column} in (${values.map(() => "?").join(", ")})`, params: values }));
  const year: Part = { text: `${table.name}.year = ?`, params: [choice.year] };
  yield* grouped(table, { name: "grouped", by: fields, measures: plain, where: [...(tile.kind === "trend" ? [] : [year]), ...only] }, groups.length === 0);
  const before = parts.flatMap(({ value }) => (value.kind === "year before" ? basics(value.of) : []));
  if (before.length > 0) yield* grouped(table, { name: "year_before", by: keys, measures: [...new Set(before)], where: [{ text: `${table.name}.year = ? - 1`, params: [choice.year] }, ...only] }, false);
  for (const [name, { same, measures }] of peerGroups(parts)) yield* grouped(table, { name, by: same, measures, where: [year] }, false);
}

/** Measures that are aggregates of rows and that this one is made of, where it looks at its own group's rows. */
function basics(measure: Measure): readonly Measure[] {
  const { value } = measure;
  if (value.kind === "year before" || value.kind === "peers") return [];
  if (value.kind === "ratio") return [...basics(value.of), ...basics(value.by)];
  if (value.kind === "difference") return [...basics(value.of), ...basics(value.less)];
  return [measure];
}

const keyColumns = (tile: Tile, each: readonly Field[]): readonly string[] => [...new Set([...each, ...(tile.kind === "cards" ? [] : [tile.by])].map((field) => field.column))];

interface PeerGroup {
  readonly same: readonly Field[];
  readonly measures: readonly Measure[];
}

function peerGroups(parts: readonly Measure[]): ReadonlyMap<string, PeerGroup> {
  const found = new Map<string, PeerGroup>();
  for (const { value } of parts) {
    if (value.kind !== "peers") continue;
    const name = peersName(value.same);
    found.set(name, { same: value.same, measures: [...new Set([...(found.get(name)?.measures ?? []), ...basics(value.of)])] });
  }
  return found;
}

const peersName = (same: readonly Field[]): string => `peers_by_${same.map((field) => field.column).join("_and_")}`;

/** Rows with the columns that are needed, then their groups. */
function* grouped(table: Table, rows: Rows, isWhole: boolean): Generator<Part> {
  const columns = new Map<string, string>();
  for (const field of rows.by) columns.set(field.column, named(field.column, columnOf(table, field)));
  for (const measure of rows.measures) for (const [name, text] of measureColumns(measure)) if (!columns.has(name)) columns.set(name, text);
  // Rows that are only counted still need a column to select.
  if (columns.size === 0) columns.set("year", `${table.name}.year`);
  const source = `${rows.name}_rows`;
  const fields = [...rows.by, ...rows.measures.flatMap(({ value }) => (value.kind === "distinct" ? [value.field] : []))];
  const where = rows.where.length === 0 ? [] : [`where ${rows.where.map(({ text }) => text).join("\nand ")}`];
  yield { text: common(source, ["select", list([...columns.values()]), `from ${table.name}`, ...joins(table, fields), ...where]), params: rows.where.flatMap(({ params }) => params) };
  const names = rows.by.map((field) => field.column);
  const tail = names.length > 0 ? [`group by ${names.join(", ")}`] : isWhole ? ["having count(*) > 0"] : [];
  const aggregates = rows.measures.map((measure) => `${aggregate(measure)} as ${measure.name}`);
  yield { text: common(rows.name, ["select", list(names.length + aggregates.length === 0 ? ["count(*) as row_count"] : [...names, ...aggregates]), `from ${source}`, ...tail]), params: [] };
}

/** The lists whose members are named by something else than their key, each row's member of the same year. */
function joins(table: Table, fields: readonly Field[]): readonly string[] {
  const lists = new Map(fields.flatMap(({ of, column }) => (isTable(of) || column === of.key ? [] : [[of.name, of] as const])));
  return [...lists.values()].map(({ name, from, key }) => `left join ${from} as ${name}\n    on ${name}.year = ${table.name}.year\n    and ${name}.${key} = ${table.name}.${key}`);
}

/** Text is told apart by code point, whatever collation the table has: two spellings are two names. */
function columnOf(table: Table, field: Field): string {
  const column = `${ownerOf(table, field)}.${field.column}`;
  return field.kind === "text" ? `${column} collate utf8mb4_0900_bin` : column;
}

/** A list's key is in the table itself. */
function ownerOf(table: Table, { of, column }: Field): string {
  return isTable(of) || column === of.key ? table.name : of.name;
}

const named = (name: string, text: string): string => (text.endsWith(`.${name}`) ? text : `${text} as ${name}`);

function measureColumns({ table, value }: Measure): readonly (readonly [string, string])[] {
  if (value.kind === "distinct") return [[value.field.column, named(value.field.column, columnOf(table, value.field))]];
  if (value.kind !== "sum" && value.kind !== "rows") return [];
  const columns = [...(value.kind === "sum" ? [value.column] : []), ...(value.where === undefined ? [] : [value.where.column])];
  return columns.map((column) => [column, `${table.name}.${column}`]);
}

function aggregate({ value }: Measure): string {
  if (value.kind === "sum") return `sum(${value.where === undefined ? value.column : `case when ${conditionText(value.where)} then ${value.column} end`})`;
  if (value.kind === "rows") return value.where === undefined ? "count(*)" : `count(case when ${conditionText(value.where)} then 1 end)`;
  if (value.kind === "distinct") return `count(distinct ${value.field.column})`;
  throw new Error(`${value.kind} is no aggregate of rows`);
}

const conditionText = ({ kind, column }: Condition): string => (kind === "is set" ? column : `${column} is not null`);

/** One row a group with every measure, and the wholes that shares are taken of. */
function figures(tile: Tile, each: readonly Field[], groups: readonly string[]): string {
  const parts = tile.measures.flatMap(partsOf);
  const over = each.length === 0 ? "over ()" : `over (partition by ${each.map(({ column }) => `grouped.${column}`).join(", ")})`;
  const same = (name: string, columns: readonly string[]): string => `left join ${name}\n    on ${columns.length === 0 ? "true" : columns.map((column) => `${name}.${column} <=> grouped.${column}`).join("\n    and ")}`;
  const looks = [
    ...(parts.some(({ value }) => value.kind === "year before") ? [same("year_before", keyColumns(tile, each))] : []),
    ...[...peerGroups(parts)].map(([name, group]) => same(name, group.same.map((field) => field.column))),
  ];
  const columns = [
    ...groups.map((column) => `grouped.${column}`),
    ...tile.measures.map((measure) => named(measure.name, valueText(measure, "grouped"))),
    ...totalsOf(tile).map((measure) => `sum(${valueText(measure, "grouped")}) ${over} as ${totalName(measure)}`),
  ];
  const conditions = conditionsOf(tile);
  return common("figures", ["select", list(columns), "from grouped", ...looks, ...(conditions.length === 0 ? [] : [`where ${conditions.join("\nand ")}`])]);
}

/** Groups without the figure that orders them are left out. */
function conditionsOf(tile: Tile): readonly string[] {
  if (tile.kind === "cards" || tile.kind === "trend") return [];
  const [first] = tile.measures;
  return [
    ...(isAdditive(first, tile.by) ? [] : [`${valueText(first, "grouped")} is not null`]),
    ...(tile.atLeast === undefined ? [] : [`${valueText(tile.atLeast.measure, "grouped")} >= ${String(tile.atLeast.value)}`]),
  ];
}

/** A measure over the groups of that name. */
function valueText(measure: Measure, at: string): string {
  const { value } = measure;
  switch (value.kind) {
    case "sum":
    case "rows":
    case "distinct":
      return `${at}.${measure.name}`;
    case "ratio":
      // MySQL gives a quotient four digits more than its dividend has: widen it, round only when shown.
      return `cast(${valueText(value.of, at)} as decimal(38, 10)) / nullif(${valueText(value.by, at)}, 0)`;
    case "difference":
      return `(${valueText(value.of, at)} - ${valueText(value.less, at)})`;
    case "year before":
      return valueText(value.of, "year_before");
    case "peers":
      return valueText(value.of, peersName(value.same));
  }
}

const totalsOf = (tile: Tile): readonly Measure[] => tile.measures.filter((measure) => addsUp(tile, measure));
const limitOf = (tile: Tile): number | undefined => ("limit" in tile ? tile.limit : undefined);

/** With one answer for each value, the limit holds in each. */
function ranking(tile: Tile, each: readonly string[], groups: readonly string[]): { readonly text: readonly Part[]; readonly from: string } {
  const limit = limitOf(tile);
  if (each.length === 0 || limit === undefined) return { text: [], from: "figures" };
  const order = [`${tile.measures[0].name} desc`, ...groups.filter((column) => !each.includes(column))].join(", ");
  const text = common("ranked", ["select", list(["figures.*", `row_number() over (partition by ${each.join(", ")} order by ${order}) as place`]), "from figures"]);
  return { text: [{ text, params: [] }], from: `ranked\nwhere place <= ${String(limit)}` };
}

const common = (name: string, lines: readonly string[]): string => `${name} as (\n${lines.join("\n").replace(/^/gm, "    ")}\n)`;
const list = (items: readonly string[]): string => items.map((item) => `    ${item}`).join(",\n");
