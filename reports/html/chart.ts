// In: a tile's figures. Out: its picture as markup that fits any width. Never here: the table, page layout, colours (they
// are the page's). Lengths come from approximate values, digits from exact ones.

import { approximate, subtract, type Exact } from "../exact.js";
import { restOf, type Figures, type Line } from "../figures.js";
import type { Unit } from "../model.js";
import type { GroupTile, TrendTile } from "../report.js";
import { part, percent, short } from "./format.js";
import { escape } from "./markup.js";
import { whyMissing } from "./missing.js";
import { treemap } from "./treemap.js";
import { subjectLink, type View } from "./view.js";

/** Draws what the tile's `draw` asks for. Figures have at least one line. */
export function picture(view: View, tile: GroupTile | TrendTile, figures: Figures): string {
  if (tile.kind === "trend") return columns(view, tile, figures);
  if (tile.kind === "split") return split(tile, figures);
  if (tile.kind === "treemap") return treemap(tile, figures);
  return `${tile.kind === "share" ? wholeStrip(tile, figures) : ""}${against(tile)}${bars(view, tile, figures)}`;
}

/** Ranked bars, a mark on each where the tile holds them against another figure. */
function bars(view: View, tile: GroupTile, figures: Figures): string {
  const [first] = tile.measures;
  const mark = tile.against === undefined ? -1 : tile.measures.indexOf(tile.against);
  const lines = figures.lines.slice(0, tile.draw);
  const most = Math.max(0, ...lines.flatMap((line) => [sizeOf(line.values[0]), sizeOf(line.values[mark])]));
  const items = lines.map((line) => {
    const value = line.values[0] ?? null;
    const said = value === null ? whyMissing(view, first) : tile.kind === "share" ? percent(value, figures.totals[0] ?? null) : short(value, first.unit);
    const other = line.values[mark] ?? null;
    const beside = tile.against === undefined ? "" : ` <small><span class="hidden">${escape(tile.against.label)}: </span>${other === null ? escape(whyMissing(view, tile.against)) : short(other, tile.against.unit)}</small>`;
    const tick = other === null ? "" : `<span class="mark" style="left:${part(sizeOf(other), most)}"></span>`;
    return `<li><span class="name">${lineName(view, tile, line)}</span><span class="value">${escape(said)}${beside}</span><span class="track"><span class="bar ${toneOf(first.unit)}" style="width:${part(sizeOf(value), most)}"></span>${tick}</span></li>`;
  });
  return `<ol class="bars${mark < 0 ? "" : " marked"}">${items.join("")}</ol>`;
}

export function lineName(view: View, tile: GroupTile | TrendTile, { label, value }: Line): string {
  const link = subjectLink(view, tile.by, value);
  return link === undefined ? escape(label) : `<a href="${escape(link)}">${escape(label)}</a>`;
}

/** What the bar is and what the mark is. */
function against({ against: other, measures: [first] }: GroupTile): string {
  if (other === undefined) return "";
  return `<ul class="legend"><li><span class="swatch ${toneOf(first.unit)}"></span>${escape(first.label)}</li><li><span class="swatch tick"></span>${escape(other.label)}</li></ul>`;
}

/** One line for the whole: the values drawn, and all others. */
function wholeStrip(tile: GroupTile, figures: Figures): string {
  const whole = figures.totals[0] ?? null;
  const drawn = figures.lines.slice(0, tile.draw);
  const rest = restOf(figures, 0, drawn.length);
  const shown = whole === null || rest === null ? whole : subtract(whole, rest);
  const others = rest === null ? "" : `<span>All others: ${percent(rest, whole)}</span>`;
  const segments = drawn.map((line) => `<span class="${toneOf(tile.measures[0].unit)}" style="width:${part(sizeOf(line.values[0]), sizeOf(whole))}"></span>`);
  return `<p class="whole"><strong>These ${String(drawn.length)}: ${percent(shown, whole)}</strong>${others}</p><div class="strip">${segments.join("")}</div>`;
}

/** One bar a measure, its parts in the order of the legend. */
function split(tile: GroupTile, figures: Figures): string {
  const legend = figures.lines.map((line, index) => `<li><span class="swatch part-${partNumber(index)}"></span>${escape(line.label)}</li>`);
  const rows = tile.measures.map((measure, index) => {
    const whole = figures.totals[index] ?? null;
    const parts = figures.lines.map((line, at) => {
      const size = sizeOf(line.values[index]);
      // Not less than a hairline where there is something.
      return `<span class="part-${partNumber(at)}" style="flex:${String(size > 0 ? Math.max(size, sizeOf(whole) * 0.007) : 0)}"></span>`;
    });
    const words = figures.lines.map((line) => `<span class="hidden">${escape(line.label)} </span>${percent(line.values[index] ?? null, whole)}`);
    return `<li><span class="name">of ${escape(measure.label.toLowerCase())}</span><span class="value">${words.join(" · ")}</span><span class="strip">${parts.join("")}</span></li>`;
  });
  return `<ul class="legend">${legend.join("")}</ul><ul class="splits">${rows.join("")}</ul>`;
}

const partNumber = (index: number): string => String(Math.min(index, 3) + 1);

/** One column a year, the chosen one in full colour. */
function columns(view: View, tile: TrendTile, { lines }: Figures): string {
  const [first] = tile.measures;
  const most = Math.max(0, ...lines.map((line) => sizeOf(line.values[0])));
  const items = lines.map(({ label, values }) => {
    const value = values[0] ?? null;
    const said = value === null ? whyMissing(view, first) : short(value, first.unit);
    const here = label === String(view.place.selection.year) ? " here" : "";
    return `<li class="${here.trim()}"><span class="value">${escape(said)}</span><span class="rise"><span class="bar ${toneOf(first.unit)}" style="height:${part(sizeOf(value), most)}"></span></span><span class="name">${escape(label)}</span></li>`;
  });
  const alone = lines.length === 1 ? '<p class="aside">This file has one year: nothing to compare it with yet.</p>' : "";
  return `<ol class="columns">${items.join("")}</ol>${alone}`;
}

function toneOf(unit: Unit): string {
  if (unit === "claims" || unit === "percent") return "claims";
  return unit === "usd" || unit === "usd per claim" ? "cost" : "people";
}

/** Never less than nothing: what fell has no bar, and its figure says so. */
function sizeOf(value: Exact | null | undefined): number {
  return value === null || value === undefined ? 0 : Math.max(0, approximate(value));
}
