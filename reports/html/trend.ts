// In: the figures of a trend tile. Out: its picture: a small chart of every year for each measure, each on its own
// scale, from the same ground for all years.

import type { Figures, Line } from "../figures.js";
import type { Measure } from "../model.js";
import type { TrendTile } from "../report.js";
import { short } from "./format.js";
import { barOnTrack, column, toneOf } from "./lengths.js";
import { escape } from "./markup.js";
import { whyMissing } from "./missing.js";
import { scaleOf, sizeOf } from "./scale.js";
import type { View } from "./view.js";

/** Columns of fewer years would leave the tile empty: they are drawn as bars, a line each. */
const FEWEST_COLUMNS = 4;

/** More years than this have no room for a figure each: only the chosen year, the first and the last have theirs. */
const MOST_FIGURES = 6;

export function trend(view: View, tile: TrendTile, figures: Figures): string {
  const lines = everyYear(view, figures);
  const charts = tile.measures.map((measure, index) => chart(view, measure, { lines, index }));
  const alone = lines.length === 1 ? '<p class="aside">This file has one year: nothing to compare it with yet.</p>' : "";
  return `<div class="trends">${charts.join("")}</div>${alone}`;
}

interface YearLine {
  readonly year: string;
  /** None where the year has no row. */
  readonly line: Line | undefined;
}

/** Years without a row have their place, or what stands side by side would look like years in a row. */
function everyYear({ years }: View, { lines }: Figures): readonly YearLine[] {
  const all = new Set([...years.map(String), ...lines.map(({ label }) => label)]);
  return [...all].sort().map((year) => ({ year, line: lines.find(({ label }) => label === year) }));
}

function chart(view: View, measure: Measure, { lines, index }: { readonly lines: readonly YearLine[]; readonly index: number }): string {
  const whole = scaleOf(measure, lines.map(({ line }) => line?.values[index] ?? null));
  const isBars = lines.length < FEWEST_COLUMNS;
  const items = lines.map(({ year, line }, at) => {
    const value = line?.values[index] ?? null;
    const isChosen = year === String(view.place.selection.year);
    const isSaid = lines.length <= MOST_FIGURES || isChosen || at === 0 || at === lines.length - 1;
    const said = `<span class="value${isSaid ? "" : " hidden"}">${escape(line === undefined ? "no row" : value === null ? whyMissing(view, measure) : short(value, measure.unit))}</span>`;
    const name = `<span class="name">${escape(year)}</span>`;
    const [tone, size] = [toneOf(measure.unit), sizeOf(value)];
    const drawn = isBars ? `${name}${said}${barOnTrack(tone, { size, other: null, whole })}` : `${said}${column(tone, size, whole)}${name}`;
    return `<li${isChosen ? ' class="here"' : ""}>${drawn}</li>`;
  });
  return `<div><p class="of">${escape(measure.label)}</p><ol class="${isBars ? "bars" : "columns"}">${items.join("")}</ol></div>`;
}
