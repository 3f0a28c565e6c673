// Calls a minute to the services while runs are followed at the default pace: one run, fifty at once by one process, and
// fifty by as many processes that know nothing of each other. The real engines and the real follower against the endpoint
// of the tests, which keeps the published rates; its clock is moved, so a quarter of an hour takes seconds. One run is
// followed under a budget too, for which the service is asked what was used.

import type { Engine, StageHandle } from "../../driver/engine.js";
import { budgetWatch } from "../../driver/budget.js";
import { budgetFor } from "../../driver/cli/run-cost.js";
import type { Plan } from "../../driver/plan.js";
import { track } from "../../driver/track.js";
import { PUBLISHED_RATES } from "../../emr/calls/rates.js";
import { BUILT_IN_PRICES } from "../../emr/facts/prices.js";
import { emrEngine } from "../../emr/cluster/cluster.js";
import { serverlessEngine } from "../../emr/serverless/serverless.js";
import { awsPlace, settingsOf, stageAt } from "../emr/aws-place.js";
import { REAL_DELAYS } from "../endpoint/world.js";

const ENGINES = { emr: emrEngine, "emr-serverless": serverlessEngine } as const;
type AwsEngine = keyof typeof ENGINES;

/** Calls a minute for one run. */
export const CALLS_GOAL: Readonly<Record<AwsEngine, number>> = { emr: 3, "emr-serverless": 6 };
const MINUTES = 15;
const MANY = 50;
const START_MILLISECONDS = 10 * 60_000;
/** Until then processes that share too small a rate find the pace that fits them all; Serverless has room for fifty. */
const SETTLE_MINUTES: Readonly<Record<AwsEngine, number>> = { emr: 45, "emr-serverless": 0 };
/** Dollars that no run here reaches. */
const BUDGET = 1_000_000;
/** Stages run on beyond the minutes that are counted. */
const STAGE_MILLISECONDS = 10 * 3600_000;

export interface Followed {
  readonly engine: AwsEngine;
  readonly runs: number;
  readonly processes: number;
  readonly underBudget: boolean;
  /** To the service, while everything runs. */
  readonly callsAMinute: number;
  readonly byOperation: Readonly<Record<string, number>>;
  /** Share of the calls that the service refused by its published rates. */
  readonly refused: number;
  /** Seconds between two looks at the same run: most. */
  readonly longestGap: number;
}

