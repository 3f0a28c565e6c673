// A cluster that is started ahead of its stage, by the command from plan to end: it is there before its stage is
// submitted, and nobody pays for it any longer when its stage never comes. Stages are simulated.

import { CancelStepsCommand, EMRClient } from "@aws-sdk/client-emr";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Ended } from "../carelake.js";
import { movableClock } from "../endpoint/clock.js";
import { startAws, type AwsPlace } from "./aws-project.js";
import { lastRun } from "./cases.js";
import { calmRun, everythingEnds, sceneAfter } from "./history.js";
import { RUN, until, type Scene } from "./scene.js";
import { simulation } from "./simulated-stage.js";

const folder = mkdtempSync(join(tmpdir(), "ahead-"));
/** By which the services' clock is behind the command's: what has just begun has, for the command, gone on for so long. */
const BEHIND_MILLISECONDS = 2_000_000;
/** More than the plan's estimate, and less than the first stage's machines for so long with the estimate of the second. */
const BUDGET_USD = 1.2;
let aws: AwsPlace;
let calm: Scene;

beforeAll(async () => {
  const clock = movableClock({ start: Date.now() - BEHIND_MILLISECONDS });
  aws = await startAws({ folder, limits: false, clock, simulated: (client) => simulation(client, () => 5000, clock.now).run });
  calm = await calmRun(aws, "emr");
});
afterAll(async () => {
  await aws.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the service was asked to start, in order, since so many calls. */
const startedSince = (calls: number): readonly string[] => aws.endpoint.calls.slice(calls).flatMap(({ operation }) => (operation === "RunJobFlow" || operation === "AddJobFlowSteps" ? [operation] : []));
const clusters = () => aws.endpoint.traces.filter(({ kind }) => kind === "cluster").slice(-2);

/** A run that ends with the cluster of its second stage ordered and not used. */
async function left(name: string, words: readonly string[], disturb = () => Promise.resolve()): Promise<{ readonly scene: Scene; readonly ended: Ended }> {
  const scene = await sceneAfter(calm, { name });
  const before = aws.endpoint.calls.length;
  const driver = scene.start(...RUN, ...words);
  await until("both clusters are ordered", () => startedSince(before).length === 3);
  await disturb();
  const ended = await driver.ended;
  expect(startedSince(before)).toEqual(["RunJobFlow", "AddJobFlowSteps", "RunJobFlow"]);
  return { scene, ended };
}

it("is ordered while the stage before it runs, where the plan says that it pays, and used", async () => {
  const scene = await sceneAfter(calm, { name: "used" });
  const before = aws.endpoint.calls.length;
  const planned = await scene.carelake("plan", "fills", "--year", "2023");
  expect(planned.stdout).toMatch(/its cluster is started \d+ s after the stage before has begun: that saves \d+ s of waiting, for at most \$0\.\d+ of machines that wait/);
  const done = await scene.carelake(...RUN);
  expect(done.code, done.stderr).toBe(0);
  expect(startedSince(before)).toEqual(["RunJobFlow", "AddJobFlowSteps", "RunJobFlow", "AddJobFlowSteps"]);
  const [load] = aws.endpoint.traces.filter(({ kind }) => kind === "step").slice(-2);
  const over = load?.steps.find(({ state }) => state === "COMPLETED")?.at ?? NaN;
  expect(clusters()[1]?.steps[0]?.at).toBeLessThan(over);
  expect((await lastRun(scene)).events.map(({ event }) => event)).toEqual(["stage-submitted", "stage-prepared", "stage-finished", "stage-submitted", "stage-finished", "finished"]);
  await everythingEnds(aws);
});

it("is given back when the stage before it fails", async () => {
  const { scene, ended } = await left("fails", [], async () => {
    const somebody = new EMRClient({ endpoint: aws.endpoint.url, region: "us-east-1", credentials: { accessKeyId: "AKIDOTHER", secretAccessKey: "secret" } });
    await somebody.send(new CancelStepsCommand({ ClusterId: clusters()[0]?.id, StepIds: [aws.endpoint.submissions.at(-1)?.id ?? ""], StepCancellationOption: "TERMINATE_PROCESS" }));
    somebody.destroy();
  });
  expect(ended.code, ended.stderr).toBe(3);
  expect((await lastRun(scene)).state).toBe("cancelled");
  const bill = JSON.parse((await scene.carelake("cost", "--json")).stdout) as { readonly stages: readonly { readonly usd: number | null }[] };
  expect(bill.stages.map(({ usd }) => usd !== null && usd > 0)).toEqual([true, true]);
  await everythingEnds(aws);
});

it("is given back when the budget stops the run", async () => {
  const { scene, ended } = await left("budget", ["--budget", String(BUDGET_USD)]);
  expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining("budget-exceeded")]);
  expect((await lastRun(scene)).events.some(({ event }) => event === "stage-prepared")).toBe(true);
  await everythingEnds(aws);
});
