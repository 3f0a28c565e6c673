// Engine for EMR Serverless: a stage attempt is one job run. The client token is the attempt's key, so a submission
// that is repeated is the same run. In: StageFile and handle. All that is known of an attempt lies in its folder on S3.

import { CancelJobRunCommand, GetJobRunCommand, ListJobRunsCommand, StartJobRunCommand } from "@aws-sdk/client-emr-serverless";
import type { Engine, StageHandle, StageSettings, StageState, StageUsage } from "../../driver/engine.js";
import type { Result } from "../../driver/problems.js";
import { fail, ok, ProblemError } from "../../driver/problems.js";
import type { StageFile } from "../../driver/stage.js";
import { applicationFor, untilMade } from "./application.js";
import { awsProblem } from "../calls/aws-error.js";
import { AwsRefusal, orAbsent } from "../calls/calls.js";
import type { SubmittedParts } from "../submission/attempts.js";
import { attemptLogs, attemptState, attemptUsage, submitted } from "../submission/attempts.js";
import type { AwsEngineOptions, EngineParts } from "../submission/engine-parts.js";
import { atDoor, cancelOf, engineParts, finished, ifPossible, patiently, problemsOfSettings, recordCancel, untilOver } from "../submission/engine-parts.js";
import type { JobRun, JobRunRequest } from "./job-run.js";
import { jobRunEnd, jobRunUsage, jobRunWords, logUri, startRequest } from "./job-run.js";
import { serverlessLogs } from "../logs/logs.js";
import { folderOf } from "../submission/stage-folder.js";
import { jobRunStanding } from "../submission/states.js";
import type { EndRecord, ServerlessSubmission, ServerlessTarget } from "../submission/submission.js";
import { keyOf, serverlessSubmission, serverlessTarget, submissionName } from "../submission/submission.js";

/** Five looks a minute; the service would take six hundred. */
const PACE_MILLISECONDS = 12_000;
/** Times that an unclear submission is repeated before the user hears of it. */
const START_TRIES = 12;
const LONGEST_WAIT = 20_000;
/** So long after its submission a run that is unknown may yet appear. */
const UNLISTED_MILLISECONDS = 5 * 60_000;
/** Clocks of this computer and of AWS may differ by so much. */
const CLOCK_SKEW = 15 * 60_000;

interface Serverless extends SubmittedParts<ServerlessSubmission> {
  /** Job runs as the last look found them: what a run has used is told without another call. */
  readonly seen: Map<string, JobRun>;
}

export function serverlessEngine(options: AwsEngineOptions): Engine {
  const base = engineParts(options);
  const lookup = { written: (ref: string) => base.folders.record(ref, "submission.json", serverlessSubmission), byName: (ref: string) => byName(base, ref) };
  const parts: Serverless = { ...base, submitted: submitted(base, lookup), seen: new Map() };
  const look = (handle: StageHandle): Promise<StageState> => patiently(() => attemptState(parts, handle.ref, (submission) => describe(parts, handle.ref, submission)));
  return {
    name: "emr-serverless",
    pace: PACE_MILLISECONDS,
    submit: (stage, settings) => atDoor(() => submit(parts, stage, settings)),
    describe: look,
    events: (handle, offset) => parts.folders.events(handle.ref, offset),
    report: (handle) => parts.folders.report(handle.ref),
    logs: (handle) => attemptLogs(parts, handle.ref, ({ application, job_run, logs }) => serverlessLogs(parts.objects, `${logs}applications/${application}/jobs/${job_run}/`)),
    cancel: (handle) => cancel(parts, handle, look),
    usage: (handle) => usage(parts, handle.ref),
  };
}

async function submit(parts: Serverless, stage: StageFile, settings: StageSettings): Promise<Result<StageHandle>> {
  const { profile, lake, folders } = parts;
  const ref = folderOf(stage);
  const handle: StageHandle = { engine: "emr-serverless", ref };
  const [problem] = problemsOfSettings(settings.env, "EMR Serverless");
  if (problem !== undefined) return fail(problem);
  if (profile.job_role === undefined) return fail({ code: "config-missing", what: "job_role", looked: ["the profile"], help: "job_role: arn:aws:iam::ACCOUNT:role/NAME is the role that the job works under; carelake doctor --policies prints what it must allow" });
  if ((await parts.submitted.find(ref)) !== undefined) return ok(handle);
  const earlier = await folders.record(ref, "target.json", serverlessTarget);
  const [code, stageUri, application] = [await parts.runner(), await folders.putStage(ref, stage), earlier?.application ?? (await applicationFor(parts, settings.shape))];
  const target: ServerlessTarget = earlier ?? { engine: "emr-serverless", key: keyOf(ref), at: parts.calls.clock.now().toISOString(), application, limit_minutes: profile.time_limit_minutes };
  if (earlier === undefined) await folders.save(ref, "target.json", target);
  const started = await start(parts, { ref, target, role: profile.job_role, stageUri, code, settings, profile, lake });
  if (!started.ok) return started;
  await parts.submitted.keep(ref, { ...target, job_run: started.value, logs: logUri(lake) });
  return ok(handle);
}

