// EMR Serverless: what can be asked of job runs.

import type {
  CancelJobRunRequest, CancelJobRunResponse, Configuration, GetJobRunRequest, GetJobRunResponse, JobRun as WireRun, JobRunState, ListJobRunAttemptsRequest, ListJobRunAttemptsResponse, ListJobRunsRequest,
  ListJobRunsResponse, StartJobRunRequest, StartJobRunResponse,
} from "@aws-sdk/client-emr-serverless";
import { page } from "./page.js";
import { findRelease, releaseNumber } from "./releases.js";
import type { CallContext, Handler } from "./server.js";
import { once } from "./serverless-applications.js";
import { cancelRun, DEFAULT_LIMIT_MINUTES, enqueue, runSettings } from "./serverless-flow.js";
import { findApplication, findRun, oneLine, type Application, type Attempt, type JobRun, type Serverless } from "./serverless-state.js";
import { utilization, workersOf } from "./serverless-workers.js";
import { conflict, validation } from "./service-error.js";
import { sparkDefaults } from "./spark-arguments.js";
import { isOver } from "./states.js";

const PAGE = 50;
const MOST_MINUTES = 10_080;
const MOST_ATTEMPTS = 10;
/** From here on a batch run must have a time limit. */
const LIMIT_WANTED_FROM = 711;

export function runHandlers(state: Serverless): Readonly<Record<string, Handler>> {
  return {
    StartJobRun: (input: StartJobRunRequest): StartJobRunResponse => {
      const made = once(state, input, () => start(state, input));
      if (!("request" in made)) throw conflict("the client token was used for another kind of request");
      return { applicationId: made.application.id, jobRunId: made.id, arn: made.arn };
    },
    GetJobRun: (input: GetJobRunRequest): GetJobRunResponse => ({ jobRun: told(state, findRun(state, input)) }),
    ListJobRuns: (input: ListJobRunsRequest, { staleMs }: CallContext): ListJobRunsResponse => {
      const youngest = state.world.clock.now() - staleMs;
      const seconds = (at: Date | number | undefined): number | undefined => (at === undefined ? undefined : Number(at) * 1000);
      const [after, before] = [seconds(input.createdAtAfter), seconds(input.createdAtBefore)];
      const found = findApplication(state, input.applicationId).runs.filter((run) => {
        const created = run.life.steps[0]?.at ?? 0;
        const inTime = created <= youngest && (after === undefined || created > after) && (before === undefined || created < before);
        return inTime && (input.states?.length ? input.states.includes(run.life.state) : true) && (input.mode ?? "BATCH") === (run.request.mode ?? "BATCH");
      });
      const { items, next } = page([...found].reverse(), { token: input.nextToken, size: input.maxResults ?? PAGE });
      return { jobRuns: items.map((run) => ({ ...common(state, run), id: run.id, state: run.life.state, stateDetails: run.details, mode: run.request.mode ?? "BATCH", createdAt: new Date(run.life.steps[0]?.at ?? 0), updatedAt: new Date(run.updatedAt), attempt: run.attempts.length })), nextToken: next };
    },
    CancelJobRun: (input: CancelJobRunRequest): CancelJobRunResponse => {
      const run = findRun(state, input);
      if (isOver(run.life)) throw validation(`Job run ${run.id} is in state ${run.life.state} and cannot be cancelled`);
      const seconds = input.shutdownGracePeriodInSeconds;
      if (run.life.state !== "CANCELLING") cancelRun(state, run, seconds === undefined ? undefined : seconds * 1000);
      return { applicationId: run.application.id, jobRunId: run.id };
    },
    ListJobRunAttempts: (input: ListJobRunAttemptsRequest): ListJobRunAttemptsResponse => {
      const run = findRun(state, input);
      const { items, next } = page(run.attempts, { token: input.nextToken, size: input.maxResults ?? PAGE });
      return { jobRunAttempts: items.map((attempt) => attemptTold(state, run, attempt)), nextToken: next };
    },
  };
}

function start(state: Serverless, input: StartJobRunRequest): JobRun {
  const { world } = state;
  const application = findApplication(state, input.applicationId);
  const { autoStartConfiguration, releaseLabel = "" } = application.settings;
  if (application.life.state === "TERMINATED") throw validation(`Application ${application.id} is in state TERMINATED`);
  if (autoStartConfiguration?.enabled === false && !["STARTED", "STARTING"].includes(application.life.state)) throw validation(`Application ${application.id} is in state ${application.life.state} and does not start by itself`);
  checkRequest(input, releaseLabel);
  const defaults = defaultsOf(input, application);
  const conf = settings(input, defaults);
  const id = world.id("run");
  const now = world.clock.now();
  const run: JobRun = {
    id,
    arn: `${application.arn}/jobruns/${id}`,
    application,
    request: input,
    conf,
    defaults,
    life: world.lives.begin("run", id, "SUBMITTED"),
    workers: workersOf(conf),
    attempts: [{ number: 1, createdAt: now, updatedAt: now, state: "SUBMITTED", details: "Job run submitted" }],
    details: "Job run submitted",
    updatedAt: now,
    tags: { ...input.tags },
    executors: undefined,
    lastExecutors: 0,
    startedAt: undefined,
    endedAt: undefined,
    queuedMs: 0,
    process: undefined,
  };
  application.runs.push(run);
  enqueue(state, run);
  return run;
}

