// The last stage of a run as it stands now, from its handle: how far it is, in one line.

import type { LedgerEvent } from "../ledger.js";
import type { Engine } from "../engine.js";
import type { StageEvent } from "../stage.js";
import { count, seconds } from "./present.js";

export interface StageNow {
  readonly stage: string;
  readonly attempt: number;
  readonly state: string;
  readonly last: string;
}

export async function stageState(events: readonly LedgerEvent[], engine: Omit<Engine, "submit">): Promise<StageNow | null> {
  const submitted = events.findLast((event) => event.event === "stage-submitted");
  if (submitted === undefined) return null;
  const state = await engine.describe(submitted.handle);
  const seen = await engine.events(submitted.handle, 0);
  const last = seen.events.at(-1);
  return { stage: submitted.stage, attempt: submitted.attempt, state: state.state === "running" && state.detail !== undefined ? `running (${state.detail})` : state.state, last: last === undefined ? "no event yet" : eventText(last) };
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
