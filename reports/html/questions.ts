// What the file can answer. In: a report and its years. Out: one question a tile, a year and a way of choosing, each over
// all values of what can be chosen. Never here: rows, sizes.

import type { Field, Measure } from "../model.js";
import { overviewsOf, type CardsTile, type GroupTile, type Page, type Report, type Tile } from "../report.js";

export interface Question {
  readonly page: Page;
  readonly tile: Tile;
  /** Fields of which one value each is chosen: none, some of the slicers', or the subject's. */
  readonly by: readonly Field[];
  readonly year: number;
}

/** Ways of choosing on the overviews: nothing, each slicer alone, then several together. */
export function waysOf({ slicers }: Report): readonly (readonly Field[])[] {
  const subsets = slicers.reduce<readonly (readonly Field[])[]>((ways, { field }) => [...ways, ...ways.map((way) => [...way, field])], [[]]);
  return [...subsets].sort((left, right) => left.length - right.length);
}

export function overviewQuestions(report: Report, years: readonly number[], by: readonly Field[]): readonly Question[] {
  return overviewsOf(report).flatMap((page) => pageQuestions(page, years, by));
}

export function subjectQuestions({ subject, ...page }: Page, years: readonly number[]): readonly Question[] {
  return subject === undefined ? [] : pageQuestions({ ...page, subject }, years, [subject.field]);
}

function pageQuestions(page: Page, years: readonly number[], by: readonly Field[]): readonly Question[] {
  return page.tiles.flatMap((tile) => (tile.kind === "trend" ? years.slice(-1) : years).map((year) => ({ page, tile, by, year })));
}

/** The tile whose rows, told apart by each pair, says how many choices of several slicers have rows at all. */
export function countingTile(report: Report): CardsTile | undefined {
  return overviewsOf(report).flatMap((page): readonly Tile[] => page.tiles).find((tile) => tile.kind === "cards");
}

/** What subjects of a page are ordered by when not all of them fit: the first figure of the page. */
export const weightOf = (page: Page): Measure => page.tiles[0].measures[0];

/** The subjects of a page, those with the greatest figure first. */
export function rankingTile(page: Page, most: number): GroupTile | undefined {
  if (page.subject === undefined) return undefined;
  const { field } = page.subject;
  return { id: `${page.id}-subjects`, kind: "bars", title: page.title, meaning: page.meaning, caveats: [], by: field, limit: most, measures: [weightOf(page)] };
}
