// In: a report. Out: one MySQL select a tile, for one data year. Never here: a connection, a value, rounding.

import { fieldsOf, isAdditive, type Field, type Measure, type Report, type Tile } from "./report.js";

export interface TileQuery {
  readonly tile: string;
  readonly sql: string;
  readonly params: readonly number[];
}

/** Every tile's select, in page order. The year is the only parameter. */
export function reportQueries(report: Report, options: { readonly year: number }): readonly TileQuery[] {
  return report.pages.flatMap((page) => page.tiles.map((tile) => ({ tile: tile.id, sql: tileSql(tile), params: [options.year] })));
}

/** Name of the result column with a measure's sum over all groups, those beyond the limit included. */
export function totalName(measure: Measure): string {
  return `${measure.name}_total`;
}

/**
 * One select with a `?` for the year. A year without rows gives no row.
 * Rows are in a total order: the first measure, greatest first, then the group's columns by code point.
 */
export function tileSql(tile: Tile): string {
  const fields = tile.kind === "cards" ? [] : fieldsOf(tile);
  const groups = fields.map((field) => field.column);
  const figures = tile.measures.map((measure) => `${aggregate(measure)} as ${measure.name}`);
  // The limit comes after window functions, so the total is of all groups.
  const totals = tile.kind === "cards" ? [] : tile.measures.filter(isAdditive).map((measure) => `sum(${aggregate(measure)}) over () as ${totalName(measure)}`);
  const tail = tile.kind === "cards" ? ["having count(*) > 0"] : groupTail(groups, tile.measures[0], tile.limit);
  return [...source(tile, fields), "select", list([...groups, ...figures, ...totals]), "from published", ...tail].join("\n");
}

function groupTail(groups: readonly string[], first: Measure, limit: number | undefined): string[] {
  const order = [`${first.name} desc`, ...groups];
  return [`group by ${groups.join(", ")}`, `order by ${order.join(", ")}`, ...(limit === undefined ? [] : [`limit ${String(limit)}`])];
}

/** The rows of the year with the columns the tile needs. */
function source(tile: Tile, fields: readonly Field[]): string[] {
  const columns = new Map<string, string>();
  for (const field of fields) columns.set(field.column, fieldColumn(field));
  for (const measure of tile.measures) for (const [name, text] of measureColumns(measure)) if (!columns.has(name)) columns.set(name, text);
  // A table of which only rows are counted still needs a column to select.
  if (columns.size === 0) columns.set("year", "year");
  const body = ["select", list([...columns.values()]), `from ${tile.measures[0].table.name}`, "where year = ?"].join("\n");
  return ["with", "", "published as (", body.replace(/^/gm, "    "), ")", ""];
}

function list(items: readonly string[]): string {
  return items.map((item) => `    ${item}`).join(",\n");
}

/** Text is told apart by code point, whatever collation the table has: two spellings are two names. */
function fieldColumn(field: Field): string {
  return field.kind === "text" ? `${field.column} collate utf8mb4_0900_bin as ${field.column}` : field.column;
}

function measureColumns(measure: Measure): readonly (readonly [string, string])[] {
  const { value } = measure;
  switch (value.kind) {
    case "sum":
      return [[value.column, value.column]];
    case "rows":
      return [];
    case "distinct":
      return [[value.field.column, fieldColumn(value.field)]];
    case "ratio":
      return [...measureColumns(value.of), ...measureColumns(value.by)];
  }
}

function aggregate(measure: Measure): string {
  const { value } = measure;
  switch (value.kind) {
    case "sum":
      return `sum(${value.column})`;
    case "rows":
      return "count(*)";
    case "distinct":
      return `count(distinct ${value.field.column})`;
    case "ratio":
      // MySQL gives a quotient four digits more than its dividend has: widen it, round only when shown.
      return `cast(${aggregate(value.of)} as decimal(38, 10)) / nullif(${aggregate(value.by)}, 0)`;
  }
}
