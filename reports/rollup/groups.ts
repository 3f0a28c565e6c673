// Groups of rows, and groups of those groups. In: rows as numbers of texts, and what each adds. Out: for any columns, the
// groups, exact sums of each, and which group a finer one is in. Never here: a quotient, an order, text.

import type { Measure } from "../model.js";
import { addedUp, onesWhere, type Units } from "./units.js";

/** Rows, or groups of rows that are alike. Each has a number from 0, in the order in which rows first come to it. */
export interface Groups {
  readonly size: number;
  /** Numbers of texts, by column. */
  readonly columns: ReadonlyMap<string, Int32Array>;
  /** Of a measure that counts or adds up rows: sum, rows, distinct. One a group; unknown where no row counts. */
  readonly sums: (measure: Measure) => Units;
}

export interface Rows extends Groups {
  /** Numbers that texts of a column have: less than this. */
  readonly bound: (column: string) => number;
}

export interface Grouping {
  /** Groups of all rows by these columns; the same object whenever they are asked for. */
  readonly by: (columns: readonly string[]) => Groups;
  /** For each of the groups, the number of its group by some of its columns. */
  readonly within: (groups: Groups, columns: readonly string[]) => Int32Array;
  /** The measure of those groups added up for each group by some of their columns. */
  readonly added: (groups: Groups, measure: Measure, columns: readonly string[]) => Units;
}

/**
 * Coarse groups are made of finer ones that are there already, the fewest that will do: because numbers follow the first
 * row, groups by the same columns have the same numbers whatever they were made of.
 */
export function groupingOf(rows: Rows): Grouping {
  const made = new Map<string, Groups>();
  const places = new Map<Groups, Map<string, Numbered>>();
  const numberedBy = (groups: Groups, columns: readonly string[]): Numbered => {
    const own = places.get(groups) ?? new Map<string, Numbered>();
    places.set(groups, own);
    return kept(own, nameOf(columns), () => numbered(columns.map((name) => ({ numbers: columnOf(groups, name), bound: rows.bound(name) })), groups.size));
  };
  const by = (columns: readonly string[]): Groups => kept(made, nameOf(columns), () => {
    const finer = [...made.values()].filter((each) => columns.every((column) => each.columns.has(column)));
    const source = finer.reduce<Groups>((least, each) => (each.size < least.size ? each : least), rows);
    const { of, firsts } = numberedBy(source, columns);
    const own = new Map(columns.map((name): [string, Int32Array] => [name, firsts.map((first) => columnOf(source, name)[first] ?? 0)]));
    const sums = new Map<Measure, Units>();
    const summed = (measure: Measure): Units => (measure.value.kind === "distinct" ? distinct(columns, measure.value.field.column) : addedUp(source.sums(measure), of, firsts.length));
    return { size: firsts.length, columns: own, sums: (measure) => kept(sums, measure, () => summed(measure)) };
  });
  const within: Grouping["within"] = (groups, columns) => numberedBy(groups, columns).of;
  /** Groups that also have the column's value, counted in those without it: null is not counted. */
  const distinct = (columns: readonly string[], column: string): Units => {
    const finer = by([...new Set([...columns, column])]);
    const numbers = columnOf(finer, column);
    return addedUp(onesWhere(finer.size, (group) => numbers[group] !== 0), within(finer, columns), by(columns).size);
  };
  const added: Grouping["added"] = (groups, measure, columns) => addedUp(groups.sums(measure), within(groups, columns), by(columns).size);
  return { by, within, added };
}

interface Numbered {
  /** Number of the group that each row is in. */
  readonly of: Int32Array;
  /** The first row of each group. */
  readonly firsts: Int32Array;
}

const MOST_KEY = Number.MAX_SAFE_INTEGER;

/** Rows that are equal in all of the columns have one number. */
function numbered(columns: readonly { readonly numbers: Int32Array; readonly bound: number }[], size: number): Numbered {
  let keys = new Float64Array(size);
  let most = 1;
  for (const { numbers, bound } of columns) {
    // Keys that would grow too great for exact numbers are numbered first.
    if (most * bound > MOST_KEY) {
      const { of, firsts } = renumbered(keys, most);
      [keys, most] = [Float64Array.from(of), firsts.length];
    }
    for (let row = 0; row < size; row++) keys[row] = (keys[row] ?? 0) * bound + (numbers[row] ?? 0);
    most *= bound;
  }
  return renumbered(keys, most);
}

/** Keys are below `most`. Where that is not far beyond their number, a table is faster than slots. */
function renumbered(keys: Float64Array, most: number): Numbered {
  const [of, firsts] = [new Int32Array(keys.length), new Int32Array(keys.length)];
  const numberOf = most <= SMALL_TABLE + keys.length ? inTable(most) : inSlots((number) => keys[firsts[number] ?? 0] ?? 0, keys.length);
  let count = 0;
  for (let row = 0; row < keys.length; row++) {
    const number = numberOf(keys[row] ?? 0, count);
    if (number === count) firsts[count++] = row;
    of[row] = number;
  }
  return { of, firsts: firsts.slice(0, count) };
}

const SMALL_TABLE = 1_000_000;

/** The number of a key; a new one gets `next`. */
type NumberOf = (key: number, next: number) => number;

function inTable(most: number): NumberOf {
  const known = new Int32Array(most);
  return (key, next) => {
    const number = known[key] ?? 0;
    if (number > 0) return number - 1;
    known[key] = next + 1;
    return next;
  };
}

/** Open addressing, at most half full. It holds numbers alone: a Map of millions of keys takes ten times the memory. */
function inSlots(keyOf: (number: number) => number, most: number): NumberOf {
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * most + 1)));
  const last = slots.length - 1;
  return (key, next) => {
    for (let slot = scattered(key) & last; ; slot = (slot + 1) & last) {
      const number = (slots[slot] ?? 0) - 1;
      if (number >= 0 && keyOf(number) !== key) continue;
      if (number >= 0) return number;
      slots[slot] = next + 1;
      return next;
    }
  };
}

/** 32 bits of a whole number, in which each of its own has a part. */
function scattered(key: number): number {
  let bits = Math.imul((key >>> 0) ^ Math.imul(Math.floor(key / 2 ** 32), 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 15), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

function columnOf({ columns }: Groups, name: string): Int32Array {
  const found = columns.get(name);
  if (found === undefined) throw new Error(`rows have no column ${name}`);
  return found;
}

const nameOf = (columns: readonly string[]): string => [...columns].sort().join(" ");

function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}
