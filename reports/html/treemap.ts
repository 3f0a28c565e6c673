// In: a treemap tile's figures. Out: its picture on one canvas. Areas are the first measure; what is not drawn is one area.

import { approximate, type Exact } from "../exact.js";
import { restOf, type Figures } from "../figures.js";
import type { GroupTile } from "../report.js";
import { headline } from "./format.js";
import { squarify, type Box } from "./squarify.js";
import { drawSvg, fit, label, textWidth, type Canvas } from "./svg.js";

interface Area {
  readonly name: string;
  readonly size: number;
  readonly text: string;
  readonly color: string;
}

const LINE = 16;
const PADDING = 7;
const GAP = 2;

export function treemap(tile: GroupTile, figures: Figures, canvas: Canvas): string {
  const areas = areasOf(tile, figures, canvas.width < 400 ? 12 : 16).filter((area) => area.size > 0);
  const boxes = squarify(areas.map((area) => area.size), canvas);
  const graphic = areas.flatMap((area, index) => {
    const box = boxes[index];
    return box === undefined ? [] : [rectangle(box, area.color), ...words(area, box)];
  });
  return drawSvg(canvas, { graphic });
}

function rectangle(box: Box, fill: string) {
  const shape = { x: box.x, y: box.y, width: Math.max(1, box.width - GAP), height: Math.max(1, box.height - GAP) };
  return { type: "rect", silent: true, shape, style: { fill } };
}

/** Name and value where they fit; a cut name where one line fits; nothing in a smaller area. */
function words(area: Area, box: Box) {
  const room = box.width - GAP - 2 * PADDING;
  const most = Math.floor((box.height - GAP - PADDING) / LINE);
  const wrapped = wrap(area.name, room);
  const lines = wrapped !== null && wrapped.length <= most ? [...wrapped, ...(wrapped.length < most && textWidth(area.text) <= room ? [area.text] : [])] : cut(area.name, room, most);
  return lines.map((text, index) => label({
    text, x: box.x + PADDING, y: box.y + PADDING + LINE * (index + 0.5), anchor: "left", fill: "var(--on-area)",
    ...(text === area.text ? { tone: "strong" as const } : {}),
  }));
}

function cut(name: string, room: number, most: number): readonly string[] {
  return most >= 1 && room >= 44 ? [fit(name, room)] : [];
}

/** Broken between words; null when a word does not fit. */
function wrap(text: string, room: number): readonly string[] | null {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    if (textWidth(word) > room) return null;
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** At most `most` areas and one for the rest, however many the tile asks for: smaller ones could not be read. */
function areasOf(tile: GroupTile, figures: Figures, most: number): readonly Area[] {
  const lines = figures.lines.slice(0, Math.min(most, tile.draw ?? most));
  // Four shades by rank, so that neighbours in the order stay together and the greatest stand out.
  const drawn = lines.map((line, index) => areaOf(tile, { name: line.label, value: line.values[0] ?? null, color: `var(--area-${String(Math.min(4, 1 + Math.floor(index / 4)))})` }));
  const rest = restOf(figures, 0, lines.length);
  const more = figures.lines.length - lines.length;
  if (rest === null) return drawn;
  const name = more > 0 ? `${String(more)} other ${tile.by.plural}` : `Other ${tile.by.plural}`;
  return [...drawn, areaOf(tile, { name, value: rest, color: "var(--area-rest)" })];
}

function areaOf(tile: GroupTile, { name, value, color }: { readonly name: string; readonly value: Exact | null; readonly color: string }): Area {
  return { name, size: value === null ? 0 : approximate(value), text: headline(value, tile.measures[0].unit), color };
}
