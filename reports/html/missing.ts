// Why a figure or a tile's rows are not there. In: the definition and what was chosen. Out: words for people.

import type { Measure } from "../model.js";
import { partsOf } from "../model.js";
import type { Report, Tile } from "../report.js";
import { full } from "./format.js";
import type { View } from "./view.js";

/** In place of a figure: "no row in 2022". */
export function whyMissing({ report, place }: View, measure: Measure): string {
  if (looksBack(measure)) return `no row in ${String(place.selection.year - 1)}`;
  if (isWithheld(report, measure)) return "withheld";
  const { value } = measure.value.kind === "peers" ? measure.value.of : measure;
  return value.kind === "ratio" ? `no ${value.by.label.toLowerCase()}` : "no value";
}

/** In place of a tile's figures, as a sentence. */
export function whyEmpty(view: View, tile: Tile): string {
  const { report, place, rowsOf } = view;
  const { year } = place.selection;
  const [first] = tile.measures;
  if (rowsOf(place.page.tiles[0]).length === 0 || tile.kind === "cards") return `No published rows${forWhom(view)}${tile.kind === "trend" ? "" : ` in data year ${String(year)}`}.`;
  if (looksBack(first)) return `Nothing to compare with: no row in data year ${String(year - 1)} that has the same name.`;
  if ("atLeast" in tile) return `None has ${full({ units: BigInt(tile.atLeast.value), scale: 0 }, tile.atLeast.measure.unit)} ${tile.atLeast.measure.label.toLowerCase()} or more.`;
  if (isWithheld(report, first)) return "Withheld in the source: the figure is known, and too small to be published.";
  return `No published rows${forWhom(view)} in data year ${String(year)}.`;
}

function forWhom({ place: { page, selection } }: View): string {
  const named = page.subject === undefined ? selection.slices : [selection.subject];
  const chosen = named.filter((value) => value !== null);
  return chosen.length === 0 ? "" : ` for ${chosen.join(" and ")}`;
}

const looksBack = (measure: Measure): boolean => partsOf(measure).some(({ value }) => value.kind === "year before");

/** Some of what it is made of is known of some rows only. */
function isWithheld({ model }: Report, measure: Measure): boolean {
  const conditions = model.measures.flatMap(({ value }) => ("where" in value && value.where.kind === "is known" ? [value.where.column] : []));
  return partsOf(measure).some(({ value }) => value.kind === "sum" && conditions.includes(value.column));
}
