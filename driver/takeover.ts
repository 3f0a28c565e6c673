// What drivers that died left at work on a pipeline. In: the lock that was just taken. Out: who still works, or nobody.
// A stage outlives its driver, so a lock without an owner does not say that the tables are left alone.

import type { Engine } from "./engine.js";
import type { Ledger } from "./ledger.js";
import { outcomeOf } from "./ledger.js";
import { ownerText } from "./lock.js";
import type { Problem } from "./problems.js";

/** Runs of `carelake clean` begin so. They are in no ledger: what stands there is of the pipeline's tables. */
export const CLEAN_RUN = "clean-";
export const CLEAN_STAGE = "clean";

export interface Takeover {
  readonly engine: Engine;
  readonly stageFolder: (run: string, stage: string, attempt: number) => string;
}

/**
 * Stops what a clean that died still removes, before anybody writes. `dead` is the lock's. Throws a ProblemError when
 * it works where it cannot be stopped from here.
 */
export async function endDeadCleans(dead: readonly string[], { engine, stageFolder }: Takeover): Promise<void> {
  for (const run of dead.filter((each) => each.startsWith(CLEAN_RUN))) await engine.cancel({ engine: engine.name, ref: stageFolder(run, CLEAN_STAGE, 1) });
}

/** The unfinished run of a pipeline whose stage works on without its driver. */
export async function workingRun(pipeline: string, { ledger, engine }: { readonly ledger: Ledger; readonly engine: Engine }): Promise<Problem | undefined> {
  for (const run of await ledger.runs()) {
    if (run.pipeline !== pipeline) continue;
    const events = await ledger.events(run.run);
    const submitted = events.findLast((event) => event.event === "stage-submitted");
    if (submitted === undefined || outcomeOf(events) !== undefined) continue;
    if ((await engine.describe(submitted.handle)).state !== "running") continue;
    return { code: "run-in-progress", pipeline, run: run.run, owner: `Spark, whose driver (${ownerText(run.owner)}) is gone`, since: submitted.at };
  }
  return undefined;
}
