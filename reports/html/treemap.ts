// In: a treemap tile's figures. Out: its picture for wide and for narrow tiles; the page shows the one that fits. Areas are
// the first measure; what is not drawn is one area. Words that do not fit are cut: the table has them whole.

import { approximate, type Exact } from "../exact.js";
import { restOf, type Figures } from "../figures.js";
import type { GroupTile } from "../report.js";
import { full, headline, percent } from "./format.js";
import { part } from "./lengths.js";
import { escape } from "./markup.js";
import { squarify, type Box } from "./squarify.js";

interface Area {
  readonly name: string;
  readonly value: Exact;
  readonly color: string;
}

/** Pixels the areas are laid out for; they stretch with the tile. */
const CANVASES = [
  { fits: "wide", width: 1120, height: 500, most: 16 },
  { fits: "narrow", width: 330, height: 560, most: 10 },
] as const;

export function treemap(tile: GroupTile, figures: Figures): string {
  const drawings = CANVASES.map(({ fits, most, ...canvas }) => {
    const areas = areasOf(tile, figures, most).filter(({ value }) => value.units > 0n);
    const boxes = squarify(areas.map(({ value }) => approximate(value)), canvas);
    const items = areas.flatMap((area, index) => (boxes[index] === undefined ? [] : [areaMarkup(area, boxes[index], { canvas, tile })]));
    return `<svg class="treemap-${fits}">${items.join("")}</svg>`;
  });
  return `<div class="areas" role="img" aria-label="${escape(summary(tile, figures))}">${drawings.join("")}</div>`;
}

interface Frame {
  readonly canvas: { readonly width: number; readonly height: number };
  readonly tile: GroupTile;
}

function areaMarkup({ name, value, color }: Area, box: Box, { canvas, tile }: Frame): string {
  const place = `x="${part(box.x, canvas.width)}" y="${part(box.y, canvas.height)}" width="${part(box.width, canvas.width)}" height="${part(box.height, canvas.height)}"`;
  const words = box.width < 44 || box.height < 24 ? "" : `<span>${escape(name)}</span>${box.height < 46 ? "" : `<strong>${headline(value, tile.measures[0].unit)}</strong>`}`;
  return `<foreignObject ${place}><div class="area ${color}" title="${escape(name)}: ${full(value, tile.measures[0].unit)}">${words}</div></foreignObject>`;
}

/** At most `most` areas and one for the rest, however many the tile asks for: smaller ones could not be read. */
function areasOf(tile: GroupTile, figures: Figures, most: number): readonly Area[] {
  const lines = figures.lines.slice(0, Math.min(most, tile.draw ?? most));
  // Four shades by rank, so that neighbours in the order stay together and the greatest stand out.
  const drawn = lines.flatMap(({ label, values: [value] }, index) => (value === null || value === undefined ? [] : [{ name: label, value, color: `area-${String(Math.min(4, 1 + Math.floor(index / 4)))}` }]));
  const rest = restOf(figures, 0, lines.length);
  if (rest === null) return drawn;
  const more = figures.lines.length - lines.length;
  return [...drawn, { name: more > 0 ? `${String(more)} other ${tile.by.plural}` : `Other ${tile.by.plural}`, value: rest, color: "area-rest" }];
}

function summary(tile: GroupTile, figures: Figures): string {
  const said = figures.lines.slice(0, 10).map(({ label, values }) => `${label} ${percent(values[0] ?? null, figures.totals[0] ?? null)}`);
  return `Areas by ${tile.measures[0].label.toLowerCase()}: ${said.join(", ")}${figures.lines.length > 10 ? `, and ${String(figures.lines.length - 10)} more in the table` : ""}.`;
}
