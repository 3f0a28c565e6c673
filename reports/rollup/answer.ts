// Answers to a tile for every choice at once, from sums of rows: the rows that the tile's select (sql.ts) gives, in the
// same order, to the last digit. In: facts of a table. Out: rows with exact values. Never here: SQL, pages, markup.

import { compare, type Exact } from "../exact.js";
import type { Row } from "../figures.js";
import { isAdditive, type Field } from "../model.js";
import { addsUp, fieldsOf, type Tile } from "../report.js";
import { totalName, type Choice } from "../sql.js";
import type { Groups } from "./groups.js";
import type { Facts } from "./rows.js";
import { unitAt } from "./units.js";
import { valueOf, type ValueOf } from "./values.js";

/** What tileQuery would answer for each year; `only` is of fields of `each`. What years share is computed once. */
export function tileRows(facts: Facts, tile: Tile, { each = [], only = [] }: Omit<Choice, "year">): (year: number) => readonly Row[] {
  for (const { field } of only) if (!each.includes(field)) throw new Error(`${field.column} is chosen, but not told apart`);
  const columns = unique([...each, ...fieldsOf(tile)]);
  const groups = facts.by([...new Set(["year", ...columns])]);
  const keys = unique([...each, ...(tile.kind === "cards" ? [] : [tile.by])]);
  const values = tile.measures.map((measure) => once(valueOf(measure, { facts, groups, keys }), groups.size));
  const at: Answering = { facts, groups, tile, columns, values };
  const [parts, isShown, order, row, totalOf] = [partsOf(at, unique(each)), shownBy(at), orderOf(at, unique(each)), rowOf(at), totalsOf(at, unique(each))];
  const chosen = only.map(({ field, values }) => isOneOf(at, field.column, values));
  const limit = "limit" in tile ? tile.limit : undefined;
  return (year) => {
    const isOfYear = tile.kind === "trend" ? () => true : isOneOf(at, "year", [String(year)]);
    return parts((group) => isOfYear(group) && chosen.every((isIn) => isIn(group))).flatMap((part) => {
      const totals = totalOf(part);
      return part.filter(isShown).sort(order).slice(0, limit).map((group) => row(group, totals));
    });
  };
}

const unique = (fields: readonly Field[]): readonly string[] => [...new Set(fields.map(({ column }) => column))];

/** Some values are looked at again and again while groups are sorted. */
function once(value: ValueOf, size: number): ValueOf {
  // Filled from the start: groups come in any order, and an array with gaps is slow.
  const known = new Array<Exact | null | undefined>(size).fill(undefined);
  return (group) => {
    const found = known[group];
    return found === undefined ? (known[group] = value(group)) : found;
  };
}

interface Answering {
  readonly facts: Facts;
  readonly groups: Groups;
  readonly tile: Tile;
  /** Of a row, besides figures. */
  readonly columns: readonly string[];
  /** One a measure of the tile. */
  readonly values: readonly ValueOf[];
}

function numbersOf({ groups }: Answering, column: string): Int32Array {
  const found = groups.columns.get(column);
  if (found === undefined) throw new Error(`groups have no column ${column}`);
  return found;
}

function isOneOf(at: Answering, column: string, values: readonly string[]): (group: number) => boolean {
  const { find } = at.facts.texts(column);
  const wanted = new Set(values.map(find));
  const numbers = numbersOf(at, column);
  return (group) => wanted.has(numbers[group]);
}

/** Groups that are wanted, a list for each value of the columns, in their order. */
function partsOf(at: Answering, columns: readonly string[]): (isWanted: (group: number) => boolean) => readonly number[][] {
  const { facts, groups } = at;
  const numbers = facts.within(groups, columns);
  const order = inOrder(at, columns);
  return (isWanted) => {
    const found = new Map<number, number[]>();
    for (let group = 0; group < groups.size; group++) {
      if (!isWanted(group)) continue;
      const part = numbers[group] ?? 0;
      const own = found.get(part);
      if (own === undefined) found.set(part, [group]);
      else own.push(group);
    }
    return [...found.values()].sort(([left = 0], [right = 0]) => order(left, right));
  };
}

type Order = (left: number, right: number) => number;

/** By the columns' values, null first. */
function inOrder(at: Answering, columns: readonly string[]): Order {
  const sorted = columns.map((column) => ({ numbers: numbersOf(at, column), places: at.facts.texts(column).places() }));
  return (left, right) => {
    for (const { numbers, places } of sorted) {
      const apart = (places[numbers[left] ?? 0] ?? 0) - (places[numbers[right] ?? 0] ?? 0);
      if (apart !== 0) return apart;
    }
    return 0;
  };
}

/** By the first measure, greatest first, then by what is not the same in all of a choice. */
function orderOf(at: Answering, chosen: readonly string[]): Order {
  const byColumns = inOrder(at, at.columns.filter((column) => !chosen.includes(column)));
  const [first] = at.values;
  if (first === undefined || at.tile.kind === "cards" || at.tile.kind === "trend") return byColumns;
  return (left, right) => greatestFirst(first(left), first(right)) || byColumns(left, right);
}

/** Null last. */
function greatestFirst(left: Exact | null, right: Exact | null): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  return compare(right, left);
}

/** Groups without the figure that orders them are left out, and those below the tile's threshold. */
function shownBy({ tile, values }: Answering): (group: number) => boolean {
  const [first] = values;
  if (tile.kind === "cards" || tile.kind === "trend" || first === undefined) return () => true;
  const isKnown = isAdditive(tile.measures[0], tile.by) ? () => true : (group: number) => first(group) !== null;
  const { atLeast } = tile;
  if (atLeast === undefined) return isKnown;
  const [value, least] = [values[tile.measures.indexOf(atLeast.measure)], whole(atLeast.value)];
  return (group) => {
    const own = value?.(group) ?? null;
    return own !== null && compare(own, least) >= 0 && isKnown(group);
  };
}

const whole = (value: number): Exact => ({ units: BigInt(value), scale: 0 });

/** Sums over all groups of a choice, those beyond the limit included: the groups of the choice alone have them. */
function totalsOf(at: Answering, chosen: readonly string[]): (part: readonly number[]) => Row {
  const { facts, groups, tile } = at;
  const columns = ["year", ...chosen];
  const of = facts.within(groups, columns);
  const totals = tile.measures.filter((measure) => addsUp(tile, measure)).map((measure) => {
    const { value } = measure;
    const sums = value.kind === "distinct" ? facts.added(groups, measure, columns) : facts.by(columns).sums(measure);
    return { name: totalName(measure), sums, scale: facts.scale(measure) };
  });
  return ([first = 0]) => Object.fromEntries(totals.map(({ name, sums, scale }) => {
    const units = unitAt(sums, of[first] ?? 0);
    return [name, units === null ? null : { units, scale }];
  }));
}

function rowOf(at: Answering): (group: number, totals: Row) => Row {
  const fields = at.columns.map((column) => ({ column, numbers: numbersOf(at, column), texts: at.facts.texts(column) }));
  const figures = at.tile.measures.map(({ name }, index) => ({ name, value: at.values[index] }));
  return (group, totals) => {
    const row: Record<string, unknown> = { ...totals };
    for (const { column, numbers, texts } of fields) row[column] = texts.textOf(numbers[group] ?? 0);
    for (const { name, value } of figures) row[name] = value?.(group) ?? null;
    return row;
  };
}
