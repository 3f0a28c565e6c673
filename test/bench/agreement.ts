// Do the rivals compute the same? Every table of every zone, every column of its contract, every row: count and sum of
// row hashes, asked by DuckDB of the Parquet files that each of them left. Types count too: 1 and 1.0 hash differently.

import { DuckDBInstance } from "@duckdb/node-api";
import { existsSync } from "node:fs";
import partD from "../../jobs/part-d/pipeline.js";
import type { Job } from "../../driver/job.js";

/** Raw columns that only carelake keeps; the contract of another layout's columns is not in the file at hand. */
const HOUSEKEEPING = ["layout", "load_id", "source_key", "unparsed_line"];

/** A rival's files: zone and table → glob of Parquet files. */
export type Files = (zone: string, table: string) => string;

export interface Agreement {
  readonly table: string;
  readonly rows: string;
  /** Sum of every numeric column, to the last digit. */
  readonly totals: Readonly<Record<string, string>>;
  readonly columns: number;
}

/** Rejects with every difference found. */
export async function agreement(rivals: Readonly<Record<string, Files>>): Promise<readonly Agreement[]> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: "4GB" });
  const connection = await instance.connect();
  const ask = async (sql: string): Promise<readonly Record<string, unknown>[]> => (await connection.runAndReadAll(sql)).getRowObjectsJS();
  const differences: string[] = [];
  const agreed: Agreement[] = [];
  for (const job of partD.jobs) {
    const [, zone = "", table = ""] = job.name.split("/");
    const columns = await shared(job, Object.values(rivals).map((files) => files(zone, table)), ask);
    const answers: Record<string, string> = {};
    for (const [rival, files] of Object.entries(rivals)) {
      const [row = {}] = await ask(question(job, columns, files(zone, table)));
      answers[rival] = JSON.stringify(row, (_, value: unknown) => (typeof value === "object" && value !== null ? value : String(value)));
    }
    const [first = "{}", ...others] = Object.values(answers);
    if (others.some((other) => other !== first)) differences.push(`${job.name}:\n  ${Object.entries(answers).map(([rival, answer]) => `${rival} ${answer}`).join("\n  ")}`);
    const { row_count, row_hash: _, ...totals } = texts(JSON.parse(first));
    agreed.push({ table: job.name, rows: row_count ?? "", totals, columns: columns.length });
  }
  connection.closeSync();
  if (differences.length > 0) throw new Error(`The rivals do not compute the same, so their times cannot be compared.\n${differences.join("\n")}`);
  return agreed;
}

/** Columns of the contract that every rival's file has: a column of another layout is in none of the files at hand. `columns` says how many. */
async function shared(job: Job, globs: readonly string[], ask: (sql: string) => Promise<readonly Record<string, unknown>[]>): Promise<readonly string[]> {
  const lists = await Promise.all(globs.map(async (glob) => new Set((await ask(`describe select * from ${parquet(glob)}`)).map((row) => String(row["column_name"])))));
  const wanted = Object.keys(job.columns).filter((name) => !HOUSEKEEPING.includes(name));
  return wanted.filter((name) => lists.every((list) => list.has(name)));
}

function question(job: Job, columns: readonly string[], glob: string): string {
  const numbers = columns.filter((name) => /^(bigint|decimal)/.test(job.columns[name]?.type ?? ""));
  const sums = numbers.map((name) => `cast(sum("${name}") as varchar) as "${name}"`);
  const hash = `cast(sum(cast(hash(${columns.map((name) => `"${name}"`).join(", ")}) as hugeint)) as varchar) as row_hash`;
  return `select cast(count(*) as varchar) as row_count, ${[hash, ...sums].join(", ")} from ${parquet(glob)}`;
}

function parquet(glob: string): string {
  const folder = glob.split("*")[0] ?? "";
  if (!existsSync(folder)) throw new Error(`${folder} is not there`);
  return `read_parquet('${glob.replaceAll("'", "''")}')`;
}

function texts(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, String(each)]));
}
