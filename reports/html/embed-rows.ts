// The rows of the file. In: tables. Out: a compressed part for each; nothing when they are too many. Never here: markup.

import type { Report } from "../report.js";
import { toBytes } from "../rollup/bytes.js";
import { subjectsIn, type Tables } from "./asked-rows.js";
import type { Embedded } from "./embed.js";
import { packed } from "./part.js";
import { rowsPartName } from "./parts.js";

/** Of all tables: some 2.5 MB. A reader's first choice of two slicers adds up all of them (docs/benchmarks.md). */
const MOST_ROWS = 200_000;

/** Undefined when the rows are too many, or an amount is too great to be kept: the file must hold answers instead. */
export async function embedRows(report: Report, tables: Tables): Promise<Embedded | undefined> {
  const rows = [...tables.values()].reduce((sum, { columns }) => sum + columns.size, 0);
  if (rows > MOST_ROWS) return undefined;
  const kept = [...tables].flatMap(([table, { columns }]) => {
    const bytes = toBytes(columns);
    return bytes === undefined ? [] : [{ name: rowsPartName(table), bytes }];
  });
  if (kept.length < tables.size) return undefined;
  const parts = await Promise.all(kept.map(({ name, bytes }) => packed(name, bytes)));
  const subjects = new Map(report.pages.filter(({ subject }) => subject !== undefined).map((page) => [page, subjectsIn(tables, page)]));
  return { holds: "rows", parts, leftOut: [], subjects, bytes: parts.reduce((sum, { data }) => sum + data.length, 0) };
}
