// Applications and job runs of EMR Serverless as the endpoint keeps them.

import type { CreateApplicationRequest, StartJobRunRequest } from "@aws-sdk/client-emr-serverless";
import { notFound } from "./service-error.js";
import type { Workers } from "./serverless-workers.js";
import type { Life, Lives } from "./states.js";
import type { Started } from "./workplace.js";
import type { S3Place, SparkPlace } from "./spark-command.js";
import type { World } from "./world.js";

/** All but what can never be updated. */
export type ApplicationSettings = Omit<CreateApplicationRequest, "clientToken" | "type" | "name">;

export interface Application {
  readonly id: string;
  readonly arn: string;
  readonly name: string | undefined;
  readonly life: Life<"application">;
  settings: ApplicationSettings;
  tags: Record<string, string>;
  updatedAt: number;
  readonly runs: JobRun[];
  /** Calls the auto-stop off. */
  keepAwake: (() => void) | undefined;
}

export interface Attempt {
  readonly number: number;
  readonly createdAt: number;
  updatedAt: number;
  state: string;
  details: string;
}

export interface JobRun {
  readonly id: string;
  readonly arn: string;
  readonly application: Application;
  readonly request: StartJobRunRequest;
  /** What the application will see: --conf over the run's configuration over the application's. */
  readonly conf: Readonly<Record<string, string>>;
  readonly defaults: Readonly<Record<string, string>>;
  readonly life: Life<"run">;
  readonly workers: Workers;
  readonly attempts: Attempt[];
  details: string;
  updatedAt: number;
  tags: Record<string, string>;
  /** Executors that it got; undefined while it holds no workers. */
  executors: number | undefined;
  /** Kept for the bill after the workers are gone. */
  lastExecutors: number;
  startedAt: number | undefined;
  endedAt: number | undefined;
  queuedMs: number;
  process: Started | undefined;
}

export interface Serverless {
  readonly world: World;
  readonly spark: SparkPlace;
  readonly s3: S3Place | undefined;
  /** Roles that can be assumed; undefined: all. */
  readonly roles: readonly string[] | undefined;
  readonly applications: Map<string, Application>;
  /** `clientToken` → what it made, with the request that made it. */
  readonly tokens: Map<string, { readonly request: string; readonly made: Application | JobRun }>;
}

export function findApplication(state: Serverless, id: string | undefined): Application {
  const found = state.applications.get(id ?? "");
  if (found === undefined) throw notFound(`Application ${id} does not exist`);
  return found;
}

export function findRun(state: Serverless, ids: { readonly applicationId?: string | undefined; readonly jobRunId?: string | undefined }): JobRun {
  const found = findApplication(state, ids.applicationId).runs.find((each) => each.id === ids.jobRunId);
  if (found === undefined) throw notFound(`Job run ${ids.jobRunId} does not exist`);
  return found;
}

export function moveApplication(lives: Lives, application: Application, to: Application["life"]["state"]): void {
  lives.move(application.life, to);
  application.updatedAt = application.life.steps.at(-1)?.at ?? 0;
}

export function moveRun(lives: Lives, run: JobRun, to: JobRun["life"]["state"], details?: string): void {
  lives.move(run.life, to);
  run.updatedAt = run.life.steps.at(-1)?.at ?? 0;
  run.details = oneLine(details ?? WORDS[to]);
  const attempt = run.attempts.at(-1);
  if (attempt !== undefined) Object.assign(attempt, { state: to, updatedAt: run.updatedAt, details: run.details });
}

/** The model wants at least one sign that is no blank, 256 at most, on one line. */
export const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim().slice(0, 256) || "-";

const WORDS: Readonly<Record<JobRun["life"]["state"], string>> = {
  SUBMITTED: "Job run submitted",
  QUEUED: "Job run waits for others of its application",
  PENDING: "Job run is pending",
  SCHEDULED: "Job run waits for its workers",
  RUNNING: "Job run is running",
  SUCCESS: "Job run succeeded",
  FAILED: "Job run failed",
  CANCELLING: "Job run is being cancelled",
  CANCELLED: "Job run was cancelled",
};
