// The engine of a profile, with the settings of a stage and the place of its files: this computer, EMR, EMR Serverless.

import { join } from "node:path";
import type { Engine, StageSettings } from "../engine.js";
import type { StageOptions } from "../run-stage.js";
import { localEngine, stageFolders } from "../local/engine.js";
import { sparkSettings } from "../local/spark-settings.js";
import { findToolchain } from "../local/toolchain.js";
import type { PlannedStage } from "../plan.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { Profile } from "../profile.js";
import { secretNames } from "../profile.js";
import type { Context } from "./context.js";
import type { Lake } from "./lake.js";
import { attemptFolders } from "./lake.js";
import type { Project } from "./project.js";
import { PACKAGE } from "./project.js";

export interface EngineRequest {
  readonly profile: Profile;
  /** Whose profiles say which variables of the environment hold passwords. */
  readonly project: Project;
  readonly lake: Lake;
  /** Bytes of text that the run reads, null when nobody knows. */
  readonly inputBytes?: number | null;
}

export type EngineParts = Pick<StageOptions, "engine" | "stageFolder" | "settings">;

const RUNTIME = join(PACKAGE, "emr/runtime");

export async function engineFor(request: EngineRequest, context: Context): Promise<Result<EngineParts>> {
  const { profile, lake } = request;
  const passwords = profile.postgres?.password.env === undefined ? [] : [profile.postgres.password.env];
  const missing = passwords.filter((name) => profile.engine === "local" && context.env[name] === undefined);
  if (missing.length > 0) return fail({ code: "config-missing", what: "password of the PostgreSQL source", looked: missing.map((name) => `environment variable ${name}`), help: `set ${missing.join(", ")}` });
  const stageFolder = attemptFolders(lake.root);
  const engine = profile.engine === "local" ? await localParts(request, context) : ok(await awsEngine(request, context));
  if (!engine.ok) return engine;
  return ok({ engine: engine.value.engine, settings: (stage) => ({ ...engine.value.settings(stage), env: passwords }), stageFolder });
}

/** Everything but starting a stage: it needs no Spark on this computer. */
export async function lookingEngine(request: EngineRequest, context: Context): Promise<Omit<Engine, "submit">> {
  if (request.profile.engine === "local") return stageFolders;
  const made = await awsEngine(request, context);
  return made.engine;
}

interface Made {
  readonly engine: StageOptions["engine"];
  readonly settings: (stage: Pick<PlannedStage, "shape">) => Omit<StageSettings, "env">;
}

async function localParts({ profile, project, lake, inputBytes = null }: EngineRequest, context: Context): Promise<Result<Made>> {
  const toolchain = await findToolchain(context.machine);
  if (!toolchain.ok) return toolchain;
  const secrets = secretNames([profile, ...Object.values(project.config.profiles)]);
  const conf = sparkSettings({ profile, lake: lake.root, inputBytes });
  return ok({ engine: localEngine({ toolchain: toolchain.value, script: join(RUNTIME, "run_stage.py"), env: context.env, secrets }), settings: () => ({ conf }) });
}

async function awsEngine({ profile, lake }: EngineRequest, context: Context): Promise<Made> {
  if (lake.aws === undefined) throw new TypeError("an engine on AWS without a lake on S3");
  const { user, host } = context.owner;
  const options = { ...lake.aws, profile, lake: lake.root, runtime: RUNTIME, who: `${user}@${host}` };
  const made = profile.engine === "emr" ? (await import("../../emr/cluster/cluster.js")).emrEngine(options) : (await import("../../emr/serverless/serverless.js")).serverlessEngine(options);
  const engine = profile.poll_seconds === undefined ? made : { ...made, pace: profile.poll_seconds * 1000 };
  return { engine, settings: ({ shape }) => ({ conf: profile.spark, ...(shape === undefined ? {} : { shape }) }) };
}
