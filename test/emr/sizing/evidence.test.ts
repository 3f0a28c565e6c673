// A stage report → evidence, and the time the same work takes elsewhere.

import { describe, expect, it } from "vitest";
import type { StatementMetrics } from "../../../driver/stage.js";
import type { ReportedWork } from "../../../emr/sizing/evidence.js";
import { busyShare, evidenceOf, predictedSeconds, textBytes } from "../../../emr/sizing/evidence.js";
import { formerRun } from "./former-run.js";

const statement = (rest: Partial<StatementMetrics>): StatementMetrics => ({ id: "a#insert", seconds: 10, rows: 100, bytes: 1000, files: 1, input_bytes: 0, input_rows: 0, shuffle_write_bytes: 0, memory_spilled_bytes: 0, disk_spilled_bytes: 0, peak_execution_memory_bytes: 0, executor_run_seconds: 20, executor_cpu_seconds: 15, tasks: 4, ...rest });
const report = (rest: Partial<ReportedWork> = {}): ReportedWork => ({ run: "r-1", outcome: "succeeded", failure: null, seconds: { session: 5, total: 40 }, statements: [statement({}), statement({ rows: null, bytes: null, seconds: 20 })], steps: [{ outcome: "built" }], ...rest });
const failure = (kind: "out-of-memory" | "analysis") => ({ kind, message: "", condition: null, sql_state: null, step: null, statement: null, line: null, column: null, detail: {} });
const RAN = { engine: "local", executors: 1, cores_per_executor: 2, memory_gb_per_core: 1, driver_gb: 2 } as const;

describe("a report", () => {
  it("is summed over its statements, and the rest of its time kept apart", () => {
    expect(evidenceOf(report(), RAN, 5e6)).toMatchObject({ outcome: "succeeded", input_bytes: 5e6, seconds: 40, seconds_outside: 10, rows: 100, bytes_written: 1000 });
  });

  it("counts spill on both sides, and the peak of a task as the average of its statement", () => {
    const statements = [statement({ memory_spilled_bytes: 5, disk_spilled_bytes: 2, peak_execution_memory_bytes: 800, tasks: 8 }), statement({ peak_execution_memory_bytes: 300, tasks: 2 })];
    expect(evidenceOf(report({ statements }), RAN, null)).toMatchObject({ spilled_bytes: 7, peak_task_bytes: 150 });
  });

  it.each([
    ["ran out of memory", { outcome: "failed", failure: failure("out-of-memory") }, "executor-out-of-memory"],
    ["failed for its SQL", { outcome: "failed", failure: failure("analysis") }, undefined],
    ["failed a gate", { outcome: "gate-failed" }, undefined],
    ["found half of its work done", { steps: [{ outcome: "built" }, { outcome: "already-built" }] }, undefined],
  ] as const)("of a stage that %s", (_what, rest, outcome) => expect(evidenceOf(report(rest), RAN, null)?.outcome).toBe(outcome));
});

describe("the time on other cores", () => {
  const run = formerRun();

  it("is what it was, on what it ran on", () => expect(predictedSeconds(run, 16, 1)).toBeCloseTo(200, 6));
  it("shrinks with cores, but for what lies beside tasks", () => expect(predictedSeconds(run, 32, 1)).toBeCloseTo(50 + 75, 6));
  it("stops shrinking where tasks run out", () => expect(predictedSeconds(run, 1000, 1)).toBeCloseTo(50 + 2400 / 200, 6));
  it("grows with the input, and tasks with it", () => expect(predictedSeconds(run, 1000, 3)).toBeCloseTo(50 + 7200 / 600, 6));
  it("never has less than one task", () => expect(predictedSeconds(run, 1000, 0.0001)).toBeCloseTo(50 + 0.24 / 200, 6));
});

it("cores are busy for the share of their time in which tasks ran", () => expect(busyShare(formerRun())).toBeCloseTo(2400 / (200 * 16), 6));
it("columnar bytes count for the text they stand for", () => expect(textBytes(65e6)).toBe(422_500_000));
