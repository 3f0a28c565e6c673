// The data of the file as its reader knows it: names of parts, and what lies in one. In: parts that were opened.
// Out: rows of a tile. Never here: compression, the browser.

import type { Row } from "../figures.js";
import type { Field, Table } from "../model.js";
import { fieldsOf, type Page, type Slicer, type Tile } from "../report.js";
import { expand } from "./compact.js";
import { answerKey, type Place } from "./selection.js";

export interface PartContent {
  /** Page, choice, tile → rows as one text. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  readonly words: readonly string[];
}

/** Answers of the overviews for a way of choosing, or those of some subjects of a page. */
export type PartKey = { readonly by: readonly Field[] } | { readonly page: string; readonly number: number };

export function partName(key: PartKey): string {
  if ("page" in key) return `${key.page}-${String(key.number)}`;
  return ["all", ...key.by.map(({ column }) => column)].join("-by-");
}

/** The part with the rows of a table. */
export const rowsPartName = ({ name }: Table): string => `rows-${name}`;

/** None when the part has no answer of the tile for the choice: there are no rows. */
export function rowsIn({ answers, words }: PartContent, { page, selection }: Place, tile: Tile): readonly Row[] {
  const text = answers[page.id]?.[answerKey(tile, selection)]?.[tile.id];
  return text === undefined ? [] : expand(tile, text, words);
}

/** What people call the subject whose answers have this key; undefined where no tile says it. */
export function labelIn({ answers, words }: PartContent, { page, subject: { field, label }, key }: { readonly page: Page; readonly subject: Slicer; readonly key: string }): string | undefined {
  if (label === undefined) return undefined;
  const own = answers[page.id]?.[key] ?? {};
  const tile = page.tiles.find((each) => own[each.id] !== undefined && fieldsOf(each).includes(field) && fieldsOf(each).includes(label));
  const name = tile === undefined ? undefined : expand(tile, own[tile.id] ?? "", words)[0]?.[label.column];
  return typeof name === "string" ? name : undefined;
}
