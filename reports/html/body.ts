// In: what is shown. Out: what a page says of its choice, and its tiles. The script calls it again for every choice.

import type { Report, Slicer, Tile } from "../report.js";
import type { Figured } from "./content.js";
import { escape } from "./markup.js";
import { partName } from "./parts.js";
import { linkTo, type Place } from "./selection.js";
import { tileSection, type Width } from "./tile.js";
import type { View } from "./view.js";

/** What people call values of a slicer's field or a subject. */
export type LabelOf = (slicer: Slicer, value: string) => string;

export function tilesMarkup(view: View): string {
  const { tiles } = view.place.page;
  const widths = widthsOf(tiles);
  return `<div class="tiles">${tiles.map((tile, index) => tileSection(view, tile, widths[index] ?? "whole")).join("")}</div>`;
}

/** Rows without a gap: two tiles a row, the last three of an odd number in one. */
export function widthsOf(tiles: readonly Tile[]): readonly Width[] {
  return tiles.map((tile, index) => {
    if (isWide(tile)) return "whole";
    const from = tiles.slice(0, index).findLastIndex(isWide) + 1;
    const next = tiles.slice(index).findIndex(isWide);
    const length = (next < 0 ? tiles.length : index + next) - from;
    if (length === 1) return "whole";
    return length % 2 === 1 && index - from >= length - 3 ? "third" : "half";
  });
}

const isWide = ({ kind }: Tile): boolean => kind === "cards" || kind === "treemap" || kind === "trend";

/** "California, all specialties; data year 2023". */
export function choiceText(report: Report, { page, selection: { year, slices, subject } }: Place, labelOf: LabelOf): string {
  const chosen = page.subject === undefined ? report.slicers.map((slicer, index) => sliceText(slicer, slices[index] ?? null, labelOf)) : [sliceText(page.subject, subject, labelOf)];
  const text = `${chosen.join(", ")}; data year ${String(year)}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sliceText(slicer: Slicer, value: string | null, labelOf: LabelOf): string {
  return value === null ? `all ${slicer.field.plural}` : labelOf(slicer, value);
}

/** The part of the file's data that a choice on an overview is answered from. */
export function partOf({ slicers }: Report, { selection: { slices } }: Place): string {
  return partName({ by: slicers.flatMap(({ field }, index) => ((slices[index] ?? null) === null ? [] : [field])) });
}

/** In place of tiles, where the file holds answers and has none for the choice; each part of the choice is offered alone. */
export function lackMarkup(report: Report, { page, selection }: Place, labelOf: LabelOf): string {
  const alone = report.slicers.flatMap((slicer, index) => {
    const value = selection.slices[index] ?? null;
    if (value === null) return [];
    const place = { page, selection: { ...selection, slices: selection.slices.map((each, at) => (at === index ? each : null)) } };
    return [`<a href="${escape(linkTo(report, place))}">${escape(labelOf(slicer, value))} alone</a>`];
  });
  const links = alone.length > 1 ? ` Look at ${alone.join(" or ")}.` : "";
  return `<p class="empty">This file has no figures for the choice: they were left out to keep it small, as “About the figures” says.${links}</p>`;
}

/** Where something is wrong with the file, or too much for the browser. */
export function failedText(error: unknown): string {
  return `The figures could not be added up: ${error instanceof Error ? error.message : String(error)}. Load the page again; if that does not help, the file is not whole.`;
}

/** In place of tiles. */
export const failedMarkup = (error: unknown): string => `<p class="empty">${escape(failedText(error))}</p>`;

/** On a page of one subject while none is chosen, or one that the file does not have. */
export function promptMarkup({ page, selection }: Place, holds: Figured["kind"]): string {
  if (page.subject === undefined) return "";
  const { field } = page.subject;
  if (selection.subject !== null) return `<p class="empty">This file has no page for “${escape(selection.subject)}”. ${holds === "rows" ? "It has no published row in these years." : "It may have no published row, or was left out to keep the file small, as “About the figures” says."}</p>`;
  return `<p class="empty">Choose one of the ${escape(field.plural)} by the search above, or by its link in a table.</p>`;
}
