// How many cores and how much memory a stage needs, and why. First by rules from its input, later from its former
// runs. Knows neither workers nor instances: shapes are made of the answer in sizing.ts.

import type { PlannedStage } from "../../driver/plan.js";
import type { StageEvidence } from "./evidence.js";
import { busyShare, cpuSeconds, predictedSeconds, taskSeconds } from "./evidence.js";
import type { MemoryStep } from "./fleets.js";
import { GB_PER_VCPU, MEMORY_STEPS } from "./fleets.js";

export interface DecisionRequest {
  readonly size: PlannedStage["size"];
  /** Bytes of its sources as text; null when nobody knows. */
  readonly inputBytes: number | null;
  /** Former runs of the stage, oldest first. */
  readonly history: readonly StageEvidence[];
  /** Execution seconds to aim at, without start. Default by size. */
  readonly targetSeconds?: number;
  /** Least and most cores that the engine allows. */
  readonly least: number;
  readonly most: number;
  /** Cores of an executor: answers are multiples of it. */
  readonly step: number;
}

export interface Decision {
  readonly cores: number;
  readonly memory: MemoryStep;
  /** GB that a driver died with: the next one has more. 0 when none died. */
  readonly driver_gb_above: number;
  readonly shuffle_partitions: number;
  readonly shuffle_bytes: number;
  /** Execution seconds expected on so many cores. */
  readonly secondsOn: (cores: number) => number;
  readonly evidence: "rules" | "former run";
  /** Clauses of the reason, the shape's own words come between them. */
  readonly because: string;
  readonly basis: string;
}

const TASK_BYTES = 128 * 1024 * 1024;
const TASKS_PER_CORE = 2;
/** What a stage of a size is held to when its input is unknown, the most cores it gets, and the seconds aimed at. */
export const SIZES: Readonly<Record<PlannedStage["size"], { readonly bytes: number; readonly cores: number; readonly seconds: number }>> = {
  small: { bytes: 2 ** 30, cores: 32, seconds: 300 },
  medium: { bytes: 8 * 2 ** 30, cores: 128, seconds: 900 },
  large: { bytes: 64 * 2 ** 30, cores: 512, seconds: 1800 },
};
/** Part D here: 0.37 to 0.48 task seconds for a MB of text through all zones, and about 45 s that do not grow with it. */
const TASK_SECONDS_PER_MB = 0.45;
const FIXED_SECONDS = 45;
/** A stage that cannot meet its target gets no cores that make it less than a tenth faster. */
const TOLERATED = 1.1;

export function decide(request: DecisionRequest): Decision {
  const finished = request.history.findLast((each) => each.outcome === "succeeded");
  const cores = finished === undefined ? byRules(request) : byFormerRun(request, finished);
  const memory = memoryStep(request, finished);
  const driverDied = request.history.filter((each) => each.outcome === "driver-out-of-memory");
  const driver_gb_above = Math.max(0, ...driverDied.map((each) => each.ran.driver_gb));
  const shuffle_bytes = finished === undefined ? bytesOf(request) : finished.shuffle_bytes * scaleOf(request, finished);
  // Where memory has no further step, tasks are made smaller instead.
  const shuffle_partitions = Math.max(TASKS_PER_CORE * cores.cores, Math.ceil(shuffle_bytes / TASK_BYTES)) * (memory.atEnd ? 2 : 1);
  const because = [cores.because, memory.because, ...driverDied.slice(-1).map((each) => `run ${each.run} lost its driver of ${each.ran.driver_gb} GB to memory, so the driver is larger`)].filter((each) => each !== "").join("; ");
  return { ...cores, memory: memory.step, driver_gb_above, shuffle_bytes, shuffle_partitions, because, evidence: finished === undefined && request.history.length === 0 ? "rules" : "former run" };
}

type Cores = Pick<Decision, "cores" | "secondsOn" | "because" | "basis">;

const bytesOf = ({ inputBytes, size }: DecisionRequest): number => inputBytes ?? SIZES[size].bytes;

function byRules(request: DecisionRequest): Cores {
  const bytes = bytesOf(request);
  const tasks = Math.max(1, Math.ceil(bytes / TASK_BYTES));
  const wanted = Math.ceil(tasks / TASKS_PER_CORE);
  const cores = withinLimits(request, wanted);
  const secondsOn = (some: number): number => FIXED_SECONDS + ((bytes / 1e6) * TASK_SECONDS_PER_MB) / Math.min(some, tasks);
  const from = request.inputBytes === null ? `input of unknown size, held to ${gb(bytes)} for a ${request.size} stage,` : `${gb(bytes)} of input`;
  const held = cores < wanted ? ` (${wanted} vCPU wanted, ${cores} allowed)` : cores > wanted ? ` (${wanted} vCPU would do, ${cores} is the least)` : "";
  return {
    cores,
    secondsOn,
    because: `no former run; ${from} makes ${count(tasks, "task")} of 128 MB, two to a vCPU${held}`,
    basis: `time by rule: ${FIXED_SECONDS} s and ${TASK_SECONDS_PER_MB} task seconds a MB, measured on Part D`,
  };
}

