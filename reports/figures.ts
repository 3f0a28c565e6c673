// In: a tile and its rows as the database gave them. Out: what the tile says: labels, exact values, wholes, the rest.
// The same for every renderer. Never here: markup, rounding, units.

import { add, parseExact, subtract, zero, type Exact } from "./exact.js";
import type { Field, FieldValue, Measure } from "./model.js";
import { addsUp, type GroupTile, type Tile, type TrendTile } from "./report.js";
import { totalName } from "./sql.js";

export type Row = Readonly<Record<string, unknown>>;

/** One value of the field a tile groups by. */
export interface Line {
  /** The value itself, as the database gave it. */
  readonly value: string | null;
  readonly label: string;
  /** The value of `by` where the label is another column's; shown beside it. */
  readonly key: string | null;
  /** Values of the tile's `also` fields, in order. */
  readonly details: readonly string[];
  /** One a measure, in the tile's order; null when unknown. */
  readonly values: readonly (Exact | null)[];
}

/** A tile with a line for each value of a field. */
export type LinedTile = GroupTile | TrendTile;

export interface Figures {
  readonly lines: readonly Line[];
  /** One a measure: the whole over all values of the field, those without a line included. Null where parts do not add up. */
  readonly totals: readonly (Exact | null)[];
}

/** The figures of a tile with lines; null when there are no rows. */
export function groupFigures(tile: LinedTile, rows: readonly Row[]): Figures | null {
  const [first] = rows;
  if (first === undefined) return null;
  const totals = tile.measures.map((measure) => (addsUp(tile, measure) ? parseExact(cell(tile, first, totalName(measure))) : null));
  return { lines: withAllValues(tile, rows.map((row) => [keyOf(tile, row), lineOf(tile, row)])), totals };
}

export const labelFieldOf = (tile: LinedTile): Field | undefined => (tile.kind === "trend" ? undefined : tile.label);
export const furtherFieldsOf = (tile: LinedTile): readonly Field[] => (tile.kind === "trend" ? [] : (tile.also ?? []));

/** One value a measure; null when the year has no rows. */
export function cardFigures(tile: Tile, rows: readonly Row[]): readonly (Exact | null)[] | null {
  const [row] = rows;
  return row === undefined ? null : valuesOf(tile, row);
}

/** What is left of a measure's whole after the first `drawn` lines; null when it cannot be known or nothing is left. */
export function restOf(figures: Figures, measure: number, drawn: number): Exact | null {
  const total = figures.totals[measure] ?? null;
  if (total === null) return null;
  const shown = figures.lines.slice(0, drawn).reduce((sum, line) => add(sum, line.values[measure] ?? zero), zero);
  const rest = subtract(total, shown);
  return rest.units > 0n ? rest : null;
}

function lineOf(tile: LinedTile, row: Row): Line {
  const key = textOf(cell(tile, row, tile.by.column));
  const details = furtherFieldsOf(tile).map((field) => shown(field, textOf(cell(tile, row, field.column))));
  const label = labelFieldOf(tile);
  const named = label === undefined ? null : textOf(cell(tile, row, label.column));
  return { value: plain(cell(tile, row, tile.by.column)), label: labelOf(tile, key, named), key: named === null ? null : key, details, values: valuesOf(tile, row) };
}

function labelOf(tile: LinedTile, key: string | null, named: string | null): string {
  if (named !== null) return named;
  const label = labelFieldOf(tile);
  if (key === null || label === undefined) return shown(tile.by, key);
  return `${key} (${label.missing ?? "no name"})`;
}

function keyOf(tile: LinedTile, row: Row): string | null {
  return textOf(cell(tile, row, tile.by.column));
}

/** A field with declared values shows each of them, in that order, with zero where the year has no row. */
function withAllValues(tile: LinedTile, keyed: readonly (readonly [string | null, Line])[]): readonly Line[] {
  if (tile.by.values === undefined) return keyed.map(([, line]) => line);
  const known = tile.by.values.map((entry) => entry.value);
  const declared = tile.by.values.map((entry) => keyed.find(([key]) => key === entry.value)?.[1] ?? absent(tile, entry));
  return [...declared, ...keyed.filter(([key]) => key === null || !known.includes(key)).map(([, line]) => line)];
}

function absent(tile: LinedTile, { value, label }: FieldValue): Line {
  return { value, label, key: null, details: furtherFieldsOf(tile).map(() => ""), values: tile.measures.map((measure) => (addsUp(tile, measure) ? zero : null)) };
}

function shown(field: Field, value: string | null): string {
  if (value === null) return field.missing ?? "unknown";
  return field.values?.find((entry) => entry.value === value)?.label ?? value;
}

function valuesOf(tile: Tile, row: Row): readonly (Exact | null)[] {
  return tile.measures.map((measure: Measure) => parseExact(cell(tile, row, measure.name)));
}

function cell(tile: Tile, row: Row, column: string): unknown {
  if (!(column in row)) throw new Error(`tile ${tile.id}: its rows have no column ${column}`);
  return row[column];
}

/** Text as shown: runs of white space and control characters as one blank. */
function textOf(value: unknown): string | null {
  return plain(value)?.replace(/[\s\p{Cc}]+/gu, " ").trim() ?? null;
}

/** Text as it is, flags as 1 and 0. */
function plain(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "bigint") throw new Error(`not a text: ${typeof value}`);
  return String(value);
}
