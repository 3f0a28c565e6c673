// The cost of a run from what its service counts, by stage and attempt. Prices are the table's, with its date.

import { clusterCost, serverlessCost, SHARE_RULE, sharedCost } from "../../emr/sizing/cost.js";
import { BUILT_IN_PRICES } from "../../emr/facts/prices.js";
import { architectureOf } from "../../emr/sizing/sizing.js";
import type { StageUsage } from "../engine.js";
import { attemptsOf } from "./open-run.js";
import type { Attempt, OpenedRun } from "./open-run.js";

export interface StageCost {
  readonly stage: string;
  readonly attempt: number;
  /** Wall seconds as the service counts; null when it told nothing. */
  readonly seconds: number | null;
  /** Null when the service told nothing. */
  readonly usd: number | null;
  readonly estimate: { readonly emr: number; readonly "emr-serverless": number } | null;
}

export interface RunCost {
  readonly run: string;
  readonly engine: string;
  readonly usd: number;
  /** The service has counted everything. */
  readonly final: boolean;
  readonly stages: readonly StageCost[];
  readonly notes: readonly string[];
}

type Used = Attempt & { readonly usage: StageUsage | undefined };

export async function runCost({ run, plan, events, engine, profile }: OpenedRun): Promise<RunCost> {
  const used: readonly Used[] = await Promise.all(attemptsOf(events).map(async (attempt) => ({ ...attempt, usage: await engine.usage?.(attempt.handle) })));
  const dollars = new Map([...serverlessDollars(used, profile), ...clusterDollars(used)]);
  const stages = used.map(({ stage, attempt, handle, usage }) => ({
    stage,
    attempt,
    seconds: usage?.seconds ?? null,
    usd: dollars.get(handle.ref) ?? null,
    estimate: plan.stages.find(({ name }) => name === stage)?.shape?.estimate.usd ?? null,
  }));
  const isShared = used.some(({ usage }) => usage?.engine === "emr" && usage.shared);
  return {
    run: run.run,
    engine: run.engine,
    usd: stages.reduce((sum, { usd }) => sum + (usd ?? 0), 0),
    final: used.every(({ usage }) => usage !== undefined && (usage.engine === "emr" || usage.final)),
    stages,
    notes: [`prices of ${BUILT_IN_PRICES.region}, ${BUILT_IN_PRICES.as_of}`, ...(isShared ? [SHARE_RULE] : [])],
  };
}

function serverlessDollars(used: readonly Used[], profile: OpenedRun["profile"]): readonly [string, number][] {
  return used.flatMap(({ handle, usage }) => (usage?.engine === "emr-serverless" ? [[handle.ref, serverlessCost(usage.billed, architectureOf(profile), BUILT_IN_PRICES)] as [string, number]] : []));
}

/** A cluster is paid for once, however many stages it served. */
function clusterDollars(used: readonly Used[]): readonly [string, number][] {
  const clusters = [...new Set(used.flatMap(({ usage }) => (usage?.engine === "emr" ? [usage.cluster] : [])))];
  return clusters.flatMap((cluster) => {
    const mine = used.filter(({ usage }) => usage?.engine === "emr" && usage.cluster === cluster);
    const [first] = mine;
    if (first?.usage?.engine !== "emr") return [];
    const { usd } = clusterCost(first.usage.instances, BUILT_IN_PRICES);
    const shares = sharedCost(usd, mine.map(({ handle, usage }) => ({ name: handle.ref, seconds: usage?.seconds ?? 0 })));
    return Object.entries(shares);
  });
}
