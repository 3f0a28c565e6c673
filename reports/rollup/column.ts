// Columns of rows that are told apart or added up. In: texts as a database prints them. Out: numbers of texts, exact
// whole units. Never here: which column it is, groups.

import { newUnits, type Growing, type Units } from "./units.js";

/** Texts by number: the same text has the same number, 0 is null. */
export interface Texts {
  /** True when they are sorted as numbers. */
  readonly areNumbers: boolean;
  /** Of a text that is there. */
  readonly find: (text: string) => number | undefined;
  readonly textOf: (number: number) => string | null;
  /** Numbers so far, that of null included. */
  readonly count: () => number;
  /** Place of each number when texts are sorted, null first. */
  readonly places: () => Int32Array;
}

/** Texts while rows are read: one that is new gets the next number. */
export interface GrowingTexts extends Texts {
  readonly numberOf: (text: string | null) => number;
}

/** Sorted by code point; as numbers where all of them are. */
export function newTexts(areNumbers = false): GrowingTexts {
  const order = areNumbers ? byValue : byCodePoint;
  const list: (string | null)[] = [null];
  const numbers = new Map<string | null, number>([[null, 0]]);
  let places: Int32Array | undefined;
  return {
    areNumbers,
    numberOf: (text) => {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, list.length);
      return list.push(text) - 1;
    },
    find: (text) => numbers.get(text),
    textOf: (number) => list[number] ?? null,
    count: () => list.length,
    places: () => (places?.length === list.length ? places : (places = placesOf(list, order))),
  };
}

/** Texts that are sorted: the number of each is its place, from 1. */
export function sortedTexts(sorted: readonly string[], areNumbers: boolean): Texts {
  let numbers: ReadonlyMap<string, number> | undefined;
  const places = Int32Array.from({ length: sorted.length + 1 }, (_, number) => number);
  return {
    areNumbers,
    find: (text) => (numbers ??= new Map(sorted.map((each, at) => [each, at + 1]))).get(text),
    textOf: (number) => sorted[number - 1] ?? null,
    count: () => places.length,
    places: () => places,
  };
}

function placesOf(list: readonly (string | null)[], order: (left: string, right: string) => number): Int32Array {
  const places = new Int32Array(list.length);
  const sorted = [...list.entries()].sort(([, left], [, right]) => (left === null ? -1 : right === null ? 1 : order(left, right)));
  for (const [place, [number]] of sorted.entries()) places[number] = place;
  return places;
}

/** As MySQL's utf8mb4_0900_bin sorts. JavaScript's own order is that of UTF-16, where some characters stand before smaller ones. */
export function byCodePoint(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (one !== other) return isSurrogate(one) === isSurrogate(other) ? one - other : isSurrogate(one) ? 1 : -1;
  }
  return left.length - right.length;
}

const byValue = (left: string, right: string): number => Number(BigInt(left) - BigInt(right));

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

/** Numbers of one scale, that of the column's type: null where unknown. */
export interface Amounts {
  /** Digits after the point. */
  readonly scale: number;
  readonly units: Units;
}

/** Collects the values of a DECIMAL or BIGINT column, each printed with the digits of its type. */
export function newAmounts(): Growing<string | null, Amounts> {
  const units = newUnits();
  let scale: number | undefined;
  const add = (text: string | null): void => {
    if (text === null) return units.add(null);
    const point = text.indexOf(".");
    const digits = point < 0 ? 0 : text.length - point - 1;
    scale ??= digits;
    if (digits !== scale) throw new Error(`a column of ${String(scale)} digits after the point has ${text}`);
    const whole = point < 0 ? text : text.slice(0, point) + text.slice(point + 1);
    const unit = Number(whole);
    units.add(Number.isSafeInteger(unit) ? unit : BigInt(whole));
  };
  return { add, take: () => ({ scale: scale ?? 0, units: units.take() }) };
}
