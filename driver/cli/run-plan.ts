// Puts the parts of a run together: engine, ledger, publisher. The composition for run, submit, resume and demo.

import type { Prices } from "../../emr/facts/prices.js";
import type { Engine } from "../engine.js";
import type { ExecuteOptions, FinishedRun } from "../execute.js";
import { execute } from "../execute.js";
import type { EventSink } from "../events.js";
import type { RunRecord } from "../ledger.js";
import type { Database } from "../publish/database.js";
import type { Plan, PlannedStage } from "../plan.js";
import type { Pipeline } from "../job.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { MySqlProfile, Profile } from "../profile.js";
import { publicationTables, withWhatReadersSee } from "../publication.js";
import type { Published, PublishOptions } from "../publish/set.js";
import type { FileInput, SourceInput } from "../source-input.js";
import { askDetachOrCancel } from "./ask.js";
import { limitsOf, limitsProblem } from "./aws-limits.js";
import type { Context } from "./context.js";
import { engineFor } from "./engines.js";
import type { Lake } from "./lake.js";
import { pricesFor } from "./prices.js";
import type { Project } from "./project.js";
import { VERSION } from "./project.js";
import { databaseOf } from "./serving.js";

export interface RunRequest {
  readonly plan: Plan;
  readonly pipeline: Pipeline;
  readonly profile: Profile;
  readonly project: Project;
  readonly lake: Lake;
  /** Files of this computer among them go to the lake first, where it is on S3. */
  readonly inputs: readonly SourceInput[];
  readonly inputBytes: number | null;
  readonly listen: EventSink;
  readonly replan: ExecuteOptions["replan"];
  readonly leaves?: boolean;
  readonly resumes?: RunRecord;
  /** Over the profile's database: the private server of the demo. */
  readonly mysql?: Database;
}

export async function runPlan(request: RunRequest, context: Context): Promise<Result<FinishedRun>> {
  const { plan, pipeline, profile, lake, listen, replan } = request;
  const prices = await pricesFor(profile, request.project.folder);
  if (!prices.ok) return prices;
  const refused = limitsProblem(await limitsOf({ plan, profile, lake: lake.root, now: context.now(), prices: prices.value }));
  if (refused !== undefined) return fail(refused);
  const parts = await engineFor(request, context);
  if (!parts.ok) return parts;
  const mysql = request.mysql === undefined ? await databaseOf(profile, context) : ok(request.mysql);
  if (!mysql.ok) return mysql;
  await sendInputs(request);
  const publish = mysql.value;
  return execute(plan, {
    ...parts.value,
    replan,
    ...(request.leaves === true ? { leaves: true } : {}),
    ...(request.resumes === undefined ? {} : { resumes: request.resumes }),
    ledger: lake.ledger,
    store: lake.store,
    ...(publish === undefined ? {} : { publish: (each: Plan, run: string) => publishTables({ plan: each, run, pipeline, mysql: publish, profile, lake, listen }, context) }),
    owner: context.owner,
    isAlive: context.isAlive,
    now: context.now,
    random: Math.random,
    listen,
    signal: context.signal,
    ...(profile.engine === "local" ? {} : { onStop: () => askDetachOrCancel(context, "stage"), ...(await awsOptions(profile, { engine: parts.value.engine, prices: prices.value })) }),
    memory: (stage) => memoryText(stage, profile),
  });
}

/** What judges a failed attempt, and what holds the run's budget. */
async function awsOptions(profile: Profile, { engine: runsOn, prices }: { readonly engine: Engine; readonly prices: Prices }): Promise<Pick<ExecuteOptions, "retry" | "budget">> {
  const { engine, release, budget_usd } = profile;
  if (engine === "local") return {};
  const [{ nextTry }, { budgetFor }] = await Promise.all([import("../../emr/sizing/retry.js"), import("./run-cost.js")]);
  return {
    retry: (failed) => nextTry(failed, { engine, release, profile, prices }),
    ...(budget_usd === undefined ? {} : { budget: budgetFor(budget_usd, { engine: runsOn, profile, prices }) }),
  };
}

const memoryText = ({ shape }: PlannedStage, { memory }: Profile): string =>
  shape === undefined ? memory : `${String(shape.driver.memory_gb)} GB for the driver, ${String(shape.executor.memory_gb)} GB for an executor`;

async function sendInputs({ plan, inputs, lake, listen }: RunRequest): Promise<void> {
  if (lake.aws === undefined) return;
  const { inputUri, uploadInputs } = await import("../../emr/submission/artifacts.js");
  const read = new Set(plan.stages.flatMap((stage) => stage.steps.flatMap(({ source }) => (source?.kind === "csv" ? source.files.map(({ uri }) => uri) : []))));
  const files = inputs.filter((input): input is FileInput => input.kind === "files" && input.files.some(({ name }) => read.has(inputUri(lake.root, input.fingerprint, name))));
  for (const input of files) {
    await uploadInputs({ objects: lake.aws.objects, lake: lake.root, fingerprint: input.fingerprint, files: input.files, progress: ({ file, bytes, of }) => listen({ kind: "input-sent", file, bytes, of }) });
  }
}

export interface PublishRequest {
  readonly plan: Plan;
  readonly run: string;
  readonly pipeline: Pipeline;
  readonly mysql: Database;
  readonly profile: Profile;
  readonly lake: Lake;
  readonly listen: EventSink;
  /** Drop or retype columns that readers may use. */
  readonly allowBreaking?: boolean;
}

export async function publishTables(request: PublishRequest, context: Context): Promise<Result<Published>> {
  const options = await publishOptions(request, context);
  if (!options.ok) return options;
  const { publish } = await import("../publish.js");
  const published = await publish(options.value);
  return published.ok ? published : fail(withWhatReadersSee(published.problems[0]), ...published.problems.slice(1).map(withWhatReadersSee));
}

export async function publishOptions({ plan, run, pipeline, mysql, profile, lake, listen, allowBreaking }: PublishRequest, context: Context): Promise<Result<PublishOptions>> {
  const tables = await publicationTables(plan, pipeline, lake.exports);
  if (!tables.ok) return tables;
  return ok({
    connect: mysql,
    set: plan.pipeline,
    tables: tables.value,
    files: lake.exports,
    ...(allowBreaking === undefined ? {} : { allowBreaking }),
    publication: run,
    run,
    version: VERSION,
    now: context.now,
    events: (event) => listen({ kind: "publish", event }),
    ...(profile.mysql === undefined ? {} : policyOf(profile.mysql)),
    signal: context.signal,
  });
}

const policyOf = ({ keep_generations: keepGenerations, keep_days: keepDays, wait_seconds: turnSeconds, reconnect_seconds: reconnectSeconds }: MySqlProfile) => ({ keepGenerations, keepDays, turnSeconds, reconnectSeconds });
