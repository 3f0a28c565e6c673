// What a run would take of the account at its largest: vCPU by market, and IP addresses of a subnet. In: the shapes of
// its stages. Pure.

import type { FleetShape, StageShape } from "../../driver/shape.js";
import { CORES_PER_EXECUTOR } from "../sizing/fleets.js";

/** What is up at the same time: the machines of a stage, and those that are started ahead for the next one. */
export interface ExpectedStage {
  /** "ingest of part-d". */
  readonly name: string;
  readonly shapes: readonly StageShape[];
}

export interface Demand {
  readonly on_demand_vcpu: number;
  readonly spot_vcpu: number;
  readonly addresses: number;
}

/** The greatest of a measure among stages, and whose it is; undefined without stages. */
export interface Peak {
  readonly stage: string;
  readonly demand: Demand;
}

export function peakOf(stages: readonly ExpectedStage[], measure: (demand: Demand) => number): Peak | undefined {
  const peaks = stages.map(({ name, shapes }) => ({ stage: name, demand: shapes.map(demandOf).reduce(sum, NOTHING) }));
  return peaks.sort((a, b) => measure(b.demand) - measure(a.demand))[0];
}

const NOTHING: Demand = { on_demand_vcpu: 0, spot_vcpu: 0, addresses: 0 };

const sum = (a: Demand, b: Demand): Demand => ({ on_demand_vcpu: a.on_demand_vcpu + b.on_demand_vcpu, spot_vcpu: a.spot_vcpu + b.spot_vcpu, addresses: a.addresses + b.addresses });

/** Workers of EMR Serverless are nobody's spot instances, and count against a quota of their own. */
function demandOf({ cluster, driver, executor, executors }: StageShape): Demand {
  if (cluster === undefined) return { on_demand_vcpu: driver.vcpu + executors * executor.vcpu, spot_vcpu: 0, addresses: 1 + executors };
  const primary: Demand = { on_demand_vcpu: driver.vcpu, spot_vcpu: 0, addresses: 1 };
  return [cluster.core, ...(cluster.task === undefined ? [] : [cluster.task])].map(fleetDemand).reduce(sum, primary);
}

/** EMR chooses among the types: at worst the largest, which overshoot, and the smallest, which are the most. */
function fleetDemand({ types, on_demand_units, spot_units }: FleetShape): Demand {
  const weights = types.map(({ weight }) => weight);
  const [least, most] = [Math.min(...weights), Math.max(...weights)];
  const vcpu = (units: number): number => Math.ceil(units / most) * most * CORES_PER_EXECUTOR;
  return { on_demand_vcpu: vcpu(on_demand_units), spot_vcpu: vcpu(spot_units), addresses: Math.ceil(on_demand_units / least) + Math.ceil(spot_units / least) };
}
