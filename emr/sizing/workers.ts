// Sizes that EMR Serverless takes, and how a worker's memory is split between the heap and what lies beside it.

import type { WorkerSize } from "../../driver/shape.js";
import type { MemorySplit } from "../facts/instances.js";

interface GridRow {
  readonly vcpu: number;
  /** GB that a worker of so many vCPU may have. */
  readonly memory: readonly number[];
}

const steps = (from: number, to: number, step: number): readonly number[] => Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

/** Worker configurations of the EMR Serverless guide. */
export const GRID: readonly GridRow[] = [
  { vcpu: 1, memory: steps(2, 8, 1) },
  { vcpu: 2, memory: steps(4, 16, 1) },
  { vcpu: 4, memory: steps(8, 30, 1) },
  { vcpu: 8, memory: steps(16, 60, 4) },
  { vcpu: 16, memory: steps(32, 120, 8) },
  { vcpu: 32, memory: [60, 120, 244] },
];

const FREE_DISK_GB = 20;
const MOST_DISK_GB = 200;

/** Memory and disk as the grid has them, nothing rounded. */
export function isLegalWorker({ vcpu, memory_gb, disk_gb }: WorkerSize): boolean {
  const row = GRID.find((each) => each.vcpu === vcpu);
  return row?.memory.includes(memory_gb) === true && disk_gb >= FREE_DISK_GB && disk_gb <= MOST_DISK_GB;
}

/** The least memory of the grid that is at least `wantedGb`, or the most there is for so many vCPU. */
export function legalMemory(vcpu: number, wantedGb: number): number {
  const row = GRID.find((each) => each.vcpu === vcpu);
  const memory = row?.memory.find((gb) => gb >= wantedGb) ?? row?.memory.at(-1);
  if (memory === undefined) throw new RangeError(`no worker has ${vcpu} vCPU`);
  return memory;
}

/** Disk in whole GB between what is free and the most there is. */
export const legalDisk = (wantedGb: number): number => Math.min(MOST_DISK_GB, Math.max(FREE_DISK_GB, Math.ceil(wantedGb)));

/** Overhead of EMR Serverless: a tenth of the heap, at least this. */
const OVERHEAD = 0.1;
const LEAST_OVERHEAD_MB = 384;

/** Heap and overhead that fill the worker to the megabyte, so that the service rounds nothing up. */
export function workerSplit(memoryGb: number, leastOverheadMb = LEAST_OVERHEAD_MB): MemorySplit {
  const all = memoryGb * 1024;
  const overhead_mb = Math.max(leastOverheadMb, all - Math.floor(all / (1 + OVERHEAD)));
  return { heap_mb: all - overhead_mb, overhead_mb };
}

/** A worker of 32 vCPU is refused when heap and overhead are further than this below its memory. */
export const WIDE_WORKER_SLACK_GB = 8;
