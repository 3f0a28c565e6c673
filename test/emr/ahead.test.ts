// Clusters started while the stage before still runs: when, how many, and that none is left when its stage never comes.

import { afterEach, describe, expect, it } from "vitest";
import { execute } from "../../driver/execute.js";
import { attemptsOf } from "../../driver/ledger.js";
import { profile as profileShape } from "../../driver/profile.js";
import { startAhead } from "../../emr/sizing/ahead.js";
import { sizeStage } from "../../emr/sizing/sizing.js";
import type { Driven, DrivenRequest } from "./driven-run.js";
import { drivenRun } from "./driven-run.js";

let driven: Driven | undefined;
afterEach(async () => {
  await driven?.aws.stop();
  driven = undefined;
});
const started = async (stages: DrivenRequest["stages"], profile: DrivenRequest["profile"] = {}): Promise<Driven> => (driven = await drivenRun({ engine: "emr", stages, profile }));
const clusters = ({ aws }: Driven) => aws.endpoint.traces.filter(({ kind }) => kind === "cluster");
const at = (steps: readonly { readonly state: string; readonly at: number }[] | undefined, state: string): number => steps?.find((step) => step.state === state)?.at ?? NaN;
const RUN = "0a1b2c3d-1";

/** All clusters have ended once those that were told to have had the time for it. */
async function nothingIsLeft(run: Driven): Promise<void> {
  await run.aws.endpoint.clock.advance(600_000);
  expect(clusters(run).map(({ steps }) => steps.at(-1)?.state)).toEqual(clusters(run).map(() => "TERMINATED"));
}

describe("a run whose plan starts the next cluster ahead", () => {
  it("orders it while the stage before runs, and its step does not wait", async () => {
    const run = await started([{ name: "raw", seconds: 1200 }, { name: "curated", seconds: 60, ahead: 600 }]);
    expect((await execute(run.plan, run.options())).ok).toBe(true);
    const [first, second, ...more] = clusters(run);
    expect(more).toEqual([]);
    const [rawStep, curatedStep] = run.aws.endpoint.traces.filter(({ kind }) => kind === "step");
    const begun = at(rawStep?.steps, "RUNNING");
    const ordered = second?.steps[0]?.at ?? NaN;
    // At the first look that finds the time come.
    expect(ordered - begun).toBeGreaterThanOrEqual(600_000);
    expect(ordered - begun).toBeLessThan(700_000);
    expect(at(curatedStep?.steps, "RUNNING") - at(rawStep?.steps, "COMPLETED")).toBeLessThan(120_000);
    expect(first?.id).not.toBe(second?.id);
    const events = await run.ledger.events(RUN);
    expect(events.filter(({ event }) => event.startsWith("stage-")).map(({ event }) => event)).toEqual(["stage-submitted", "stage-prepared", "stage-finished", "stage-submitted", "stage-finished"]);
    expect(run.told.filter(({ kind }) => kind === "stage-prepared")).toHaveLength(1);
    await nothingIsLeft(run);
  });

  it("gives it back when the stage before fails", async () => {
    const run = await started([{ name: "raw", seconds: 1200, code: 1 }, { name: "curated", seconds: 60, ahead: 600 }]);
    expect((await execute(run.plan, run.options())).ok).toBe(false);
    expect(attemptsOf(await run.ledger.events(RUN)).map(({ stage }) => stage)).toEqual(["raw"]);
    expect(clusters(run)).toHaveLength(2);
    await nothingIsLeft(run);
  });

  it.each(["cancel", "detach"] as const)("gives it back when its user says %s", async (word) => {
    const stop = new AbortController();
    const run = await started([{ name: "raw", seconds: 7200 }, { name: "curated", seconds: 60, ahead: 600 }]);
    const listen: NonNullable<ReturnType<Driven["options"]>["listen"]> = (event) => {
      if (event.kind === "stage-prepared") setTimeout(() => stop.abort(), 50);
    };
    const ended = await execute(run.plan, run.options({ signal: stop.signal, listen, onStop: () => Promise.resolve(word) }));
    expect(ended).toMatchObject({ ok: false, problems: [{ code: word === "cancel" ? "run-cancelled" : "run-detached" }] });
    if (word === "cancel") return nothingIsLeft(run);
    await run.aws.endpoint.clock.advance(600_000);
    expect(clusters(run)[1]?.steps.at(-1)?.state).toBe("TERMINATED");
    expect(clusters(run)[0]?.steps.at(-1)?.state).toBe("RUNNING");
  });

  it("starts nothing ahead where the stage before ends sooner", async () => {
    const run = await started([{ name: "raw", seconds: 60 }, { name: "curated", seconds: 60, ahead: 600 }]);
    expect((await execute(run.plan, run.options())).ok).toBe(true);
    expect((await run.ledger.events(RUN)).some(({ event }) => event === "stage-prepared")).toBe(false);
  });
});

describe("the plan", () => {
  const place = (more: Readonly<Record<string, unknown>> = {}) => {
    const profile = profileShape.parse({ engine: "emr", ...more });
    return { engine: profile.engine === "local" ? ("emr" as const) : profile.engine, profile, release: profile.release };
  };
  const shape = (seconds: number, evidence: "rules" | "former run") => {
    const sized = sizeStage({ ...place(), size: "small", inputBytes: null, history: [] });
    if (!sized.ok) throw new Error("no shape");
    return { ...sized.value, evidence, estimate: { ...sized.value.estimate, seconds } };
  };
  const small = shape(500, "rules");
  const next = { ...small, estimate: { ...small.estimate, usd: { emr: 0.2, "emr-serverless": 0.2 } } };

  it("starts a cluster ahead so that it is up in time, and says what that saves and costs", () => {
    const ahead = startAhead(shape(1010, "former run"), next, place());
    // 800 s of work, 210 s of start, 120 s for a former run that misses by 15 %.
    expect(ahead).toMatchObject({ after_seconds: 470, saves_seconds: 210, reason: expect.stringMatching(/^its cluster is started 470 s after the stage before has begun: that saves 210 s of waiting, for at most \$0\.\d{4} of machines that wait$/) });
    expect(ahead?.idle_usd).toBeGreaterThan(0);
    expect(ahead?.idle_usd).toBeLessThanOrEqual(0.2 * next.estimate.usd.emr + 1e-4);
  });

  it.each([
    ["before the first stage", startAhead(undefined, next, place())],
    ["after a stage that never ran", startAhead(shape(1010, "rules"), next, place())],
    ["where waiting machines cost more than a fifth of their stage", startAhead(shape(100_000, "former run"), next, place())],
    ["on a cluster of the run", startAhead(shape(1010, "former run"), next, place({ emr: { cluster: "per-run" } }))],
    ["on EMR Serverless", startAhead(shape(1010, "former run"), next, place({ engine: "emr-serverless" }))],
  ])("starts none %s", (_where, ahead) => expect(ahead).toBeUndefined());
});
