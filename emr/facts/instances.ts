// Instance type → its row, or what can be inferred from its name; memory of executors on a node.
// A price is never inferred from a name.

import type { Architecture, Instance } from "./instance-table.js";
import { INSTANCES, YARN_GRAVITON, YARN_X86 } from "./instance-table.js";

/** GB of memory a vCPU that a family letter stands for. */
const GIB_PER_VCPU: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };

/** "m7i.2xlarge": vCPU, memory and architecture by the rules of the names; undefined for families with rules of their own. */
export function inferredInstance(type: string): Instance | undefined {
  const [, letter = "", generation, options = "", size = ""] = /^([cmr])(\d+)([a-z-]*)\.((?:\d+)?xlarge)$/.exec(type) ?? [];
  const gibPerVcpu = GIB_PER_VCPU[letter];
  if (gibPerVcpu === undefined) return undefined;
  const vcpu = 4 * Number(/^\d+/.exec(size)?.[0] ?? 1);
  const gib = vcpu * gibPerVcpu;
  const architecture: Architecture = options.startsWith("g") ? "ARM64" : "X86_64";
  const isFifthOrLater = Number(generation) >= 5;
  const yarn_mb = architecture === "X86_64" && isFifthOrLater ? yarnOfX86(gib) : yarnOfGraviton(gib);
  return { type, vcpu, gib, yarn_mb, ec2_usd_hour: null, emr_usd_hour: null, architecture, inferred: ["yarn_mb"] };
}

/** MB that YARN hands out on m5, r5, c5 and later x86 types. */
export function yarnOfX86(gib: number): number {
  return gib > 64 ? gib * 1024 - 8192 : fromTable(YARN_X86, gib);
}

/** The same on Graviton, and on x86 types before the fifth generation. */
export const yarnOfGraviton = (gib: number): number => fromTable(YARN_GRAVITON, gib);

/** Between two rows the lower one's share of memory counts: less than there is does no harm, more kills nodes. */
function fromTable(table: readonly (readonly [gib: number, mb: number])[], gib: number): number {
  const lower = table.findLast(([at]) => at <= gib) ?? table[0];
  return lower === undefined ? 0 : Math.floor((lower[1] * gib) / lower[0]);
}

export const findInstance = (type: string, instances: readonly Instance[] = INSTANCES): Instance | undefined =>
  instances.find((each) => each.type === type) ?? inferredInstance(type);

/** Heap, and what the JVM and Python need beside it; together the container or worker. */
export interface MemorySplit {
  readonly heap_mb: number;
  readonly overhead_mb: number;
}

/** EMR on EC2 sets spark.executor.memoryOverheadFactor to this. */
export const EC2_OVERHEAD = 0.1875;
/** YARN gives containers in steps. */
const YARN_STEP_MB = 32;

/** Heap MB of one of `executors` on a node as EMR's guide has it: (YARN MB / executors) / 1.1875. */
export const heapByRule = (yarnMb: number, executors: number): number => Math.floor(yarnMb / executors / (1 + EC2_OVERHEAD));

/**
 * One of `executors` containers that share a node with `reservedMb` for something else, rounded down to YARN's step,
 * so that all of them really fit.
 */
export function containerSplit(yarnMb: number, executors: number, reservedMb = 0): MemorySplit {
  const container = Math.floor((yarnMb - reservedMb) / executors / YARN_STEP_MB) * YARN_STEP_MB;
  const heap_mb = Math.floor(container / (1 + EC2_OVERHEAD));
  return { heap_mb, overhead_mb: container - heap_mb };
}
