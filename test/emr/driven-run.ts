// A run of made-up stages that a real driver takes through a real engine to the endpoint: plan, ledger, locks and calls
// are real, the processes of the stages are none, and every look lets time pass.

import type { Engine } from "../../driver/engine.js";
import type { EventSink, RunEvent } from "../../driver/events.js";
import type { ExecuteOptions } from "../../driver/execute.js";
import { NOTHING_DONE } from "../../driver/last-words.js";
import type { Ledger } from "../../driver/ledger.js";
import { ledgerIn } from "../../driver/ledger.js";
import type { Plan, PlannedStage } from "../../driver/plan.js";
import { ok } from "../../driver/problems.js";
import type { StageReport } from "../../driver/stage.js";
import { s3Store } from "../../emr/s3/store.js";
import { BUILT_IN_PRICES } from "../../emr/facts/prices.js";
import { emrEngine } from "../../emr/cluster/cluster.js";
import { serverlessEngine } from "../../emr/serverless/serverless.js";
import { sizeStage } from "../../emr/sizing/sizing.js";
import { budgetFor } from "../../driver/cli/run-cost.js";
import { REAL_DELAYS } from "../endpoint/world.js";
import type { AwsPlace } from "./aws-place.js";
import { awsPlace, LAKE } from "./aws-place.js";

export type AwsEngineName = "emr" | "emr-serverless";

export interface StageOf {
  readonly name: string;
  /** Seconds that its process takes; for ever when absent. */
  readonly seconds?: number;
  /** Exit code of the process; it writes a report of success when 0. */
  readonly code?: number;
  /** The plan starts its cluster so many seconds after the stage before has begun. */
  readonly ahead?: number;
  /** Dollars that the plan estimates for it, where that is not what sizing says. */
  readonly usd?: number;
}

export interface Driven {
  readonly aws: AwsPlace;
  readonly ledger: Ledger;
  readonly engine: Engine;
  readonly plan: Plan;
  readonly told: RunEvent[];
  /** What `execute` takes, for the plan of the stages. */
  options(further?: Partial<ExecuteOptions>): ExecuteOptions;
  /** The same run under a budget of so many dollars. */
  under(usd: number): ExecuteOptions;
}

export interface DrivenRequest {
  readonly engine: AwsEngineName;
  readonly stages: readonly StageOf[];
  readonly profile?: Readonly<Record<string, unknown>>;
}

/** Between two looks of the driver. */
const LOOK_MILLISECONDS = 30_000;

export async function drivenRun({ engine: name, stages, profile = {} }: DrivenRequest): Promise<Driven> {
  const aws: AwsPlace = await awsPlace(
    (work, objects) => {
      const uri = work.argv.find((word) => word.endsWith("/stage.json")) ?? "";
      const folder = uri.replace(/\/stage\.json$/, "");
      const stage = stages.find((each) => folder.includes(`/${each.name}-`));
      void objects.put(`${folder}/events/000001.jsonl`, JSON.stringify({ event: "stage-started", at: new Date(aws.endpoint.clock.now()).toISOString(), spark: "4.1.1", application: "app-1" }));
      const ms = stage?.seconds === undefined ? undefined : stage.seconds * 1000;
      if (ms !== undefined && (stage?.code ?? 0) === 0) aws.endpoint.clock.after(ms - 1, () => objects.put(`${folder}/report.json`, JSON.stringify(reportOf(folder))));
      return { ...(ms === undefined ? {} : { ms }), ...(stage?.code === undefined ? {} : { code: stage.code }) };
    },
    { delays: REAL_DELAYS },
  );
  const options = aws.options({ engine: name, ...profile });
  const made = name === "emr" ? emrEngine(options) : serverlessEngine(options);
  const engine: Engine = {
    ...made,
    pace: 1,
    describe: async (handle) => {
      const state = await made.describe(handle);
      await aws.endpoint.clock.advance(LOOK_MILLISECONDS);
      return state;
    },
  };
  const store = s3Store(aws.objects, `${LAKE}/ledger`);
  const ledger = ledgerIn(store);
  const plan = planOf(name, stages.map((stage) => plannedStage(stage, options.profile)));
  const told: RunEvent[] = [];
  const listen: EventSink = (event) => void told.push(event);
  const now = (): Date => new Date(aws.endpoint.clock.now());
  const all = (further: Partial<ExecuteOptions> = {}): ExecuteOptions => ({
    engine,
    ledger,
    store,
    replan: () => Promise.resolve(ok(plan)),
    settings: ({ shape }) => ({ conf: {}, env: [], ...(shape === undefined ? {} : { shape }) }),
    stageFolder: (run, stage, attempt) => `${LAKE}/ledger/stages/${run}/${stage}-${String(attempt)}`,
    owner: { host: "laptop", pid: 1, user: "ada" },
    isAlive: () => true,
    now,
    listen,
    signal: new AbortController().signal,
    memory: () => "14 GB",
    random: () => 0.5,
    pause: (milliseconds) => aws.endpoint.clock.advance(milliseconds),
    ...further,
  });
  return { aws, ledger, engine, plan, told, options: all, under: (usd) => all({ budget: budgetFor(usd, { engine, profile: options.profile, prices: BUILT_IN_PRICES }) }) };
}

function plannedStage({ name, usd, ahead }: StageOf, profile: Parameters<typeof sizeStage>[0]["profile"]): PlannedStage {
  const { engine, release } = profile;
  if (engine === "local") throw new TypeError("these runs go to AWS");
  const shape = sizeStage({ engine, profile, release, size: "small", inputBytes: null, history: [] });
  if (!shape.ok) throw new TypeError("no shape for the stage");
  const { estimate } = shape.value;
  const told = usd === undefined ? shape.value : { ...shape.value, estimate: { ...estimate, usd: { emr: usd, "emr-serverless": usd } } };
  return { name, joins: [name], reason: "", size: "small", shape: told, ...(ahead === undefined ? {} : { ahead: { after_seconds: ahead, saves_seconds: 210, idle_usd: 0.01, reason: "its cluster is started ahead" } }), steps: [], exports: [] };
}

const planOf = (engine: AwsEngineName, stages: readonly PlannedStage[]): Plan => ({
  format: 1,
  carelake: "0.0.0",
  id: "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
  pipeline: "made",
  years: [2023],
  engine,
  branch: "run_0a1b2c3d4e5f",
  stages,
  skipped: [],
  publication: [],
});

function reportOf(folder: string): StageReport {
  const [run = "", attempt = ""] = folder.split("/").slice(-2);
  return { ...NOTHING_DONE, run, stage: attempt.replace(/-\d+$/, ""), outcome: "succeeded" };
}