function checkRequest(input: StartJobRunRequest, releaseLabel: string): void {
  const limit = input.executionTimeoutMinutes;
  const isBatch = (input.mode ?? "BATCH") === "BATCH";
  if (input.jobDriver?.sparkSubmit === undefined) throw validation("jobDriver must have sparkSubmit for an application of type Spark");
  if (isBatch && limit === 0 && releaseNumber(releaseLabel) >= LIMIT_WANTED_FROM) throw validation(`executionTimeoutMinutes must be greater than 0 for ${releaseLabel}`);
  if (isBatch && limit !== undefined && limit > MOST_MINUTES && releaseNumber(releaseLabel) >= LIMIT_WANTED_FROM) throw validation(`executionTimeoutMinutes must be ${MOST_MINUTES} at most, got ${limit}`);
  if ((input.retryPolicy?.maxAttempts ?? 1) > MOST_ATTEMPTS && isBatch) throw validation(`maxAttempts must be ${MOST_ATTEMPTS} at most`);
}

/** On releases that merge, the run's settings over the application's; on others the run's instead of them. */
function defaultsOf(input: StartJobRunRequest, application: Application): Readonly<Record<string, string>> {
  const own = input.configurationOverrides?.applicationConfiguration;
  const inherited = wordy(application.settings.runtimeConfiguration);
  const merges = findRelease(application.settings.releaseLabel ?? "")?.mergesConfigurations === true;
  return own === undefined ? inherited : { ...(merges ? inherited : {}), ...wordy(own) };
}

const wordy = (configurations: readonly Configuration[] | undefined): Readonly<Record<string, string>> =>
  sparkDefaults((configurations ?? []).map(({ classification, properties }) => ({ Classification: classification, Properties: properties })));

function settings(input: StartJobRunRequest, defaults: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    return runSettings(input.jobDriver?.sparkSubmit?.sparkSubmitParameters, defaults);
  } catch (error) {
    throw validation(`sparkSubmitParameters: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What a run shows everywhere. */
function common(state: Serverless, run: JobRun) {
  return {
    applicationId: run.application.id,
    arn: run.arn,
    name: run.request.name,
    createdBy: `arn:aws:iam::${state.world.account}:user/engineer`,
    executionRole: run.request.executionRoleArn,
    releaseLabel: run.application.settings.releaseLabel,
  };
}

function told(state: Serverless, run: JobRun): WireRun {
  const { request, startedAt, endedAt } = run;
  const last = run.attempts.at(-1);
  const isEnded = endedAt !== undefined;
  const bill = startedAt === undefined ? undefined : utilization(run.workers, run.lastExecutors, (endedAt ?? state.world.clock.now()) - startedAt);
  const { imageConfiguration: _, workerTypeSpecifications: __, networkConfiguration } = run.application.settings;
  return {
    ...common(state, run),
    jobRunId: run.id,
    createdAt: new Date(run.life.steps[0]?.at ?? 0),
    updatedAt: new Date(run.updatedAt),
    executionIamPolicy: request.executionIamPolicy,
    state: run.life.state,
    stateDetails: run.details,
    configurationOverrides: request.configurationOverrides,
    jobDriver: request.jobDriver,
    tags: { ...run.tags },
    networkConfiguration,
    // Both come with the end of a run, never before.
    totalResourceUtilization: isEnded ? bill?.used : undefined,
    billedResourceUtilization: isEnded ? bill?.billed : undefined,
    totalExecutionDurationSeconds: isEnded && startedAt !== undefined ? Math.ceil((endedAt - startedAt) / 1000) : undefined,
    executionTimeoutMinutes: request.executionTimeoutMinutes ?? DEFAULT_LIMIT_MINUTES,
    mode: request.mode ?? "BATCH",
    retryPolicy: request.retryPolicy,
    attempt: run.attempts.length,
    attemptCreatedAt: last === undefined ? undefined : new Date(last.createdAt),
    attemptUpdatedAt: last === undefined ? undefined : new Date(last.updatedAt),
    startedAt: startedAt === undefined ? undefined : new Date(startedAt),
    endedAt: endedAt === undefined ? undefined : new Date(endedAt),
    queuedDurationMilliseconds: run.queuedMs,
  };
}

function attemptTold(state: Serverless, run: JobRun, attempt: Attempt) {
  return {
    ...common(state, run),
    id: run.id,
    mode: run.request.mode ?? ("BATCH" as const),
    jobCreatedAt: new Date(run.life.steps[0]?.at ?? 0),
    createdAt: new Date(attempt.createdAt),
    updatedAt: new Date(attempt.updatedAt),
    // The states of an attempt are those of its run.
    state: attempt.state as JobRunState,
    stateDetails: oneLine(attempt.details),
    attempt: attempt.number,
  };
}
