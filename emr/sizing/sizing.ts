// A stage, or several that share what they run on → executors and driver, the Spark settings that follow, the reason
// in one sentence, and dollars on either engine. Pure: former runs, prices and the profile come in. Asks nobody, and
// gives no size that a service would refuse.

import type { PlannedStage } from "../../driver/plan.js";
import type { Profile } from "../../driver/profile.js";
import { emr as emrShape, emrServerless as serverlessShape } from "../../driver/profile.js";
import type { Problem, Result } from "../../driver/problems.js";
import { fail, ok } from "../../driver/problems.js";
import type { StageShape, WorkerSize } from "../../driver/shape.js";
import { defaultEbsGb, estimate } from "./cost.js";
import type { StageEvidence } from "./evidence.js";
import type { Fleets } from "./fleets.js";
import { CORES_PER_EXECUTOR, fleetsFor, GB_PER_VCPU, MEMORY_STEPS, primaryVcpu } from "./fleets.js";
import type { Architecture } from "../facts/instance-table.js";
import type { MemorySplit } from "../facts/instances.js";
import { BUILT_IN_PRICES, type Prices } from "../facts/prices.js";
import { lookUpRelease } from "../facts/releases.js";
import type { Decision, DecisionRequest } from "./size-decision.js";
import { decide, SIZES } from "./size-decision.js";
import { legalDisk, legalMemory, workerSplit } from "./workers.js";

/** What is asked of every stage of a run alike. */
export interface SizingPlace {
  readonly engine: StageShape["engine"];
  readonly profile: Profile;
  readonly release: string;
  readonly prices?: Prices;
}

export interface StageDemand {
  readonly size: PlannedStage["size"];
  /** Bytes of its sources as text (evidence.ts textBytes turns columnar ones into that); null when nobody knows. */
  readonly inputBytes: number | null;
  /** Former runs of the stage, oldest first. */
  readonly history: readonly StageEvidence[];
  /** Execution seconds to aim at; by size when absent. */
  readonly targetSeconds?: number;
}

/** Fewer are said to be refused by EMR Serverless. */
export const LEAST_SERVERLESS_EXECUTORS = 4;
/** Drivers by step. The runner's JVM took 1.3 GB and its Python process 0.35 GB, executors' work of a local run included. */
const DRIVERS: readonly { readonly vcpu: number; readonly gb: number }[] = [{ vcpu: 2, gb: 8 }, { vcpu: 4, gb: 16 }, { vcpu: 4, gb: 30 }, { vcpu: 8, gb: 60 }];
const DRIVER_STEP: Readonly<Record<PlannedStage["size"], number>> = { small: 0, medium: 0, large: 1 };
/** The runner's Python process lives beside the driver's heap. */
const PYTHON_MB = 768;

export const sizeStage = (request: SizingPlace & StageDemand): Result<StageShape> => sizeGroup([request], request);

/** One shape that is enough for each of the stages, which run on it one after the other. */
export function sizeGroup(stages: readonly StageDemand[], place: SizingPlace): Result<StageShape> {
  const { engine, profile, prices = BUILT_IN_PRICES } = place;
  const problem = releaseProblem(place.release);
  if (problem !== undefined) return fail(problem);
  const architecture = architectureOf(profile);
  const workers = onServerless(stages, profile);
  const cluster = onCluster(stages, profile, { architecture, prices });
  if (cluster === undefined) return fail({ code: "config-invalid", key: "emr", message: `the price table of ${prices.region} names no ${architecture} instance types for this stage`, help: "carelake prices --refresh writes one for your region" });
  const { decision, driver, executor, executors, conf } = engine === "emr" ? cluster : workers;
  const size = `${executors} executor${executors === 1 ? "" : "s"} of ${executor.vcpu} vCPU and ${words(executor.memory_gb)} GB`;
  return ok({
    engine,
    driver,
    executor,
    executors,
    reason: `${size}: ${decision.because}`,
    evidence: decision.evidence,
    conf,
    ...(engine === "emr" ? { cluster: cluster.fleets.cluster } : {}),
    estimate: estimate({ engine, seconds: { emr: cluster.seconds, "emr-serverless": workers.seconds }, cluster: cluster.fleets.cluster, workers, architecture, prices, basis: decision.basis }),
  });
}

