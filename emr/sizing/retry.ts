// What a failed attempt deserves: another try as it is, one on more memory, or none. In: the attempt and its problem.
// Out: the stage to try next, with the reason. Never here: waiting, or a try after which the same thing would happen again.

import type { PlannedStage } from "../../driver/plan.js";
import type { EndCause, Problem } from "../../driver/problems.js";
import type { StageEvidence } from "./evidence.js";
import { ranOn } from "./evidence.js";
import type { SizingPlace } from "./sizing.js";
import { sizeStage } from "./sizing.js";

export interface Attempted {
  readonly stage: PlannedStage;
  /** Counts from 1. */
  readonly attempt: number;
  readonly problem: Problem;
}

export interface NextTry {
  readonly stage: PlannedStage;
  readonly reason: string;
  readonly waitSeconds: number;
}

/** What passes by itself, how often it is tried in all, and the first wait; each further wait is twice as long. */
const PASSING: Partial<Readonly<Record<EndCause, { readonly tries: number; readonly waitSeconds: number; readonly words: string }>>> = {
  capacity: { tries: 4, waitSeconds: 120, words: "there were no machines of the kind" },
  "instance-loss": { tries: 3, waitSeconds: 10, words: "machines were taken away" },
  bootstrap: { tries: 2, waitSeconds: 30, words: "the cluster did not come up" },
  service: { tries: 2, waitSeconds: 60, words: "the service failed" },
};

/** Undefined for everything that would fail again: SQL, data, gates, access, quotas, time limits, cancellations. */
export function nextTry({ stage, attempt, problem }: Attempted, place: SizingPlace): NextTry | undefined {
  if (problem.code === "spark-out-of-memory") return onMoreMemory(stage, place);
  if (problem.code !== "stage-ended") return undefined;
  const passing = PASSING[problem.cause];
  if (passing === undefined || attempt >= passing.tries) return undefined;
  return { stage, reason: `${passing.words} (attempt ${String(attempt)} of ${String(passing.tries)})`, waitSeconds: passing.waitSeconds * 2 ** (attempt - 1) };
}

/** One size up, once: a stage that is tried again says so in its reason. */
function onMoreMemory(stage: PlannedStage, place: SizingPlace): NextTry | undefined {
  const { shape, size } = stage;
  if (shape === undefined || stage.reason.startsWith(RAISED)) return undefined;
  const sized = sizeStage({ ...place, size, inputBytes: null, history: [outOf("executor-out-of-memory", shape), outOf("driver-out-of-memory", shape)] });
  if (!sized.ok) return undefined;
  const { driver, executor, executors } = sized.value;
  const isMore = driver.memory_gb > shape.driver.memory_gb || executor.memory_gb / executor.vcpu > shape.executor.memory_gb / shape.executor.vcpu;
  if (!isMore) return undefined;
  const told = `${String(executors)} executors of ${String(executor.memory_gb)} GB, ${String(driver.memory_gb)} GB for the driver`;
  return { stage: { ...stage, shape: sized.value, reason: `${RAISED}; ${stage.reason}` }, reason: `it ran out of memory; once more on ${told}`, waitSeconds: 0 };
}

const RAISED = "one size up after it ran out of memory";

/** Nothing is known of such an attempt but what it ran on. */
const outOf = (outcome: StageEvidence["outcome"], shape: NonNullable<PlannedStage["shape"]>): StageEvidence => ({
  run: "",
  outcome,
  ran: ranOn(shape),
  input_bytes: null,
  seconds: 0,
  seconds_outside: 0,
  rows: 0,
  bytes_written: 0,
  shuffle_bytes: 0,
  spilled_bytes: 0,
  peak_task_bytes: 0,
  statements: [],
});
