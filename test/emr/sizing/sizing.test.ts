// Sizes of a stage by rules and from former runs: what comes out, that it only grows with the input, that no service
// would refuse it, and the sentence that gives the reason.

import { describe, expect, it } from "vitest";
import { emr, emrServerless, profile, type Profile } from "../../../driver/profile.js";
import type { StageShape } from "../../../driver/shape.js";
import { ranOn } from "../../../emr/sizing/evidence.js";
import { findInstance } from "../../../emr/facts/instances.js";
import type { SizingPlace, StageDemand } from "../../../emr/sizing/sizing.js";
import { sizeStage } from "../../../emr/sizing/sizing.js";
import { isLegalWorker } from "../../../emr/sizing/workers.js";
import { formerRun } from "./former-run.js";

const MB = 2 ** 20;
const SIZES = ["small", "medium", "large"] as const;
const serverless = (maximum_vcpu = 2000, rest: Partial<Profile> = {}): Profile => ({ ...profile.parse({ engine: "emr-serverless" }), emr_serverless: emrServerless.parse({ maximum_vcpu }), ...rest });
const onEmr = (rest: Partial<Profile["emr"]> = {}): Profile => ({ ...profile.parse({ engine: "emr" }), emr: emr.parse({ ...rest }) });

function size(demand: Partial<StageDemand & SizingPlace>): StageShape {
  const engine = demand.engine ?? "emr-serverless";
  const sized = sizeStage({ engine, size: "medium", inputBytes: null, history: [], profile: engine === "emr" ? onEmr() : serverless(), release: "emr-spark-8.1.0", ...demand });
  if (!sized.ok) throw new Error(JSON.stringify(sized.problems));
  return sized.value;
}

const cores = (shape: StageShape): number => shape.executors * shape.executor.vcpu;
const GROWING = Array.from({ length: 60 }, (_, step) => Math.round(1e5 * 1.32 ** step));

describe("by rules", () => {
  it.each([
    ["Part D of one year", "medium", 4.2e9, 4, "4.2 GB of input makes 32 tasks of 128 MB, two to a vCPU"],
    ["ten years of it", "large", 42e9, 40, "42.0 GB of input makes 313 tasks of 128 MB, two to a vCPU"],
    ["a small file", "small", 3e6, 4, "3.0 MB of input makes 1 task of 128 MB, two to a vCPU (1 vCPU would do, 16 is the least)"],
    ["an unknown input", "medium", null, 8, "input of unknown size, held to 8.6 GB for a medium stage, makes 64 tasks of 128 MB, two to a vCPU"],
    ["too much for its size", "small", 100e9, 8, "(373 vCPU wanted, 32 allowed)"],
  ] as const)("%s", (_what, stageSize, inputBytes, executors, words) => {
    const shape = size({ size: stageSize, inputBytes });
    expect(shape).toMatchObject({ executors, executor: { vcpu: 4, memory_gb: 16, disk_gb: expect.any(Number) }, evidence: "rules" });
    expect(shape.reason).toContain(`${executors} executors of 4 vCPU and 16 GB: no former run; `);
    expect(shape.reason).toContain(words);
  });

  it.each(SIZES.flatMap((stageSize) => (["emr", "emr-serverless"] as const).map((engine) => [stageSize, engine] as const)))("a %s stage on %s never shrinks as its input grows", (stageSize, engine) => {
    const shapes = GROWING.map((inputBytes) => size({ size: stageSize, engine, inputBytes }));
    for (const [index, shape] of shapes.slice(1).entries()) {
      const before = shapes[index]!;
      expect(cores(shape)).toBeGreaterThanOrEqual(cores(before));
      expect(Number(shape.conf["spark.sql.shuffle.partitions"])).toBeGreaterThanOrEqual(Number(before.conf["spark.sql.shuffle.partitions"]));
    }
    expect(cores(shapes.at(-1)!)).toBeGreaterThan(cores(shapes[0]!));
  });
});

