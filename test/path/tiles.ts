// In: a report, a MySQL and a year. Out: the rows of every tile of the overviews, as texts.

import type { Connection, RowDataPacket } from "mysql2/promise";
import type { Report } from "../../reports/report.js";
import { reportQueries } from "../../reports/sql.js";

export type TextRow = Readonly<Record<string, string | null>>;

export async function tileRows(connection: Connection, report: Report, year: number): Promise<ReadonlyMap<string, readonly TextRow[]>> {
  const found = new Map<string, readonly TextRow[]>();
  for (const { tile, sql, params } of reportQueries(report, { year })) {
    const [rows] = await connection.query<RowDataPacket[]>({ sql, values: [...params], supportBigNumbers: true, bigNumberStrings: true });
    found.set(tile, rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]))));
  }
  return found;
}