function releaseProblem(release: string): Problem | undefined {
  const told = lookUpRelease(release);
  if (told.known || told.wellFormed) return undefined;
  return { code: "config-invalid", key: "release", message: `\`${release}\` is no release label`, help: `labels look like emr-spark-8.1.0 or emr-7.14.0; the nearest known one is ${told.nearest}` };
}

/** The same CPU on both engines: Python wheels and native libraries are then the same too. */
export const architectureOf = (profile: Profile): Architecture => profile.emr_serverless?.architecture ?? "ARM64";

interface Sized {
  readonly decision: Decision;
  readonly driver: WorkerSize;
  readonly executor: WorkerSize;
  readonly executors: number;
  /** Execution seconds of all the stages. */
  readonly seconds: number;
  readonly conf: Readonly<Record<string, string>>;
}

/** What is enough for all of them, and how long they take on it one after the other. */
function decideAll(stages: readonly StageDemand[], limits: (stage: StageDemand) => Pick<DecisionRequest, "least" | "most" | "step">): Decision & { readonly seconds: number } {
  const decisions = stages.map((stage) => decide({ ...stage, ...limits(stage) }));
  const [largest] = [...decisions].sort((a, b) => b.cores - a.cores);
  if (largest === undefined) throw new RangeError("no stages to size");
  const most = (of: (decision: Decision) => number): number => Math.max(...decisions.map(of));
  const memory = MEMORY_STEPS[most((each) => MEMORY_STEPS.indexOf(each.memory))] ?? "m";
  const seconds = decisions.reduce((sum, each) => sum + each.secondsOn(largest.cores), 0);
  return {
    ...largest,
    memory,
    seconds,
    driver_gb_above: most((each) => each.driver_gb_above),
    shuffle_partitions: most((each) => each.shuffle_partitions),
    // Shuffle files live until the application ends.
    shuffle_bytes: decisions.reduce((sum, each) => sum + each.shuffle_bytes, 0),
    because: [...new Set(decisions.map((each) => each.because))].join(" | "),
  };
}

/** The usual driver of the largest of the stages, or the next one above those that died; the largest when all did. */
function driverOf(stages: readonly StageDemand[], { driver_gb_above }: Decision): { readonly vcpu: number; readonly gb: number } {
  const usual = Math.max(...stages.map(({ size }) => DRIVER_STEP[size]));
  return DRIVERS.find(({ gb }, step) => step >= usual && gb > driver_gb_above) ?? DRIVERS.at(-1) ?? { vcpu: 8, gb: 60 };
}

/** Driver and at least four executors must fit the vCPU that the profile allows; narrower executors make room. */
function onServerless(stages: readonly StageDemand[], profile: Profile): Sized {
  const cap = (profile.emr_serverless ?? serverlessShape.parse({})).maximum_vcpu;
  const wanted = driverOf(stages, decideAll(stages, () => ({ least: 1, most: 1, step: 1 })));
  const driverVcpu = [8, 4, 2, 1].find((vcpu) => vcpu <= wanted.vcpu && vcpu + LEAST_SERVERLESS_EXECUTORS <= cap) ?? 1;
  const cores = [CORES_PER_EXECUTOR, 2, 1].find((each) => each * LEAST_SERVERLESS_EXECUTORS + driverVcpu <= cap) ?? 1;
  const decision = decideAll(stages, () => ({ least: LEAST_SERVERLESS_EXECUTORS * cores, most: cap - driverVcpu, step: cores }));
  const executors = decision.cores / cores;
  const driver = { vcpu: driverVcpu, memory_gb: legalMemory(driverVcpu, wanted.gb), disk_gb: 20 };
  const disk_gb = legalDisk(10 + (2 * decision.shuffle_bytes) / executors / 1e9);
  const executor = { vcpu: cores, memory_gb: legalMemory(cores, cores * GB_PER_VCPU[decision.memory]), disk_gb };
  const driverSplit = workerSplit(driver.memory_gb, PYTHON_MB);
  const conf = {
    ...executorConf(executor.vcpu, workerSplit(executor.memory_gb)),
    "spark.driver.cores": String(driver.vcpu),
    "spark.driver.memory": `${driverSplit.heap_mb}m`,
    "spark.driver.memoryOverhead": `${driverSplit.overhead_mb}m`,
    "spark.emr-serverless.driver.disk": `${driver.disk_gb}G`,
    "spark.emr-serverless.executor.disk": `${executor.disk_gb}G`,
    ...allocationConf(executors, Math.min(3, executors)),
    "spark.sql.shuffle.partitions": String(decision.shuffle_partitions),
  };
  return { decision, driver, executor, executors, conf, seconds: decision.seconds };
}

