// Dollars. Before: what a shape costs for so many seconds. After: what the service billed, or instance by instance.
// In: seconds, shapes, a price table. Never asks AWS, and never leaves out in silence what has no price.

import type { StageUsage } from "../../driver/engine.js";
import type { ClusterShape, Estimate, FleetShape, StageShape, WorkerSize } from "../../driver/shape.js";
import type { Architecture, Instance } from "../facts/instance-table.js";
import { findInstance } from "../facts/instances.js";
import { DEFAULT_EBS_GB, HOURS_A_MONTH } from "../facts/price-table.js";
import type { Prices } from "../facts/prices.js";

const LEAST_SECONDS = 60;
const FREE_DISK_GB = 20;
const hours = (seconds: number): number => Math.max(LEAST_SECONDS, Math.ceil(seconds)) / 3600;

// ---- Serverless ------------------------------------------------------------------------------------------

/** GetJobRun's billedResourceUtilization. Storage is what exceeds 20 GB a worker. Idle warm workers are not in it. */
export interface Billed {
  readonly vCPUHour: number;
  readonly memoryGBHour: number;
  readonly storageGBHour: number;
}

export function serverlessCost(billed: Billed, architecture: Architecture, prices: Prices): number {
  const rate = prices.serverless[architecture];
  return billed.vCPUHour * rate.vcpu_usd_hour + billed.memoryGBHour * rate.gb_usd_hour + billed.storageGBHour * prices.serverless.storage_usd_gb_hour;
}

export interface Workers {
  readonly driver: WorkerSize;
  readonly executor: WorkerSize;
  readonly executors: number;
}

/** What would be billed if every executor were held from the first second to the last: the most it can be. */
export function workersUse({ driver, executor, executors }: Workers, seconds: number): Billed {
  const all = (of: (worker: WorkerSize) => number): number => (of(driver) + executors * of(executor)) * hours(seconds);
  return { vCPUHour: all(({ vcpu }) => vcpu), memoryGBHour: all(({ memory_gb }) => memory_gb), storageGBHour: all(({ disk_gb }) => Math.max(0, disk_gb - FREE_DISK_GB)) };
}

// ---- EC2 -------------------------------------------------------------------------------------------------

/** One instance of a cluster: ListInstances tells type, market and times. */
export interface InstanceUse {
  readonly type: string;
  readonly market: "ON_DEMAND" | "SPOT";
  /** From its start to its end, or to now. */
  readonly seconds: number;
  /** What the request asked for; EMR's default for the size when absent. */
  readonly ebs_gb?: number;
}

export interface ClusterCost {
  readonly usd: number;
  readonly ec2_usd: number;
  readonly emr_usd: number;
  readonly ebs_usd: number;
  /** Types without a price: the dollars are too low by what they cost. */
  readonly unpriced: readonly string[];
  /** Spot types counted at the on-demand price: the dollars are too high. */
  readonly spot_at_on_demand: readonly string[];
}

/** Instance seconds × (EC2 + EMR's fee, which spot pays in full) + EBS, each instance at least a minute. */
export function clusterCost(uses: readonly InstanceUse[], prices: Prices): ClusterCost {
  const [unpriced, atOnDemand] = [new Set<string>(), new Set<string>()];
  let [ec2_usd, emr_usd, ebs_usd] = [0, 0, 0];
  for (const { type, market, seconds, ebs_gb } of uses) {
    const found = findInstance(type, prices.instances);
    const spot = market === "SPOT" ? prices.spot[type] : undefined;
    const ec2 = spot ?? found?.ec2_usd_hour ?? null;
    const emr = found?.emr_usd_hour ?? null;
    if (ec2 === null || emr === null) unpriced.add(type);
    if (market === "SPOT" && spot === undefined) atOnDemand.add(type);
    ec2_usd += (ec2 ?? 0) * hours(seconds);
    emr_usd += (emr ?? 0) * hours(seconds);
    ebs_usd += (ebs_gb ?? defaultEbsGb(type)) * (prices.ebs_usd_gb_month / HOURS_A_MONTH) * hours(seconds);
  }
  return { usd: ec2_usd + emr_usd + ebs_usd, ec2_usd, emr_usd, ebs_usd, unpriced: [...unpriced].sort(), spot_at_on_demand: [...atOnDemand].sort() };
}

/** EMR's default volumes by size; the largest known for sizes beyond the table. */
export const defaultEbsGb = (type: string): number => DEFAULT_EBS_GB[type.split(".")[1] ?? ""] ?? 1024;

/** Instances that fill a cluster's fleets, each fleet with its cheapest type an executor. */
export function clusterUse(cluster: ClusterShape, seconds: number, prices: Prices): readonly InstanceUse[] {
  return [cluster.primary, cluster.core, ...(cluster.task === undefined ? [] : [cluster.task])].flatMap((fleet) => fleetUse(fleet, seconds, prices));
}

