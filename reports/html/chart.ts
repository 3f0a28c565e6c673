// In: a tile's figures. Out: its picture in two widths, and one sentence that says what it shows.
// Never here: the table, page layout, colours (they are the page's).

import { approximate, subtract, type Exact } from "../exact.js";
import { restOf, type Figures } from "../figures.js";
import type { Unit } from "../model.js";
import type { GroupTile } from "../report.js";
import { percent, short } from "./format.js";
import { drawSvg, label } from "./svg.js";
import { treemap } from "./treemap.js";

/** Widths of the drawings in their own pixels: for tiles of 480 px and more, and for narrower ones. */
export const WIDE = 560;
export const NARROW = 320;

export interface Picture {
  /** The same picture for tiles of different width; the page shows the one that fits. */
  readonly drawings: readonly { readonly fits: "wide" | "narrow" | "full" | "half"; readonly svg: string }[];
  /** What the picture shows, in words. */
  readonly summary: string;
}

/** Draws what the tile's `draw` asks for. Figures have at least one line. */
export function picture(tile: GroupTile, figures: Figures): Picture {
  return { drawings: drawings(tile, figures), summary: summary(tile, figures) };
}

function drawings(tile: GroupTile, figures: Figures): Picture["drawings"] {
  if (tile.kind === "treemap") {
    return [
      { fits: "full", svg: treemap(tile, figures, { width: 2 * WIDE, height: 500 }) },
      { fits: "half", svg: treemap(tile, figures, { width: WIDE, height: 520 }) },
      { fits: "narrow", svg: treemap(tile, figures, { width: NARROW, height: 620 }) },
    ];
  }
  const draw = tile.kind === "split" ? split : bars;
  return [{ fits: "wide", svg: draw(tile, figures, WIDE) }, { fits: "narrow", svg: draw(tile, figures, NARROW) }];
}

interface Bar {
  readonly name: string;
  readonly size: number;
  readonly text: string;
}

function barsOf(tile: GroupTile, figures: Figures): readonly Bar[] {
  const { unit } = tile.measures[0];
  return figures.lines.slice(0, tile.draw).map((line) => {
    const value = line.values[0] ?? null;
    const text = tile.kind === "share" ? percent(value, figures.totals[0] ?? null) : short(value, unit);
    return { name: line.label, size: value === null ? 0 : Math.max(0, approximate(value)), text };
  });
}

/** Ranked bars; for a share a strip above them that shows the whole. Wide: names beside the bars; narrow: above. */
function bars(tile: GroupTile, figures: Figures, width: number): string {
  const wide = width === WIDE;
  const items = barsOf(tile, figures);
  const top = tile.kind === "share" ? 58 : 0;
  const row = wide ? 30 : 42;
  const height = top + items.length * row + (wide ? 0 : 5);
  const left = wide ? 232 : 0;
  const right = wide ? 74 : 0;
  const names = items.map((item, index) => {
    const y = top + index * row + (wide ? row / 2 : 8);
    return label({ text: item.name, x: 0, y, anchor: "left", room: wide ? left - 12 : width - 76 });
  });
  const values = items.map((item, index) => label({ text: item.text, x: width, y: top + index * row + (wide ? row / 2 : 8), anchor: "right", tone: "strong" }));
  const grid = { left, right, top: top + (wide ? 0 : 5), height: items.length * row };
  const series = barSeries(items.map((item) => item.size), { color: colorOf(tile.measures[0].unit), thickness: wide ? 16 : 10 });
  const strip = tile.kind === "share" ? wholeStrip(tile, figures, width) : { grids: [], x: [], y: [], series: [], labels: [] };
  return drawSvg({ width, height }, {
    grid: [grid, ...strip.grids],
    xAxis: [valueAxis(Math.max(...items.map((item) => item.size), 0)), ...strip.x],
    yAxis: [categoryAxis(items.length), ...strip.y],
    series: [series, ...strip.series],
    graphic: [...names, ...values, ...strip.labels],
  });
}

/** One line for the whole: the values drawn, and all others. */
function wholeStrip(tile: GroupTile, figures: Figures, width: number) {
  const whole = figures.totals[0] ?? null;
  const rest = restOf(figures, 0, tile.draw ?? figures.lines.length);
  const shown = whole === null || rest === null ? whole : subtract(whole, rest);
  const count = figures.lines.slice(0, tile.draw).length;
  const parts = [...barsOf(tile, figures).map((item) => item.size), rest === null ? 0 : approximate(rest)];
  return {
    grids: [{ left: 0, right: 0, top: 20, height: 14 }],
    x: [valueAxis(parts.reduce((sum, part) => sum + part, 0), 1)],
    y: [categoryAxis(1, 1)],
    series: parts.map((part, index) => {
      const color = index === parts.length - 1 ? "var(--track)" : colorOf(tile.measures[0].unit);
      // Every second part is paler: borders would hide small parts.
      return segment(part, { color, axis: 1, opacity: index % 2 === 0 || index === parts.length - 1 ? 1 : 0.7 });
    }),
    labels: [
      label({ text: `These ${String(count)}: ${percent(shown, whole)}`, x: 0, y: 8, anchor: "left", tone: "strong" }),
      ...(rest === null ? [] : [label({ text: `All others: ${percent(rest, whole)}`, x: width, y: 8, anchor: "right", tone: "quiet" })]),
    ],
  };
}

