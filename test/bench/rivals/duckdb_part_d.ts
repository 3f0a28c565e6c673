// The DuckDB rival: CSV to raw, cleansed and curated Parquet (zstd), without gates, quarantine or publication.
// In: arguments folder, out folder, seconds.json, threads, memory. Out: <out>/<zone>/<table>.parquet.

import { DuckDBInstance } from "@duckdb/node-api";
import { closeSync, mkdirSync, openSync, readFileSync, readSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const [folder = "", out = "", secondsFile = "", threads = "2", memory = "2GB"] = process.argv.slice(2);

const FILES: Readonly<Record<string, RegExp>> = { prescriber_drug: /_NPIBN.*\.csv$/, prescriber: /_NPI\.csv$/, drug: /^drug_lists_.*\.csv$/, state: /^us_cities.*\.csv$/ };
/** It has three title lines above its header, and a header in words. */
const DRUG_LIST = ["brnd_name", "gnrc_name", "opioid_drug_flag", "opioid_la_drug_flag", "antbtc_drug_flag", "antpsyct_drug_flag", "ndc_conflict_flag"];

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const start = process.hrtime.bigint();
const elapsed = (since: bigint): number => Number(process.hrtime.bigint() - since) / 1e9;
const seconds: Record<string, number> = {};

const instance = await DuckDBInstance.create(":memory:", { threads, memory_limit: memory, temp_directory: join(out, "scratch"), preserve_insertion_order: "false" });
const connection = await instance.connect();
// The shared SQL asks for a number from its hexadecimal digits by Spark's function.
await connection.run("create macro conv(digits, from_base, to_base) as cast('0x' || digits as bigint)");

async function write(name: string, select: string): Promise<void> {
  const began = process.hrtime.bigint();
  const [, zone = "", table = ""] = /^([a-z]+)_(.*)$/.exec(name) ?? [];
  mkdirSync(join(out, zone), { recursive: true });
  const file = join(out, zone, `${table}.parquet`);
  await connection.run(`copy (${select}) to ${quote(file)} (format parquet, compression zstd)`);
  await connection.run(`create view ${name} as select * from read_parquet(${quote(file)})`);
  seconds[name] = elapsed(began);
}

for (const [source, pattern] of Object.entries(FILES)) {
  const file = readdirSync(folder).find((name) => pattern.test(name));
  if (file === undefined) throw new Error(`${folder} has no file for ${source}`);
  const header = (readFirstLine(join(folder, file)) ?? "").replaceAll('"', "").split(",");
  const names = source === "drug" ? DRUG_LIST : header.map((name) => name.toLowerCase());
  const columns = names.map((name) => `${quote(name)}: 'VARCHAR'`).join(", ");
  await write(`raw_${source}`, `select *, ${quote(basename(file))} as source_file from read_csv(${quote(join(folder, file))}, ${source === "drug" ? "header = false, skip = 4" : "header = true"}, auto_detect = false, columns = {${columns}}, quote = '"', escape = '"', delim = ',')`);
}
const sections = readFileSync(new URL("./part_d.sql", import.meta.url), "utf8").split("-- table: ").slice(1);
for (const section of sections) {
  const [name = "", ...lines] = section.split("\n");
  await write(name.trim(), lines.join("\n"));
}
seconds["total"] = elapsed(start);
writeFileSync(secondsFile, JSON.stringify(seconds));

function readFirstLine(path: string): string | undefined {
  // The file may be larger than a string can be: the header is in its first bytes.
  return new TextDecoder().decode(readHead(path)).replace(/^\uFEFF/, "").split(/\r?\n/)[0];
}

function readHead(path: string): Uint8Array {
  const buffer = Buffer.alloc(65_536);
  const file = openSync(path, "r");
  try {
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(file);
  }
}