/** The same token again is the same run: where nobody knows whether it was started, asking again finds out. */
async function start(parts: Serverless, request: JobRunRequest): Promise<Result<string>> {
  const { calls, clients } = parts;
  const began = calls.clock.now().getTime();
  for (let tries = 1; ; tries++) {
    const answer = await calls.once("serverless:StartJobRun", () => clients.serverless.send(new StartJobRunCommand(startRequest(request))));
    if (answer.is === "answered") return ok(answer.value.jobRunId ?? "");
    const { error } = answer;
    // An application that stops just now takes the job once it has stopped.
    const isBusy = answer.is === "refused" && error.kind === "conflict";
    if (answer.is === "refused" && !isBusy) return fail(awsProblem(error, "StartJobRun"));
    if (tries === START_TRIES) {
      const waited = `${Math.round((calls.clock.now().getTime() - began) / 1000)} s`;
      return fail({ code: "aws-unreachable", operation: "StartJobRun", message: `${error.name}: ${error.message}`, waited, left: "nobody knows whether the job was started; the same command finds it and starts nothing twice" });
    }
    if (isBusy) await untilMade(parts, request.target.application);
    await calls.clock.sleep(calls.clock.random() * Math.min(LONGEST_WAIT, 500 * 2 ** tries));
  }
}

async function byName({ folders, calls, clients, lake }: EngineParts, ref: string): Promise<ServerlessSubmission | undefined> {
  const target = await folders.record(ref, "target.json", serverlessTarget);
  if (target === undefined) return undefined;
  const createdAtAfter = new Date(new Date(target.at).getTime() - CLOCK_SKEW);
  let nextToken: string | undefined;
  do {
    const page = await orAbsent(calls.ask("serverless:ListJobRuns", () => clients.serverless.send(new ListJobRunsCommand({ applicationId: target.application, createdAtAfter, maxResults: 50, nextToken }))));
    const run = page?.jobRuns?.find(({ name }) => name === submissionName(ref, target.key));
    if (run?.id !== undefined) return { ...target, job_run: run.id, logs: logUri(lake) };
    nextToken = page?.nextToken;
  } while (nextToken !== undefined);
  return undefined;
}

const jobRun = async ({ calls, clients }: Serverless, { application, job_run }: ServerlessSubmission): Promise<JobRun | undefined> =>
  (await orAbsent(calls.ask("serverless:GetJobRun", () => clients.serverless.send(new GetJobRunCommand({ applicationId: application, jobRunId: job_run })))))?.jobRun;

async function describe(parts: Serverless, ref: string, submission: ServerlessSubmission): Promise<StageState> {
  const run = await jobRun(parts, submission);
  if (run === undefined) {
    const age = parts.calls.clock.now().getTime() - new Date(submission.at).getTime();
    if (age < UNLISTED_MILLISECONDS) return { state: "running", detail: `EMR Serverless does not list job run ${submission.job_run} yet` };
    return finished({ exitCode: null, cause: "gone", reason: `EMR Serverless knows nothing of job run ${submission.job_run} any more` });
  }
  parts.seen.set(ref, run);
  if (!jobRunStanding(run.state).over) return { state: "running", detail: jobRunWords(run) };
  const cancel = run.state === "CANCELLED" ? await cancelOf(parts, ref) : undefined;
  const end: EndRecord = jobRunEnd(run, cancel, submission.limit_minutes);
  const used = jobRunUsage(run, parts.calls.clock.now());
  await ifPossible(parts.folders.save(ref, "ended.json", used.final ? { ...end, usage: used } : end));
  return finished(end);
}

async function cancel(parts: Serverless, handle: StageHandle, look: Engine["describe"]): Promise<void> {
  const { calls, clients, cancelSeconds } = parts;
  const submission = await parts.submitted.find(handle.ref);
  if (submission === undefined || (await look(handle)).state !== "running") return;
  await recordCancel(parts, handle.ref, "cancelled");
  const { application: applicationId, job_run: jobRunId } = submission;
  try {
    await calls.ask("serverless:CancelJobRun", () => clients.serverless.send(new CancelJobRunCommand({ applicationId, jobRunId })));
  } catch (error) {
    // It ended meanwhile: the look below says how.
    if (!(error instanceof AwsRefusal) || !["conflict", "refused", "absent"].includes(error.error.kind)) throw error;
  }
  const state = await untilOver(parts, { describe: look, handle, seconds: cancelSeconds });
  if (state.state === "running") throw new ProblemError({ code: "cancel-unfinished", what: `job run ${jobRunId} of application ${applicationId}`, state: state.detail ?? "running", waited: `${cancelSeconds} s` });
}

async function usage(parts: Serverless, ref: string): Promise<StageUsage | undefined> {
  const now = parts.calls.clock.now();
  const seen = parts.seen.get(ref);
  if (seen !== undefined && !jobRunStanding(seen.state).over) return jobRunUsage(seen, now);
  return attemptUsage(parts, ref, async (submission) => {
    const run = await jobRun(parts, submission);
    return run === undefined ? undefined : jobRunUsage(run, now);
  });
}
