// In: the folder of a lake. Out: its tables as DuckDB views over the Parquet files of the current snapshot, read
// without Spark and without Iceberg's own code. Never here: expectations.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import { z } from "zod";
import { avroRecords } from "./avro.js";

const metadata = z.object({
  "current-snapshot-id": z.string().nullable(),
  snapshots: z.array(z.object({ "snapshot-id": z.string(), "manifest-list": z.string() })).default([]),
  refs: z.record(z.string(), z.unknown()).default({}),
});
const manifestListEntry = z.object({ manifest_path: z.string(), content: z.bigint() });
const manifestEntry = z.object({ status: z.bigint(), data_file: z.object({ content: z.bigint(), file_path: z.string() }) });
const DELETED = 2n;

/** Names of all tables of the lake, "part_d_curated.drug_report". */
export function tablesOf(lake: string): readonly string[] {
  const warehouse = join(lake, "warehouse");
  return readdirSync(warehouse).flatMap((space) => readdirSync(join(warehouse, space)).map((table) => `${space.replace(/\.db$/, "")}.${table}`)).sort();
}

/** Glue gives the folder of a namespace an ending, and numbers metadata in another way than a Hadoop catalog. */
function metadataFolder(lake: string, table: string): string {
  const [space = "", name = ""] = table.split(".");
  const [plain, ofGlue] = [space, `${space}.db`].map((each) => join(lake, "warehouse", each, name, "metadata"));
  return plain !== undefined && existsSync(plain) ? plain : (ofGlue ?? "");
}

function readMetadata(lake: string, table: string): z.infer<typeof metadata> {
  const folder = metadataFolder(lake, table);
  const versions = readdirSync(folder).flatMap((file) => (/^(?:v\d+|\d+-[0-9a-f-]+)\.metadata\.json$/.test(file) ? [{ file, number: Number(/\d+/.exec(file)?.[0]) }] : []));
  const newest = versions.sort((a, b) => b.number - a.number)[0]?.file ?? "";
  // Snapshot ids are beyond what a JavaScript number holds: read them as text.
  const text = readFileSync(join(folder, newest), "utf8").replace(/("(?:current-)?snapshot-id"\s*:\s*)(-?\d+)/g, '$1"$2"');
  return metadata.parse(JSON.parse(text));
}

/** Branches and tags of a table besides main. */
export const branchesOf = (lake: string, table: string): readonly string[] => Object.keys(readMetadata(lake, table).refs).filter((ref) => ref !== "main");

/** Rows of one year of each table as readers see them, as one line of text that no two contents share; empty ones left out. */
export async function contents(lake: string, year: number): Promise<Readonly<Record<string, string>>> {
  const db = await openLake(lake);
  const found: Record<string, string> = {};
  for (const table of tablesOf(lake)) {
    if (dataFiles(lake, table).length === 0) continue;
    const [row] = await rowsOf(db, `select count(*) as n, bit_xor(hash(t::varchar)) as x, sum(hash(t::varchar)) as s from (select * from ${table} where year = ${String(year)}) as t`);
    if (row?.["n"] !== "0") found[table] = JSON.stringify(row);
  }
  return found;
}

/** Parquet files of the snapshot that readers of main see. */
export function dataFiles(lake: string, table: string): readonly string[] {
  const found = readMetadata(lake, table);
  const current = found.snapshots.find((snapshot) => snapshot["snapshot-id"] === found["current-snapshot-id"]);
  if (current === undefined) return [];
  const manifests = avroRecords(readFileSync(pathOf(lake, current["manifest-list"]))).map((entry) => manifestListEntry.parse(entry));
  return manifests.flatMap(({ manifest_path: path }) =>
    avroRecords(readFileSync(pathOf(lake, path)))
      .map((entry) => manifestEntry.parse(entry))
      .filter((entry) => entry.status !== DELETED)
      .map(({ data_file: file }) => {
        if (file.content !== 0n) throw new Error(`${table} has delete files, which this reader does not apply`);
        return pathOf(lake, file.file_path);
      }),
  );
}

/** In the folder that we look at, wherever the table was written: a lake on S3 is looked at in a copy. */
const pathOf = (lake: string, uri: string): string => join(lake, "warehouse", uri.slice(uri.lastIndexOf("/warehouse/") + "/warehouse/".length));

/** DuckDB with a view for each table of the lake that has rows: lake."part_d_curated.drug_report" as part_d_curated.drug_report. */
export async function openLake(lake: string): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  if (!existsSync(join(lake, "warehouse"))) return connection;
  for (const table of tablesOf(lake)) {
    const files = dataFiles(lake, table);
    if (files.length === 0) continue;
    const [space = "", name = ""] = table.split(".");
    await connection.run(`create schema if not exists ${space}`);
    await connection.run(`create view ${space}.${name} as select * from read_parquet([${files.map((file) => `'${file}'`).join(", ")}], hive_partitioning = false, union_by_name = true)`);
  }
  return connection;
}

/** Rows of a select as objects of texts: exact decimals, null where unknown. */
export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const reader = await connection.runAndReadAll(`select columns(*)::varchar from (${sql})`);
  const names = reader.columnNames();
  return reader.getRows().map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] === null || row[at] === undefined ? null : String(row[at])])));
}

/** One value as text. */
export async function valueOf(connection: DuckDBConnection, sql: string): Promise<string | null> {
  const [row] = await rowsOf(connection, sql);
  return row === undefined ? null : (Object.values(row)[0] ?? null);
}

/** What differs between a table and what it should be: rows by key, columns with both values. Empty when all is equal. */
export async function differences(connection: DuckDBConnection, of: { readonly actual: string; readonly expected: string; readonly key: readonly string[]; readonly columns: readonly string[] }): Promise<readonly Readonly<Record<string, string | null>>[]> {
  const on = of.key.map((column) => `a.${column} = e.${column}`).join(" and ");
  const shown = of.columns.map((column) => `a.${column}::varchar as actual_${column}, e.${column}::varchar as expected_${column}`);
  const differ = of.columns.map((column) => `a.${column} is distinct from e.${column}`).join(" or ");
  const keys = of.key.map((column) => `coalesce(a.${column}, e.${column}) as ${column}`);
  const sql = `select ${[...keys, `case when a.${of.key[0] ?? ""} is null then 'missing' when e.${of.key[0] ?? ""} is null then 'extra' else 'differs' end as verdict`, ...shown].join(", ")}
    from (${of.actual}) as a full outer join (${of.expected}) as e on ${on}
    where a.${of.key[0] ?? ""} is null or e.${of.key[0] ?? ""} is null or ${differ} order by 1 limit 5`;
  const counts = await rowsOf(connection, `select (select count(*) from (${of.actual})) as actual, (select count(*) from (${of.expected})) as expected`);
  const [count] = counts.filter((each) => each["actual"] !== each["expected"]);
  const rows = [...(count === undefined ? [] : [{ verdict: "row counts", ...count }]), ...(await rowsOf(connection, sql))];
  // Only the columns that differ are worth reading.
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !/^(actual|expected)_/.test(name) || differs(row, name))));
}

function differs(row: Readonly<Record<string, string | null>>, name: string): boolean {
  const column = name.replace(/^(actual|expected)_/, "");
  return row[`actual_${column}`] !== row[`expected_${column}`];
}

/** Column names of a select. */
export async function columnsOf(connection: DuckDBConnection, sql: string): Promise<readonly string[]> {
  return (await connection.runAndReadAll(`describe ${sql}`)).getRows().map((row) => String(row[0]));
}
