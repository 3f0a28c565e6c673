// Part D's published tables without Spark: the rows that the files ask for, computed by DuckDB and published as a run does.
// In: files of a year in DuckDB. Out: a set of two years, live in a database. That the pipeline makes the same rows is
// shown by test/path/.

import type { DuckDBConnection } from "@duckdb/node-api";
import { join } from "node:path";
import pipeline from "../../jobs/part-d/pipeline.js";
import type { ExportedYear, NamedColumn, PublishTable } from "../../driver/publish/set.js";
import type { Job } from "../../driver/job.js";
import { valueOf, type Database } from "../driver/publish-database.js";
import { writeSegments, type Value } from "../driver/publish-segments.js";
import { CURATED, toYearBefore } from "../path/expected-part-d.js";
import { rowsOf } from "../path/lake.js";

const ROWS_PER_SEGMENT = 100_000;

export interface PublishedTables {
  /** Rows by table, over both years. */
  readonly rows: Readonly<Record<string, number>>;
}

/** The year of the open files, and the year before it. */
export async function publishPartD(database: Database, db: DuckDBConnection, year: number): Promise<PublishedTables> {
  const jobs = pipeline.jobs.filter((job) => job.publish !== undefined);
  const now = await yearOf(jobs, { database, db, year });
  await toYearBefore(db);
  const before = await yearOf(jobs, { database, db, year: year - 1 });
  const tables = jobs.map((job, at): PublishTable => ({
    name: tableName(job), meaning: job.meaning, columns: columnsOf(job), key: ["year", ...job.grain], indexes: job.publish?.indexes ?? [],
    manifests: [now, before].flatMap((each) => each[at] ?? []),
  }));
  valueOf(await database.publish({ set: pipeline.name, tables, publication: "p1" }));
  return { rows: Object.fromEntries(tables.map(({ name, manifests }) => [name, manifests.reduce((sum, { manifest }) => sum + manifest.rows, 0)])) };
}

const tableName = (job: Job): string => job.name.slice(job.name.lastIndexOf("/") + 1);
const columnsOf = (job: Job): readonly NamedColumn[] => [{ name: "year", type: "int", meaning: "Data year" }, ...Object.entries(job.columns).map(([name, column]) => ({ name, ...column }))];

interface OneYear {
  readonly database: Database;
  readonly db: DuckDBConnection;
  readonly year: number;
}

async function yearOf(jobs: readonly Job[], { database, db, year }: OneYear): Promise<readonly ExportedYear[]> {
  const exported: ExportedYear[] = [];
  for (const job of jobs) {
    const columns = columnsOf(job);
    const directory = join(database.folder, `${tableName(job)}-${String(year)}`);
    const sql = CURATED.find(({ table }) => table.endsWith(`.${tableName(job)}`))?.sql ?? "";
    const rows = (await rowsOf(db, sql)).map((row) => columns.map(({ name, type }): Value => (name === "year" ? String(year) : type === "boolean" ? String(Number(row[name] === "true")) : (row[name] ?? null))));
    exported.push({ directory, manifest: writeSegments({ directory, table: tableName(job), year, columns, rows, rowsPerSegment: ROWS_PER_SEGMENT }) });
  }
  return exported;
}
