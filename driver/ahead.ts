// Machines of the next stage started while the one before still runs, where the plan says that it pays; and given back
// when the next stage never comes. In the ledger before they are asked for: whoever looks after a crash finds them.

import type { Engine, StageSettings } from "./engine.js";
import type { EventSink } from "./events.js";
import type { CostlyAttempt } from "./budget.js";
import type { Attempt, Ledger, LedgerEvent } from "./ledger.js";
import { attemptsOf } from "./ledger.js";
import type { Plan, PlannedStage } from "./plan.js";

export interface AheadRequest {
  readonly run: { readonly run: string };
  readonly plan: Plan;
  readonly options: {
    readonly engine: Engine;
    readonly ledger: Ledger;
    readonly settings: (stage: PlannedStage) => StageSettings;
    readonly stageFolder: (run: string, stage: string, attempt: number) => string;
    readonly now: () => Date;
    readonly listen: EventSink;
  };
}

export interface Ahead {
  /** Hears the events of the stage that runs: its own beginning counts, not that of its machines. */
  readonly listen: EventSink;
  /** At every look: starts what is due, once. */
  readonly look: () => Promise<void>;
}

/** Undefined where the next stage is not to be started ahead. */
export function aheadOf(stage: PlannedStage, { run, plan, options }: AheadRequest): Ahead | undefined {
  const { engine, ledger, now, settings, stageFolder } = options;
  const next = plan.stages[plan.stages.findIndex(({ name }) => name === stage.name) + 1];
  const { prepare } = engine;
  if (next?.ahead === undefined || prepare === undefined) return undefined;
  const { after_seconds } = next.ahead;
  let begun: number | undefined;
  let isDone = false;
  return {
    listen: (event) => {
      if (event.kind === "stage" && event.event.event === "stage-started") begun ??= new Date(event.event.at).getTime();
      options.listen(event);
    },
    look: async () => {
      if (isDone || begun === undefined || now().getTime() - begun < after_seconds * 1000) return;
      isDone = true;
      const events = await ledger.events(run.run);
      // Another driver has begun it, or it was tried before: then it is started when it is submitted.
      if (events.some((event) => "stage" in event && event.stage === next.name)) return;
      const handle = { engine: engine.name, ref: stageFolder(run.run, next.name, 1) };
      await ledger.record(run.run, { event: "stage-prepared", at: now().toISOString(), stage: next.name, attempt: 1, handle });
      options.listen({ kind: "stage-prepared", stage: next.name, reason: next.ahead?.reason ?? "" });
      const prepared = await prepare(handle, settings(next));
      // Nothing is lost: its submission asks again, and tells what is wrong.
      if (!prepared.ok) options.listen({ kind: "stage-state", stage: next.name, detail: "its cluster could not be started ahead" });
    },
  };
}

/** What was started ahead for stages that were never submitted. */
export function idleOf(events: readonly LedgerEvent[]): readonly Attempt[] {
  const submitted = attemptsOf(events);
  return events.flatMap((event) => {
    if (event.event !== "stage-prepared" || submitted.some(({ handle }) => handle.ref === event.handle.ref)) return [];
    return [{ stage: event.stage, attempt: event.attempt, handle: event.handle }];
  });
}

/** Every attempt that has cost something: submitted, then waiting for that. */
export const costlyOf = (events: readonly LedgerEvent[]): readonly CostlyAttempt[] => [...attemptsOf(events).map((each) => ({ ...each, waits: false })), ...idleOf(events).map((each) => ({ ...each, waits: true }))];

/** Nothing that was started ahead and not used goes on costing. */
export async function releaseIdle(events: readonly LedgerEvent[], engine: Pick<Engine, "cancel">): Promise<void> {
  for (const { handle } of idleOf(events)) await engine.cancel(handle);
}
