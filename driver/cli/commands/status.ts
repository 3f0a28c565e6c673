// carelake status: how far a run is, or how it ended and what it left. Works from any process, while it runs too.

import { outcomeOf } from "../../ledger.js";
import { heldLock, ownerText } from "../../lock.js";
import { costsOn } from "../costs-on.js";
import { lookingEngine } from "../engines.js";
import { findRun, openLedger } from "../open-ledger.js";
import { command } from "../command.js";
import { answer, complain } from "../present.js";
import { problemText } from "../problem-text.js";
import { stageState } from "../stage-now.js";
import { lakeOptions } from "./words.js";

export const status = command({
  command: "status [run]",
  describe: "how far a run is, or how it ended",
  builder: (yargs) => lakeOptions(yargs.positional("run", { type: "string", describe: "run id; the last one without it" })),
  handler: async (words, context) => {
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const { lake, profile, project } = opened.value;
    const run = await findRun(lake, words.run);
    if (!run.ok) return complain(run.problems, words.json);
    const events = await lake.ledger.events(run.value.run);
    const ended = outcomeOf(events);
    const held = await heldLock({ store: lake.store, pipeline: run.value.pipeline, now: context.now, isAlive: context.isAlive });
    const driver = held.by !== undefined && run.value.run.startsWith(held.by.run) ? ownerText(held.by.owner) : null;
    // The service of another engine would call its stage lost.
    const isElsewhere = run.value.engine !== profile.engine;
    const stage = isElsewhere ? null : await stageState(events, await lookingEngine(opened.value, context));
    const costs = lake.aws === undefined || stage?.state.startsWith("running") !== true ? undefined : await costsOn(run.value.run, { events, profile, project, lake });
    const json = { ...run.value, state: ended?.outcome ?? (driver === null ? "interrupted" : "running"), driver, stage, ...(costs === undefined ? {} : { usd_an_hour: costs.usd_an_hour }), events, problems: ended?.problems ?? [] };
    const lines = [
      `run ${run.value.run}: ${json.state}`,
      `  started ${run.value.startedAt} by ${ownerText(run.value.owner)}`,
      ...(driver === null ? [] : [`  followed by ${driver}`]),
      ...(stage === null ? [] : [`  stage ${stage.stage}, attempt ${String(stage.attempt)}: ${stage.state}; ${stage.last}`]),
      ...(isElsewhere && ended === undefined ? [`  its stage is on ${run.value.engine}: a profile with that engine tells how far it is`] : []),
      ...(costs === undefined ? [] : [`  ${costs.text}`]),
      ...(json.state === "interrupted" ? ["  its driver is gone; the same carelake run goes on from where it stopped"] : []),
      ...(ended?.problems ?? []).map(problemText),
    ];
    answer({ json, text: lines.join("\n") }, words.json);
  },
});
