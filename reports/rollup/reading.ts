// What answers are made of, as selects of published rows. In: a report. Out: the columns of each table that its figures
// and groups need, and the selects that read them a range of keys at a time. Never here: values, sums.

import { isTable, type Dimension, type Field, type Measure, type Table } from "../model.js";
import { fieldsOf, tilesOf, type Report } from "../report.js";

/** One select with the values of its `?`. */
export interface RowsQuery {
  readonly sql: string;
  readonly params: readonly (number | string)[];
}

/** Columns of a table by what they are for. */
export interface Reading {
  /** Published table. */
  readonly from: string;
  /** Told apart: the grain, fields, keys of lists, flags that rows count by. `year` is the first. */
  readonly texts: readonly string[];
  /** Added up. */
  readonly amounts: readonly string[];
}

export interface TableReading extends Reading {
  readonly table: Table;
}

/** A list with what it says of its members. */
export interface ListReading extends Reading {
  readonly list: Dimension;
}

/** Rows of a range, some 500 kB as the RDS Data API writes them, whose answers have at most 1 MiB. Rows of one key stay together. */
const ROWS_IN_RANGE = 1500;

/** Tables that tiles speak of. */
export function tableReadings(report: Report): readonly TableReading[] {
  const tables = [...new Set(tilesOf(report).map((tile) => tile.measures[0].table))];
  return tables.map((table): TableReading => {
    const own = fieldsFor(report, table).map((field) => (isTable(field.of) ? field.column : field.of.key));
    const columns = report.model.measures.filter((measure) => measure.table === table).map(columnsOf);
    const amounts = unique(columns.flatMap((each) => each.amounts));
    const conditions = columns.flatMap((each) => each.conditions).filter((column) => !amounts.includes(column));
    return { table, from: table.name, texts: unique(["year", ...table.grain, ...own, ...conditions]), amounts };
  });
}

/** Lists whose members have a field of their own, besides the key. */
export function listReadings(report: Report): readonly ListReading[] {
  const fields = tableReadings(report).flatMap(({ table }) => fieldsFor(report, table));
  return report.model.dimensions.flatMap((list): readonly ListReading[] => {
    const named = fields.filter((field) => field.of === list && field.column !== list.key).map((field) => field.column);
    return named.length === 0 ? [] : [{ list, from: list.from, texts: unique(["year", list.key, ...named]), amounts: [] }];
  });
}

/** Everything that groups of the table are made by: what tiles show, what is chosen, what is counted. */
function fieldsFor(report: Report, table: Table): readonly Field[] {
  const tiles = tilesOf(report).filter((tile) => tile.measures[0].table === table);
  const chosen = [...report.slicers, ...report.pages.filter((page) => page.tiles.some((tile) => tiles.includes(tile))).flatMap((page) => page.subject ?? [])];
  const counted = report.model.measures.filter((measure) => measure.table === table).flatMap(({ value }) => (value.kind === "distinct" ? [value.field] : value.kind === "peers" ? value.same : []));
  return [...new Set([...tiles.flatMap(fieldsOf), ...chosen.map(({ field }) => field), ...counted])].filter((field) => field !== report.year);
}

function columnsOf({ value }: Measure): { readonly amounts: readonly string[]; readonly conditions: readonly string[] } {
  if (value.kind !== "sum" && value.kind !== "rows") return { amounts: [], conditions: [] };
  return { amounts: value.kind === "sum" ? [value.column] : [], conditions: value.where === undefined ? [] : [value.where.column] };
}

/** The last key of each range but the last: column `last_key`, in order. */
export function boundsQuery({ table }: TableReading, year: number): RowsQuery {
  const [key] = table.grain;
  const numbered = `select ${key} as last_key, row_number() over (order by ${key}) as place from ${table.name} where year = ?`;
  return { sql: `select distinct last_key from (${numbered}) as numbered where place % ${String(ROWS_IN_RANGE)} = 0 order by last_key`, params: [year] };
}

/** The selects of a year's ranges, given what boundsQuery answered. Together they read each row once. */
export function rangeQueries(report: Report, { table, texts, amounts }: TableReading, { year, bounds }: { readonly year: number; readonly bounds: readonly string[] }): readonly RowsQuery[] {
  const [key] = table.grain;
  const isNumber = report.model.fields.some((field) => field.column === key && field.kind === "whole number");
  // A number compared with a text would be compared as a float, and no index would serve.
  const keys = bounds.map((bound) => (isNumber ? Number(bound) : bound));
  return [undefined, ...keys].map((after, at): RowsQuery => {
    const upTo = keys[at];
    const where = ["year = ?", ...(after === undefined ? [] : [`${key} > ?`]), ...(upTo === undefined ? [] : [`${key} <= ?`])];
    return { sql: `select ${[...texts, ...amounts].join(", ")} from ${table.name} where ${where.join(" and ")}`, params: [year, ...(after === undefined ? [] : [after]), ...(upTo === undefined ? [] : [upTo])] };
  });
}

export function listQuery({ from, texts }: ListReading, year: number): RowsQuery {
  return { sql: `select ${texts.join(", ")} from ${from} where year = ?`, params: [year] };
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];
