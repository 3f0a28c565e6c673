// Engine for EMR on EC2: a stage attempt is one step, on its own cluster, its run's, or one that is there already.
// The API has no client token: the attempt's key stands in the names of step and cluster and is looked for before
// anything is asked twice. Clusters of our own are ended when their stage is over.

import type { StepSummary } from "@aws-sdk/client-emr";
import type { Engine, StageHandle, StageLogs, StageSettings, StageState, StageUsage } from "../../driver/engine.js";
import type { Result } from "../../driver/problems.js";
import { fail, ok, ProblemError } from "../../driver/problems.js";
import type { StageFile } from "../../driver/stage.js";
import { clusterByName, describeCluster, freshTarget, homeOf, releaseRun, terminate } from "./home.js";
import { clusterName, stepProblem } from "./request.js";
import type { SubmittedParts } from "../submission/attempts.js";
import { attemptLogs, attemptState, attemptUsage, submitted } from "../submission/attempts.js";
import type { AwsEngineOptions, EngineParts } from "../submission/engine-parts.js";
import { atDoor, cancelOf, endOf, engineParts, finished, ifPossible, patiently, problemsOfSettings, recordCancel, untilOver } from "../submission/engine-parts.js";
import { bootstrapLogs, stepLogs } from "../logs/logs.js";
import { folderOf } from "../submission/stage-folder.js";
import { clusterStanding, stepStanding } from "../submission/states.js";
import type { InstanceLook } from "./instances.js";
import { clusterUsage, instanceLooks, spotLoss } from "./instances.js";
import { clusterEnd, secondsOf, stepEnd } from "./step-end.js";
import type { StepLook } from "./steps.js";
import { addStep, cancelSteps, isStepOver, stepByName, stepLooks } from "./steps.js";
import type { ClusterSubmission, EndRecord } from "../submission/submission.js";
import { clusterSubmission, clusterTarget, submissionName } from "../submission/submission.js";

/** Two looks a minute: the account's rate of half a call a second is shared by everybody in it. */
const PACE_MILLISECONDS = 30_000;
/** Every so many looks at a running step its cluster is looked at too: a step can hang on a cluster that is gone. */
const LOOKS_A_CLUSTER = 6;
/** SIGTERM to SIGKILL: the runner writes its report in between. */
const GRACE_SECONDS = 60;

interface Emr extends SubmittedParts<ClusterSubmission> {
  readonly look: StepLook;
  /** Looks at each attempt so far; its cluster was seen up from the first on. */
  readonly looks: Map<string, number>;
  /** Steps as the last look found them, and instances as they were some minutes ago: what a stage has used is told with few calls. */
  readonly steps: Map<string, StepSummary>;
  readonly instances: InstanceLook;
  /** When the step of an attempt (by its folder) was told to stop, or a cluster (by its id) to end; milliseconds. */
  readonly told: Map<string, number>;
}

export function emrEngine(options: AwsEngineOptions): Engine {
  const base = engineParts(options);
  const lookup = { written: (ref: string) => base.folders.record(ref, "submission.json", clusterSubmission), byName: (ref: string) => byName(base, ref) };
  const parts: Emr = { ...base, submitted: submitted(base, lookup), look: stepLooks(base), looks: new Map(), steps: new Map(), instances: instanceLooks(base, LOOKS_A_CLUSTER * PACE_MILLISECONDS), told: new Map() };
  const look = (handle: StageHandle): Promise<StageState> => patiently(() => attemptState(parts, handle.ref, (submission) => describe(parts, handle.ref, submission)));
  return {
    name: "emr",
    pace: PACE_MILLISECONDS,
    prepare: (handle, settings) =>
      atDoor(async () => {
        const home = await homeOf(parts, handle.ref, settings);
        return home.ok ? ok(undefined) : home;
      }),
    submit: (stage, settings) => atDoor(() => submit(parts, stage, settings)),
    describe: look,
    events: (handle, offset) => parts.folders.events(handle.ref, offset),
    report: (handle) => parts.folders.report(handle.ref),
    logs: (handle) => attemptLogs(parts, handle.ref, (submission) => logs(parts, handle.ref, submission)),
    cancel: (handle) => cancel(parts, handle, look),
    release: (run) => releaseRun(parts, run),
    usage: async (handle) => (await attemptUsage(parts, handle.ref, (submission) => usage(parts, handle.ref, submission))) ?? (await waitingUsage(parts, handle.ref)),
  };
}

