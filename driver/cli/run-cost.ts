// The cost of a run from what its service counts, by stage and attempt. Prices are the table's, with its date.

import { clusterCost, serverlessCost, SHARE_RULE, sharedCost, workersUse } from "../../emr/sizing/cost.js";
import type { Prices } from "../../emr/facts/prices.js";
import { architectureOf } from "../../emr/sizing/sizing.js";
import type { Budget } from "../budget.js";
import type { Engine, StageUsage } from "../engine.js";
import type { Attempt } from "../ledger.js";
import type { Plan } from "../plan.js";
import type { Profile } from "../profile.js";

export interface AttemptCost {
  readonly stage: string;
  readonly attempt: number;
  /** Wall seconds as the service counts; null when it told nothing. */
  readonly seconds: number | null;
  /** Null when the service told nothing. */
  readonly usd: number | null;
  readonly estimate: { readonly emr: number; readonly "emr-serverless": number } | null;
}

export interface RunCost {
  readonly usd: number;
  /** The service has counted everything. */
  readonly final: boolean;
  readonly stages: readonly AttemptCost[];
  readonly notes: readonly string[];
}

export interface CostRequest {
  readonly plan: Plan;
  readonly attempts: readonly Attempt[];
  readonly engine: Pick<Engine, "usage">;
  readonly profile: Profile;
  readonly prices: Prices;
}

type Used = Attempt & { readonly usage: StageUsage | undefined };

/** Throws a ProblemError where the service does not tell what was used. */
export async function runCost(request: CostRequest): Promise<RunCost> {
  const { plan, attempts, engine, prices } = request;
  const used: readonly Used[] = await Promise.all(attempts.map(async (attempt) => ({ ...attempt, usage: await engine.usage?.(attempt.handle) })));
  const dollars = new Map([...serverlessDollars(used, request), ...clusterDollars(used, prices)]);
  const stages = used.map(({ stage, attempt, handle, usage }) => ({
    stage,
    attempt,
    seconds: usage?.seconds ?? null,
    usd: dollars.get(handle.ref) ?? null,
    estimate: plan.stages.find(({ name }) => name === stage)?.shape?.estimate.usd ?? null,
  }));
  const isShared = used.some(({ usage }) => usage?.engine === "emr" && usage.shared);
  const isHeld = used.some(({ usage }) => usage !== undefined && isUntold(usage));
  return {
    usd: stages.reduce((sum, { usd }) => sum + (usd ?? 0), 0),
    final: used.every(({ usage }) => usage !== undefined && (usage.engine === "emr" || usage.final)),
    stages,
    notes: [`prices of ${prices.region}, ${prices.as_of}`, ...(isShared ? [SHARE_RULE] : []), ...(isHeld ? [UNTOLD_RULE] : [])],
  };
}

/** A run's budget, held against what `carelake cost` would tell at the same moment. */
export const budgetFor = (usd: number, request: Omit<CostRequest, "plan" | "attempts">): Budget => ({
  usd,
  spent: async (plan, attempts) => (await runCost({ ...request, plan, attempts })).stages.map(({ stage, attempt, usd: cost }) => ({ stage, attempt, usd: cost })),
});

/** Serverless tells what it bills when a job run is over. */
const UNTOLD_RULE = "a job run that goes on is counted with all its workers from its start on, which is the most that it can be";

const isUntold = (usage: StageUsage): boolean => usage.engine === "emr-serverless" && !usage.final && usage.billed.vCPUHour === 0;

function serverlessDollars(used: readonly Used[], { plan, profile, prices }: CostRequest): readonly (readonly [string, number])[] {
  return used.flatMap(({ stage, handle, usage }) => {
    if (usage?.engine !== "emr-serverless") return [];
    const shape = plan.stages.find(({ name }) => name === stage)?.shape;
    const billed = isUntold(usage) && usage.seconds > 0 && shape !== undefined ? workersUse(shape, usage.seconds) : usage.billed;
    return [[handle.ref, serverlessCost(billed, architectureOf(profile), prices)] as const];
  });
}

/** A cluster is paid for once, however many stages it served. */
function clusterDollars(used: readonly Used[], prices: Prices): readonly (readonly [string, number])[] {
  const clusters = [...new Set(used.flatMap(({ usage }) => (usage?.engine === "emr" ? [usage.cluster] : [])))];
  return clusters.flatMap((cluster) => {
    const mine = used.filter(({ usage }) => usage?.engine === "emr" && usage.cluster === cluster);
    const [first] = mine;
    if (first?.usage?.engine !== "emr") return [];
    const { usd } = clusterCost(first.usage.instances, prices);
    const shares = sharedCost(usd, mine.map(({ handle, usage }) => ({ name: handle.ref, seconds: usage?.seconds ?? 0 })));
    return Object.entries(shares);
  });
}
