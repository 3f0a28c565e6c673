// Rows of tables, asked for what a reader chose. In: rows, a place. Out: a tile's rows, subjects, names of values. The same
// in Node, for the first view, and in the browser. Never here: markup, the way that rows are kept in a file.

import { compare, zero } from "../exact.js";
import type { Row } from "../figures.js";
import type { Field, Table } from "../model.js";
import type { Page, Report, Slicer, Tile } from "../report.js";
import { tileRows } from "../rollup/answer.js";
import { byCodePoint } from "../rollup/column.js";
import type { Facts } from "../rollup/rows.js";
import { valueOf } from "../rollup/values.js";
import type { Only } from "../sql.js";
import { weightOf } from "./questions.js";
import type { Place } from "./selection.js";

export type Tables = ReadonlyMap<Table, Facts>;

export function factsFor(tables: Tables, tile: Tile): Facts {
  const { table } = tile.measures[0];
  const found = tables.get(table);
  if (found === undefined) throw new Error(`no rows of ${table.name} were read`);
  return found;
}

export type RowsOf = (tile: Tile) => readonly Row[];

/**
 * A tile's rows for a choice; none where it has no rows. What was added up for the last choice is kept: its other years are
 * found in it, and a tile that is asked again is not added up again.
 */
export function rowsOfPlaces(tables: Tables, report: Report): (place: Place) => RowsOf {
  let last = { choice: "", tiles: new Map<Tile, RowsOfYear>() };
  return (place) => {
    const only = onlyAt(report, place);
    const choice = JSON.stringify(only.map(({ field, values }) => [field.column, values]));
    if (choice !== last.choice) last = { choice, tiles: new Map() };
    const { tiles } = last;
    return (tile) => {
      const rows = tiles.get(tile) ?? onceAYear(tileRows(factsFor(tables, tile), tile, { each: only.map(({ field }) => field), only }));
      tiles.set(tile, rows);
      return rows(place.selection.year);
    };
  };
}

type RowsOfYear = (year: number) => readonly Row[];

function onceAYear(rows: RowsOfYear): RowsOfYear {
  const known = new Map<number, readonly Row[]>();
  return (year) => {
    const found = known.get(year) ?? rows(year);
    known.set(year, found);
    return found;
  };
}

function onlyAt({ slicers }: Report, { page: { subject }, selection }: Place): readonly Only[] {
  return subject === undefined ? slicers.flatMap(({ field }, index) => chosen(field, selection.slices[index] ?? null)) : chosen(subject.field, selection.subject);
}

const chosen = (field: Field, value: string | null): readonly Only[] => (value === null ? [] : [{ field, values: [value] }]);

/** Values that any table has, sorted as texts. */
export function valuesIn(tables: Tables, { field }: Slicer): readonly string[] {
  const values = new Set<string>();
  for (const { columns } of tables.values()) {
    const column = columns.texts.get(field.column);
    for (let number = 1; number < (column?.texts.count() ?? 0); number++) values.add(column?.texts.textOf(number) ?? "");
  }
  return [...values].sort();
}

/** What people call each value, in the latest year that says it, the first by code point. Values without a name are left out. */
export function namesIn(tables: Tables, { field, label }: Slicer): ReadonlyMap<string, string> {
  const names = new Map<string, { readonly name: string; readonly year: number }>();
  for (const facts of label === undefined ? [] : tables.values()) {
    const columns = ["year", field.column, label?.column ?? ""];
    if (!columns.every((column) => facts.columns.texts.has(column))) continue;
    const groups = facts.by(columns);
    const textIn = (column: string, group: number): string | null => facts.texts(column).textOf(groups.columns.get(column)?.[group] ?? 0);
    for (let group = 0; group < groups.size; group++) {
      const [year, value, name] = columns.map((column) => textIn(column, group));
      if (value == null || name == null) continue;
      const known = names.get(value);
      const isLater = known === undefined || Number(year) > known.year || (Number(year) === known.year && byCodePoint(name, known.name) < 0);
      if (isLater) names.set(value, { name, year: Number(year) });
    }
  }
  return new Map([...names].map(([value, { name }]) => [value, name]));
}

/** Subjects of a page, by its first figure over all years, greatest first, then by value. */
export function subjectsIn(tables: Tables, page: Page): readonly string[] {
  if (page.subject === undefined) return [];
  const { column } = page.subject.field;
  const facts = factsFor(tables, page.tiles[0]);
  const groups = facts.by([column]);
  const weight = valueOf(weightOf(page), { facts, groups, keys: [column] });
  const found = Array.from(groups.columns.get(column) ?? [], (number, group) => ({ value: facts.texts(column).textOf(number), weight: weight(group) ?? zero }));
  return found.sort((one, other) => compare(other.weight, one.weight) || ((one.value ?? "") < (other.value ?? "") ? -1 : 1)).flatMap(({ value }) => value ?? []);
}
