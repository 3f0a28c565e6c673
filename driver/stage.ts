// The wire format between the driver and emr/runtime/run_stage.py: what a stage is told (stage.json),
// what it tells while it runs (events.jsonl) and what it leaves (report.json, manifest.json).
// Keys are snake_case because Python reads them. Bump STAGE_FORMAT when a reader of the old form would go wrong.

import { z } from "zod";

export const STAGE_FORMAT = 1;

export interface StageFile {
  readonly format: typeof STAGE_FORMAT;
  readonly run: string;
  readonly plan: string;
  readonly stage: string;
  /** Iceberg branch every statement of this run writes to: "run_<first 12 of the plan id>". */
  readonly branch: string;
  /** Session settings set at start (time zone, ANSI …). Settings of the JVM and the catalog come by spark-submit. */
  readonly session: Readonly<Record<string, string>>;
  readonly steps: readonly StageStep[];
  readonly exports: readonly StageExport[];
  /** Look for what earlier runs left in these tables; with `remove` take it away, and these exports that nothing refers to. */
  readonly maintenance?: { readonly tables: readonly string[]; readonly exports: readonly string[]; readonly retain: number; readonly remove: boolean };
  /**
   * Where to write, absolute paths or URIs. On a local path `events` is one file of lines that grows. On S3 it is the
   * folder `<stage folder>/events` of whole objects 000001.jsonl, 000002.jsonl …, numbered without gaps; an ending
   * `.jsonl` is left out of the folder's name.
   */
  readonly events: string;
  readonly report: string;
}

export interface StageColumn {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
  readonly nullable: boolean;
}

/** One table × one partition. Steps run in order. */
export interface StageStep {
  /** "part-d/cleansed/prescriber_drug@2023": unique in the stage. */
  readonly id: string;
  readonly job: string;
  readonly fingerprint: string;
  /** Three-part name, without branch: "lake.part_d_cleansed.prescriber_drug". */
  readonly table: string;
  readonly year: number;
  readonly columns: readonly StageColumn[];
  /**
   * build: write, then gates. check: the data is already there under this fingerprint, only gates run.
   */
  readonly mode: "build" | "check";
  /** Build although main carries the fingerprint already (--force). */
  readonly rebuild?: true;
  /** overwrite: the partition is replaced. append: rows are added to it (growing key). */
  readonly write: "overwrite" | "append";
  /** Registered as a temporary view before the statements run. Raw jobs only. */
  readonly source?: StageSource;
  /** Row rules of the table; present when a quarantine table or row rules exist. */
  readonly rows?: StageRows;
  /** The write: "insert overwrite table … partition (year = 2023) by name …". The driver maps its lines to the template. */
  readonly statement: StageStatement;
  /** Writes the offending rows to quarantine; run only when the table holds fewer rows than it read. */
  readonly quarantine?: { readonly table: string; readonly columns: readonly StageColumn[]; readonly statement: StageStatement };
  readonly gates: readonly StageGate[];
}

export interface StageStatement {
  /** Unique in the stage: "<step id>#insert". */
  readonly id: string;
  readonly sql: string;
}

export interface StageRows {
  /** Temporary view that the insert statements read. */
  readonly view: string;
  /**
   * Select behind the view: the template's columns plus `quarantine_reasons` and `warnings` (arrays of gate ids).
   */
  readonly statement: StageStatement;
  /** Table whose row count in this partition must equal table + quarantine ("raw = cleansed + quarantined"). */
  readonly input_table?: string;
}

export type StageSource = CsvSource | JdbcSource;

export interface CsvSource {
  readonly kind: "csv";
  readonly view: string;
  readonly files: readonly CsvFile[];
  readonly delimiter: string;
  /** Raw columns of the table that the layout lacks: null in the view. */
  readonly absent: readonly string[];
  readonly layout: string;
}

export interface CsvFile {
  readonly uri: string;
  /** What stands in column source_file. */
  readonly name: string;
  readonly gzip: boolean;
  /** Lines above the header line, and the header line itself, to be skipped. */
  readonly skip_lines: number;
  /** Raw column of each field in file order; null for a field that is not loaded. */
  readonly fields: readonly (string | null)[];
}

export type JdbcSource = JdbcTable & PasswordReference;