/**
 * Client deploy mode, the driver on the primary node: that node is always on demand, the driver's log is then the log
 * of the step, cancelling the step kills the driver, and no executor's place goes to it. In cluster mode the driver may
 * outlive a cancelled step and dies with a spot node. The price is a primary that holds its daemons and the driver.
 */
function onCluster(stages: readonly StageDemand[], profile: Profile, { architecture, prices }: { readonly architecture: Architecture; readonly prices: Prices }): (Sized & { readonly fleets: Fleets }) | undefined {
  const decision = decideAll(stages, ({ size }) => ({ least: CORES_PER_EXECUTOR, most: SIZES[size].cores, step: CORES_PER_EXECUTOR }));
  const executors = decision.cores / CORES_PER_EXECUTOR;
  const wanted = driverOf(stages, decision);
  const asDriver = { vcpu: wanted.vcpu, memory_gb: wanted.gb, disk_gb: 20 };
  const { spot } = profile.emr ?? emrShape.parse({});
  const fleets = fleetsFor({ executors, step: decision.memory, architecture, spot, driver: asDriver, instances: prices.instances });
  const node = fleets?.cluster.core.types[0]?.type;
  if (fleets === undefined || node === undefined) return undefined;
  const { heap_mb, overhead_mb } = fleets.executor;
  const conf = {
    "spark.submit.deployMode": "client",
    ...executorConf(CORES_PER_EXECUTOR, fleets.executor),
    "spark.driver.memory": `${workerSplit(wanted.gb).heap_mb - PYTHON_MB}m`,
    ...allocationConf(executors, executors),
    "spark.sql.shuffle.partitions": String(decision.shuffle_partitions),
  };
  const driver = { ...asDriver, vcpu: primaryVcpu(asDriver), disk_gb: defaultEbsGb(fleets.cluster.primary.types[0]?.type ?? "") };
  const executor = { vcpu: CORES_PER_EXECUTOR, memory_gb: (heap_mb + overhead_mb) / 1024, disk_gb: defaultEbsGb(node) };
  return { decision, driver, executor, executors, conf, fleets, seconds: decision.seconds };
}

const executorConf = (cores: number, { heap_mb, overhead_mb }: MemorySplit): Readonly<Record<string, string>> => ({
  "spark.executor.cores": String(cores),
  "spark.executor.memory": `${heap_mb}m`,
  "spark.executor.memoryOverhead": `${overhead_mb}m`,
});

/** All at once where they are there anyway, given back where idle ones cost. Never without a most. */
const allocationConf = (most: number, first: number): Readonly<Record<string, string>> => ({
  "spark.dynamicAllocation.enabled": "true",
  "spark.dynamicAllocation.minExecutors": "1",
  "spark.dynamicAllocation.initialExecutors": String(first),
  "spark.dynamicAllocation.maxExecutors": String(most),
});

const words = (gb: number): string => (Number.isInteger(gb) ? String(gb) : gb.toFixed(1));
