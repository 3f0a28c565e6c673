// Many stages submitted under faults, and what became of them as the endpoint counts it. For tests and the bench.

import type { Engine, StageHandle } from "../../../driver/engine.js";
import { emrEngine } from "../../../emr/cluster/cluster.js";
import type { Calls } from "../../../emr/calls/calls.js";
import { serverlessEngine } from "../../../emr/serverless/serverless.js";
import { awsPlace, LAKE, settingsOf, stageAt } from "../aws-place.js";

export interface Many {
  readonly engine: "emr" | "emr-serverless";
  readonly count: number;
  /** Shares of the submitting calls whose answer is lost, and of all calls that are throttled. */
  readonly lost: number;
  readonly throttled: number;
}

export interface Outcome {
  readonly submitted: number;
  /** Steps or job runs that the service made. */
  readonly made: number;
  readonly clusters: number;
  /** Stages with more than one, and with none. */
  readonly duplicates: number;
  readonly missing: number;
  readonly calls: Readonly<Record<string, number>>;
  /** Calls that the service throttled by its own rates, not by order. */
  readonly overRate: number;
  readonly seconds: number;
}

export async function submitMany({ engine: name, count, lost, throttled }: Many): Promise<Outcome> {
  const place = await awsPlace(() => ({ ms: 2000 }));
  try {
    const { endpoint } = place;
    const started = performance.now();
    for (const [index, operation] of ["StartJobRun", "RunJobFlow", "AddJobFlowSteps"].entries()) endpoint.faults.order({ fault: "lost-reply", operation, share: lost, seed: index + 1 });
    endpoint.faults.order({ fault: "throttled", operation: "*", share: throttled, seed: 9 });
    const options = place.options();
    const engine: Engine = name === "emr" ? emrEngine(options) : serverlessEngine(options);
    let submitted = 0;
    for (let index = 0; index < count; index++) {
      const answer = await engine.submit(stageAt(1, "0a1b2c3d-1", `s${index}`), settingsOf());
      if (answer.ok) submitted++;
      // Whoever asks later finds it, however the answers went.
      if (answer.ok && (await engine.describe(handleOf(name, index))).state === "lost") throw new Error(`stage ${index} is lost`);
    }
    const names = endpoint.calls.filter(({ operation, status }) => status === 200 && operation === (name === "emr" ? "AddJobFlowSteps" : "StartJobRun")).map(({ input }) => stageNameIn(input));
    const made = endpoint.traces.filter(({ kind }) => kind === (name === "emr" ? "step" : "run")).length;
    const stages = new Set(names);
    return {
      submitted,
      made,
      clusters: endpoint.traces.filter(({ kind }) => kind === "cluster").length,
      duplicates: made - stages.size,
      missing: count - stages.size,
      calls: (options.calls satisfies Calls).counts(),
      overRate: endpoint.calls.filter(({ error, fault }) => error === "ThrottlingException" && fault !== "throttled").length,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await place.stop();
  }
}

const handleOf = (engine: Many["engine"], index: number): StageHandle => ({ engine, ref: `${LAKE}/ledger/stages/0a1b2c3d-1/s${index}-1` });

/** The name of the job run or step says which stage it is for. */
function stageNameIn(input: Readonly<Record<string, unknown>>): string {
  return /carelake \S+ (s\d+-1) [0-9a-f]{32}/.exec(JSON.stringify(input))?.[1] ?? "";
}
