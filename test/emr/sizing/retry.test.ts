import { describe, expect, it } from "vitest";
import type { PlannedStage } from "../../../driver/plan.js";
import type { Problem } from "../../../driver/problems.js";
import { profile as profileShape } from "../../../driver/profile.js";
import { nextTry } from "../../../emr/sizing/retry.js";
import type { SizingPlace } from "../../../emr/sizing/sizing.js";
import { sizeStage } from "../../../emr/sizing/sizing.js";

const place = (engine: "emr" | "emr-serverless"): SizingPlace => ({ engine, release: "emr-spark-8.1.0", profile: profileShape.parse({ engine, lake: "s3://b/l", emr_serverless: { maximum_vcpu: 64 } }) });

function stageOn(engine: "emr" | "emr-serverless"): PlannedStage {
  const shape = sizeStage({ ...place(engine), size: "medium", inputBytes: 4e9, history: [] });
  if (!shape.ok) throw new Error(JSON.stringify(shape.problems));
  return { name: "cleanse", joins: ["cleanse"], reason: "alone", size: "medium", shape: shape.value, steps: [], exports: [] };
}
const memory: Problem = { code: "spark-out-of-memory", message: "Java heap space", memory: "8 GB", run: "r" };
const ended = (cause: "capacity" | "instance-loss" | "bootstrap" | "service" | "quota" | "time-limit" | "cancelled" | "configuration" | "gone"): Problem => ({ code: "stage-ended", cause, reason: "", log: "", excerpt: [], run: "r" });

describe.each(["emr", "emr-serverless"] as const)("a failed attempt on %s", (engine) => {
  const stage = stageOn(engine);
  const tried = (problem: Problem, attempt = 1, of = stage) => nextTry({ stage: of, attempt, problem }, place(engine));

  it.each([
    ["capacity", [120, 240, 480, undefined]],
    ["instance-loss", [10, 20, undefined]],
    ["bootstrap", [30, undefined]],
    ["service", [60, undefined]],
  ] as const)("by %s is tried again as it is, after longer and longer waits", (cause, waits) => {
    expect(waits.map((_, index) => tried(ended(cause), index + 1)?.waitSeconds)).toEqual(waits);
    expect(tried(ended(cause))?.stage).toBe(stage);
  });

  it("by memory is tried once, on more of it", () => {
    const next = tried(memory);
    const of = (each: PlannedStage | undefined): number => (each?.shape === undefined ? 0 : each.shape.driver.memory_gb + each.shape.executor.memory_gb / each.shape.executor.vcpu);
    expect(of(next?.stage)).toBeGreaterThan(of(stage));
    expect(next?.reason).toContain("ran out of memory");
    expect(next === undefined ? "none" : tried(memory, 2, next.stage)).toBeUndefined();
  });

  it.each<Problem>([
    ended("quota"),
    ended("time-limit"),
    ended("cancelled"),
    ended("configuration"),
    ended("gone"),
    { code: "gate-failed", gates: [], run: "r" },
    { code: "spark-analysis", message: "", statement: "", run: "r" },
    { code: "aws-denied", operation: "s3:GetObject", message: "" },
    { code: "run-cancelled", run: "r" },
  ])("by $code $cause is not tried again", (problem) => {
    expect(tried(problem)).toBeUndefined();
  });
});
