// Once, whatever happens: many submissions under faults, a driver that dies at every point of a submission, many
// stages followed at once within the account's rates.

import { describe, expect, it } from "vitest";
import type { Engine, StageHandle, StageState } from "../../../driver/engine.js";
import { emrEngine } from "../../../emr/cluster/cluster.js";
import type { AwsEngineOptions } from "../../../emr/submission/engine-parts.js";
import type { Objects } from "../../../emr/s3/objects.js";
import { serverlessEngine } from "../../../emr/serverless/serverless.js";
import type { AwsPlace } from "../aws-place.js";
import { around, awsPlace, LAKE, settingsOf, stageAt } from "../aws-place.js";
import { submitMany } from "./many-submissions.js";

const ENGINES = { emr: emrEngine, "emr-serverless": serverlessEngine } as const;
const NAMES = ["emr", "emr-serverless"] as const;

describe.each(NAMES)("many submissions to %s", (engine) => {
  it("with a fifth of the answers lost and a fifth of the calls throttled are made once each", async () => {
    const outcome = await submitMany({ engine, count: 60, lost: 0.2, throttled: 0.2 });
    expect(outcome).toMatchObject({ submitted: 60, made: 60, duplicates: 0, missing: 0, overRate: 0, clusters: engine === "emr" ? 60 : 0 });
  }, 120_000);
});

class Killed extends Error {}

/** A driver that is no more from its n-th act on: the act is done and nobody hears of it, or it is not done. */
function mortal(options: AwsEngineOptions, dies: { readonly at: number; readonly done: boolean }): { readonly options: AwsEngineOptions; readonly acts: () => number } {
  let acts = 0;
  const act = async <T>(work: () => Promise<T>): Promise<T> => {
    acts += 1;
    if (acts > dies.at || (acts === dies.at && !dies.done)) throw new Killed();
    const value = await work();
    if (acts === dies.at) throw new Killed();
    return value;
  };
  const { objects, clients } = options;
  around(clients, act);
  const guarded: Objects = { ...objects, text: (uri) => act(() => objects.text(uri)), head: (uri) => act(() => objects.head(uri)), put: (uri, body) => act(() => objects.put(uri, body)), list: (prefix, after) => act(() => objects.list(prefix, after)) };
  return { options: { ...options, objects: guarded }, acts: () => acts };
}

/** What a driver does that comes after: look, and submit the same attempt again when it is lost. */
async function takeOver(engine: Engine, handle: StageHandle, { endpoint }: AwsPlace): Promise<StageState> {
  if ((await engine.describe(handle)).state === "lost") expect((await engine.submit(stageAt(1), settingsOf())).ok).toBe(true);
  for (let looks = 0; looks < 100; looks++) {
    const state = await engine.describe(handle);
    if (state.state !== "running") return state;
    await endpoint.clock.advance(1000);
  }
  throw new Error("it never ended");
}

describe.each(NAMES)("a driver that dies while it submits to %s", (name) => {
  it.each([
    ["before", false],
    ["after", true],
  ] as const)("%s any act leaves a stage that the next one finishes, once", async (_, done) => {
    let survived = false;
    let deaths = 0;
    for (let at = 1; !survived; at++) {
      const place = await awsPlace(() => ({ ms: 2000 }));
      try {
        const handle: StageHandle = { engine: name, ref: `${LAKE}/ledger/stages/0a1b2c3d-1/raw-1` };
        const first = mortal(place.options(), { at, done });
        try {
          await ENGINES[name](first.options).submit(stageAt(1), settingsOf());
          survived = true;
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          deaths++;
        }
        // Lists lag for whoever comes next, within reason.
        for (const operation of ["ListClusters", "ListSteps", "ListJobRuns"]) place.endpoint.faults.order({ fault: "stale-list", operation, ms: 3000, count: 3 });
        expect(await takeOver(ENGINES[name](place.options()), handle, place)).toEqual({ state: "finished", exitCode: 0 });
        const made = place.endpoint.traces.filter(({ kind }) => kind === (name === "emr" ? "step" : "run"));
        expect([at, made.length, place.endpoint.submissions.length]).toEqual([at, 1, 1]);
      } finally {
        await place.stop();
      }
    }
    expect(deaths).toBeGreaterThan(8);
  }, 120_000);
});

describe("fifty stages followed at once", () => {
  it.each(NAMES)("keep within the account's rates on %s", async (name) => {
    const place = await awsPlace(() => ({}));
    try {
      const engine = ENGINES[name](place.options());
      const handles = Array.from({ length: 50 }, (_, index): StageHandle => ({ engine: name, ref: `${LAKE}/ledger/stages/0a1b2c3d-1/s${index}-1` }));
      for (const [index] of handles.entries()) await engine.submit(stageAt(1, "0a1b2c3d-1", `s${index}`), settingsOf());
      for (let look = 0; look < 4; look++) {
        const states = await Promise.all(handles.map((handle) => engine.describe(handle)));
        expect(new Set(states.map(({ state }) => state))).toEqual(new Set(["running"]));
        await place.endpoint.clock.advance(engine.pace ?? 0);
      }
      expect(place.endpoint.calls.filter(({ error }) => error !== undefined)).toEqual([]);
    } finally {
      await place.stop();
    }
  }, 120_000);
});