/** Where the runner finds the password. Never the password. */
export type PasswordReference =
  /** Name of an environment variable. */
  | { readonly password_env: string; readonly password_secret?: never }
  /** Secrets Manager: name or ARN, and the key in its JSON; null when the whole secret is the password. */
  | { readonly password_secret: { readonly id: string; readonly key: string | null }; readonly password_env?: never };

export interface JdbcTable {
  readonly kind: "jdbc";
  readonly view: string;
  readonly url: string;
  readonly user: string;
  readonly table: string;
  /** Growing numeric key. Its bounds are asked when the step starts; later rows wait for the next load. */
  readonly key: string;
  /** SQL predicate on the source that limits it to the year, or null when the whole table is the year. */
  readonly where: string | null;
  readonly columns: readonly string[];
  /** Raw columns of the table that the layout lacks: null in the view. */
  readonly absent: readonly string[];
  readonly layout: string;
  readonly partitions: number;
  /** Read only keys above the greatest `source_key` already in this partition of the table's main branch. */
  readonly incremental: boolean;
}

export interface StageGate {
  readonly id: string;
  readonly name: string;
  readonly severity: "error" | "warn" | "info";
  readonly kind: "row" | "set";
  /** When set, the gate is reported "not-applicable" with this reason and not run. */
  readonly not_applicable?: string;
  /** set: select of offenders, reads the branch. */
  readonly statement?: StageStatement;
  /** set: must return a row, else the gate is not applicable ("no partition for 2022"). */
  readonly applicable_when?: { readonly sql: string; readonly else_reason: string };
  /** row: where offenders are found: in quarantine, among the rows that stay, or nowhere because one blocks. */
  readonly offenders?: "quarantine" | "warnings" | "block";
  /** Offenders tolerated: share of the table's rows, 0..1. */
  readonly tolerance: number;
}

export interface StageExport {
  readonly id: string;
  readonly table: string;
  readonly year: number;
  /** Columns in the order of the segment, `year` first, with their types. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly sort: readonly string[];
  /** Folder of the segments and of manifest.json. Written to `<directory>.part` first, then renamed. */
  readonly directory: string;
  readonly segment_bytes: number;
  /** Fingerprint of the exported data; a manifest with the same one is kept as it is. */
  readonly fingerprint: string;
}

// ---- read back -------------------------------------------------------------------------------------------

export const statementMetrics = z.object({
  id: z.string(),
  seconds: z.number(),
  rows: z.number().nullable(),
  bytes: z.number().nullable(),
  files: z.number().nullable(),
  input_bytes: z.number(),
  input_rows: z.number(),
  shuffle_write_bytes: z.number(),
  memory_spilled_bytes: z.number(),
  disk_spilled_bytes: z.number(),
  peak_execution_memory_bytes: z.number(),
  executor_run_seconds: z.number(),
  executor_cpu_seconds: z.number(),
  tasks: z.number(),
});
export type StatementMetrics = z.infer<typeof statementMetrics>;

export const gateResult = z.object({
  step: z.string(),
  id: z.string(),
  name: z.string(),
  severity: z.enum(["error", "warn", "info"]),
  verdict: z.enum(["passed", "failed", "warned", "noted", "not-applicable"]),
  reason: z.string().nullable(),
  offenders: z.number(),
  rows: z.number(),
  tolerance: z.number(),
  samples: z.array(z.record(z.string(), z.unknown())),
  seconds: z.number(),
});
export type GateResult = z.infer<typeof gateResult>;

export const stepReport = z.object({
  id: z.string(),
  job: z.string(),
  table: z.string(),
  year: z.number(),
  fingerprint: z.string(),
  outcome: z.enum(["built", "already-built", "checked", "gate-failed", "failed", "not-reached"]),
  rows: z.number().nullable(),
  quarantined: z.number().nullable(),
  snapshot: z.string().nullable(),
  seconds: z.number(),
  /** Source facts: files with bytes, sha256, lines, rows; or key bounds read. */
  source: z.record(z.string(), z.unknown()).nullable(),
});
export type StepReport = z.infer<typeof stepReport>;

