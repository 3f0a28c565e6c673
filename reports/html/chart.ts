// In: a tile's figures. Out: its picture as markup that fits any width. Never here: the table, page layout, colours (they
// are the page's). Lengths come from approximate values, digits from exact ones.

import { subtract, type Exact } from "../exact.js";
import { restOf, type Figures, type Line } from "../figures.js";
import type { Measure } from "../model.js";
import type { GroupTile, TrendTile } from "../report.js";
import { full, percent, short, signed } from "./format.js";
import { barOnTrack, strip, toneOf, type Tone } from "./lengths.js";
import { escape } from "./markup.js";
import { whyMissing } from "./missing.js";
import { isPartOfWhole, scaleOf, sizeOf } from "./scale.js";
import { treemap } from "./treemap.js";
import { trend } from "./trend.js";
import { subjectLink, type View } from "./view.js";

/** Draws what the tile's `draw` asks for. Figures have at least one line. */
export function picture(view: View, tile: GroupTile | TrendTile, figures: Figures): string {
  if (tile.kind === "trend") return trend(view, tile, figures);
  if (tile.kind === "split") return split(tile, figures);
  if (tile.kind === "treemap") return treemap(tile, figures);
  return `${tile.kind === "share" ? wholeStrip(tile, figures) : ""}${against(tile)}${bars(view, tile, figures)}${scaleNote(tile)}`;
}

/** Ranked bars, a mark on each where the tile holds them against another figure. */
function bars(view: View, tile: GroupTile, figures: Figures): string {
  const [first] = tile.measures;
  const mark = tile.against === undefined ? -1 : tile.measures.indexOf(tile.against);
  const behind = tile.behind === undefined ? -1 : tile.measures.indexOf(tile.behind);
  const lines = figures.lines.slice(0, tile.draw);
  const whole = tile.kind === "share" ? Math.max(0, ...lines.map(({ values }) => sizeOf(values[0]))) : scaleOf(first, lines.flatMap(({ values }) => [values[0] ?? null, values[mark] ?? null]));
  const items = lines.map((line) => {
    const value = line.values[0] ?? null;
    const said = value === null ? whyMissing(view, first) : tile.kind === "share" ? percent(value, figures.totals[0] ?? null) : signed(short(value, first.unit), value, first);
    const other = line.values[mark] ?? null;
    const beside = tile.against === undefined ? "" : ` <small><span class="hidden">${escape(tile.against.label)}: </span>${other === null ? escape(whyMissing(view, tile.against)) : short(other, tile.against.unit)}${standsOn(tile.behind, line.values[behind] ?? null)}</small>`;
    return `<li><span class="name">${lineName(view, tile, line)}${details(line)}</span><span class="value">${escape(said)}${beside}</span>${barOnTrack(toneOf(first.unit), { size: sizeOf(value), other: other === null ? null : sizeOf(other), whole })}</li>`;
  });
  return `<ol class="bars">${items.join("")}</ol>`;
}

/** What tells a name from the same one elsewhere, such as specialty and place. */
const details = ({ details: texts }: Line): string => (texts.length === 0 ? "" : ` <small>${escape(texts.join(", "))}</small>`);

/** How many the figure before it is made of. */
const standsOn = (measure: Measure | undefined, count: Exact | null): string => (measure === undefined || count === null ? "" : ` (<span class="hidden">${escape(measure.label)}: </span>${full(count, measure.unit)})`);

/** Bars of parts of a whole have the whole's length; of all else the longest one's. */
const scaleNote = ({ kind, measures: [first] }: GroupTile): string => (kind === "bars" && isPartOfWhole(first) ? '<p class="aside">A full bar would be 100 %.</p>' : "");

export function lineName(view: View, tile: GroupTile | TrendTile, { label, value }: Line): string {
  const link = subjectLink(view, tile.by, value);
  return link === undefined ? escape(label) : `<a href="${escape(link)}">${escape(label)}</a>`;
}

/** What the bar is, what the mark is, and what is said beside it. */
function against({ against: other, behind, measures: [first] }: GroupTile): string {
  if (other === undefined) return "";
  return `<ul class="legend"><li><span class="swatch ${toneOf(first.unit)}"></span>${escape(first.label)}</li><li><span class="swatch tick"></span>${escape(other.label)}${behind === undefined ? "" : ` (of how many ${escape(behind.unit)})`}</li></ul>`;
}

/** One line for the whole: the values drawn, and all others. */
function wholeStrip(tile: GroupTile, figures: Figures): string {
  const whole = figures.totals[0] ?? null;
  const drawn = figures.lines.slice(0, tile.draw);
  const rest = restOf(figures, 0, drawn.length);
  const shown = whole === null || rest === null ? whole : subtract(whole, rest);
  const others = rest === null ? "" : `<span>All others: ${percent(rest, whole)}</span>`;
  const said = drawn.length === 1 ? "This one" : `These ${String(drawn.length)}`;
  return `<p class="sum"><strong>${said}: ${percent(shown, whole)}</strong>${others}</p>${strip(drawn.map(({ values }) => ({ tone: toneOf(tile.measures[0].unit), size: sizeOf(values[0]) })), sizeOf(whole))}`;
}

/** One bar a measure, its parts in the order of the legend. */
function split(tile: GroupTile, figures: Figures): string {
  const legend = figures.lines.map((line, index) => `<li><span class="swatch ${partTone(index)}"></span>${escape(line.label)}</li>`);
  const rows = tile.measures.map((measure, index) => {
    const whole = figures.totals[index] ?? null;
    const parts = figures.lines.map(({ values }, at) => ({ tone: partTone(at), size: sizeOf(values[index]) }));
    const words = figures.lines.map((line) => `<span class="hidden">${escape(line.label)} </span>${percent(line.values[index] ?? null, whole)}`);
    return `<li><span class="name">of ${escape(measure.label.toLowerCase())}</span><span class="value">${words.join(" · ")}</span>${strip(parts, sizeOf(whole))}</li>`;
  });
  return `<ul class="legend">${legend.join("")}</ul><ul class="splits">${rows.join("")}</ul>`;
}

const partTone = (index: number): Tone => `part-${String(Math.min(index, 3) + 1)}`;
