// Executors of 4 vCPU → instance fleets of a cluster and the memory each executor gets on them.
// One architecture and one vCPU:memory ratio a cluster; a type's weight is the executors it holds, so that any mix of
// types that EMR finds brings the same work. Sized by the smallest type. Pure.

import type { ClusterShape, FleetShape, InstanceChoice, WorkerSize } from "../../driver/shape.js";
import type { Architecture, Instance } from "../facts/instance-table.js";
import type { MemorySplit } from "../facts/instances.js";
import { containerSplit } from "../facts/instances.js";

/** Memory of a vCPU: C, M and R families, 2, 4 and 8 GB. */
export type MemoryStep = "c" | "m" | "r";
export const GB_PER_VCPU: Readonly<Record<MemoryStep, number>> = { c: 2, m: 4, r: 8 };
export const MEMORY_STEPS: readonly MemoryStep[] = ["c", "m", "r"];

export const CORES_PER_EXECUTOR = 4;
/** Room on every node for the container of the application master, wherever YARN puts it: 512 MB and 384 MB beside it. */
export const APPLICATION_MASTER_MB = 1024;
/** Above so many executors a stage gets two core nodes at least: one lost node must not end it. */
export const BIG_EXECUTORS = 4;
/** Sizes of one fleet lie within this factor: YARN counts memory alone and would overfill what is much larger. */
const SIZE_SPREAD = 8;
/** Daemons of the primary node (YARN, HDFS, history server) keep so much of it. Ours; to be measured on a real cluster. */
export const PRIMARY_DAEMONS_GB = 8;

export interface FleetRequest {
  readonly executors: number;
  readonly step: MemoryStep;
  readonly architecture: Architecture;
  /** Task nodes from the spot market. */
  readonly spot: boolean;
  /** What the driver needs on the primary node: it runs there, see sizing.ts. */
  readonly driver: WorkerSize;
  readonly instances: readonly Instance[];
}

export interface Fleets {
  readonly cluster: ClusterShape;
  readonly executor: MemorySplit;
}

/** Undefined when the price table has no type of the kind. */
export function fleetsFor(request: FleetRequest): Fleets | undefined {
  const { executors, step, spot, driver } = request;
  const isBig = executors > BIG_EXECUTORS;
  const coreUnits = !spot ? executors : isBig ? Math.max(2, Math.ceil(executors / 4)) : 1;
  const taskUnits = executors - coreUnits;
  const core = typesFor(request, step, isBig ? Math.floor(coreUnits / 2) : coreUnits);
  const task = typesFor(request, step, Math.floor(taskUnits / 2));
  const primary = request.instances.filter((each) => isOf(each, request.architecture, "m") && each.vcpu === primaryVcpu(driver));
  const smallest = [...core, ...(taskUnits > 0 ? task : [])].map((each) => containerSplit(each.yarn_mb, weightOf(each), APPLICATION_MASTER_MB)).sort((a, b) => a.heap_mb - b.heap_mb)[0];
  if (smallest === undefined || primary.length === 0) return undefined;
  const cluster: ClusterShape = {
    primary: { types: primary.map(({ type }) => ({ type, weight: 1 })), on_demand_units: 1, spot_units: 0 },
    core: fleet(core, { onDemand: coreUnits, spot: 0 }),
    ...(taskUnits > 0 ? { task: fleet(task, { onDemand: 0, spot: taskUnits }) } : {}),
  };
  return { cluster, executor: smallest };
}

export const weightOf = ({ vcpu }: Pick<Instance, "vcpu">): number => Math.max(1, Math.floor(vcpu / CORES_PER_EXECUTOR));

/** The primary node holds its daemons and the driver beside them. */
export const primaryVcpu = (driver: WorkerSize): number => [4, 8, 16].find((vcpu) => vcpu >= driver.vcpu && vcpu * GB_PER_VCPU.m - PRIMARY_DAEMONS_GB >= driver.memory_gb) ?? 32;

function fleet(types: readonly Instance[], units: { readonly onDemand: number; readonly spot: number }): FleetShape {
  const choices: readonly InstanceChoice[] = types.map((each) => ({ type: each.type, weight: weightOf(each) }));
  return { types: choices, on_demand_units: units.onDemand, spot_units: units.spot };
}

const isOf = (each: Instance, architecture: Architecture, step: MemoryStep): boolean =>
  each.architecture === architecture && each.gib === each.vcpu * GB_PER_VCPU[step] && each.type.startsWith(step);

/** Types of the ratio from an eighth of `most` executors up to `most`; cheapest an executor first. */
function typesFor({ architecture, instances }: FleetRequest, step: MemoryStep, most: number): readonly Instance[] {
  const largest = Math.max(1, most);
  const fitting = instances.filter((each) => isOf(each, architecture, step) && weightOf(each) <= largest);
  const top = Math.max(1, ...fitting.map(weightOf));
  return fitting.filter((each) => weightOf(each) * SIZE_SPREAD >= top).sort((a, b) => perUnit(a) - perUnit(b) || (a.type < b.type ? -1 : 1));
}

const perUnit = (each: Instance): number => ((each.ec2_usd_hour ?? Infinity) + (each.emr_usd_hour ?? Infinity)) / weightOf(each);