function fleetUse({ types, on_demand_units, spot_units }: FleetShape, seconds: number, prices: Prices): readonly InstanceUse[] {
  const priced = types.map(({ type, weight }) => {
    const found: Instance | undefined = findInstance(type, prices.instances);
    return { type, weight, perUnit: ((found?.ec2_usd_hour ?? Infinity) + (found?.emr_usd_hour ?? Infinity)) / weight };
  });
  const [cheapest] = priced.sort((a, b) => a.perUnit - b.perUnit || a.weight - b.weight);
  if (cheapest === undefined) return [];
  const some = (units: number, market: InstanceUse["market"]): readonly InstanceUse[] => Array.from({ length: Math.ceil(units / cheapest.weight) }, () => ({ type: cheapest.type, market, seconds }));
  return [...some(on_demand_units, "ON_DEMAND"), ...some(spot_units, "SPOT")];
}

// ---- estimate and share ----------------------------------------------------------------------------------

export interface EstimateRequest {
  readonly engine: StageShape["engine"];
  /** Seconds of the stage itself on each engine, without the start of what it runs on. */
  readonly seconds: { readonly emr: number; readonly "emr-serverless": number };
  readonly cluster: ClusterShape;
  readonly workers: Workers;
  readonly architecture: Architecture;
  readonly prices: Prices;
  /** What the seconds rest on. */
  readonly basis: string;
}

/** The same stage on either engine: a cluster that is started for it, and a job run with workers held throughout. */
export function estimate(request: EstimateRequest): Estimate {
  const { engine, seconds, cluster, workers, architecture, prices, basis } = request;
  const start = prices.start_seconds;
  const ec2 = clusterCost(clusterUse(cluster, start.emr + seconds.emr, prices), prices);
  const serverless = serverlessCost(workersUse(workers, seconds["emr-serverless"]), architecture, prices);
  return {
    seconds: Math.round(start[engine] + seconds[engine]),
    usd: { emr: rounded(ec2.usd), "emr-serverless": rounded(serverless) },
    assumptions: [
      basis,
      `a cluster takes ${start.emr} s to start and is paid for from its first second; Serverless takes ${start["emr-serverless"]} s and is paid for while workers run; each at least a minute`,
      "all executors are held to the end, the cluster ends with its stage, S3 and data transfer are not counted",
      `prices of ${prices.region}, ${prices.as_of}: ${prices.sources.join("; ")}`,
      ...(ec2.spot_at_on_demand.length > 0 ? ["spot is counted at the on-demand price, the most it can cost"] : []),
      ...(ec2.unpriced.length > 0 ? [`no price for ${ec2.unpriced.join(", ")}: EMR on EC2 costs more than said`] : []),
      ...(prices.stands_in.length > 0 ? [`of another region: ${prices.stands_in.join(", ")}`] : []),
    ],
  };
}

/** The stage on another shape: its seconds stay, and are more where it has fewer cores; the other engine's dollars stay too. */
export function estimateOn(shape: StageShape, was: StageShape, { architecture, prices }: Rates): Estimate {
  const { engine, cluster } = shape;
  const cores = ({ executor, executors }: StageShape): number => executor.vcpu * executors;
  const start = prices.start_seconds[engine];
  const seconds = Math.max(0, was.estimate.seconds - start) * Math.max(1, cores(was) / cores(shape));
  const usd = shapeCost(shape, cluster === undefined ? seconds : start + seconds, { architecture, prices });
  return { seconds: Math.round(start + seconds), usd: { ...was.estimate.usd, [engine]: rounded(usd) }, assumptions: was.estimate.assumptions };
}

type Rates = Pick<EstimateRequest, "architecture" | "prices">;

const shapeCost = (shape: StageShape, seconds: number, { architecture, prices }: Rates): number =>
  shape.cluster === undefined ? serverlessCost(workersUse(shape, seconds), architecture, prices) : clusterCost(clusterUse(shape.cluster, seconds, prices), prices).usd;

/** Dollars an hour of what a stage runs on, all of it held. */
export const hourlyCost = (shape: StageShape, rates: Rates): number => shapeCost(shape, 3600, rates);

/** Ten-thousandths of a dollar: small stages cost cents, and sums must not drift. */
const rounded = (usd: number): number => Math.round(usd * 10_000) / 10_000;

/** Dollars of what a service says was used. Of a shared cluster it is the whole cluster's: see sharedCost. */
export function costOfUsage(usage: StageUsage, architecture: Architecture, prices: Prices): Pick<ClusterCost, "usd" | "unpriced" | "spot_at_on_demand"> {
  if (usage.engine === "emr") return clusterCost(usage.instances, prices);
  return { usd: serverlessCost(usage.billed, architecture, prices), unpriced: [], spot_at_on_demand: [] };
}

/** How the cost of a cluster falls on the stages that ran on it. */
export const SHARE_RULE = "the whole cost of the cluster, start and idle time included, is shared by the wall seconds of each stage on it";

/** Dollars by stage; equal shares when no stage ran a second. The sum is the whole cost. */
export function sharedCost(usd: number, stages: readonly { readonly name: string; readonly seconds: number }[]): Readonly<Record<string, number>> {
  const all = stages.reduce((sum, { seconds }) => sum + seconds, 0);
  return Object.fromEntries(stages.map(({ name, seconds }) => [name, all === 0 ? usd / stages.length : (usd * seconds) / all]));
}
