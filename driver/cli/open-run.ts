// One run of the lake with the engine that it runs on, for the commands that look after a run: logs, cancel, cost, resume.

import type { Engine } from "../engine.js";
import type { LedgerEvent, RunRecord } from "../ledger.js";
import type { Plan } from "../plan.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { Context } from "./context.js";
import { lookingEngine } from "./engines.js";
import type { LakeWords, Opened } from "./open-ledger.js";
import { findRun, openLedger } from "./open-ledger.js";

export interface OpenedRun extends Opened {
  readonly run: RunRecord;
  readonly plan: Plan;
  readonly events: readonly LedgerEvent[];
  readonly engine: Omit<Engine, "submit">;
}

export async function openRun(words: LakeWords & { readonly run?: string | undefined }, context: Context): Promise<Result<OpenedRun>> {
  const opened = await openLedger(words, context);
  if (!opened.ok) return opened;
  const { lake, profile } = opened.value;
  const run = await findRun(lake, words.run);
  if (!run.ok) return run;
  if (run.value.engine !== profile.engine) return fail({ code: "engine-mismatch", run: run.value.run, ran: run.value.engine, profile: profile.engine });
  const [plan, events] = [await lake.ledger.plan(run.value.run), await lake.ledger.events(run.value.run)];
  if (plan === undefined) return fail({ code: "unknown-run", run: run.value.run, known: [] });
  return ok({ ...opened.value, run: run.value, plan, events, engine: await lookingEngine(opened.value, context) });
}
