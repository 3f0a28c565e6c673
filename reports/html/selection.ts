// What a reader has chosen, and how it is written into a link. In: a report, text. Out: a selection that means something.
// Never here: the browser, figures.

import type { Tile, Page, Report, Slicer } from "../report.js";

export interface Selection {
  readonly year: number;
  /** One a slicer, in the report's order; null is all. Empty on a page of one subject. */
  readonly slices: readonly (string | null)[];
  /** Value of the page's own field; null while none is chosen, and on overviews. */
  readonly subject: string | null;
}

/** A page with what is chosen on it. */
export interface Place {
  readonly page: Page;
  readonly selection: Selection;
}

/** Name of an answer among those of its page. A trend has every year. */
export function answerKey(tile: Tile, { year, slices, subject }: Selection): string {
  const values = subject === null ? slices.map((value) => value ?? "") : [subject];
  return [tile.kind === "trend" ? "" : String(year), ...values].join("\t");
}

/** Name of a slicer in links: "state". */
export const slicerWord = ({ field, label }: Slicer): string => (label ?? field).label.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** "#drugs&year=2023&state=CA". */
export function linkTo(report: Report, { page, selection: { year, slices, subject } }: Place): string {
  const chosen = [...slices.entries()].flatMap(([index, value]) => pair(report.slicers[index], value));
  return `#${[page.id, `year=${String(year)}`, ...chosen, ...pair(page.subject, subject)].join("&")}`;
}

const pair = (slicer: Slicer | undefined, value: string | null): readonly string[] => (slicer === undefined || value === null ? [] : [`${slicerWord(slicer)}=${encodeURIComponent(value)}`]);

/** What a link means; undefined for a link to anything else on the page. A year that is not there is the latest. */
export function placeOf(report: Report, years: readonly number[], link: string): Place | undefined {
  const [id, ...pairs] = link.replace(/^#/, "").split("&");
  const page = report.pages.find((each) => each.id === id);
  if (page === undefined) return undefined;
  const words = new Map(pairs.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]));
  const year = years.find((each) => String(each) === words.get("year")) ?? latest(years);
  if (page.subject !== undefined) return { page, selection: { year, slices: [], subject: decoded(words.get(slicerWord(page.subject))) } };
  return { page, selection: { year, slices: report.slicers.map((slicer) => decoded(words.get(slicerWord(slicer)))), subject: null } };
}

/** Nothing chosen but the latest year. */
export function startOf(report: Report, years: readonly number[], page: Page): Place {
  return { page, selection: { year: latest(years), slices: page.subject === undefined ? report.slicers.map(() => null) : [], subject: null } };
}

const latest = (years: readonly number[]): number => Math.max(...years);

function decoded(text: string | undefined): string | null {
  if (text === undefined || text === "") return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
