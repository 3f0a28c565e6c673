import { describe, expect, it } from "vitest";
import type { FailureClass } from "../../../driver/failure-class.js";
import { FAILURE_CLASSES, RETRY } from "../../../driver/failure-class.js";
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
const memory = failed("driver-memory", "spark-out-of-memory");

/** Only the class counts, whatever the problem. */
function failed(failure: FailureClass, code: "spark-failed" | "spark-out-of-memory" = "spark-failed"): Problem {
  return code === "spark-failed" ? { code, class: failure, message: "", log: "", likely: [], run: "r" } : { code, class: failure, message: "Java heap space", memory: "8 GB", run: "r" };
}

describe.each(["emr", "emr-serverless"] as const)("a failed attempt on %s", (engine) => {
  const stage = stageOn(engine);
  const tried = (problem: Problem, attempt = 1, of = stage) => nextTry({ stage: of, attempt, problem }, place(engine));

  it.each([
    ["capacity", [120, 240, 480, undefined]],
    ["instance-loss", [10, 20, undefined]],
    ["bootstrap", [30, undefined]],
    ["service", [60, undefined]],
    ["s3-slow-down", [120, 240, undefined]],
    ["network", [60, undefined]],
    ["commit-conflict", [30, undefined]],
  ] as const)("by %s is tried again as it is, after longer and longer waits", (cause, waits) => {
    expect(waits.map((_, index) => tried(failed(cause), index + 1)?.waitSeconds)).toEqual(waits);
    expect(tried(failed(cause))?.stage).toBe(stage);
  });

  it("by memory is tried once, on more of it", () => {
    const next = tried(memory);
    const of = (each: PlannedStage | undefined): number => (each?.shape === undefined ? 0 : each.shape.driver.memory_gb + each.shape.executor.memory_gb / each.shape.executor.vcpu);
    expect(of(next?.stage)).toBeGreaterThan(of(stage));
    expect(next?.reason).toContain("ran out of memory");
    expect(next === undefined ? "none" : tried(memory, 2, next.stage)).toBeUndefined();
  });

  it("whose executors ran out of memory gets larger executors, and whose driver did a larger driver", () => {
    const shapeOf = (failure: FailureClass) => tried(failed(failure))?.stage.shape;
    expect(shapeOf("driver-memory")?.driver.memory_gb).toBeGreaterThan(stage.shape?.driver.memory_gb ?? Infinity);
    expect(shapeOf("executor-memory")?.executor.memory_gb).toBeGreaterThan(stage.shape?.executor.memory_gb ?? Infinity);
    expect(shapeOf("executor-memory")?.driver.memory_gb).toBe(stage.shape?.driver.memory_gb);
  });

  it("by a full disk is tried once on more of it, where the engine takes a size of disk", () => {
    const next = tried(failed("disk-full"));
    if (engine === "emr") return expect(next).toBeUndefined();
    expect(next?.stage.shape?.executor.disk_gb).toBeGreaterThan(stage.shape?.executor.disk_gb ?? Infinity);
    expect(next?.stage.shape?.conf["spark.emr-serverless.executor.disk"]).toBe(`${String(next?.stage.shape?.executor.disk_gb)}G`);
    expect(next === undefined ? "none" : tried(failed("disk-full"), 2, next.stage)).toBeUndefined();
  });

  it.each(["driver-memory", "executor-memory", "disk-full"] as const)("by %s is estimated anew on what it gets: dearer, and no faster", (failure) => {
    const [was, next] = [stage.shape?.estimate, tried(failed(failure))?.stage.shape?.estimate];
    if (engine === "emr" && failure === "disk-full") return expect(next).toBeUndefined();
    expect(next?.usd[engine]).toBeGreaterThan(was?.usd[engine] ?? Infinity);
    expect(next?.seconds).toBeGreaterThanOrEqual(was?.seconds ?? Infinity);
  });

  it.each(FAILURE_CLASSES.filter((each) => RETRY[each].again === "never"))("by %s is not tried again", (failure) => {
    expect(tried(failed(failure))).toBeUndefined();
  });

  it.each<Problem>([{ code: "aws-denied", operation: "s3:GetObject", message: "" }, { code: "run-cancelled", run: "r" }])("by $code, which is no failure of a stage, is not tried again", (problem) => {
    expect(tried(problem)).toBeUndefined();
  });
});

it("SQL, data, gates, access, settings, quotas, time limits and cancellations never deserve another try", () => {
  for (const each of ["analysis", "missing-table", "data", "contract", "gate", "source", "access-denied", "configuration", "quota", "time-limit", "cancelled", "unknown"] as const) expect(RETRY[each].again, each).toBe("never");
});