export async function follow(name: AwsEngine, { runs, processes, underBudget = false }: Pick<Followed, "runs" | "processes"> & Partial<Pick<Followed, "underBudget">>): Promise<Followed> {
  const place = await awsPlace(() => ({ ms: STAGE_MILLISECONDS }), { delays: REAL_DELAYS, vcpuQuota: 1_000_000 });
  const stop = new AbortController();
  try {
    const engines = Array.from({ length: processes }, () => counting(ENGINES[name](place.options())));
    const { clock } = place.options().calls;
    const stages = Array.from({ length: runs }, (_, index) => ({ stage: stageAt(1, `0a1b2c3d-${String(index + 1)}`), process: engines[index % processes] }));
    const handles = await Promise.all(stages.map(async ({ stage, process }) => submitted(await process?.engine.submit(stage, settingsOf()))));
    const wait = (milliseconds: number): Promise<void> => clock.sleep(milliseconds);
    // Until then clusters start. Of many job runs those beyond the application's limit wait in its queue, and are looked at alike.
    await wait(START_MILLISECONDS);
    const from = place.endpoint.clock.now() + (processes === 1 ? 0 : SETTLE_MINUTES[name] * 60_000);
    const until = from + MINUTES * 60_000;
    const following = stages.map(({ process }, index) => {
      const handle = handles[index];
      if (process === undefined || handle === undefined) throw new Error("a stage without a process");
      return track({ engine: process.engine, handle, stage: "raw", listen: () => undefined, signal: stop.signal, wait, ...(underBudget ? { watch: spending(process.engine, handle) } : {}) });
    });
    while (place.endpoint.clock.now() < until) await wait(5000);
    stop.abort();
    await Promise.all(following);
    const calls = place.endpoint.calls.filter(({ at }) => at >= from && at < until);
    const byOperation = Object.fromEntries([...new Set(calls.map(({ operation }) => operation))].map((operation) => [operation, calls.filter((call) => call.operation === operation).length / MINUTES]));
    const gaps = engines.flatMap(({ looks }) => [...looks.values()].flatMap((times) => times.filter((at) => at >= from && at < until).map((at, index, all) => (index === 0 ? 0 : at - (all[index - 1] ?? at)))));
    return { engine: name, runs, processes, underBudget, callsAMinute: calls.length / MINUTES, byOperation, refused: calls.filter(({ error }) => error === "ThrottlingException").length / Math.max(1, calls.length), longestGap: Math.max(0, ...gaps) / 1000 };
  } finally {
    await place.stop();
  }

  /** The budget as a run holds it while the stage goes on. */
  function spending(engine: Engine, handle: StageHandle): ReturnType<typeof budgetWatch> {
    const { profile, calls: { clock } } = place.options({ engine: name });
    const { shape } = settingsOf();
    const stage = { name: "raw", joins: ["raw"], reason: "", size: "small", ...(shape === undefined ? {} : { shape }), steps: [], exports: [] } as const;
    const plan: Plan = { format: 1, carelake: "0.0.0", id: "0a1b2c3d", pipeline: "made", years: [2023], engine: name, branch: "run_0a1b2c3d4e5f", stages: [stage], skipped: [], publication: [] };
    return budgetWatch({ budget: budgetFor(BUDGET, { engine, profile, prices: BUILT_IN_PRICES }), run: "0a1b2c3d-1", plan, stage, attempts: () => Promise.resolve([{ stage: "raw", attempt: 1, handle, waits: false }]), listen: () => undefined, now: clock.now });
  }

  /** The engine, and when it had looked at each of its stages. */
  function counting(engine: Engine): { readonly engine: Engine; readonly looks: Map<string, number[]> } {
    const looks = new Map<string, number[]>();
    const describe: Engine["describe"] = async (handle) => {
      const state = await engine.describe(handle);
      looks.set(handle.ref, [...(looks.get(handle.ref) ?? []), place.endpoint.clock.now()]);
      return state;
    };
    return { engine: { ...engine, describe }, looks };
  }
}

function submitted(answer: Awaited<ReturnType<Engine["submit"]>> | undefined): StageHandle {
  if (answer?.ok !== true) throw new Error(`not submitted: ${JSON.stringify(answer)}`);
  return answer.value;
}

export async function calls() {
  const followed: Followed[] = [];
  for (const engine of ["emr", "emr-serverless"] as const) {
    for (const [runs, processes] of [[1, 1], [MANY, 1], [MANY, MANY]] as const) followed.push(await follow(engine, { runs, processes }));
    followed.push(await follow(engine, { runs: 1, processes: 1, underBudget: true }));
  }
  return { minutes: MINUTES, goal: CALLS_GOAL, rates: PUBLISHED_RATES, followed, text: followed.map(textOf).join("\n") };
}

function textOf({ engine, runs, processes, underBudget, callsAMinute, byOperation, refused, longestGap }: Followed): string {
  const who = runs === 1 ? `one run${underBudget ? " under a budget" : ""}` : `${String(runs)} runs, ${processes === 1 ? "one process" : `${String(processes)} processes`}`;
  const goal = runs === 1 ? `, goal ${String(CALLS_GOAL[engine])}` : processes === 1 ? ", goal 0 % refused" : ", goal 5 % refused";
  const operations = Object.entries(byOperation).map(([operation, perMinute]) => `${operation} ${perMinute.toFixed(1)}`).join(", ");
  return `${`${engine}, ${who}:`.padEnd(46)} ${callsAMinute.toFixed(1)} calls a minute (${operations}), ${(100 * refused).toFixed(1)} % refused by the published rates, looked at every ${longestGap.toFixed(0)} s at most${goal}`;
}