function byFormerRun(request: DecisionRequest, former: StageEvidence): Cores {
  const scale = scaleOf(request, former);
  const wall = (cores: number): number => predictedSeconds(former, cores, scale);
  const most = withinLimits(request, Infinity);
  const target = request.targetSeconds ?? SIZES[request.size].seconds;
  const limit = Math.max(target, TOLERATED * wall(most));
  const ladder = Array.from({ length: Math.floor(most / request.step) }, (_, index) => (index + 1) * request.step).filter((cores) => cores >= request.least);
  const cores = ladder.find((each) => wall(each) <= limit) ?? most;
  const had = former.ran.executors * former.ran.cores_per_executor;
  const grown = scale === 1 ? "" : `, now with ${scale.toFixed(2)} times the input`;
  const aim = wall(most) <= target ? `the fewest that end within the ${Math.round(target)} s aimed at` : `${Math.round(target)} s are out of reach, and more than a tenth faster no size is`;
  return {
    cores,
    secondsOn: wall,
    because: `run ${former.run} took ${Math.round(former.seconds)} s for ${count(former.rows, "row")} on ${had} vCPU, ${Math.round(busyShare(former) * 100)} % busy${grown}: ${aim}`,
    basis: `time from run ${former.run}: ${Math.round(taskSeconds(former))} task seconds spread anew, what lies beside tasks kept as it was`,
  };
}

/** Bytes now over bytes then; 1 when either is unknown. */
function scaleOf({ inputBytes }: DecisionRequest, former: StageEvidence): number {
  return inputBytes === null || former.input_bytes === null || former.input_bytes === 0 ? 1 : inputBytes / former.input_bytes;
}

function withinLimits({ least, most, step, size }: DecisionRequest, wanted: number): number {
  const top = Math.max(least, Math.floor(Math.min(most, SIZES[size].cores) / step) * step);
  return Math.min(top, Math.max(least, Math.ceil(wanted / step) * step));
}

// ---- memory ----------------------------------------------------------------------------------------------

/** Share of the heap that tasks of a core may use: Spark keeps 300 MB and 40 %. */
const executionBytes = (gbPerCore: number): number => Math.max(0, (gbPerCore / 1.1875) * 2 ** 30 * 0.6);
const NEAR = 0.8;
const FREE = 0.5;
const CPU_BOUND = 0.9;

interface MemoryAnswer {
  readonly step: MemoryStep;
  readonly because: string;
  /** More is wanted than the last step has. */
  readonly atEnd: boolean;
}

/** M first; one step up from where a run spilled or came near the limit; C only for proven thrift. */
function memoryStep({ history }: DecisionRequest, finished: StageEvidence | undefined): MemoryAnswer {
  const last = history.at(-1);
  const tight = history.filter(isTight);
  const reasonOf = (each: StageEvidence): string =>
    each.outcome === "executor-out-of-memory" ? "ran out of memory" : each.spilled_bytes > 0 ? `spilled ${gb(each.spilled_bytes)}` : `used ${gb(each.peak_task_bytes)} a task, ${Math.round(NEAR * 100)} % of its room or more`;
  const needed = Math.max(-1, ...tight.map((each) => placeOf(each.ran.memory_gb_per_core) + 1));
  const worst = tight.findLast((each) => placeOf(each.ran.memory_gb_per_core) + 1 === needed);
  const usual = MEMORY_STEPS.indexOf("m");
  if (needed > usual && worst !== undefined) {
    const step = MEMORY_STEPS[needed] ?? "r";
    const atEnd = needed >= MEMORY_STEPS.length;
    const how = atEnd ? "memory has no further step, so shuffle partitions are doubled" : `one step up to ${GB_PER_VCPU[step]} GB a vCPU`;
    return { step, because: `run ${worst.run} ${reasonOf(worst)} with ${worst.ran.memory_gb_per_core.toFixed(1)} GB a vCPU: ${how}`, atEnd };
  }
  if (finished !== undefined && last === finished && tight.length === 0 && isThrifty(finished)) {
    return { step: "c", because: `no task used more than ${gb(finished.peak_task_bytes)} and tasks kept the CPU busy, so ${GB_PER_VCPU.c} GB a vCPU do`, atEnd: false };
  }
  return { step: "m", because: "", atEnd: false };
}

const isTight = (each: StageEvidence): boolean =>
  each.outcome === "executor-out-of-memory" || (each.outcome === "succeeded" && (each.spilled_bytes > 0 || each.peak_task_bytes > NEAR * executionBytes(each.ran.memory_gb_per_core)));

/** What YARN gives a core of the smallest C machine. */
const LEAST_C_GB = 1.1;

/** Under half of what C would give, and tasks that compute rather than wait. A local run proves nothing of the kind: one JVM. */
const isThrifty = (each: StageEvidence): boolean =>
  each.ran.engine !== "local" && each.peak_task_bytes > 0 && each.peak_task_bytes <= FREE * executionBytes(LEAST_C_GB) && cpuSeconds(each) >= CPU_BOUND * taskSeconds(each);

/** Least GB a core of each step: YARN gives 1.1, 2.6 and 5.4 on the smallest machines, Serverless 2, 4 and 7.5. */
const LEAST_GB: Readonly<Record<MemoryStep, number>> = { c: 1.1, m: 2.3, r: 4.5 };

/** Place of the step that so much memory is; -1 below all of them, as on a laptop. */
const placeOf = (gbPerCore: number): number => MEMORY_STEPS.findLastIndex((step) => LEAST_GB[step] <= gbPerCore);

// ---- words -----------------------------------------------------------------------------------------------

const gb = (bytes: number): string => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(bytes / 1e6, bytes > 0 ? 0.1 : 0).toFixed(bytes >= 1e7 ? 0 : 1)} MB`);
const count = (number: number, noun: string): string => `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
