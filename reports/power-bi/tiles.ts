// Tiles of a report as Power BI's visuals. In: a tile and the place for it. Out: its visuals, in reading order.

import { measureName } from "../dax.js";
import { isTable, type Field, type Measure } from "../model.js";
import type { CardsTile, GroupTile, Report, Tile, TrendTile } from "../report.js";
import { objectId } from "./ids.js";
import { leastFilter, literal, topFilter, type ModelField } from "./query.js";
import { drawnBy, shareMeasure } from "./shares.js";
import type { Box, Visual } from "./visual.js";

export const GAP = 16;

/** Pixels down, and whether it takes a row of the page alone. Of the page's own subject a table has one row. */
export function roomOf(tile: Tile, subject?: Field): { readonly height: number; readonly isWide: boolean } {
  switch (tile.kind) {
    case "cards":
      return { height: 132, isWide: true };
    case "split":
    case "trend":
      return { height: 300, isWide: true };
    case "treemap":
      return { height: 440, isWide: true };
    case "bars":
      return isRanking(tile) ? { height: tile.by === subject ? 176 : 380, isWide: true } : { height: 400, isWide: false };
    case "share":
      return { height: 400, isWide: false };
  }
}

/** Names that several rows may share tell nothing apart in a chart: such a tile is a table with the names beside the keys. */
function isRanking({ label }: GroupTile): boolean {
  return label !== undefined && isTable(label.of);
}

export function columnField(field: Field): ModelField {
  return { kind: "Column", table: field.of.label, name: field.label };
}

export function measureField({ model }: Report, measure: Measure): ModelField {
  return { kind: "Measure", table: measure.table.label, name: measureName(model, measure), heading: measure.label };
}

export function tileVisuals(report: Report, tile: Tile, box: Box): readonly Visual[] {
  switch (tile.kind) {
    case "cards":
      return cards(report, tile, box);
    case "trend":
      return [trend(report, tile, box)];
    case "split":
      return split(report, tile, box);
    case "treemap":
      return [treemap(report, tile, box)];
    case "share":
    case "bars":
      return [isRanking(tile) ? ranking(report, tile, box) : bars(report, tile, box)];
  }
}

/** Boxes side by side that fill one. */
export function sideBySide(box: Box, count: number): readonly Box[] {
  const width = Math.floor((box.width - GAP * (count - 1)) / count);
  return Array.from({ length: count }, (_, index) => ({ ...box, x: box.x + index * (width + GAP), width }));
}

function cards(report: Report, tile: CardsTile, box: Box): readonly Visual[] {
  const places = sideBySide(box, tile.measures.length);
  return tile.measures.map((measure, index) => ({
    id: objectId("visual", tile.id, measure.name), type: "cardVisual", box: places[index] ?? box,
    alt: `Card: ${measure.label}. ${tile.title}.`,
    title: measure.label, subtitle: measure.meaning,
    roles: { Data: [measureField(report, measure)] },
    objects: { label: { show: literal(false) } },
  }));
}

/** Title and what the figures mean, caveats last. */
const headings = ({ title, meaning, caveats }: Tile): { readonly title: string; readonly subtitle: string } => ({ title, subtitle: `${[meaning, ...caveats.map(({ clause }) => clause)].join("; ")}.` });

function trend(report: Report, tile: TrendTile, box: Box): Visual {
  const [first] = tile.measures;
  const year = columnField(tile.by);
  // Lines of another unit would need an axis of their own: they are read in the tooltip.
  const lines = tile.measures.filter(({ unit }) => unit === first.unit);
  return {
    id: objectId("visual", tile.id), type: "lineChart", box, ...headings(tile), alt: `Line chart: ${tile.title}. ${list(lines)} by year.`,
    roles: { Category: [year], Y: lines.map((measure) => measureField(report, measure)), Tooltips: rest(report, tile, lines) },
    sort: { field: year, direction: "Ascending" },
    // Years are whole numbers: an axis that runs through them would have half years on it.
    objects: { categoryAxis: { axisType: literal("Categorical"), showAxisTitle: literal(false) }, valueAxis: { showAxisTitle: literal(false) }, lineStyles: { showMarker: literal(true) }, labels: { show: literal(true) } },
  };
}

