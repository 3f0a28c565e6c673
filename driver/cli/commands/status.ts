// carelake status: how far a run is, or how it ended and what it left. Works from any process, while it runs too.

import { stageFolders } from "../../local/engine.js";
import type { LedgerEvent } from "../../ledger.js";
import { outcomeOf } from "../../ledger.js";
import { heldLock, ownerText } from "../../lock.js";
import type { StageEvent } from "../../stage.js";
import { findRun, openLedger } from "../open-ledger.js";
import { command } from "../command.js";
import { answer, complain, count, seconds } from "../present.js";
import { problemText } from "../problem-text.js";
import { lakeOptions } from "./words.js";

export const status = command({
  command: "status [run]",
  describe: "how far a run is, or how it ended",
  builder: (yargs) => lakeOptions(yargs.positional("run", { type: "string", describe: "run id; the last one without it" })),
  handler: async (words, context) => {
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const { lake } = opened.value;
    const run = await findRun(lake, words.run);
    if (!run.ok) return complain(run.problems, words.json);
    const events = await lake.ledger.events(run.value.run);
    const ended = outcomeOf(events);
    const held = await heldLock({ store: lake.store, pipeline: run.value.pipeline, now: context.now, isAlive: context.isAlive });
    const driver = held.by !== undefined && run.value.run.startsWith(held.by.run) ? ownerText(held.by.owner) : null;
    const stage = await stageState(events);
    const json = { ...run.value, state: ended?.outcome ?? (driver === null ? "interrupted" : "running"), driver, stage, events, problems: ended?.problems ?? [] };
    const lines = [
      `run ${run.value.run}: ${json.state}`,
      `  started ${run.value.startedAt} by ${ownerText(run.value.owner)}`,
      ...(driver === null ? [] : [`  followed by ${driver}`]),
      ...(stage === null ? [] : [`  stage ${stage.stage}, attempt ${String(stage.attempt)}: ${stage.state}; ${stage.last}`]),
      ...(json.state === "interrupted" ? ["  its driver is gone; the same carelake run goes on from where it stopped"] : []),
      ...(ended?.problems ?? []).map(problemText),
    ];
    answer({ json, text: lines.join("\n") }, words.json);
  },
});

interface StageNow {
  readonly stage: string;
  readonly attempt: number;
  readonly state: string;
  readonly last: string;
}

async function stageState(events: readonly LedgerEvent[]): Promise<StageNow | null> {
  const submitted = events.findLast((event) => event.event === "stage-submitted");
  if (submitted === undefined) return null;
  const state = await stageFolders.describe(submitted.handle);
  const seen = await stageFolders.events(submitted.handle, 0);
  const last = seen.events.at(-1);
  return { stage: submitted.stage, attempt: submitted.attempt, state: state.state, last: last === undefined ? "no event yet" : eventText(last) };
}

function eventText(event: StageEvent): string {
  switch (event.event) {
    case "progress":
      return `${event.statement}, ${String(event.tasks_done)} of ${String(event.tasks)} tasks`;
    case "step-finished":
      return `${event.report.id} ${event.report.outcome}, ${count(event.report.rows ?? 0)} rows in ${seconds(event.report.seconds)}`;
    case "step-started":
      return `working on ${event.step}`;
    case "statement-started":
      return `working on ${event.statement}`;
    case "stage-finished":
      return event.outcome;
    default:
      return event.event;
  }
}
