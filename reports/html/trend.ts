// In: the figures of a trend tile. Out: its picture: a small chart of every year for each measure, each on its own scale.

import type { Figures, Line } from "../figures.js";
import type { Measure } from "../model.js";
import type { TrendTile } from "../report.js";
import { short } from "./format.js";
import { column, toneOf } from "./lengths.js";
import { escape } from "./markup.js";
import { whyMissing } from "./missing.js";
import { scaleOf, sizeOf } from "./scale.js";
import type { View } from "./view.js";

/** More years than this have no room for a figure each: only the chosen year, the first and the last have theirs. */
const MOST_FIGURES = 6;

export function trend(view: View, tile: TrendTile, { lines }: Figures): string {
  const charts = tile.measures.map((measure, index) => chart(view, measure, { lines, index }));
  const alone = lines.length === 1 ? '<p class="aside">This file has one year: nothing to compare it with yet.</p>' : "";
  return `<div class="trends">${charts.join("")}</div>${alone}`;
}

function chart(view: View, measure: Measure, { lines, index }: { readonly lines: readonly Line[]; readonly index: number }): string {
  const whole = scaleOf(measure, lines.map(({ values }) => values[index] ?? null));
  const columns = lines.map(({ label, values }, at) => {
    const value = values[index] ?? null;
    const isChosen = label === String(view.place.selection.year);
    const isSaid = lines.length <= MOST_FIGURES || isChosen || at === 0 || at === lines.length - 1;
    const said = `<span class="value${isSaid ? "" : " hidden"}">${escape(value === null ? whyMissing(view, measure) : short(value, measure.unit))}</span>`;
    return `<li${isChosen ? ' class="here"' : ""}>${said}${column(toneOf(measure.unit), sizeOf(value), whole)}<span class="name">${escape(label)}</span></li>`;
  });
  return `<div><p class="of">${escape(measure.label)}</p><ol class="columns">${columns.join("")}</ol></div>`;
}
