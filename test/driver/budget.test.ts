// How often a service is asked what a run has cost while a stage runs.

import { expect, it } from "vitest";
import type { Held } from "../../driver/budget.js";
import { budgetWatch } from "../../driver/budget.js";
import { sizeStage } from "../../emr/sizing/sizing.js";
import { profile as profileShape } from "../../driver/profile.js";
import { plannedStage } from "../logs/case.js";

const LOOK_SECONDS = 12;

/** A plan of one stage that takes an hour and costs 0.60 dollars. */
function underBudget(): Pick<Held, "stage" | "plan"> {
  const sized = sizeStage({ engine: "emr-serverless", release: "emr-spark-8.1.0", profile: profileShape.parse({ engine: "emr-serverless", lake: "s3://b/l" }), size: "small", inputBytes: null, history: [] });
  if (!sized.ok) throw new Error("no shape");
  const shape = { ...sized.value, estimate: { ...sized.value.estimate, seconds: 3600, usd: { emr: 0.6, "emr-serverless": 0.6 } } };
  const stage = { ...plannedStage({}), shape };
  const plan = { format: 1, carelake: "0", id: "0", pipeline: "p", years: [2023], engine: "emr-serverless", branch: "b", stages: [stage], skipped: [], publication: [] } as const;
  return { stage, plan };
}

/** Looks every 12 s for so long at a stage that costs a cent a minute: seconds at which the service was asked, and when it was stopped. */
async function looked(usd: number, minutes: number): Promise<{ readonly asked: readonly number[]; readonly stopped: number | undefined }> {
  const { stage, plan } = underBudget();
  const asked: number[] = [];
  let seconds = 0;
  const spent: Held["budget"]["spent"] = async () => {
    asked.push(seconds);
    return [{ stage: stage.name, attempt: 1, usd: seconds / 6000 }];
  };
  const watch = budgetWatch({ budget: { usd, spent }, run: "r", plan, stage, attempts: () => Promise.resolve([{ stage: stage.name, attempt: 1, handle: { engine: "emr-serverless", ref: "r" }, waits: false }]), listen: () => undefined, now: () => new Date(seconds * 1000) });
  for (; seconds < minutes * 60; seconds += LOOK_SECONDS) if ((await watch()) !== undefined) return { asked, stopped: seconds };
  return { asked, stopped: undefined };
}

it("machines that wait for the next stage are counted, and are part of what that stage was to cost", async () => {
  const { stage, plan } = underBudget();
  const next = { ...stage, name: "next" };
  const handle = { engine: "emr", ref: "r" } as const;
  const costly = [{ stage: stage.name, attempt: 1, handle, waits: false }, { stage: next.name, attempt: 1, handle, waits: true }];
  const told: unknown[] = [];
  const spent: Held["budget"]["spent"] = (_, attempts) => Promise.resolve(attempts.map((each) => ({ stage: each.stage, attempt: each.attempt, usd: 0.25 })));
  const watch = budgetWatch({ budget: { usd: 0.6, spent }, run: "r", plan: { ...plan, stages: [stage, next] }, stage, attempts: () => Promise.resolve(costly), listen: (event) => told.push(event), now: () => new Date(0) });
  expect(await watch()).toBeUndefined();
  // Twice 0.60 by estimate, of which 0.50 are spent.
  expect(told).toEqual([{ kind: "budget-forecast", budget: 0.6, spent: 0.5, toCome: expect.closeTo(0.7) as unknown }]);
});

it("a budget that is far away is asked for every five minutes, however often the stage is looked at", async () => {
  const { asked, stopped } = await looked(100, 60);
  expect([asked.length, stopped]).toEqual([12, undefined]);
});

it("a budget that is near is asked for when it may be spent, and stops the stage at the first look after it is", async () => {
  const { asked, stopped } = await looked(0.07, 60);
  // Spent after seven minutes.
  expect(stopped).toBeLessThanOrEqual(420 + LOOK_SECONDS);
  expect(asked.length).toBeLessThanOrEqual(5);
});