function bars(report: Report, tile: GroupTile, box: Box): Visual {
  const [first] = tile.measures;
  const category = drawnBy(tile);
  const drawn = [first, ...(tile.against === undefined ? [] : [tile.against])];
  const share = tile.kind === "share" ? shareMeasure(report, tile) : undefined;
  const shareField: ModelField | undefined = share === undefined ? undefined : { kind: "Measure", table: first.table.label, name: share.name };
  const order = measureField(report, first);
  return {
    id: objectId("visual", tile.id), type: "clusteredBarChart", box, ...headings(tile),
    alt: `Bar chart: ${tile.title}. ${share?.name ?? list(drawn)}, by ${category.label.toLowerCase()}.`,
    roles: {
      Category: [columnField(category)],
      Y: shareField === undefined ? drawn.map((measure) => measureField(report, measure)) : [shareField],
      Tooltips: rest(report, tile, shareField === undefined ? drawn : []),
    },
    sort: { field: shareField ?? order, direction: "Descending" },
    filters: filters(report, tile, columnField(category)),
    // Each bar says its figure: an axis would say them again. Names have up to half of the width.
    objects: { labels: { show: literal(true) }, valueAxis: { show: literal(false) }, categoryAxis: { showAxisTitle: literal(false), maxMarginFactor: literal(50) }, ...(tile.against === undefined ? { legend: { show: literal(false) } } : { legend: { show: literal(true), position: literal("Top") } }) },
  };
}

function ranking(report: Report, tile: GroupTile, box: Box): Visual {
  const { by, label, also = [], measures } = tile;
  const columns = [...(label === undefined ? [] : [label]), by, ...also].map(columnField);
  return {
    id: objectId("visual", tile.id), type: "tableEx", box, ...headings(tile),
    alt: `Table: ${tile.title}. ${list(measures)}, one row for each ${by.label}.`,
    roles: { Values: [...columns, ...measures.map((measure) => measureField(report, measure))] },
    sort: { field: measureField(report, measures[0]), direction: "Descending" },
    filters: filters(report, tile, columnField(by)),
    // A total of the rows shown would be read as a total of everybody.
    objects: { total: { totals: literal(false) } },
  };
}

function split(report: Report, tile: GroupTile, box: Box): readonly Visual[] {
  const places = sideBySide(box, tile.measures.length);
  return tile.measures.map((measure, index) => ({
    id: objectId("visual", tile.id, measure.name), type: "donutChart", box: places[index] ?? box,
    title: `${tile.title}: ${measure.label}`, subtitle: headings(tile).subtitle,
    alt: `Ring chart: ${tile.title}. Shares of ${measure.label.toLowerCase()} by ${tile.by.label.toLowerCase()}.`,
    roles: { Category: [columnField(tile.by)], Y: [measureField(report, measure)] },
    sort: { field: measureField(report, measure), direction: "Descending" },
    ...(index === 0 ? {} : { isOffPhone: true }),
    objects: { labels: { show: literal(true), labelStyle: literal("Category, percent of total") }, legend: { show: literal(false) } },
  }));
}

function treemap(report: Report, tile: GroupTile, box: Box): Visual {
  const [first] = tile.measures;
  const group = drawnBy(tile);
  return {
    id: objectId("visual", tile.id), type: "treemap", box, ...headings(tile),
    alt: `Tree map: ${tile.title}. Area is ${first.label.toLowerCase()}, one area for each ${group.label.toLowerCase()}.`,
    roles: { Group: [columnField(group)], Values: [measureField(report, first)], Tooltips: rest(report, tile, [first]) },
    filters: filters(report, tile, columnField(group)),
    objects: { labels: { show: literal(true) } },
  };
}

const list = (measures: readonly Measure[]): string => measures.map(({ label }) => label).join(", ");

/** Measures that are not drawn are read by pointing at a bar. */
function rest(report: Report, tile: Tile, drawn: readonly Measure[]): readonly ModelField[] {
  return tile.measures.filter((measure) => !drawn.includes(measure)).map((measure) => measureField(report, measure));
}

function filters(report: Report, tile: GroupTile, column: ModelField): NonNullable<Visual["filters"]> {
  const { limit, atLeast } = tile;
  const top = limit === undefined ? [] : [topFilter(objectId("filter", tile.id, "top"), { column, by: measureField(report, tile.measures[0]), count: limit })];
  const least = atLeast === undefined ? [] : [leastFilter(objectId("filter", tile.id, "least"), measureField(report, atLeast.measure), atLeast.value)];
  return [...top, ...least];
}
