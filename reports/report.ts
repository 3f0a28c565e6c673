// The words of a report: caveats, tiles, pages, slicers, as plain data over a model. In: what authors of reports write.
// Out: one definition that SQL, DAX and HTML are made from. Never here: SQL text, markup, values.

import { isAdditive, type Field, type Measure, type Model } from "./model.js";

/** Something a reader must know before using a figure. */
export interface Caveat {
  readonly id: string;
  /** A clause that ends the sentence under a tile's title; starts lower case, no full stop. */
  readonly clause: string;
  /** The whole explanation, for the notes of the report. */
  readonly text: string;
}

interface TileBase {
  /** Unique in the report, kebab-case. */
  readonly id: string;
  readonly title: string;
  /** One sentence with the unit, without its full stop: the clauses of the caveats follow. */
  readonly meaning: string;
  readonly caveats: readonly Caveat[];
  /** The first one orders and is drawn; the others stand in the table. */
  readonly measures: readonly [Measure, ...Measure[]];
}

/** Single figures side by side. */
export interface CardsTile extends TileBase {
  readonly kind: "cards";
}

/** Figures for each value of a field, greatest first. */
export interface GroupTile extends TileBase {
  /**
   * bars: the measure of each value. share: each value's part of the whole, and the rest.
   * split: all values as parts of the whole, for every measure. treemap: areas.
   */
  readonly kind: "bars" | "share" | "split" | "treemap";
  readonly by: Field;
  /** Shown instead of the value of `by` where it is not null. */
  readonly label?: Field;
  /** Further columns, the same for all rows of one value of `by`. */
  readonly also?: readonly Field[];
  /** Rows asked for. Default: all. */
  readonly limit?: number;
  /** Values drawn; the table has all rows. Default: all. */
  readonly draw?: number;
  /** One of the measures, drawn as a mark beside each bar. */
  readonly against?: Measure;
  /** One of the measures: how many the figure of `against` stands on, said beside it. */
  readonly behind?: Measure;
  /** Groups below it are left out: small numbers swing. */
  readonly atLeast?: { readonly measure: Measure; readonly value: number };
}

/** Figures of every year, oldest first; the year that is chosen does not matter to it. */
export interface TrendTile extends TileBase {
  readonly kind: "trend";
  readonly by: Field;
}

export type Tile = CardsTile | GroupTile | TrendTile;

/** Lets readers choose one value, or all. */
export interface Slicer {
  readonly field: Field;
  /** Shown instead of the value. */
  readonly label?: Field;
}

export interface Page {
  readonly id: string;
  readonly title: string;
  readonly meaning: string;
  readonly tiles: readonly [Tile, ...Tile[]];
  /** The page speaks of one value of this field at a time; a reader gets there from a tile that groups by it. */
  readonly subject?: Slicer;
}

/** Two figures of different pages that must be equal to the last digit. */
export interface SameTotal {
  readonly what: string;
  readonly left: { readonly tile: CardsTile; readonly measure: Measure };
  readonly right: { readonly tile: CardsTile; readonly measure: Measure };
}

export interface Report {
  /** kebab-case; names the files given out. */
  readonly name: string;
  readonly title: string;
  readonly meaning: string;
  readonly model: Model;
  /** Chosen for the whole report: exactly one year at a time. */
  readonly year: Field;
  /** Chosen for a page: one value or all. Every table reaches every slicer's field. */
  readonly slicers: readonly Slicer[];
  readonly pages: readonly [Page, ...Page[]];
  readonly sameTotals: readonly SameTotal[];
  /** Caveats of the report as a whole; those of its tiles are found there. */
  readonly notes: readonly Caveat[];
}

/** Fields of a tile in table order: the value grouped by, its label, then the rest. Cards have none. */
export function fieldsOf(tile: Tile): readonly Field[] {
  if (tile.kind === "cards") return [];
  if (tile.kind === "trend") return [tile.by];
  return [tile.by, ...(tile.label === undefined ? [] : [tile.label]), ...(tile.also ?? [])];
}

/** True when the figures of all groups of a tile have a whole, their sum: none is left out, and parts add up. */
export function addsUp(tile: Tile, measure: Measure): boolean {
  if (tile.kind === "cards" || tile.kind === "trend" || tile.atLeast !== undefined) return false;
  return isAdditive(tile.measures[0], tile.by) && isAdditive(measure, tile.by);
}

/** Pages that speak of everything, in order. */
export function overviewsOf(report: Report): readonly Page[] {
  return report.pages.filter((page) => page.subject === undefined);
}

/** Tiles of every page, in page order. */
export function tilesOf(report: Report): readonly Tile[] {
  return report.pages.flatMap((page): readonly Tile[] => page.tiles);
}
