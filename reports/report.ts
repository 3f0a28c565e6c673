// The words of a report: tables, fields, measures, tiles and pages as plain data. In: what authors of reports write.
// Out: one definition that SQL, DAX and HTML are made from. Never here: SQL text, markup, values.

/** A published table: one row set for all years, `year` is its first column. */
export interface Table {
  readonly name: string;
  /** What one row says. */
  readonly meaning: string;
  /** Columns that, with the year, identify a row. */
  readonly grain: readonly [string, ...string[]];
}

/** A column people group by or read beside a figure. */
export interface Field {
  readonly table: Table;
  readonly column: string;
  readonly kind: "text" | "flag";
  /** Heading for one value: "Brand name". */
  readonly label: string;
  /** The values as a group, lower case: "brand names". */
  readonly plural: string;
  readonly meaning: string;
  /** What to show where the value is null. Needed for nullable columns. */
  readonly missing?: string;
  /** All values the column can have, in the order they are shown. A flag has "1" and "0". */
  readonly values?: readonly FieldValue[];
}

export interface FieldValue {
  readonly value: string;
  readonly label: string;
}

export type Unit = "usd" | "usd per claim" | "claims" | "names" | "pairs" | "prescribers";

/** A figure, defined once. Its value for a group of rows is null when nothing is known. */
export interface Measure {
  readonly table: Table;
  /** snake_case, unlike every column of its table. */
  readonly name: string;
  readonly label: string;
  readonly meaning: string;
  readonly unit: Unit;
  readonly value: Aggregate;
}

export type Aggregate =
  | { readonly kind: "sum"; readonly column: string }
  /** Rows of the table, that is, values of its grain. */
  | { readonly kind: "rows" }
  /** Different values of a field; null is not counted. Not additive over groups. */
  | { readonly kind: "distinct"; readonly field: Field }
  /** Null where `by` is zero. */
  | { readonly kind: "ratio"; readonly of: Measure; readonly by: Measure };

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
  /** Further columns of the table, the same for all rows of one value of `by`. */
  readonly also?: readonly Field[];
  /** Rows asked for. Default: all. */
  readonly limit?: number;
  /** Values drawn; the table has all rows. Default: all. */
  readonly draw?: number;
}

export type Tile = CardsTile | GroupTile;

export interface Page {
  readonly id: string;
  readonly title: string;
  readonly meaning: string;
  readonly tiles: readonly [Tile, ...Tile[]];
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
  readonly pages: readonly [Page, ...Page[]];
  readonly sameTotals: readonly SameTotal[];
  /** Caveats of the report as a whole; those of its tiles are found there. */
  readonly notes: readonly Caveat[];
}

/** Fields of a tile in table order: the value grouped by, its label, then the rest. */
export function fieldsOf(tile: GroupTile): readonly Field[] {
  return [tile.by, ...(tile.label === undefined ? [] : [tile.label]), ...(tile.also ?? [])];
}

/** True when the measure of a whole is the sum of the measure of its parts. */
export function isAdditive(measure: Measure): boolean {
  return measure.value.kind === "sum" || measure.value.kind === "rows";
}

/**
 * Freezes a report.
 * @throws Error naming every fault of the definition at once: doubled ids, names that are not snake_case,
 * a tile that mixes tables, a part of a whole that does not add up.
 */
export function defineReport(report: Report): Report {
  const faults = [...idFaults(report), ...report.pages.flatMap((page) => page.tiles.flatMap(tileFaults))];
  if (faults.length > 0) throw new Error(`report ${report.name}: ${faults.join("; ")}`);
  return Object.freeze(report);
}

function idFaults(report: Report): string[] {
  const ids = [...report.pages.map((page) => page.id), ...report.pages.flatMap((page) => page.tiles.map((tile) => tile.id))];
  const doubled = ids.filter((id, index) => ids.indexOf(id) !== index);
  const odd = [report.name, ...ids].filter((id) => !/^[a-z][a-z0-9-]*$/.test(id));
  return [...doubled.map((id) => `the id ${id} is used twice`), ...odd.map((id) => `${id} is not kebab-case`)];
}

function tileFaults(tile: Tile): string[] {
  const fields = tile.kind === "cards" ? [] : fieldsOf(tile);
  const { table } = tile.measures[0];
  const names = [table.name, ...fields.map((field) => field.column), ...tile.measures.flatMap(namesOf)];
  const faults = names.filter((name) => !/^[a-z][a-z0-9_]*$/.test(name)).map((name) => `tile ${tile.id}: ${name} is not snake_case`);
  if ([...fields, ...tile.measures].some((part) => part.table !== table)) faults.push(`tile ${tile.id} mixes tables`);
  if (tile.kind !== "cards" && tile.kind !== "bars") {
    const parts = tile.kind === "split" ? tile.measures : [tile.measures[0]];
    faults.push(...parts.filter((measure) => !isAdditive(measure)).map((measure) => `tile ${tile.id}: shares of ${measure.name} do not add up`));
  }
  return faults;
}

function namesOf(measure: Measure): string[] {
  const { value } = measure;
  if (value.kind === "ratio") return [measure.name, ...namesOf(value.of), ...namesOf(value.by)];
  return value.kind === "sum" ? [measure.name, value.column] : [measure.name];
}
