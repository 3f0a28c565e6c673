// Dollars by hand against dollars by the code. Prices of us-east-1 as built in.

import { describe, expect, it } from "vitest";
import { clusterCost, clusterUse, costOfUsage, hourlyCost, serverlessCost, sharedCost, workersUse } from "../../../emr/sizing/cost.js";
import { BUILT_IN_PRICES as PRICES } from "../../../emr/facts/prices.js";

const WORKER = { vcpu: 4, memory_gb: 16, disk_gb: 20 };
const none = { vCPUHour: 0, memoryGBHour: 0, storageGBHour: 0 };

describe("Serverless", () => {
  it("costs $118.62 for 1,200 vCPU-hours and 9,600 GB-hours on x86", () => expect(serverlessCost({ ...none, vCPUHour: 1200, memoryGBHour: 9600 }, "X86_64", PRICES)).toBeCloseTo(118.6224, 4));
  it("costs a fifth less on Graviton", () => expect(serverlessCost({ ...none, vCPUHour: 1200, memoryGBHour: 9600 }, "ARM64", PRICES)).toBeCloseTo(1200 * 0.042094 + 9600 * 0.004628, 6));
  it("bills storage beyond what is free", () => expect(serverlessCost({ ...none, storageGBHour: 1000 }, "ARM64", PRICES)).toBeCloseTo(0.111, 6));

  it("uses what driver and executors hold for an hour, disk over 20 GB each", () => {
    expect(workersUse({ driver: WORKER, executor: { ...WORKER, disk_gb: 120 }, executors: 5 }, 3600)).toEqual({ vCPUHour: 24, memoryGBHour: 96, storageGBHour: 500 });
  });

  it("is billed for a minute at least, to the second above it", () => {
    const of = (seconds: number): number => workersUse({ driver: WORKER, executor: WORKER, executors: 4 }, seconds).vCPUHour * 3600;
    expect([of(1), of(60), of(60.2), of(90)].map(Math.round)).toEqual([1200, 1200, 1220, 1800]);
  });
});

describe("a cluster", () => {
  const uses = (count: number, type: string, seconds: number, market: "ON_DEMAND" | "SPOT" = "ON_DEMAND") => Array.from({ length: count }, () => ({ type, market, seconds, ebs_gb: 0 }));

  it("costs $98.28 for 26 r5.4xlarge and three hours", () => expect(clusterCost(uses(26, "r5.4xlarge", 3 * 3600), PRICES).usd).toBeCloseTo(98.28, 6));
  it("pays EMR's fee up to its most on m5.16xlarge", () => expect(clusterCost(uses(1, "m5.16xlarge", 3600), PRICES).usd).toBeCloseTo(3.072 + 0.27, 6));
  it("pays a minute at least", () => expect(clusterCost(uses(1, "m5.xlarge", 5), PRICES).usd).toBeCloseTo(0.24 / 60, 8));

  it("pays for EMR's default volumes: two of 32 GB gp3 on an xlarge", () => {
    expect(clusterCost([{ type: "m6g.xlarge", market: "ON_DEMAND", seconds: 3600 }], PRICES).ebs_usd).toBeCloseTo((64 * 0.08) / 720, 8);
  });

  it("pays the whole fee on spot, and the on-demand price where no spot price is known", () => {
    const dear = clusterCost(uses(1, "m7g.xlarge", 3600, "SPOT"), PRICES);
    expect(dear).toMatchObject({ spot_at_on_demand: ["m7g.xlarge"], unpriced: [] });
    expect(dear.usd).toBeCloseTo(0.1632 + 0.0408, 6);
    expect(clusterCost(uses(1, "m7g.xlarge", 3600, "SPOT"), { ...PRICES, spot: { "m7g.xlarge": 0.06 } }).usd).toBeCloseTo(0.06 + 0.0408, 6);
  });

  it("names the types that it cannot price", () => expect(clusterCost(uses(2, "m7i.xlarge", 3600), PRICES)).toMatchObject({ usd: 0, unpriced: ["m7i.xlarge"] }));

  it("is filled with the cheapest type an executor, rounded up to whole instances", () => {
    const fleet = { types: [{ type: "m7g.xlarge", weight: 1 }, { type: "m6g.2xlarge", weight: 2 }, { type: "m8g.4xlarge", weight: 4 }], on_demand_units: 5, spot_units: 0 };
    const primary = { types: [{ type: "m6g.xlarge", weight: 1 }], on_demand_units: 1, spot_units: 0 };
    expect(clusterUse({ primary, core: fleet }, 600, PRICES).map(({ type }) => type)).toEqual(["m6g.xlarge", "m6g.2xlarge", "m6g.2xlarge", "m6g.2xlarge"]);
  });
});

it("an hour of a stage is that of all it holds", () => {
  const estimate = { seconds: 1, usd: { emr: 0, "emr-serverless": 0 }, assumptions: [] };
  const fleet = { types: [{ type: "m5.xlarge", weight: 1 }], on_demand_units: 1, spot_units: 0 };
  const held = { driver: WORKER, executor: WORKER, executors: 4, conf: {}, reason: "", evidence: "rules", estimate } as const;
  const rates = { architecture: "ARM64", prices: PRICES } as const;
  expect(hourlyCost({ ...held, engine: "emr-serverless" }, rates)).toBeCloseTo(20 * 0.042094 + 80 * 0.004628, 6);
  expect(hourlyCost({ ...held, engine: "emr", cluster: { primary: fleet, core: fleet } }, rates)).toBeCloseTo(2 * (0.192 + 0.048 + (64 * 0.08) / 720), 6);
});

describe("after a run", () => {
  it("Serverless costs what it billed", () => {
    expect(costOfUsage({ engine: "emr-serverless", final: true, seconds: 60, billed: { ...none, vCPUHour: 10 } }, "ARM64", PRICES).usd).toBeCloseTo(0.42094, 6);
  });

  it("a cluster costs its instances, whatever stage they served", () => {
    const instances = [{ type: "m6g.xlarge", market: "ON_DEMAND" as const, seconds: 3600 }, { type: "m6g.xlarge", market: "ON_DEMAND" as const, seconds: 1800 }];
    expect(costOfUsage({ engine: "emr", final: true, cluster: "j-1", shared: false, seconds: 900, instances }, "ARM64", PRICES).usd).toBeCloseTo(1.5 * (0.154 + 0.0385 + (64 * 0.08) / 720), 6);
  });

  it.each([
    [[["a", 300], ["b", 100]], { a: 3, b: 1 }],
    [[["a", 0], ["b", 0]], { a: 2, b: 2 }],
    [[["a", 7]], { a: 4 }],
  ] as const)("$4 of a cluster fall on %j as %o", (stages, shares) => expect(sharedCost(4, stages.map(([name, seconds]) => ({ name, seconds })))).toEqual(shares));
});
