// What a former run of a stage tells about its next size. In: its report, and what it ran on. Out: sums, and how
// long the same work would take on other cores. Never guesses what the report does not say.

import type { EngineName } from "../../driver/engine.js";
import type { StageShape } from "../../driver/shape.js";
import type { StageReport } from "../../driver/stage.js";

export interface StatementTime {
  readonly seconds: number;
  /** Task seconds, over all executors. */
  readonly run_seconds: number;
  readonly cpu_seconds: number;
  readonly tasks: number;
}

export interface RanOn {
  readonly engine: EngineName;
  /** Most executors it had; 1 on this computer. */
  readonly executors: number;
  readonly cores_per_executor: number;
  /** Heap and overhead together: on EC2 what YARN gives, which is less than the machine has. */
  readonly memory_gb_per_core: number;
  /** GB of the driver, heap and overhead. */
  readonly driver_gb: number;
}

/** What a shape is, in the words of a former run. */
export const ranOn = ({ engine, executors, executor, driver }: StageShape): RanOn => ({
  engine,
  executors,
  cores_per_executor: executor.vcpu,
  memory_gb_per_core: executor.memory_gb / executor.vcpu,
  driver_gb: driver.memory_gb,
});

export interface StageEvidence {
  readonly run: string;
  /** Only a finished stage tells times; one that ran out of memory tells that it was too small. */
  readonly outcome: "succeeded" | "executor-out-of-memory" | "driver-out-of-memory";
  readonly ran: RanOn;
  /** Bytes of its sources as text (see textBytes), null when nobody knows. */
  readonly input_bytes: number | null;
  /** Whole stage, session start included. */
  readonly seconds: number;
  /** Beside statements: session, catalog, commits, checks in the driver. Grows hardly at all with the data. */
  readonly seconds_outside: number;
  readonly rows: number;
  readonly bytes_written: number;
  readonly shuffle_bytes: number;
  /** Memory and disk side together. */
  readonly spilled_bytes: number;
  /** Average over the tasks of the hungriest statement: Spark reports the sum over tasks, so skew stays hidden and shows as spill. */
  readonly peak_task_bytes: number;
  readonly statements: readonly StatementTime[];
}

/** The parts of a report that are evidence. */
export type ReportedWork = Pick<StageReport, "run" | "outcome" | "failure" | "seconds" | "statements"> & { readonly steps: readonly Pick<StageReport["steps"][number], "outcome">[] };

/**
 * Undefined for a run that tells nothing of the next size: it failed for another reason than memory, or found a part
 * of its work done. Whether it was the driver or an executor that lacked memory, the report cannot say: a run whose
 * driver died is told with `outcome` set by whoever read the logs.
 */
export function evidenceOf(report: ReportedWork, ran: RanOn, inputBytes: number | null): StageEvidence | undefined {
  const isOutOfMemory = report.failure?.kind === "out-of-memory";
  const isWhole = report.outcome === "succeeded" && report.steps.every(({ outcome }) => outcome === "built");
  if (!isWhole && !isOutOfMemory) return undefined;
  const statements = report.statements;
  const sum = (of: (statement: StageReport["statements"][number]) => number | null): number => statements.reduce((total, each) => total + (of(each) ?? 0), 0);
  return {
    run: report.run,
    outcome: isOutOfMemory ? "executor-out-of-memory" : "succeeded",
    ran,
    input_bytes: inputBytes,
    seconds: report.seconds.total,
    seconds_outside: Math.max(0, report.seconds.total - sum((each) => each.seconds)),
    rows: sum((each) => each.rows),
    bytes_written: sum((each) => each.bytes),
    shuffle_bytes: sum((each) => each.shuffle_write_bytes),
    spilled_bytes: sum((each) => each.memory_spilled_bytes + each.disk_spilled_bytes),
    peak_task_bytes: Math.max(0, ...statements.map((each) => each.peak_execution_memory_bytes / Math.max(1, each.tasks))),
    statements: statements.map((each) => ({ seconds: each.seconds, run_seconds: each.executor_run_seconds, cpu_seconds: each.executor_cpu_seconds, tasks: each.tasks })),
  };
}

/** A source's bytes as text when it lies in columnar files: 421 MB of CSV became 65 MB of Parquet in our measurement. */
export const COLUMNAR_FACTOR = 6.5;
export const textBytes = (columnarBytes: number): number => Math.round(columnarBytes * COLUMNAR_FACTOR);

const coresOf = ({ executors, cores_per_executor }: RanOn): number => executors * cores_per_executor;
export const taskSeconds = (evidence: StageEvidence): number => evidence.statements.reduce((sum, each) => sum + each.run_seconds, 0);
export const cpuSeconds = (evidence: StageEvidence): number => evidence.statements.reduce((sum, each) => sum + each.cpu_seconds, 0);

/** Share of the cores' time in which tasks ran, 0..1. */
export function busyShare(evidence: StageEvidence): number {
  const room = evidence.seconds * coresOf(evidence.ran);
  return room === 0 ? 0 : Math.min(1, taskSeconds(evidence) / room);
}

/**
 * Wall seconds of the same stage with `scale` times the bytes on `cores` cores. A statement keeps what it spent beside
 * its tasks (planning, commit); its tasks grow in number with the bytes and share the cores.
 */
export function predictedSeconds(evidence: StageEvidence, cores: number, scale: number): number {
  const had = coresOf(evidence.ran);
  const inStatements = evidence.statements.reduce((sum, { seconds, run_seconds, tasks }) => {
    const beside = Math.max(0, seconds - run_seconds / Math.min(had, Math.max(1, tasks)));
    return sum + beside + (run_seconds * scale) / Math.min(cores, Math.max(1, tasks, Math.floor(tasks * scale)));
  }, 0);
  return evidence.seconds_outside + inStatements;
}
