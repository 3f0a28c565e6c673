// Rows as few bytes, and back. In: columns of rows. Out: bytes that compress well; the same rows give the same bytes,
// whatever order they were read in. Never here: compression, groups.

import { sortedTexts, type Amounts, type Texts } from "./column.js";
import type { Column, Columns } from "./rows.js";
import { newUnits, unitAt, type Units } from "./units.js";

/** What stands before the columns, as JSON after its own length in four bytes. */
interface Head {
  readonly size: number;
  readonly texts: readonly { readonly name: string; readonly areNumbers: boolean; readonly sorted: readonly string[] }[];
  readonly amounts: readonly { readonly name: string; readonly scale: number }[];
}

/** Beyond it a number and its sign would lose digits. */
const MOST_UNITS = 2 ** 51;

function areKept(units: Units): boolean {
  return units instanceof Float64Array ? units.every((each) => !(Math.abs(each) > MOST_UNITS)) : units.every((each) => each === null || (each <= MOST_UNITS && each >= -MOST_UNITS));
}

/**
 * First every column of texts: of each row the place of its text less that of the row before. Then every amount: 0 where it
 * is unknown, else one more than its units. Rows are sorted by their texts; no two may have the same, as a table's grain
 * is among them: their order would be that of the reading.
 * Undefined when an amount is too great.
 */
export function toBytes({ size, texts, amounts }: Columns): Uint8Array | undefined {
  if (![...amounts.values()].every(({ units }) => areKept(units))) return undefined;
  const placed = [...texts.values()].map(placesIn);
  const order = sortedBy(placed, size);
  const head: Head = {
    size,
    texts: [...texts].map(([name, column]) => ({ name, areNumbers: column.texts.areNumbers, sorted: textsIn(column.texts) })),
    amounts: [...amounts].map(([name, { scale }]) => ({ name, scale })),
  };
  const writer = newWriter(new TextEncoder().encode(JSON.stringify(head)));
  for (const { of } of placed) {
    let before = 0;
    for (const row of order) {
      const place = of[row] ?? 0;
      writer.add(signed(place - before));
      before = place;
    }
  }
  for (const { units } of amounts.values()) {
    for (const row of order) {
      const each = unitAt(units, row);
      writer.add(each === null ? 0 : 1 + signed(Number(each)));
    }
  }
  return writer.bytes();
}

/** @throws SyntaxError when the bytes end too soon. */
export function fromBytes(bytes: Uint8Array): Columns {
  const start = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start))) as Head;
  const next = reader(bytes, start);
  const texts = head.texts.map(({ name, areNumbers, sorted }): readonly [string, Column] => {
    let place = 0;
    const numbers = Int32Array.from({ length: head.size }, () => (place += unsigned(next())));
    return [name, { texts: sortedTexts(sorted, areNumbers), numbers }];
  });
  const amounts = head.amounts.map(({ name, scale }): readonly [string, Amounts] => {
    const units = newUnits();
    for (let row = 0; row < head.size; row++) {
      const number = next();
      units.add(number === 0 ? null : unsigned(number - 1));
    }
    return [name, { scale, units: units.take() }];
  });
  return { size: head.size, texts: new Map(texts), amounts: new Map(amounts) };
}

interface Placed {
  /** Place of each row's text among the sorted ones, 0 for null. */
  readonly of: Int32Array;
  readonly count: number;
}

function placesIn({ texts, numbers }: Column): Placed {
  const places = texts.places();
  return { of: numbers.map((number) => places[number] ?? 0), count: texts.count() };
}

function textsIn(texts: Texts): readonly string[] {
  const sorted = new Array<string>(texts.count() - 1).fill("");
  for (const [number, place] of texts.places().entries()) if (place > 0) sorted[place - 1] = texts.textOf(number) ?? "";
  return sorted;
}

/** Rows in the order of the first column, then of the next: each column, from the last, deals out what the others left in order. */
function sortedBy(columns: readonly Placed[], size: number): Int32Array {
  let order = Int32Array.from({ length: size }, (_, row) => row);
  for (const { of, count } of [...columns].reverse()) {
    const starts = new Int32Array(count + 1);
    for (const place of of) starts[place + 1] = (starts[place + 1] ?? 0) + 1;
    for (let place = 0; place < count; place++) starts[place + 1] = (starts[place + 1] ?? 0) + (starts[place] ?? 0);
    const dealt = new Int32Array(size);
    for (const row of order) {
      const place = of[row] ?? 0;
      const at = starts[place] ?? 0;
      starts[place] = at + 1;
      dealt[at] = row;
    }
    order = dealt;
  }
  return order;
}

/** Small numbers of either sign as small ones from 0. */
const signed = (number: number): number => (number < 0 ? -2 * number - 1 : 2 * number);
const unsigned = (number: number): number => (number % 2 === 1 ? -(number + 1) / 2 : number / 2);

/** Whole numbers from 0, seven bits a byte, the lowest first. */
function newWriter(head: Uint8Array): { readonly add: (number: number) => void; readonly bytes: () => Uint8Array } {
  let bytes = new Uint8Array(4 + head.length + 65_536);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  let length = 4 + head.length;
  const add = (number: number): void => {
    if (length + 8 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    let rest = number;
    while (rest >= 128) {
      bytes[length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    bytes[length++] = rest;
  };
  return { add, bytes: () => bytes.subarray(0, length) };
}

function reader(bytes: Uint8Array, start: number): () => number {
  let at = start;
  return () => {
    let [number, unit] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new SyntaxError("the rows end too soon");
      if (byte < 128) return number + byte * unit;
      number += (byte - 128) * unit;
      unit *= 128;
    }
  };
}
