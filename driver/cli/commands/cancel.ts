// carelake cancel: stops what a run has running, from any computer, and says so in the ledger.

import { releaseIdle } from "../../ahead.js";
import { attemptsOf, outcomeOf } from "../../ledger.js";
import { heldLock, ownerText } from "../../lock.js";
import { openRun } from "../open-run.js";
import { command } from "../command.js";
import { answer, complain } from "../present.js";
import { lakeOptions } from "./words.js";

export const cancel = command({
  command: "cancel <run>",
  describe: "stop a run; what is finished stays",
  builder: (yargs) => lakeOptions(yargs.positional("run", { type: "string", demandOption: true, describe: "run id" })),
  handler: async (words, context) => {
    const opened = await openRun(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const { run, events, engine, lake } = opened.value;
    const ended = outcomeOf(events);
    if (ended !== undefined) return complain([{ code: "run-over", run: run.run, outcome: ended.outcome, asked: "cancel" }], words.json);
    const last = attemptsOf(events).at(-1);
    if (last !== undefined) await engine.cancel(last.handle);
    await releaseIdle(events, engine);
    const held = await heldLock({ store: lake.store, pipeline: run.pipeline, now: context.now, isAlive: context.isAlive });
    const driver = held.by !== undefined && run.run.startsWith(held.by.run) ? ownerText(held.by.owner) : undefined;
    // Whoever follows it writes the end down himself.
    if (driver === undefined) {
      await engine.release?.(run.run);
      await lake.ledger.record(run.run, { event: "finished", at: context.now().toISOString(), outcome: "cancelled", problems: [] });
    }
    const text = `run ${run.run} was cancelled${last === undefined ? " before anything was submitted" : `; stage ${last.stage} has stopped`}${driver === undefined ? "" : `; ${driver} follows it and will say so too`}`;
    answer({ json: { run: run.run, cancelled: true, stage: last?.stage ?? null, followed_by: driver ?? null }, text }, words.json);
  },
});