describe("on Serverless, whatever the input, the size, the cap and the history", () => {
  const histories = [[], [formerRun()], [formerRun({ spilled_bytes: 5e9 })], [formerRun({ outcome: "driver-out-of-memory", ran: { driver_gb: 16 } })], [formerRun({ spilled_bytes: 1, ran: { memory_gb_per_core: 7.5 } })]];
  const cases = SIZES.flatMap((stageSize) => [5, 6, 7, 12, 16, 17, 20, 64, 400, 4000].flatMap((cap) => histories.map((history, index) => [stageSize, cap, index, history] as const)));

  it.each(cases)("%s, at most %i vCPU, history %i: workers on the grid, four executors, all within the cap", (stageSize, cap, _index, history) => {
    for (const inputBytes of [null, 1, 200 * MB, 5e9, 5e10, 1e12]) {
      const shape = size({ size: stageSize, inputBytes, history, profile: serverless(cap) });
      expect(isLegalWorker(shape.driver), JSON.stringify(shape.driver)).toBe(true);
      expect(isLegalWorker(shape.executor), JSON.stringify(shape.executor)).toBe(true);
      expect(shape.executors).toBeGreaterThanOrEqual(4);
      expect(shape.driver.vcpu + cores(shape)).toBeLessThanOrEqual(cap);
      const mb = (key: string): number => Number(/^(\d+)m$/.exec(shape.conf[key] ?? "")?.[1]);
      expect(mb("spark.executor.memory") + mb("spark.executor.memoryOverhead")).toBe(shape.executor.memory_gb * 1024);
      expect(mb("spark.driver.memory") + mb("spark.driver.memoryOverhead")).toBe(shape.driver.memory_gb * 1024);
      expect(mb("spark.executor.memoryOverhead")).toBeGreaterThanOrEqual(384);
      expect(shape.conf["spark.dynamicAllocation.maxExecutors"]).toBe(String(shape.executors));
      expect(shape.conf["spark.executor.cores"]).toBe(String(shape.executor.vcpu));
    }
  });

  it("takes narrower executors where a new account's 16 vCPU hold no five workers of four", () => {
    expect(size({ inputBytes: 4.2e9, profile: serverless(16) })).toMatchObject({ driver: { vcpu: 2 }, executor: { vcpu: 2, memory_gb: 8 }, executors: 7 });
  });
});

describe("on EC2", () => {
  it("a big stage has two core nodes on demand at least, and spot task nodes with weights by executors", () => {
    const { cluster, conf, executors } = size({ engine: "emr", size: "large", inputBytes: 42e9 });
    expect(executors).toBe(40);
    expect(cluster!.core).toMatchObject({ on_demand_units: 10, spot_units: 0 });
    expect(cluster!.task).toMatchObject({ on_demand_units: 0, spot_units: 30 });
    expect(Math.max(...cluster!.core.types.map(({ weight }) => weight))).toBeLessThanOrEqual(5);
    expect(cluster!.task!.types.length).toBeGreaterThanOrEqual(10);
    for (const { type, weight } of cluster!.task!.types) expect(weight).toBe(findInstance(type)!.vcpu / 4);
    expect(conf).toMatchObject({ "spark.submit.deployMode": "client", "spark.executor.cores": "4", "spark.dynamicAllocation.maxExecutors": "40" });
  });

  it("a small one has one core node", () => {
    const { cluster } = size({ engine: "emr", size: "small", inputBytes: 1e9 });
    expect(cluster).toMatchObject({ core: { on_demand_units: 1 }, primary: { on_demand_units: 1, spot_units: 0 } });
  });

  it("asks for no spot node when the profile does not want any", () => {
    const { cluster } = size({ engine: "emr", size: "large", inputBytes: 42e9, profile: onEmr({ spot: false }) });
    expect(cluster).toMatchObject({ core: { on_demand_units: 40, spot_units: 0 } });
    expect(cluster).not.toHaveProperty("task");
  });

  it("keeps the sizes of a fleet within a factor of eight, since YARN counts memory alone", () => {
    const x86 = { ...onEmr({ spot: false }), emr_serverless: emrServerless.parse({ architecture: "X86_64" }) };
    const weights = size({ engine: "emr", size: "large", inputBytes: 42e9, profile: x86 }).cluster!.core.types.map(({ weight }) => weight);
    expect([Math.min(...weights), Math.max(...weights)]).toEqual([2, 16]);
  });

  it("mixes no architectures and no memory ratios, and gives executors what the smallest type has", () => {
    for (const inputBytes of [1e8, 1e9, 5e9, 5e10, 1e12]) {
      for (const history of [[], [formerRun({ spilled_bytes: 1 })]]) {
        const { cluster, conf, executors } = size({ engine: "emr", size: "large", inputBytes, history });
        const types = [...cluster!.core.types, ...(cluster!.task?.types ?? [])].map(({ type }) => findInstance(type)!);
        expect(new Set(types.map(({ architecture, gib, vcpu }) => `${architecture} ${gib / vcpu}`)).size).toBe(1);
        const container = [conf["spark.executor.memory"], conf["spark.executor.memoryOverhead"]].reduce((sum, each) => sum + Number.parseInt(each ?? ""), 0);
        for (const { yarn_mb, vcpu } of types) expect(Math.floor((yarn_mb - 1024) / container)).toBeGreaterThanOrEqual(vcpu / 4);
        const { core, task } = cluster!;
        expect(core.on_demand_units + (task?.spot_units ?? 0)).toBe(executors);
      }
    }
  });
});