async function submit(parts: Emr, stage: StageFile, settings: StageSettings): Promise<Result<StageHandle>> {
  const { profile, lake, folders } = parts;
  const ref = folderOf(stage);
  const handle: StageHandle = { engine: "emr", ref };
  const [problem] = problemsOfSettings(settings.env, "a cluster");
  if (problem !== undefined) return fail(problem);
  if ((await folders.record(ref, "submission.json", clusterSubmission)) !== undefined) return ok(handle);
  const [code, stageUri] = [await parts.runner(), await folders.putStage(ref, stage)];
  // What can be known to be refused is refused before a cluster is started for it.
  const tooLong = stepProblem({ ref, target: freshTarget(parts, ref), stageUri, code, settings, lake });
  if (tooLong !== undefined) return fail(tooLong);
  const home = await homeOf(parts, ref, settings);
  if (!home.ok) return home;
  const { target, logs: logUri } = home.value;
  if (!target.asked) await folders.save(ref, "target.json", { ...target, asked: true });
  const step = await addStep(parts, { ref, target, stageUri, code, settings, lake, cluster: target.cluster, role: profile.job_role, isBegun: target.asked });
  if (!step.ok) return step;
  await parts.submitted.keep(ref, { ...target, step: step.value, logs: logUri });
  return ok(handle);
}

async function byName(parts: EngineParts, ref: string): Promise<ClusterSubmission | undefined> {
  const { folders, lake } = parts;
  const target = await folders.record(ref, "target.json", clusterTarget);
  const cluster = target === undefined ? undefined : (target.cluster ?? (await clusterByName(parts, clusterName(ref, target))));
  if (target === undefined || cluster === undefined) return undefined;
  const step = await stepByName(parts, { cluster, name: submissionName(ref, target.key), since: target.at });
  if (step === undefined) return undefined;
  const logUri = target.mode === "existing" ? ((await describeCluster(parts, cluster))?.LogUri ?? null) : `${lake}/logs/`;
  return { ...target, cluster, step, logs: logUri === null ? null : `${logUri.replace(/^s3[an]:/, "s3:").replace(/\/$/, "")}/` };
}

async function describe(parts: Emr, ref: string, submission: ClusterSubmission): Promise<StageState> {
  const seen = parts.looks.get(ref);
  // Until its cluster is up a step can only wait: the cluster has more to say than the step.
  const isToldToStop = parts.told.has(ref);
  const isClusterDue = isToldToStop || seen === undefined || seen % LOOKS_A_CLUSTER === 0;
  const cluster = isClusterDue ? await describeCluster(parts, submission.cluster) : undefined;
  const standing = clusterStanding(cluster?.Status?.State);
  if (!isToldToStop && cluster !== undefined && standing.open && !standing.up) return { state: "running", detail: `waits for the cluster ${submission.cluster}: ${standing.words}` };
  if (standing.up || seen !== undefined) parts.looks.set(ref, (seen ?? 0) + 1);
  const step = await parts.look(submission.cluster, submission.step);
  if (step === undefined) return unlisted(parts, submission);
  parts.steps.set(ref, step);
  if (isStepOver(step)) return over(parts, ref, { submission, step });
  if (standing.gone && cluster !== undefined) return close(parts, ref, { submission, end: clusterEnd(cluster) ?? { exitCode: null } });
  await holdLimit(parts, ref, { submission, seconds: secondsOf(step, parts.calls.clock.now()) });
  return { state: "running", detail: stepStanding(step.Status?.State).words };
}

/** A step that was just added may not be listed yet; on a cluster that has ended it never will be. */
async function unlisted(parts: Emr, { cluster, step }: ClusterSubmission): Promise<StageState> {
  const { open, gone, words } = clusterStanding((await describeCluster(parts, cluster))?.Status?.State);
  if (open) return { state: "running", detail: `EMR does not list step ${step} of cluster ${cluster} yet` };
  return finished({ exitCode: null, cause: "gone", reason: `EMR knows nothing of step ${step}; its cluster ${cluster} ${gone ? words : "is unknown too"}` });
}

interface Seen {
  readonly submission: ClusterSubmission;
  readonly step: Parameters<typeof stepEnd>[0]["step"];
}

async function over(parts: Emr, ref: string, { submission, step }: Seen): Promise<StageState> {
  const state = step.Status?.State;
  const [cancel, cluster] = stepStanding(state).good ? [undefined, undefined] : [await cancelOf(parts, ref), state === "FAILED" ? undefined : await describeCluster(parts, submission.cluster)];
  const said = stepEnd({ step, cluster, cancel, limitMinutes: submission.limit_minutes });
  // Spark survives the loss of an instance now and then: it is the cause only where the runner could not name another.
  const isUntold = state === "FAILED" && said.cause === undefined && (await parts.folders.report(ref)) === undefined;
  const end = (isUntold ? await spotLoss(parts, submission, step) : undefined) ?? said;
  const { gone, words } = clusterStanding(cluster?.Status?.State);
  // What its machines said of it is uploaded at its very end.
  if (end.cause === "bootstrap" && !gone) return { state: "running", detail: `the cluster ${submission.cluster} did not come up and ${words}` };
  // Why a step failed is often told minutes after it has: such an end is not written down yet.
  if (state === "FAILED" && end.reason === undefined) {
    await endCluster(parts, submission);
    return finished(end);
  }
  return close(parts, ref, { submission, end });
}

