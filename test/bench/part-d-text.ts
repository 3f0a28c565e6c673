// The result of the Part D bench as people read it. In: the result. Out: text. Never here: a measurement.

import type { StageReport } from "../../driver/stage.js";
import type { OurRun } from "./ours.js";
import type { Rival } from "./part-d.js";
import type { Watched } from "./process-tree.js";
import type { Agreement } from "./agreement.js";

type Brief<T> = Omit<T, "watched"> & { readonly watched: Omit<Watched, "stdout"> };
interface Ratio {
  readonly plain: number;
  readonly duckdb: number;
}

export interface PartDFigures {
  readonly rows: number;
  readonly ratios: { readonly seconds: Ratio; readonly cpu: Ratio };
  readonly ours: Brief<OurRun>;
  readonly plain: Brief<Rival>;
  readonly duckdb: Brief<Rival>;
  readonly agreed: readonly Agreement[];
}

const MB = 1_000_000;

export function partDText(figures: PartDFigures): string {
  const { ours, plain, duckdb, ratios, rows, agreed } = figures;
  const spark = (ours.watched.peakBytes["java"] ?? 0) / MB;
  const node = Math.max(0, ...Object.entries(ours.watched.peakBytes).flatMap(([name, bytes]) => (name.endsWith("(first)") ? [bytes] : []))) / MB;
  const session = ours.reports.reduce((sum, report) => sum + report.seconds.session, 0);
  return [
    `${rows.toLocaleString("en-US")} rows`,
    table([
      ["", "carelake", "plain", "DuckDB"],
      ["seconds", ...[ours, plain, duckdb].map(({ watched }) => watched.seconds.toFixed(1))],
      ["CPU seconds", ...[ours, plain, duckdb].map(({ watched }) => watched.cpuSeconds.toFixed(1))],
      ["session start", session.toFixed(1), seconds(plain.seconds["session"]), "–"],
      ...steps(figures),
      ["publication", ours.publicationSeconds.toFixed(1), "–", "–"],
      ["peak memory, MB", spark.toFixed(0), memory(plain, "java"), memory(duckdb)],
    ]),
    `carelake : plain   = ${ratios.seconds.plain.toFixed(2)} (goal 1.30), by CPU ${ratios.cpu.plain.toFixed(2)}`,
    `carelake : DuckDB  = ${ratios.seconds.duckdb.toFixed(2)} (goal 4.00), by CPU ${ratios.cpu.duckdb.toFixed(2)}`,
    `Node process ${node.toFixed(0)} MB (goal 200), Spark's driver ${spark.toFixed(0)} MB (goal 2000)`,
    `all three agree on ${String(agreed.length)} tables, row by row; ${agreed.find(({ table: name }) => name === "part-d/curated/drug_report")?.totals["drug_cost_usd"] ?? ""} USD`,
    table([["statement of carelake", "seconds", "CPU", "rows", "shuffled MB", "spilled MB"], ...ours.reports.flatMap(statements)]),
  ].join("\n\n");
}

/** A carelake step is its table with all gates; a rival's is the write of the table. */
function steps({ ours, plain, duckdb }: PartDFigures): readonly (readonly string[])[] {
  return ours.reports.flatMap(({ steps: each }) =>
    each.map((step) => {
      const [, zone = "", name = ""] = step.job.split("/");
      const key = `${zone}_${name}`;
      return [`${zone}/${name}`, step.seconds.toFixed(1), seconds(plain.seconds[key]), seconds(duckdb.seconds[key])];
    }),
  );
}

function statements(report: StageReport): readonly (readonly string[])[] {
  return report.statements.map((each) => [
    each.id.replace("part-d/", ""),
    each.seconds.toFixed(2),
    each.executor_cpu_seconds.toFixed(1),
    each.rows === null ? "–" : String(each.rows),
    (each.shuffle_write_bytes / MB).toFixed(0),
    (each.disk_spilled_bytes / MB).toFixed(0),
  ]);
}

const seconds = (value: number | undefined): string => (value === undefined ? "–" : value.toFixed(1));

function memory(rival: Brief<Rival>, program?: string): string {
  const peaks = Object.entries(rival.watched.peakBytes).filter(([name]) => program === undefined || name.startsWith(program));
  return (Math.max(0, ...peaks.map(([, bytes]) => bytes)) / MB).toFixed(0);
}

export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")).join("\n");
}
