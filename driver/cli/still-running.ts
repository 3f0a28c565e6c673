// What of a run goes on working on AWS while nobody waits for it, and what that costs until it ends. Told by the ledger
// and the plan: asks nobody.

import { hourlyCost } from "../../emr/sizing/cost.js";
import type { Prices } from "../../emr/facts/prices.js";
import { architectureOf } from "../../emr/sizing/sizing.js";
import type { LedgerEvent } from "../ledger.js";
import { attemptsOf, outcomeOf } from "../ledger.js";
import type { Plan } from "../plan.js";
import type { Profile } from "../profile.js";
import { dollars } from "./problem-words.js";

export interface StillRunning {
  readonly stage: string;
  /** By the plan's shape; null on a cluster that is not the run's, and costs the same without it. */
  readonly usd_an_hour: number | null;
  /** For people: the two above, and what ends it. */
  readonly text: string;
}

export interface RunningRequest {
  readonly plan: Plan;
  readonly events: readonly LedgerEvent[];
  readonly profile: Profile;
  readonly prices: Prices;
}

/** Undefined where the ledger has no stage that was submitted and has not ended. */
export function stillRunning({ plan, events, profile, prices }: RunningRequest): StillRunning | undefined {
  const last = attemptsOf(events).at(-1);
  if (last === undefined || outcomeOf(events) !== undefined) return undefined;
  const { stage, attempt } = last;
  if (events.some((event) => event.event === "stage-finished" && event.stage === stage && event.attempt === attempt)) return undefined;
  const shape = plan.stages.find(({ name }) => name === stage)?.shape;
  if (shape === undefined) return undefined;
  const cluster = profile.emr?.cluster ?? "per-stage";
  if (plan.engine === "emr" && cluster.startsWith("j-")) return { stage, usd_an_hour: null, text: `stage ${stage} works on, on the cluster ${cluster}, which goes on after it` };
  const usd = hourlyCost(shape, { architecture: architectureOf(profile), prices });
  const end = plan.engine === "emr" ? `it ends and its cluster has been without work for ${String(profile.emr?.idle_minutes ?? 10)} minutes` : `it ends, after ${String(profile.time_limit_minutes)} minutes at the latest`;
  return { stage, usd_an_hour: usd, text: `stage ${stage} works on, for about ${dollars(usd)} an hour until ${end}` };
}