async function close(parts: Emr, ref: string, { submission, end }: { readonly submission: ClusterSubmission; readonly end: EndRecord }): Promise<StageState> {
  await endCluster(parts, submission);
  await ifPossible(parts.folders.save(ref, "ended.json", end));
  return finished(end);
}

/** Its stage is over: nothing is paid for any longer, and what logs it still holds it uploads at its end. */
async function endCluster(parts: Emr, { mode, cluster }: ClusterSubmission): Promise<void> {
  if (mode === "stage" && !parts.told.has(cluster)) await terminate(parts, [cluster]);
  parts.told.set(cluster, parts.calls.clock.now().getTime());
}

/** EMR on EC2 has no time limit for a step: whoever looks holds it. */
async function holdLimit(parts: Emr, ref: string, { submission, seconds }: { readonly submission: ClusterSubmission; readonly seconds: number }): Promise<void> {
  if (seconds < submission.limit_minutes * 60) return;
  const now = parts.calls.clock.now().getTime();
  const since = parts.told.get(ref);
  if (since !== undefined && now - since < GRACE_SECONDS * 1000) return;
  await recordCancel(parts, ref, "time-limit");
  parts.told.set(ref, since ?? now);
  await cancelSteps(parts, { cluster: submission.cluster, steps: [submission.step], kill: since !== undefined });
}

async function logs(parts: Emr, ref: string, { cluster, step, logs: logUri }: ClusterSubmission): Promise<StageLogs> {
  if (logUri === null) return { place: `cluster ${cluster}, which has no LogUri and keeps its logs to itself`, tail: [], parts: [], complete: true };
  const place = `${logUri}${cluster}/`;
  const ended = await endOf(parts, ref);
  return ended?.cause === "bootstrap" ? bootstrapLogs(parts.objects, place, ended.reason ?? "") : stepLogs(parts.objects, place, step);
}

async function cancel(parts: Emr, handle: StageHandle, look: Engine["describe"]): Promise<void> {
  const { folders, cancelSeconds } = parts;
  const { ref } = handle;
  const submission = await parts.submitted.find(ref);
  if (submission === undefined) {
    // Its cluster may have been started ahead of it.
    const target = await folders.record(ref, "target.json", clusterTarget);
    if (target?.mode !== "stage") return;
    const cluster = target.cluster ?? (await clusterByName(parts, clusterName(ref, target)));
    return cluster === undefined ? undefined : terminate(parts, [cluster]);
  }
  if ((await look(handle)).state !== "running") return;
  await recordCancel(parts, ref, "cancelled");
  parts.told.set(ref, parts.calls.clock.now().getTime());
  const { cluster, step, mode } = submission;
  await cancelSteps(parts, { cluster, steps: [step], kill: false });
  const grace = Math.min(GRACE_SECONDS, cancelSeconds);
  if ((await untilOver(parts, { describe: look, handle, seconds: grace })).state !== "running") return;
  await cancelSteps(parts, { cluster, steps: [step], kill: true });
  if (mode === "stage") await terminate(parts, [cluster]);
  const state = await untilOver(parts, { describe: look, handle, seconds: cancelSeconds - grace });
  if (state.state === "running") throw new ProblemError({ code: "cancel-unfinished", what: `step ${step} of cluster ${cluster}`, state: state.detail ?? "running", waited: `${cancelSeconds} s` });
}

/** Of a cluster that was started ahead and has no step yet. */
async function waitingUsage(parts: Emr, ref: string): Promise<StageUsage | undefined> {
  const target = await parts.folders.record(ref, "target.json", clusterTarget);
  if (target === undefined || target.cluster === null) return undefined;
  return clusterUsage({ cluster: target.cluster, mode: target.mode }, { instances: await parts.instances(target.cluster), step: undefined, now: parts.calls.clock.now() });
}

async function usage(parts: Emr, ref: string, submission: ClusterSubmission): Promise<StageUsage> {
  const [instances, step] = [await parts.instances(submission.cluster), parts.steps.get(ref) ?? (await parts.look(submission.cluster, submission.step))];
  return clusterUsage(submission, { instances, step, now: parts.calls.clock.now() });
}
