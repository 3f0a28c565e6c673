// The words of a report's model: published tables, the lists they refer to, fields and measures, as plain data.
// In: what authors of reports write. Out: one definition that SQL, DAX and HTML are made from. Never here: SQL text, values.

/** A published table: one row set for all years, `year` is its first column. */
export interface Table {
  readonly name: string;
  /** Its name where people browse the model: "Drug utilization". */
  readonly label: string;
  /** What one row says. */
  readonly meaning: string;
  /** Columns that, with the year, identify a row. */
  readonly grain: readonly [string, ...string[]];
  /** Lists its rows refer to: of each it has the key as a column of the same name, never null. */
  readonly dimensions: readonly Dimension[];
}

/** A list that rows of several tables refer to: drugs, states, years. One member a key, over all years. */
export interface Dimension {
  readonly name: string;
  readonly label: string;
  readonly meaning: string;
  /** Published table that names every member; one row a key and year, unless the key is all that is taken from it. */
  readonly from: string;
  /** Column, in `from` and in every table that refers to the list. */
  readonly key: string;
}

/** A column people group by or read beside a figure. */
export interface Field {
  readonly of: Table | Dimension;
  readonly column: string;
  readonly kind: "text" | "flag" | "whole number";
  /** Heading for one value: "Brand name". */
  readonly label: string;
  /** The values as a group, lower case: "brand names". */
  readonly plural: string;
  readonly meaning: string;
  /** What to show where the value is null. Needed for nullable columns. */
  readonly missing?: string;
  /** All values the column can have, in the order they are shown. A flag has "1" and "0". */
  readonly values?: readonly FieldValue[];
  /** What maps find by its name. */
  readonly geography?: "state" | "city";
  /** Other words that people use when they ask for it. */
  readonly synonyms?: readonly string[];
}

export interface FieldValue {
  readonly value: string;
  readonly label: string;
}

/** percent: a part of one, shown as hundredths. */
export type Unit = "usd" | "usd per claim" | "claims" | "names" | "pairs" | "prescribers" | "percent";

/** A figure, defined once. Its value for a group of rows is null when nothing is known. */
export interface Measure {
  readonly table: Table;
  /** snake_case, unlike every column of its table. */
  readonly name: string;
  readonly label: string;
  readonly meaning: string;
  readonly unit: Unit;
  /** Heading under which people find it: "Claims and cost". */
  readonly folder: string;
  readonly value: Aggregate;
  readonly synonyms?: readonly string[];
}

/** What only some rows count for: a flag that is set, or a column that is not null. */
export type Condition = { readonly kind: "is set"; readonly column: string } | { readonly kind: "is known"; readonly column: string };

export type Aggregate =
  /** Null where no row counts. */
  | { readonly kind: "sum"; readonly column: string; readonly where?: Condition }
  /** Rows of the table, that is, values of its grain. */
  | { readonly kind: "rows"; readonly where?: Condition }
  /**
   * Different values of a field of the table or of a list it refers to; null is not counted. Adds up over groups of the
   * fields of which each value has one.
   */
  | { readonly kind: "distinct"; readonly field: Field; readonly addsUpOver?: readonly Field[] }
  /** Null where `by` is zero. */
  | { readonly kind: "ratio"; readonly of: Measure; readonly by: Measure }
  /** Null where either is. */
  | { readonly kind: "difference"; readonly of: Measure; readonly less: Measure }
  /** The measure of the same group one year earlier; null when that year is not there. */
  | { readonly kind: "year before"; readonly of: Measure }
  /** The measure over all rows of the year that share these fields with the group, whatever else was chosen. */
  | { readonly kind: "peers"; readonly of: Measure; readonly same: readonly [Field, ...Field[]] };

/** All that pages may speak of. */
export interface Model {
  readonly tables: readonly Table[];
  readonly dimensions: readonly Dimension[];
  readonly fields: readonly Field[];
  readonly measures: readonly Measure[];
}

/** True for a published table, false for a list that tables refer to. */
export function isTable(owner: Table | Dimension): owner is Table {
  return "grain" in owner;
}

/** True when the measure of a whole is the sum of the measure of its parts, one a value of `by`. */
export function isAdditive({ value }: Measure, by: Field): boolean {
  if (value.kind === "distinct") return value.addsUpOver?.includes(by) === true;
  return value.kind === "sum" || value.kind === "rows";
}

/** True when the measure says how far another one moved: its sign is part of what it says. */
export function isChange({ value }: Measure): boolean {
  return value.kind === "difference" || (value.kind === "ratio" && isChange(value.of));
}

/** True when rows of the table can be grouped by the field: it is the table's own, or of a list it refers to. */
export function reaches(table: Table, field: Field): boolean {
  return isTable(field.of) ? field.of === table : table.dimensions.includes(field.of);
}

/** Measures that this one is computed from, itself included. */
export function partsOf(measure: Measure): readonly Measure[] {
  const { value } = measure;
  switch (value.kind) {
    case "sum":
    case "rows":
    case "distinct":
      return [measure];
    case "ratio":
      return [measure, ...partsOf(value.of), ...partsOf(value.by)];
    case "difference":
      return [measure, ...partsOf(value.of), ...partsOf(value.less)];
    case "year before":
    case "peers":
      return [measure, ...partsOf(value.of)];
  }
}
