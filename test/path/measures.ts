// In: a MySQL with published tables, and the files in DuckDB. Out: which measures differ, for the whole and for every
// value of every slicer.

import type { DuckDBConnection } from "@duckdb/node-api";
import type { Connection, RowDataPacket } from "mysql2/promise";
import type { Field, Measure, Model } from "../../reports/model.js";
import { generic, npi, prescriberName, specialty, stateCode } from "../../reports/part-d/fields.js";
import type { Tile } from "../../reports/report.js";
import { tileQuery } from "../../reports/sql.js";
import { groupsOf, isEqual, MEASURES, type Slice } from "./expected-measures.js";

const SLICERS: Readonly<Record<Slice, Field | null>> = { whole: null, state: stateCode, specialty, npi, generic };

export interface Comparison {
  readonly compared: number;
  readonly differences: readonly string[];
}

/** Every measure of a table by one slicer. Peers belong to a prescriber, so they are compared by NPI alone. */
export async function compareMeasures(sides: { readonly mysql: Connection; readonly db: DuckDBConnection }, model: Model, { table, year, slice }: { readonly table: string; readonly year: number; readonly slice: Slice }): Promise<Comparison> {
  const measures = model.measures.filter((measure) => measure.table.name === table && (slice === "npi" || measure.value.kind !== "peers"));
  const [first, ...others] = measures;
  if (first === undefined) throw new Error(`no measures of ${table}`);
  const field = SLICERS[slice];
  const base = { id: slice, title: slice, meaning: slice, caveats: [], measures: [first, ...others] } as const;
  const tile: Tile = slice === "npi" ? { ...base, kind: "bars", by: npi, label: prescriberName, also: [specialty, stateCode] } : { ...base, kind: "cards" };
  const { sql, params } = tileQuery(tile, { year, ...(field === null || slice === "npi" ? {} : { each: [field] }) });
  const [rows] = await sides.mysql.query<RowDataPacket[]>({ sql, values: [...params], supportBigNumbers: true, bigNumberStrings: true });
  const groups = await groupsOf(sides.db, year, slice);
  const key = (row: RowDataPacket): string => (field === null ? "" : String(row[field.column]));
  const found = new Map(rows.map((row) => [key(row), row]));
  const missing = [...groups.keys()].filter((value) => !found.has(value)).map((value) => `${slice} ${value}: no row`);
  const extra = [...found.keys()].filter((value) => !groups.has(value)).map((value) => `${slice} ${value}: a row of nobody`);
  const differences = [...groups].flatMap(([value, group]) => measures.flatMap(({ name }) => {
    const text = textOf(found.get(value)?.[name]);
    return isEqual(text, MEASURES[table]?.[name]?.(group) ?? null) ? [] : [`${slice} ${value}: ${name} is ${String(text)}`];
  }));
  return { compared: groups.size * measures.length, differences: [...missing, ...extra, ...differences] };
}

const textOf = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

/** Measures without a second calculation. */
export const unproven = (measures: readonly Measure[]): readonly string[] => measures.filter(({ table, name }) => MEASURES[table.name]?.[name] === undefined).map(({ table, name }) => `${table.name}.${name}`);
