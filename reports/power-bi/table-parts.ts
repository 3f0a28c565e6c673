// Parts that every table of the semantic model has. In: what a column or a query is. Out: TMDL objects.

import { isChange, type Measure, type Unit } from "../model.js";
import type { Column, DataType } from "./columns.js";
import { uuid } from "./ids.js";
import type { TmdlObject } from "./tmdl.js";

export const FORMATS: Readonly<Record<Unit, string>> = {
  "usd": "\\$#,0.00",
  "usd per claim": "\\$#,0.00",
  "claims": "#,0",
  "names": "#,0",
  "pairs": "#,0",
  "prescribers": "#,0",
  "percent": "#,0.0%;-#,0.0%;#,0.0%",
};

/** A rise says that it is one. */
export function formatOf(measure: Measure): string {
  const format = FORMATS[measure.unit];
  if (!isChange(measure)) return format;
  const [positive = format] = format.split(";");
  return `+${positive};-${positive};${positive}`;
}

/** Keys, years and counts of hidden columns stand without separators. */
const COLUMN_FORMATS: Readonly<Record<DataType, string | undefined>> = { string: undefined, int64: "0", decimal: FORMATS.usd, dateTime: "yyyy-mm-dd" };

/** Power BI's own words: without them it takes names of states for those of other places. */
const GEOGRAPHY: Readonly<Record<NonNullable<Column["geography"]>, string>> = { state: "StateOrProvince", city: "City" };

export function columnObject(owner: string, { name, source, type, description, geography, isKey = false, format = COLUMN_FORMATS[type] }: Column & { readonly isKey?: boolean; readonly format?: string | undefined }): TmdlObject {
  return {
    kind: "column", name, ...(description === undefined ? {} : { description }),
    properties: {
      dataType: type,
      ...(description === undefined ? { isHidden: true } : {}),
      ...(isKey ? { isKey: true } : {}),
      ...(format === undefined ? {} : { formatString: format }),
      lineageTag: uuid("column", owner, name),
      ...(geography === undefined ? {} : { dataCategory: GEOGRAPHY[geography] }),
      // Figures are measures: a column that adds itself up would be a second way to the same number.
      summarizeBy: "none",
      sourceColumn: source,
    },
  };
}

/** The only partition of a table is named as the table. */
export function partition(table: string, m: string): TmdlObject {
  return { kind: "partition", name: table, expression: "m", properties: { mode: "import", source: { expression: m } } };
}
