// Part D by carelake, by a plain PySpark job and by DuckDB, one after the other in one run, on the same files.
// In: rows or a folder of generated data. Out: ratios, seconds by step and gate, peak memory; JSON beside it.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { sparkSettings } from "../../driver/local/spark-settings.js";
import type { Toolchain } from "../../driver/local/toolchain.js";
import { agreement } from "./agreement.js";
import { ourRun, PACKAGE } from "./ours.js";
import { watch, type Watched } from "./process-tree.js";
import { partDText } from "./part-d-text.js";

export interface PartDRequest {
  readonly rows: number;
  /** Folder with the files; made from `rows` when it is not given. */
  readonly data?: string;
  readonly year: number;
  readonly memory: string;
  /** Where lakes and generated data lie while the bench runs. */
  readonly scratch: string;
  readonly keep: boolean;
  readonly toolchain: Toolchain;
  readonly say: (line: string) => void;
}

export interface Rival {
  readonly watched: Watched;
  /** By step, and `total` from the start of the session to the last commit. */
  readonly seconds: Readonly<Record<string, number>>;
}

export type PartDResult = Awaited<ReturnType<typeof partD>>;

export async function partD(request: PartDRequest) {
  const { scratch, year, memory, say } = request;
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, "part-d-"));
  try {
    const data = request.data === undefined ? await generated(request, folder) : resolve(request.data);
    say(`data: ${data}`);
    const ours = await ourRun({ folder: join(folder, "ours"), input: data, year, memory, publish: true });
    say(`carelake: ${ours.watched.seconds.toFixed(1)} s, ${ours.watched.cpuSeconds.toFixed(0)} CPU s`);
    const plain = await plainRun(request, { data, folder: join(folder, "plain") });
    say(`plain PySpark: ${plain.watched.seconds.toFixed(1)} s, ${plain.watched.cpuSeconds.toFixed(0)} CPU s`);
    const duckdb = await duckdbRun(request, { data, folder: join(folder, "duckdb") });
    say(`DuckDB: ${duckdb.watched.seconds.toFixed(1)} s, ${duckdb.watched.cpuSeconds.toFixed(0)} CPU s`);
    say("comparing every row of every table");
    const agreed = await agreement({
      carelake: (zone, table) => join(folder, "ours/lake/warehouse", `part_d_${zone}`, table, "data/**/*.parquet"),
      plain: (zone, table) => join(folder, "plain/warehouse", zone, table, "data/**/*.parquet"),
      duckdb: (zone, table) => join(folder, "duckdb", zone, `${table}.parquet`),
    });
    const ratio = (mine: number, theirs: number): number => Number((mine / theirs).toFixed(2));
    const result = {
      rows: Number(agreed.find(({ table }) => table === "part-d/raw/prescriber_drug")?.rows),
      memory,
      ratios: {
        seconds: { plain: ratio(ours.watched.seconds, plain.watched.seconds), duckdb: ratio(ours.watched.seconds, duckdb.watched.seconds) },
        cpu: { plain: ratio(ours.watched.cpuSeconds, plain.watched.cpuSeconds), duckdb: ratio(ours.watched.cpuSeconds, duckdb.watched.cpuSeconds) },
      },
      ours: { ...ours, watched: brief(ours.watched) },
      plain: { ...plain, watched: brief(plain.watched) },
      duckdb: { ...duckdb, watched: brief(duckdb.watched) },
      agreed,
    };
    return { ...result, text: partDText(result) };
  } finally {
    if (!request.keep) rmSync(folder, { recursive: true, force: true });
  }
}

const brief = ({ stdout: _, ...watched }: Watched): Omit<Watched, "stdout"> => watched;

export async function generated({ rows, year, say }: Pick<PartDRequest, "rows" | "year" | "say">, folder: string): Promise<string> {
  const data = join(folder, "data");
  say(`generating ${rows.toLocaleString("en-US")} rows`);
  const argv = [process.execPath, "--import", "tsx", join(PACKAGE, "test/generator/main.ts"), "--rows", String(rows), "--year", String(year), "--out", data] as const;
  const made = await watch({ argv: [...argv], cwd: PACKAGE, log: join(folder, "generator.log") });
  if (made.code !== 0) throw new Error(readFileSync(join(folder, "generator.log"), "utf8"));
  return data;
}

interface RivalPlaces {
  readonly data: string;
  readonly folder: string;
}

async function plainRun({ year, memory, toolchain }: PartDRequest, { data, folder }: RivalPlaces): Promise<Rival> {
  mkdirSync(folder, { recursive: true });
  const session = { "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC" };
  const settings = { ...sparkSettings({ profile: { memory, spark: {} }, lake: folder, inputBytes: bytesIn(data) }), ...session };
  const conf = Object.entries(settings).flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
  const seconds = join(folder, "seconds.json");
  const script = join(PACKAGE, "test/bench/rivals/plain_part_d.py");
  const watched = await watch({ argv: [toolchain.sparkSubmit, "--jars", toolchain.jars.join(","), ...conf, script, data, String(year), seconds], env: toolchain.env, log: join(folder, "stderr.log") });
  return finished(watched, seconds, join(folder, "stderr.log"));
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

async function duckdbRun({ memory }: PartDRequest, { data, folder }: RivalPlaces): Promise<Rival> {
  mkdirSync(folder, { recursive: true });
  const seconds = join(folder, "seconds.json");
  const limit = memory.replace(/g$/, "GiB").replace(/m$/, "MiB");
  const script = join(PACKAGE, "test/bench/rivals/duckdb_part_d.ts");
  const watched = await watch({ argv: [process.execPath, "--import", "tsx", script, data, folder, seconds, "2", limit], cwd: PACKAGE, log: join(folder, "stderr.log") });
  return finished(watched, seconds, join(folder, "stderr.log"));
}

function finished(watched: Watched, seconds: string, log: string): Rival {
  if (watched.code !== 0 || !existsSync(seconds) || statSync(seconds).size === 0) throw new Error(`a rival ended with ${String(watched.code)}:\n${readFileSync(log, "utf8").slice(-3000)}`);
  const told: unknown = JSON.parse(readFileSync(seconds, "utf8"));
  if (typeof told !== "object" || told === null) throw new Error(`${seconds} holds no seconds`);
  return { watched, seconds: Object.fromEntries(Object.entries(told).map(([name, value]) => [name, Number(value)])) };
}