describe("from former runs", () => {
  const memory = (history: StageDemand["history"]): number => size({ inputBytes: 10e9, history }).executor.memory_gb;

  it("takes the fewest executors that reach the target, and says what it rests on", () => {
    const shape = size({ inputBytes: 10e9, history: [formerRun()], targetSeconds: 170 });
    expect(shape).toMatchObject({ executors: 5, evidence: "former run", estimate: { seconds: 230 } });
    expect(shape.reason).toBe("5 executors of 4 vCPU and 16 GB: run 1a2b3c4d-1 took 200 s for 50,000,000 rows on 16 vCPU, 75 % busy: the fewest that end within the 170 s aimed at");
  });

  it("shrinks a stage whose cores were idle", () => {
    const idle = formerRun({ seconds: 400, seconds_outside: 300, statements: [{ seconds: 100, run_seconds: 400, cpu_seconds: 300, tasks: 8 }], ran: { executors: 16 } });
    const shape = size({ inputBytes: 10e9, history: [idle], targetSeconds: 100 });
    expect(shape.executors).toBe(4);
    expect(shape.reason).toContain("on 64 vCPU, 2 % busy: 100 s are out of reach, and more than a tenth faster no size is");
  });

  it.each(["emr", "emr-serverless"] as const)("never shrinks on %s as the input grows", (engine) => {
    for (const targetSeconds of [60, 300, 900]) {
      const sizes = GROWING.slice(20).map((inputBytes) => cores(size({ engine, size: "large", inputBytes, history: [formerRun()], targetSeconds })));
      expect(sizes, String(targetSeconds)).toEqual([...sizes].sort((a, b) => a - b));
    }
  });

  it.each([
    ["spilled", [formerRun({ spilled_bytes: 3e9 })], 30],
    ["ran near the limit of a task", [formerRun({ peak_task_bytes: 1.9e9 })], 30],
    ["was well within it", [formerRun({ peak_task_bytes: 1.2e9 })], 16],
    ["ran out of memory", [formerRun({ outcome: "executor-out-of-memory" })], 30],
    ["spilled on 2 GB a vCPU", [formerRun({ spilled_bytes: 3e9, ran: { memory_gb_per_core: 2 } })], 16],
    ["spilled once, and no more with the next step", [formerRun({ spilled_bytes: 3e9 }), formerRun({ ran: { memory_gb_per_core: 7.5 } })], 30],
    ["spilled on a laptop with 1 GB a core", [formerRun({ spilled_bytes: 3e9, ran: { engine: "local", executors: 1, cores_per_executor: 2, memory_gb_per_core: 1 } })], 16],
    ["needed little and kept the CPU busy", [formerRun({ peak_task_bytes: 100e6, statements: [{ seconds: 160, run_seconds: 2400, cpu_seconds: 2350, tasks: 200 }] })], 8],
    ["needed little and waited", [formerRun({ peak_task_bytes: 100e6 })], 16],
  ] as const)("one that %s: one step of memory, no more", (_what, history, gb) => expect(memory(history)).toBe(gb));

  it("doubles partitions where memory has no further step", () => {
    const partitions = (spilled_bytes: number) => Number(size({ inputBytes: 10e9, history: [formerRun({ spilled_bytes, ran: { memory_gb_per_core: 7.5 } })] }).conf["spark.sql.shuffle.partitions"]);
    expect(partitions(3e9)).toBe(2 * partitions(0));
  });

  it.each(["emr", "emr-serverless"] as const)("gives the driver the next step on %s each time that it died", (engine) => {
    const drivers: number[] = [];
    const history: StageDemand["history"][number][] = [];
    for (let time = 0; time < 5; time++) {
      const shape = size({ engine, inputBytes: 1e9, history });
      drivers.push(shape.driver.memory_gb);
      history.push(formerRun({ outcome: "driver-out-of-memory", ran: ranOn(shape) }));
    }
    expect(drivers).toEqual([8, 16, 30, 60, 60]);
  });

  it.each(["emr", "emr-serverless"] as const)("goes up on %s by one step at a time while a stage spills on what it was given", (engine) => {
    const given: string[] = [];
    const history: StageDemand["history"][number][] = [];
    for (let time = 0; time < 4; time++) {
      const shape = size({ engine, inputBytes: 10e9, history });
      given.push(`${(shape.executor.memory_gb / 4).toFixed(1)} GB, ${shape.conf["spark.sql.shuffle.partitions"] ?? ""}`);
      history.push(formerRun({ spilled_bytes: 1e9, ran: { ...ranOn(shape), executors: 4 } }));
    }
    const [first, second, third, fourth] = given.map((each) => each.split(", "));
    expect([first![0], second![0], third![0]]).toEqual(engine === "emr" ? ["2.6 GB", "5.5 GB", "5.5 GB"] : ["4.0 GB", "7.5 GB", "7.5 GB"]);
    expect(Number(third![1])).toBe(2 * Number(second![1]));
    expect(fourth).toEqual(third);
  });

  it("names the run that spilled", () => expect(size({ inputBytes: 10e9, history: [formerRun({ spilled_bytes: 3.1e9 })] }).reason).toContain("; run 1a2b3c4d-1 spilled 3.1 GB with 4.0 GB a vCPU: one step up to 8 GB a vCPU"));
});

