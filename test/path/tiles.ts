// In: a report, a MySQL and a year. Out: every tile's rows as texts, and cost a claim computed again from whole numbers.

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

/** US dollars a claim from the cents and the claims, cut after ten digits; null when there are no claims. */
export function costPerClaim(costUsd: string, claims: string): string | null {
  if (claims === "0") return null;
  const cents = BigInt(costUsd.replace(".", ""));
  const scaled = (cents * 10n ** 8n) / BigInt(claims);
  return `${String(scaled / 10n ** 10n)}.${String(scaled % 10n ** 10n).padStart(10, "0")}`;
}
