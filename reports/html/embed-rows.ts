// The rows of the file. In: tables. Out: a compressed part for each; nothing when they are too many. Never here: markup.

import type { Report } from "../report.js";
import { toBytes } from "../rollup/bytes.js";
import { subjectsIn, type Tables } from "./asked-rows.js";
import type { Embedded } from "./embed.js";
import { packed } from "./part.js";
import { rowsPartName } from "./parts.js";

/** Of all tables. So many take some 4 MB, and each choice of a reader adds them up in a second. */
const MOST_ROWS = 400_000;

/** Undefined when the rows are too many, or an amount is too great to be kept: the file must hold answers instead. */
export async function embedRows(report: Report, tables: Tables): Promise<Embedded | undefined> {
  const rows = [...tables.values()].reduce((sum, { columns }) => sum + columns.size, 0);
  if (rows > MOST_ROWS) return undefined;
  const found = [...tables].map(([table, { columns }]) => ({ name: rowsPartName(table), bytes: toBytes(columns) }));
  const parts = await Promise.all(found.map(({ name, bytes }) => (bytes === undefined ? undefined : packed(name, bytes))));
  const whole = parts.filter((part) => part !== undefined);
  if (whole.length < parts.length) return undefined;
  const subjects = new Map(report.pages.filter(({ subject }) => subject !== undefined).map((page) => [page, subjectsIn(tables, page)]));
  return { holds: "rows", parts: whole, leftOut: [], subjects, bytes: whole.reduce((sum, { data }) => sum + data.length, 0) };
}
