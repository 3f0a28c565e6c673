// A tile's rows as one text and back. In: rows as the database gave them, or that text. Out: the other one, every figure
// the same to each digit that is shown. Never here: compression, selections.

import { exactText, parseExact, shorten } from "../exact.js";
import type { Row } from "../figures.js";
import type { Measure, Unit } from "../model.js";
import { addsUp, fieldsOf, type Tile } from "../report.js";
import { totalName } from "../sql.js";

/** Texts that occur again and again, by number, in base 36. */
export interface Words {
  readonly numberOf: (text: string) => string;
}

/** A new list of words, and the words that were asked for, in order. */
export function newWords(): Words & { readonly list: readonly string[] } {
  const list: string[] = [];
  const numbers = new Map<string, string>();
  const numberOf = (text: string): string => {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    const number = list.length.toString(36);
    numbers.set(text, number);
    list.push(text);
    return number;
  };
  return { list, numberOf };
}

/** Digits after the point that are kept of a quotient: two more than are shown. Of all else every digit is. */
const KEPT: Partial<Record<Unit, number>> = { "usd per claim": 4, percent: 6 };

/** Of the digits that are kept, those that are the value's own when it is rounded to them. */
export function sureDigits(unit: Unit): number | undefined {
  const kept = KEPT[unit];
  return kept === undefined ? undefined : kept - 1;
}

/** The first line has the totals, each further one a row: numbers of words, then figures. Null is empty. */
export function compact(tile: Tile, rows: readonly Row[], words: Words): string {
  const [first] = rows;
  const columns = fieldsOf(tile).map(({ column }) => column);
  const totals = totalled(tile).map((measure) => figureText(measure, first?.[totalName(measure)]));
  let text = totals.join("\t");
  for (const row of rows) {
    let line = "\n";
    for (const column of columns) line += `${wordText(row[column], words)}\t`;
    for (const measure of tile.measures) line += `${figureText(measure, row[measure.name])}\t`;
    text += line.slice(0, -1);
  }
  return text;
}

export function expand(tile: Tile, text: string, words: readonly string[]): readonly Row[] {
  const [head = "", ...lines] = text.split("\n");
  const sums = head.split("\t");
  const totals = Object.fromEntries(totalled(tile).map((measure, index): Cell => [totalName(measure), cellOf(sums[index])]));
  const fields = fieldsOf(tile);
  return lines.map((line) => {
    const cells = line.split("\t");
    const named = fields.map(({ column }, index): Cell => [column, wordOf(cellOf(cells[index]), words)]);
    const figures = tile.measures.map(({ name }, index): Cell => [name, cellOf(cells[fields.length + index])]);
    return { ...Object.fromEntries([...named, ...figures]), ...totals };
  });
}

const totalled = (tile: Tile): readonly Measure[] => tile.measures.filter((measure) => addsUp(tile, measure));

function figureText({ unit }: Measure, value: unknown): string {
  const exact = parseExact(value);
  if (exact === null) return "";
  const digits = KEPT[unit];
  return exactText(digits === undefined ? exact : shorten(exact, digits));
}

function wordText(value: unknown, { numberOf }: Words): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") throw new Error(`not a text: ${typeof value}`);
  return numberOf(String(typeof value === "boolean" ? Number(value) : value));
}

type Cell = readonly [string, string | null];

const cellOf = (text: string | undefined): string | null => (text === undefined || text === "" ? null : text);
const wordOf = (text: string | null, words: readonly string[]): string | null => (text === null ? null : (words[Number.parseInt(text, 36)] ?? null));