/** One bar a measure, its parts in the order of the legend. */
function split(tile: GroupTile, figures: Figures, width: number): string {
  const row = 56;
  const labels = tile.measures.flatMap((measure, index) => {
    const whole = figures.totals[index] ?? null;
    const text = figures.lines.map((line) => percent(line.values[index] ?? null, whole)).join(" · ");
    const y = index * row + 11;
    return [label({ text: `of ${measure.label.toLowerCase()}`, x: 0, y, anchor: "left", tone: "quiet" }), label({ text, x: width, y, anchor: "right", tone: "strong" })];
  });
  const indexes = tile.measures.map((_, index) => index);
  const whole = (index: number) => figures.totals[index] ?? null;
  return drawSvg({ width, height: row * tile.measures.length - 10 }, {
    grid: indexes.map((index) => ({ left: 0, right: 0, top: index * row + 22, height: 20 })),
    xAxis: indexes.map((index) => valueAxis(sizeOf(whole(index)), index)),
    yAxis: indexes.map((index) => categoryAxis(1, index)),
    series: indexes.flatMap((index) => figures.lines.map((line, part) => segment(visible(line.values[index] ?? null, whole(index)), { color: partColor(part), axis: index, opacity: 1 }))),
    graphic: labels,
  });
}

/** Colour of the n-th part of a split, for the picture and its legend. */
export function partColor(part: number): string {
  return `var(--part-${String(Math.min(part, 3) + 1)})`;
}

function colorOf(unit: Unit): string {
  if (unit === "claims") return "var(--claims)";
  return unit === "usd" || unit === "usd per claim" ? "var(--cost)" : "var(--people)";
}

/** Not less than a hairline where there is something. */
function visible(value: Exact | null, whole: Exact | null): number {
  const size = sizeOf(value);
  return size > 0 ? Math.max(size, sizeOf(whole) * 0.007) : 0;
}

function sizeOf(value: Exact | null): number {
  return value === null ? 0 : approximate(value);
}

function valueAxis(max: number, gridIndex = 0) {
  return { type: "value", show: false, min: 0, max: max > 0 ? max : 1, gridIndex };
}

function categoryAxis(count: number, gridIndex = 0) {
  return { type: "category", show: false, inverse: true, data: Array.from({ length: count }, (_, index) => String(index)), gridIndex };
}

function barSeries(data: readonly number[], look: { readonly color: string; readonly thickness: number }) {
  return { type: "bar", silent: true, emphasis: { disabled: true }, data, barWidth: look.thickness, itemStyle: { color: look.color, borderRadius: [0, 2, 2, 0] } };
}

function segment(size: number, look: { readonly color: string; readonly axis: number; readonly opacity: number }) {
  return {
    type: "bar", silent: true, emphasis: { disabled: true }, stack: String(look.axis), xAxisIndex: look.axis, yAxisIndex: look.axis,
    data: [size], barWidth: "100%", itemStyle: { color: look.color, opacity: look.opacity },
  };
}

function summary(tile: GroupTile, figures: Figures): string {
  const drawn = figures.lines.slice(0, tile.draw);
  const said = tile.kind === "split" ? splitWords(tile, figures) : drawn.slice(0, 10).map((line) => `${line.label} ${lineWords(tile, figures, line.values[0] ?? null)}`).join(", ");
  const more = drawn.length > 10 && tile.kind !== "split" ? `, and ${String(drawn.length - 10)} more in the table` : "";
  return `${KINDS[tile.kind]}: ${tile.title}. ${said}${more}.`;
}

const KINDS = { bars: "Bar chart", share: "Bar chart of shares", split: "Stacked bars", treemap: "Treemap" } as const;

function lineWords(tile: GroupTile, figures: Figures, value: Exact | null): string {
  return tile.kind === "share" ? percent(value, figures.totals[0] ?? null) : short(value, tile.measures[0].unit);
}

function splitWords(tile: GroupTile, figures: Figures): string {
  const words = tile.measures.map((measure, index) => {
    const parts = figures.lines.map((line) => `${line.label} ${percent(line.values[index] ?? null, figures.totals[index] ?? null)}`);
    return `Of ${measure.label.toLowerCase()}: ${parts.join(", ")}`;
  });
  return words.join(". ");
}
