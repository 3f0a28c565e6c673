// What a failed attempt deserves: another try as it is, one on more memory or disk, or none. In: the attempt and its
// problem. Out: the stage to try next, with the reason. Never here: waiting, or a try after which the same would happen.

import type { FailureClass } from "../../driver/failure-class.js";
import { RETRY } from "../../driver/failure-class.js";
import type { PlannedStage } from "../../driver/plan.js";
import type { Problem } from "../../driver/problems.js";
import type { StageShape } from "../../driver/shape.js";
import { BUILT_IN_PRICES } from "../facts/prices.js";
import { estimateOn } from "./cost.js";
import type { StageEvidence } from "./evidence.js";
import { ranOn } from "./evidence.js";
import type { SizingPlace } from "./sizing.js";
import { architectureOf, sizeStage } from "./sizing.js";
import { legalDisk } from "./workers.js";

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

/** By the class of the failure alone; undefined where its rule says never, or where there is nothing larger. */
export function nextTry({ stage, attempt, problem }: Attempted, place: SizingPlace): NextTry | undefined {
  const { class: failure } = problem;
  if (failure === undefined) return undefined;
  const rule = RETRY[failure];
  switch (rule.again) {
    case "never":
      return undefined;
    case "after waiting":
      if (attempt >= rule.tries) return undefined;
      return { stage, reason: `${WHY[failure] ?? failure} (attempt ${String(attempt)} of ${String(rule.tries)})`, waitSeconds: rule.waitSeconds * 2 ** (attempt - 1) };
    case "on more memory":
      return onMoreMemory(stage, failure, place);
    case "on more disk":
      return onMoreDisk(stage, place);
  }
}

/** Why another try helps, for the ledger and the terminal. */
const WHY: Partial<Readonly<Record<FailureClass, string>>> = {
  capacity: "there were no machines of the kind",
  "instance-loss": "machines were taken away",
  bootstrap: "the cluster did not come up",
  service: "the service failed",
  "s3-slow-down": "S3 asked for fewer requests",
  network: "a host could not be reached",
  "commit-conflict": "another writer changed the table at the same moment",
};

/** Once: a stage that is tried again on more says so in its reason. */
const isRaised = ({ reason }: PlannedStage): boolean => reason.startsWith(RAISED);
const RAISED = "one size up after it ran out of";
/** With the dollars of the shape that it gets, which a budget is held to. */
function raised(stage: PlannedStage, { shape, was, what }: { readonly shape: StageShape; readonly was: StageShape; readonly what: string }, { profile, prices = BUILT_IN_PRICES }: SizingPlace): PlannedStage {
  const estimate = estimateOn(shape, was, { architecture: architectureOf(profile), prices });
  return { ...stage, shape: { ...shape, estimate }, reason: `${RAISED} ${what}; ${stage.reason}` };
}

function onMoreMemory(stage: PlannedStage, failure: FailureClass, place: SizingPlace): NextTry | undefined {
  const { shape, size } = stage;
  if (shape === undefined || isRaised(stage)) return undefined;
  // Who was killed for its memory does not say which of the two it was.
  const ran = [...(failure === "driver-memory" ? [] : [outOf("executor-out-of-memory", shape)]), ...(failure === "executor-memory" ? [] : [outOf("driver-out-of-memory", shape)])];
  const sized = sizeStage({ ...place, size, inputBytes: null, history: ran });
  if (!sized.ok) return undefined;
  const { driver, executor, executors } = sized.value;
  const isMore = driver.memory_gb > shape.driver.memory_gb || executor.memory_gb / executor.vcpu > shape.executor.memory_gb / shape.executor.vcpu;
  if (!isMore) return undefined;
  const told = `${String(executors)} executors of ${String(executor.memory_gb)} GB, ${String(driver.memory_gb)} GB for the driver`;
  return { stage: raised(stage, { shape: sized.value, was: shape, what: "memory" }, place), reason: `it ran out of memory; once more on ${told}`, waitSeconds: 0 };
}

/** EMR Serverless takes a size of disk; on EMR the disk comes with the instance type. */
function onMoreDisk(stage: PlannedStage, place: SizingPlace): NextTry | undefined {
  const { shape } = stage;
  if (shape?.engine !== "emr-serverless" || isRaised(stage)) return undefined;
  const disk_gb = legalDisk(shape.executor.disk_gb * 4);
  const driver_gb = legalDisk(shape.driver.disk_gb * 4);
  if (disk_gb <= shape.executor.disk_gb) return undefined;
  const larger = {
    ...shape,
    driver: { ...shape.driver, disk_gb: driver_gb },
    executor: { ...shape.executor, disk_gb },
    conf: { ...shape.conf, "spark.emr-serverless.driver.disk": `${String(driver_gb)}G`, "spark.emr-serverless.executor.disk": `${String(disk_gb)}G` },
  };
  return { stage: raised(stage, { shape: larger, was: shape, what: "disk" }, place), reason: `its disk was full; once more on ${String(disk_gb)} GB an executor`, waitSeconds: 0 };
}

/** Nothing is known of such an attempt but what it ran on. */
const outOf = (outcome: StageEvidence["outcome"], shape: StageShape): StageEvidence => ({
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