/** Why a stage failed, as the runner saw it. `statement`, `line` and `column` (1-based) point into the executed SQL. */
export const stageFailure = z.object({
  kind: z.enum(["gate", "source", "analysis", "contract", "configuration", "out-of-memory", "disk-full", "spark", "interrupted", "internal"]),
  message: z.string(),
  condition: z.string().nullable(),
  sql_state: z.string().nullable(),
  step: z.string().nullable(),
  statement: z.string().nullable(),
  line: z.number().nullable(),
  column: z.number().nullable(),
  /** Kind-specific facts: file and byte offset of a source refusal, proposal of an unknown column … */
  detail: z.record(z.string(), z.unknown()),
});
export type StageFailure = z.infer<typeof stageFailure>;

/** What runs left behind in one table of the lake. */
const tableLeftovers = z.object({
  table: z.string(),
  branches: z.array(z.string()),
  /** Snapshots beyond those that are kept. */
  snapshots: z.number(),
  /** Files that no snapshot names: writes killed before their commit. */
  orphan_files: z.number(),
  examples: z.array(z.string()),
  removed: z.boolean(),
});
export type TableLeftovers = z.infer<typeof tableLeftovers>;

export const stageReport = z.object({
  format: z.literal(STAGE_FORMAT),
  run: z.string(),
  stage: z.string(),
  outcome: z.enum(["succeeded", "gate-failed", "failed"]),
  spark: z.object({ version: z.string(), application: z.string(), iceberg: z.string() }),
  seconds: z.object({ session: z.number(), total: z.number() }),
  /** `executor_jvm`: heap of the executor that used most; 0 when the driver's JVM did all, or nobody told. */
  peak_memory_bytes: z.object({ driver_jvm: z.number(), driver_python: z.number(), executor_jvm: z.number().default(0) }),
  steps: z.array(stepReport),
  statements: z.array(statementMetrics),
  gates: z.array(gateResult),
  exports: z.array(z.object({ id: z.string(), directory: z.string(), rows: z.number(), bytes: z.number(), kept: z.boolean() })),
  /** Tables whose main branch moved in this stage, in order. */
  forwarded: z.array(z.string()),
  maintenance: z.array(tableLeftovers).default([]),
  failure: stageFailure.nullable(),
});
export type StageReport = z.infer<typeof stageReport>;

/** One line of events.jsonl. `at` is UTC, ISO 8601 with milliseconds. */
export const stageEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("stage-started"), at: z.string(), spark: z.string(), application: z.string() }),
  z.object({ event: z.literal("step-started"), at: z.string(), step: z.string() }),
  z.object({ event: z.literal("statement-started"), at: z.string(), statement: z.string() }),
  /** At most one a second while a statement runs. */
  z.object({ event: z.literal("progress"), at: z.string(), statement: z.string(), tasks_done: z.number(), tasks: z.number() }),
  z.object({ event: z.literal("statement-finished"), at: z.string(), metrics: statementMetrics }),
  z.object({ event: z.literal("gate"), at: z.string(), result: gateResult }),
  z.object({ event: z.literal("step-finished"), at: z.string(), report: stepReport }),
  z.object({ event: z.literal("forwarded"), at: z.string(), table: z.string(), snapshot: z.string() }),
  z.object({ event: z.literal("exported"), at: z.string(), id: z.string(), rows: z.number(), bytes: z.number() }),
  z.object({ event: z.literal("stage-finished"), at: z.string(), outcome: z.enum(["succeeded", "gate-failed", "failed"]) }),
]);
export type StageEvent = z.infer<typeof stageEvent>;

/**
 * manifest.json of one exported table × year. `hash` is the decimal text of the sum, over all lines, of the first
 * 32 bits of sha256(line) as an unsigned integer, the line as it stands in the segment (UTF-8, without the line feed).
 */
export const exportManifest = z.object({
  format: z.literal(1),
  table: z.string(),
  year: z.number(),
  fingerprint: z.string(),
  snapshot: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  sort: z.array(z.string()),
  rows: z.number(),
  hash: z.string(),
  segments: z.array(z.object({ file: z.string(), rows: z.number(), bytes: z.number(), hash: z.string() })),
});
export type ExportManifest = z.infer<typeof exportManifest>;

/** Exit codes of run_stage.py. Anything else means that Python or the JVM died. */
export const STAGE_EXIT = { succeeded: 0, failed: 1, gateFailed: 3 } as const;
