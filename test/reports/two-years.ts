// Two data years of Part D in a MySQL of their own: the sample as it is, and one made from it that differs in rows, claims,
// cost and what is withheld. In: servers. Out: the published tables, and in DuckDB the lines they are made of.

import type { DuckDBConnection } from "@duckdb/node-api";
import type { Connection } from "mysql2/promise";
import { addYear } from "../path/expected-measures.js";
import { CURATED, openSampleSources, toYearBefore } from "../path/expected-part-d.js";
import { rowsOf } from "../path/lake.js";

export interface Servers {
  readonly mysql: Connection;
  readonly db: DuckDBConnection;
}

/** Fills the database `report`, 2023 and 2022. `kept` is a condition on prescribers' lines where not all of them are needed. */
export async function publishTwoYears({ mysql, db }: Servers, kept = "true"): Promise<void> {
  await mysql.query("create database report character set utf8mb4 collate utf8mb4_0900_as_cs");
  await mysql.query("use report");
  await openSampleSources(db);
  await db.run(`delete from detail where not (${kept})`);
  await publish({ mysql, db }, 2023);
  await toYearBefore(db);
  await publish({ mysql, db }, 2022);
}

/** The curated tables of the files that are open, as rows of MySQL, and the lines that measures are taken of. */
async function publish({ mysql, db }: Servers, year: number): Promise<void> {
  await addYear(db, year);
  for (const { table, sql } of CURATED) {
    const name = table.replace("part_d_curated.", "");
    const types = await rowsOf(db, `describe ${sql}`);
    const columns = types.map(({ column_name, column_type }) => `${column_name ?? ""} ${column_type === "VARCHAR" ? "varchar(200)" : column_type === "BOOLEAN" ? "tinyint(1)" : (column_type ?? "")}`);
    await mysql.query(`create table if not exists \`${name}\` (year int, ${columns.join(", ")})`);
    const rows = (await rowsOf(db, sql)).map((row) => [year, ...types.map(({ column_name, column_type }) => (column_type === "BOOLEAN" ? row[column_name ?? ""] === "true" : (row[column_name ?? ""] ?? null)))]);
    for (let at = 0; at < rows.length; at += 5000) await mysql.query(`insert into \`${name}\` values ?`, [rows.slice(at, at + 5000)]);
  }
}
