// What the largest stage takes of an account: the worst that EMR may choose within a fleet.

import { expect, it } from "vitest";
import { peakOf } from "../../../emr/checks/demand.js";
import type { StageShape } from "../../../driver/shape.js";

const worker = (vcpu: number) => ({ vcpu, memory_gb: vcpu * 4, disk_gb: 20 });
const rest = { reason: "", evidence: "rules", conf: {}, estimate: { seconds: 1, usd: { emr: 1, "emr-serverless": 1 }, assumptions: [] } } as const;
const workers = (executors: number): StageShape => ({ engine: "emr-serverless", driver: worker(2), executor: worker(4), executors, ...rest });
const fleet = (on_demand_units: number, spot_units: number) => ({ types: [{ type: "m7g.xlarge", weight: 1 }, { type: "m7g.4xlarge", weight: 4 }], on_demand_units, spot_units });
const cluster: StageShape = { ...workers(9), engine: "emr", driver: worker(8), cluster: { primary: { types: [{ type: "m7g.2xlarge", weight: 1 }], on_demand_units: 1, spot_units: 0 }, core: fleet(3, 0), task: fleet(0, 6) } };

it("a job run takes its driver and its executors, and an address for each", () => {
  const stages = [{ name: "small", shapes: [workers(4)] }, { name: "large", shapes: [workers(10)] }];
  expect(peakOf(stages, (demand) => demand.on_demand_vcpu)).toEqual({ stage: "large", demand: { on_demand_vcpu: 42, spot_vcpu: 0, addresses: 11 } });
});

it("a cluster takes vCPU as if its fleets held the largest type, and addresses as if they held the smallest", () => {
  expect(peakOf([{ name: "one", shapes: [cluster] }], (demand) => demand.spot_vcpu)?.demand).toEqual({ on_demand_vcpu: 8 + 16, spot_vcpu: 32, addresses: 1 + 3 + 6 });
});

it("machines that are started ahead count beside those that still run", () => {
  expect(peakOf([{ name: "both", shapes: [cluster, cluster] }], (demand) => demand.addresses)?.demand).toEqual({ on_demand_vcpu: 48, spot_vcpu: 64, addresses: 20 });
});

it("without stages there is nothing to compare", () => expect(peakOf([], (demand) => demand.addresses)).toBeUndefined());
