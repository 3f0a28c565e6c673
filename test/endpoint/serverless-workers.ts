// Workers of EMR Serverless: the legal sizes, what a job run asks for by its Spark settings, and what they come to.

import { validation } from "./service-error.js";
import { megabytes } from "./spark-command.js";

export interface Worker {
  readonly vcpu: number;
  readonly memoryGb: number;
  readonly diskGb: number;
}

export interface Workers {
  readonly driver: Worker;
  readonly executor: Worker;
  /** Executors asked for at the start. */
  readonly executors: number;
}

/** vCPU → memory in GB: least, most, step. A worker of 32 has exactly 60, 120 or 244. */
export const GRID: Readonly<Record<number, { readonly least: number; readonly most: number; readonly step: number }>> = {
  1: { least: 2, most: 8, step: 1 },
  2: { least: 4, most: 16, step: 1 },
  4: { least: 8, most: 30, step: 1 },
  8: { least: 16, most: 60, step: 4 },
  16: { least: 32, most: 120, step: 8 },
};
const OF_32: readonly number[] = [60, 120, 244];
/** Heap and overhead must come this near to the memory of a 32 vCPU worker. */
const NEAR_GB = 8;
const DISK = { least: 20, most: 200 };
const OVERHEAD = { factor: 0.1, leastMb: 384 };
/** Spark under EMR Serverless, when nothing is set. */
const DEFAULTS = { cores: "4", memory: "14g", disk: "20g", executors: 3 };
/** Fewer are refused by the service. */
const LEAST_MAX_EXECUTORS = 4;

/** What the settings ask for. Throws ValidationException for a size off the grid. */
export function workersOf(conf: Readonly<Record<string, string>>): Workers {
  const most = conf["spark.dynamicAllocation.maxExecutors"];
  const isDynamic = conf["spark.dynamicAllocation.enabled"] !== "false";
  if (isDynamic && most !== undefined && Number(most) < LEAST_MAX_EXECUTORS) throw validation(`spark.dynamicAllocation.maxExecutors must be at least ${LEAST_MAX_EXECUTORS}, got ${most}`);
  const wanted = Number(conf["spark.dynamicAllocation.initialExecutors"] ?? conf["spark.executor.instances"] ?? DEFAULTS.executors);
  return { driver: worker(conf, "driver"), executor: worker(conf, "executor"), executors: isDynamic && most !== undefined ? Math.min(wanted, Number(most)) : wanted };
}

function worker(conf: Readonly<Record<string, string>>, who: "driver" | "executor"): Worker {
  const vcpu = Number(conf[`spark.${who}.cores`] ?? DEFAULTS.cores);
  const heap = megabytes(conf[`spark.${who}.memory`] ?? DEFAULTS.memory);
  const factor = Number(conf[`spark.${who}.memoryOverheadFactor`] ?? conf["spark.emr-serverless.memoryOverheadFactor"] ?? OVERHEAD.factor);
  const set = conf[`spark.${who}.memoryOverhead`];
  const overhead = set === undefined ? Math.max(OVERHEAD.leastMb, heap * factor) : megabytes(/\d$/.test(set) ? `${set}m` : set);
  const diskGb = Math.ceil(megabytes(conf[`spark.emr-serverless.${who}.disk`] ?? DEFAULTS.disk) / 1024);
  if (!(diskGb >= DISK.least && diskGb <= DISK.most)) throw validation(`spark.emr-serverless.${who}.disk must be from ${DISK.least} to ${DISK.most} GB, got ${diskGb} GB`);
  return { vcpu, memoryGb: onGrid(who, vcpu, (heap + overhead) / 1024), diskGb };
}

/** The memory of the smallest legal worker that holds `gb`. */
function onGrid(who: string, vcpu: number, gb: number): number {
  const asked = `${who} with ${vcpu} vCPU and ${Math.round(gb * 100) / 100} GB (memory and overhead)`;
  if (vcpu === 32) {
    const found = OF_32.find((each) => each >= gb);
    if (found === undefined || found - gb > NEAR_GB) throw validation(`Worker configuration not supported: ${asked}; 32 vCPU take 60, 120 or 244 GB and at most ${NEAR_GB} GB of that may be left over`);
    return found;
  }
  const row = GRID[vcpu];
  if (row === undefined) throw validation(`Worker configuration not supported: ${asked}; vCPU must be 1, 2, 4, 8, 16 or 32`);
  const fitting = row.least + Math.ceil(Math.max(0, gb - row.least) / row.step) * row.step;
  const memory = Math.min(fitting, row.most);
  if (!(memory >= gb)) throw validation(`Worker configuration not supported: ${asked}; ${vcpu} vCPU take ${row.least} to ${row.most} GB`);
  return memory;
}

/** Throws ValidationException for a worker of a warm pool that is off the grid; its memory is the whole. */
export function checkWorker(who: string, size: { readonly cpu: string; readonly memory: string }): Worker {
  const [vcpu, gb] = [amount(size.cpu), amount(size.memory)];
  const memoryGb = onGrid(who.toLowerCase(), vcpu, gb);
  if (memoryGb !== gb) throw validation(`Worker configuration not supported: ${who} with ${vcpu} vCPU and ${gb} GB; the next size up has ${memoryGb} GB`);
  return { vcpu, memoryGb, diskGb: DISK.least };
}

/** "16 vCPU", "120 GB" → number. */
export const amount = (text: string): number => Number(/^\d+/.exec(text)?.[0] ?? Number.NaN);

export interface Resources {
  readonly vcpu: number;
  readonly memoryGb: number;
  readonly diskGb: number;
}

export function resources({ driver, executor }: Workers, executors: number): Resources {
  return { vcpu: driver.vcpu + executors * executor.vcpu, memoryGb: driver.memoryGb + executors * executor.memoryGb, diskGb: driver.diskGb + executors * executor.diskGb };
}

export interface Utilization {
  readonly vCPUHour: number;
  readonly memoryGBHour: number;
  readonly storageGBHour: number;
}

const FREE_DISK_GB = 20;
const LEAST_BILLED_SECONDS = 60;

/** Used: from start to end, in whole seconds. Billed: at least a minute a worker, storage above 20 GB a worker. */
export function utilization(workers: Workers, executors: number, ms: number): { readonly used: Utilization; readonly billed: Utilization } {
  const seconds = Math.ceil(ms / 1000);
  const hours = (each: Resources, time: number): Utilization => ({ vCPUHour: thousandths(each.vcpu, time), memoryGBHour: thousandths(each.memoryGb, time), storageGBHour: thousandths(each.diskGb, time) });
  const all = resources(workers, executors);
  const paidDisk = Math.max(0, workers.driver.diskGb - FREE_DISK_GB) + executors * Math.max(0, workers.executor.diskGb - FREE_DISK_GB);
  return { used: hours(all, seconds), billed: hours({ ...all, diskGb: paidDisk }, Math.max(seconds, LEAST_BILLED_SECONDS)) };
}

const thousandths = (amount: number, seconds: number): number => Math.round((amount * seconds * 1000) / 3600) / 1000;
