// A page as Power BI's app shows it on a phone held upright: one column, in reading order. In: the page's visuals. Out: for
// each visual the file that says where it stands there. A visual without one is not shown on a phone.

import { jsonText, PHONE_WIDTH } from "./files.js";
import { literal } from "./query.js";
import { formatting, type Box, type Visual } from "./visual.js";

const GAP = 8;

/** Pixels down, and whether two stand side by side. */
const ROOM: Readonly<Record<Visual["type"], { readonly height: number; readonly isNarrow?: true }>> = {
  actionButton: { height: 72, isNarrow: true },
  slicer: { height: 72, isNarrow: true },
  cardVisual: { height: 124, isNarrow: true },
  textbox: { height: 136 },
  lineChart: { height: 280 },
  donutChart: { height: 280 },
  clusteredBarChart: { height: 420 },
  tableEx: { height: 420 },
  treemap: { height: 420 },
};

/** Texts by the visual's id. */
export function phoneTexts(visuals: readonly Visual[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  let y = GAP;
  for (const row of rowsOf(visuals.filter(({ isOffPhone }) => isOffPhone !== true))) {
    const height = Math.max(...row.map(({ type }) => ROOM[type].height));
    const width = (PHONE_WIDTH - GAP) / row.length - GAP;
    for (const [index, visual] of row.entries()) texts.set(visual.id, phoneText(visual, { x: GAP + index * (width + GAP), y, width, height }, texts.size));
    y += height + GAP;
  }
  return texts;
}

function rowsOf(visuals: readonly Visual[]): readonly (readonly Visual[])[] {
  const [first, second] = visuals;
  if (first === undefined) return [];
  const isPair = second !== undefined && [first, second].every(({ type }) => ROOM[type].isNarrow);
  const row = isPair ? [first, second] : [first];
  return [row, ...rowsOf(visuals.slice(row.length))];
}

/** A card has no room for what its figure means: its title says which one it is. */
function phoneText({ type }: Visual, box: Box, order: number): string {
  const less = type === "cardVisual" ? { visualContainerObjects: formatting({ subTitle: { show: literal(false) } }) } : {};
  return jsonText("phone", { ...less, position: { ...box, z: order * 1000, tabOrder: order * 1000 } });
}
