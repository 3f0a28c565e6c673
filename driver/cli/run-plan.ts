// Puts the parts of a run together: toolchain, engine, ledger, publisher. The composition for run, demo and resume.

import { join } from "node:path";
import type { MySqlProfile, Profile } from "../profile.js";
import { secretNames } from "../profile.js";
import type { ExecuteOptions, FinishedRun } from "../execute.js";
import { execute } from "../execute.js";
import { folderExports } from "../exports.js";
import type { EventSink } from "../events.js";
import { localEngine } from "../local/engine.js";
import { sparkSettings } from "../local/spark-settings.js";
import { findToolchain } from "../local/toolchain.js";
import type { MySqlSettings } from "../mysql.js";
import type { StageSettings } from "../engine.js";
import type { Plan, PlannedStage } from "../plan.js";
import type { Pipeline } from "../job.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import { publicationTables, withWhatReadersSee } from "../publication.js";
import type { Published } from "../publish/set.js";
import type { Context, Lake } from "./context.js";
import type { Project } from "./project.js";
import { PACKAGE, VERSION } from "./project.js";

export interface RunRequest {
  readonly plan: Plan;
  readonly pipeline: Pipeline;
  readonly profile: Profile;
  readonly lake: Lake;
  readonly listen: EventSink;
  readonly replan: ExecuteOptions["replan"];
  readonly inputBytes?: number | null;
  /** Whose profiles say which variables of the environment hold passwords. */
  readonly project: Project;
  /** Over the profile's database: the private server of the demo. */
  readonly mysql?: MySqlSettings;
}

/** The engine of a profile, its Spark settings, and where its stages keep their files. */
export interface EngineParts extends Pick<ExecuteOptions, "engine" | "stageFolder"> {
  readonly settings: StageSettings;
}

const memoryText = ({ shape }: PlannedStage, { memory }: Profile): string =>
  shape === undefined ? memory : `${String(shape.driver.memory_gb)} GB for the driver, ${String(shape.executor.memory_gb)} GB for an executor`;

export async function engineFor({ profile, project, lake, inputBytes = null }: Pick<RunRequest, "profile" | "project" | "lake" | "inputBytes">, context: Context): Promise<Result<EngineParts>> {
  const toolchain = await findToolchain(context.machine);
  if (!toolchain.ok) return toolchain;
  const passwords = profile.postgres === undefined ? [] : [profile.postgres.password.env];
  return ok({
    engine: localEngine({ toolchain: toolchain.value, script: join(PACKAGE, "emr/runtime/run_stage.py"), env: context.env, secrets: secretNames([profile, ...Object.values(project.config.profiles)]) }),
    settings: { conf: sparkSettings({ profile, lake: lake.root, inputBytes }), env: passwords },
    stageFolder: (run, stage, attempt) => join(lake.root, "ledger", "stages", run, `${stage}-${String(attempt)}`),
  });
}

export async function runPlan(request: RunRequest, context: Context): Promise<Result<FinishedRun>> {
  const { plan, pipeline, profile, lake, listen } = request;
  const parts = await engineFor(request, context);
  if (!parts.ok) return parts;
  const mysql = request.mysql === undefined ? mysqlSettings(profile.mysql, context) : ok(request.mysql);
  if (!mysql.ok) return mysql;
  const missing = parts.value.settings.env.filter((name) => context.env[name] === undefined);
  if (missing.length > 0) return fail({ code: "config-missing", what: "password of the PostgreSQL source", looked: missing.map((name) => `environment variable ${name}`), help: `set ${missing.join(", ")}` });
  const publish = mysql.value;
  return execute(plan, {
    ...parts.value,
    settings: () => parts.value.settings,
    replan: request.replan,
    ledger: lake.ledger,
    store: lake.store,
    ...(publish === undefined ? {} : { publish: (each: Plan, run: string) => publishTables({ plan: each, run, pipeline, mysql: publish, profile, listen }, context) }),
    owner: context.owner,
    isAlive: context.isAlive,
    now: context.now,
    listen,
    signal: context.signal,
    memory: (stage) => memoryText(stage, profile),
  });
}

export interface PublishRequest {
  readonly plan: Plan;
  readonly run: string;
  readonly pipeline: Pipeline;
  readonly mysql: MySqlSettings;
  readonly profile: Profile;
  readonly listen: EventSink;
  /** Drop or retype columns that readers may use. */
  readonly allowBreaking?: boolean;
}

export async function publishTables({ plan, run, pipeline, mysql, profile, listen, allowBreaking }: PublishRequest, context: Context): Promise<Result<Published>> {
  const tables = await publicationTables(plan, pipeline, folderExports);
  if (!tables.ok) return tables;
  const { publish } = await import("../publish.js");
  const published = await publish({
    connect: mysql,
    set: plan.pipeline,
    tables: tables.value,
    files: folderExports,
    ...(allowBreaking === undefined ? {} : { allowBreaking }),
    publication: run,
    run,
    version: VERSION,
    now: context.now,
    events: (event) => listen({ kind: "publish", event }),
    ...(profile.mysql === undefined ? {} : { keepGenerations: profile.mysql.keep_generations }),
    signal: context.signal,
  });
  return published.ok ? published : fail(withWhatReadersSee(published.problems[0]), ...published.problems.slice(1).map(withWhatReadersSee));
}

/** The profile's database with its password, or undefined when it names none. */
export function mysqlSettings(mysql: MySqlProfile | undefined, { env }: Context): Result<MySqlSettings | undefined> {
  if (mysql === undefined) return ok(undefined);
  const password = env[mysql.password.env];
  if (password === undefined) return fail({ code: "config-missing", what: "password of the MySQL database", looked: [`environment variable ${mysql.password.env}`], help: `set ${mysql.password.env}` });
  const { host, port, user, database, tls, ca_file: caFile } = mysql;
  return ok({ host, port, user, password, database, tls, ...(caFile === undefined ? {} : { caFile }) });
}
