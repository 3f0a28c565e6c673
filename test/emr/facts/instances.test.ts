// The instance table against the rules it was made by, and memory of executors on a node.

import { describe, expect, it } from "vitest";
import { INSTANCES } from "../../../emr/facts/instance-table.js";
import { containerSplit, findInstance, heapByRule, inferredInstance } from "../../../emr/facts/instances.js";
import { emrFee } from "../../../emr/facts/prices.js";

describe("the instance table", () => {
  it("has the size and architecture that each name says", () => {
    for (const each of INSTANCES) {
      expect(inferredInstance(each.type), each.type).toMatchObject({ vcpu: each.vcpu, gib: each.gib, architecture: each.architecture });
    }
  });

  it("has the YARN memory of the rule", () => {
    for (const each of INSTANCES) expect(inferredInstance(each.type)?.yarn_mb, each.type).toBe(each.yarn_mb);
  });

  it("has a fee of a quarter, at most $0.27 on the fifth generation", () => {
    for (const { type, ec2_usd_hour, emr_usd_hour } of INSTANCES) {
      expect(ec2_usd_hour, type).not.toBeNull();
      expect(emr_usd_hour, type).toBeCloseTo(emrFee(type, ec2_usd_hour ?? 0), 3);
    }
    expect(findInstance("m5.16xlarge")?.emr_usd_hour).toBe(0.27);
    expect(findInstance("r7g.8xlarge")?.emr_usd_hour).toBe(0.4284);
  });

  it("marks what no document says", () => {
    expect(findInstance("m5.xlarge")?.inferred).toEqual([]);
    expect(findInstance("m7g.xlarge")?.inferred).toEqual(["yarn_mb"]);
    expect(findInstance("m8g.2xlarge")?.inferred).toEqual(["yarn_mb", "ec2_usd_hour", "emr_usd_hour"]);
  });
});

describe("a type that the table lacks", () => {
  it.each([
    ["m7i.2xlarge", { vcpu: 8, gib: 32, yarn_mb: 24576, architecture: "X86_64" }],
    ["r5.24xlarge", { vcpu: 96, gib: 768, yarn_mb: 778240, architecture: "X86_64" }],
    ["r6gd.16xlarge", { vcpu: 64, gib: 512, yarn_mb: 491520, architecture: "ARM64" }],
    ["m4.4xlarge", { vcpu: 16, gib: 64, yarn_mb: 54272 }],
  ])("%s is sized by its name and has no price", (type, size) => expect(findInstance(type)).toMatchObject({ ...size, ec2_usd_hour: null, emr_usd_hour: null, inferred: ["yarn_mb"] }));

  it.each(["x1e.32xlarge", "m7g.large", "t3.xlarge", "metal"])("%s is not guessed at", (type) => expect(findInstance(type)).toBeUndefined());
});

describe("heap of an executor", () => {
  it.each([
    ["m5.xlarge", 1, 10347],
    ["m5.4xlarge", 4, 12072],
    ["m5.16xlarge", 16, 13365],
    ["m6g.xlarge", 1, 9862],
    ["r5.2xlarge", 2, 24144],
    ["r7g.2xlarge", 2, 22851],
    ["c5.4xlarge", 4, 5173],
  ])("%s with %i: %i MB, as EMR's rule has it", (type, executors, heap) => expect(heapByRule(findInstance(type)?.yarn_mb ?? 0, executors)).toBe(heap));

  it("leaves all containers and the application master room on the node, in YARN's steps", () => {
    for (const { type, yarn_mb, vcpu } of INSTANCES) {
      const executors = vcpu / 4;
      const { heap_mb, overhead_mb } = containerSplit(yarn_mb, executors, 1024);
      expect((heap_mb + overhead_mb) % 32, type).toBe(0);
      expect(executors * (heap_mb + overhead_mb) + 1024, type).toBeLessThanOrEqual(yarn_mb);
      expect(overhead_mb / heap_mb, type).toBeCloseTo(0.1875, 2);
    }
  });
});
