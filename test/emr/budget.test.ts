// A run held against its budget on either engine, with time that passes as fast as the test looks.

import { afterEach, describe, expect, it } from "vitest";
import { problemText } from "../../driver/cli/problem-text.js";
import { execute } from "../../driver/execute.js";
import { attemptsOf } from "../../driver/ledger.js";
import type { Problem, Result } from "../../driver/problems.js";
import { ProblemError } from "../../driver/problems.js";
import type { AwsEngineName, Driven, DrivenRequest } from "./driven-run.js";
import { drivenRun } from "./driven-run.js";

let driven: Driven | undefined;
afterEach(async () => {
  await driven?.aws.stop();
  driven = undefined;
});
const started = async (request: DrivenRequest): Promise<Driven> => (driven = await drivenRun(request));
const problemsOf = (result: Result<unknown>): readonly Problem[] => (result.ok ? [] : result.problems);
const estimate = ({ plan }: Driven, engine: AwsEngineName): number => plan.stages.reduce((sum, { shape }) => sum + (shape?.estimate.usd[engine] ?? 0), 0);
const lives = ({ aws }: Driven, kind: string): readonly (string | undefined)[] => aws.endpoint.traces.filter((trace) => trace.kind === kind).map(({ steps }) => steps.at(-1)?.state);

describe.each(["emr", "emr-serverless"] as const)("a run on %s", (engine) => {
  it("that outgrows its budget is stopped, and says what was spent by which stage and what to do", async () => {
    const run = await started({ engine, stages: [{ name: "raw" }, { name: "curated", seconds: 60 }] });
    const budget = estimate(run, engine) * 1.5;
    const problems = problemsOf(await execute(run.plan, run.under(budget)));
    expect(problems).toMatchObject([{ code: "budget-exceeded", stage: "raw", budget, stopped: true, left: "Spark was stopped; no table changed for readers" }]);
    const [problem] = problems;
    const spent = problem?.code === "budget-exceeded" ? problem.spent : [];
    expect(spent).toEqual([{ stage: "raw", attempt: 1, usd: expect.any(Number) }]);
    // Stopped at the first look that finds the budget spent: a look's time over it, and no more.
    expect(spent[0]?.usd).toBeGreaterThan(budget);
    expect(spent[0]?.usd).toBeLessThan(budget * 1.5);
    expect(problem === undefined ? "" : problemText(problem)).toMatch(/^error\[budget-exceeded\]: run 0a1b2c3d-1 has cost \$\d\.\d+, more than its budget of \$\d\.\d+, so stage raw was stopped\n {2}note: stage raw, attempt 1: \$.*\n {2}note: spent \$.*\n {2}left: .*\n {2}help: carelake resume 0a1b2c3d-1 --budget \d+ goes on/);
    await run.aws.endpoint.clock.advance(600_000);
    expect(engine === "emr" ? lives(run, "cluster") : lives(run, "run")).toEqual([engine === "emr" ? "TERMINATED" : "CANCELLED"]);
    const events = await run.ledger.events("0a1b2c3d-1");
    expect(events.at(-1)).toMatchObject({ event: "finished", outcome: "failed" });
    expect(attemptsOf(events)).toHaveLength(1);
  });

  it("that stays within its budget ends without a word of it", async () => {
    const run = await started({ engine, stages: [{ name: "raw", seconds: 120 }, { name: "curated", seconds: 60 }] });
    expect(problemsOf(await execute(run.plan, run.under(100)))).toEqual([]);
    expect(run.told.filter(({ kind }) => kind === "budget-forecast")).toEqual([]);
  });

  it("whose first stage eats the dollars of the second is told so once, does not submit it, and goes on with more", async () => {
    const run = await started({ engine, stages: [{ name: "raw", seconds: 1500 }, { name: "curated", seconds: 60, usd: 1 }] });
    const budget = estimate(run, engine) + 0.001;
    const problems = problemsOf(await execute(run.plan, run.under(budget)));
    expect(problems).toMatchObject([{ code: "budget-exceeded", stage: "curated", stopped: false, toCome: 1, spent: [{ stage: "raw", attempt: 1 }] }]);
    expect(run.told.filter(({ kind }) => kind === "budget-forecast")).toMatchObject([{ budget, toCome: 1 }]);
    expect(attemptsOf(await run.ledger.events("0a1b2c3d-1")).map(({ stage }) => stage)).toEqual(["raw"]);
    const resumes = await run.ledger.run("0a1b2c3d-1");
    const done = await execute(run.plan, { ...run.under(100), ...(resumes === undefined ? {} : { resumes }) });
    expect(problemsOf(done)).toEqual([]);
  });

  it("whose cost is not told goes on, and says so", async () => {
    const run = await started({ engine, stages: [{ name: "raw", seconds: 300 }] });
    const denied = new ProblemError({ code: "aws-denied", operation: "ListInstances", message: "not for you" });
    const done = await execute(run.plan, run.options({ budget: { usd: 0.01, spent: () => Promise.reject(denied) } }));
    expect(problemsOf(done)).toEqual([]);
    // Once before the stage is submitted, once while it runs.
    expect(run.told.filter(({ kind }) => kind === "cost-unknown")).toEqual([1, 2].map(() => ({ kind: "cost-unknown", problem: denied.problem })));
  });

  it("under a budget keeps to the calls of its pace", async () => {
    const run = await started({ engine, stages: [{ name: "raw" }] });
    const [stage] = run.plan.stages;
    const [perMinute, pace] = engine === "emr" ? [3, 30_000] : [6, 12_000];
    const ref = "s3://lake/medicare/ledger/stages/0a1b2c3d-1/raw-1";
    const { settings } = run.options();
    if (stage === undefined) throw new Error("no stage");
    await run.engine.submit({ format: 1, run: "0a1b2c3d-1", plan: run.plan.id, stage: "raw", branch: "b", session: {}, steps: [], exports: [], events: `${ref}/events`, report: `${ref}/report.json` }, settings(stage));
    const { budget } = run.under(1000);
    const before = run.aws.endpoint.calls.length;
    const minutes = 30;
    // The driven engine lets 30 s pass at a look; what is left of the pace is taken from it.
    const looks = (minutes * 60_000) / Math.max(pace, 30_000);
    for (let look = 0; look < looks; look++) {
      await run.engine.describe({ engine, ref });
      await budget?.spent(run.plan, [{ stage: "raw", attempt: 1, handle: { engine, ref } }]);
    }
    expect(run.aws.endpoint.calls.length - before).toBeLessThanOrEqual(minutes * perMinute);
    expect(run.aws.endpoint.calls.some(({ operation }) => operation === "ListInstances")).toBe(engine === "emr");
  });
});