describe("an estimate", () => {
  it("is the dollars of the shape by hand, on either engine", () => {
    const { estimate } = size({ inputBytes: 4.2e9 });
    const seconds = 45 + (4200 * 0.45) / 16;
    const hours = Math.ceil(seconds) / 3600;
    expect(estimate.seconds).toBe(Math.round(60 + seconds));
    expect(estimate.usd["emr-serverless"]).toBeCloseTo(hours * (18 * 0.042094 + 72 * 0.004628), 4);
    // A primary, one core node and three task executors: a 1-weight and, cheapest an executor, m6g.xlarge each.
    const nodeHours = (5 * Math.ceil(210 + seconds)) / 3600;
    expect(estimate.usd.emr).toBeCloseTo(nodeHours * (0.154 + 0.0385 + (64 * 0.08) / 720), 4);
  });

  it("is the same whichever engine is asked, and says what it rests on", () => {
    const [ec2, serverlessOne] = [size({ engine: "emr", inputBytes: 4.2e9 }), size({ engine: "emr-serverless", inputBytes: 4.2e9, profile: onEmr() })];
    expect(ec2.estimate.usd).toEqual(serverlessOne.estimate.usd);
    expect(ec2.estimate.assumptions.join("\n")).toMatch(/210 s to start[^]*us-east-1, 2026-04-30[^]*spot is counted at the on-demand price/);
  });
});

it("a release that is no label is refused with the nearest one", () => {
  expect(sizeStage({ engine: "emr", size: "small", inputBytes: 1, history: [], profile: onEmr(), release: "8.1.0" })).toMatchObject({ ok: false, problems: [{ code: "config-invalid", key: "release", help: expect.stringContaining("emr-spark-8.1.0") }] });
});
