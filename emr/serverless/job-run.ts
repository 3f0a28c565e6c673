// Requests and answers of EMR Serverless for one stage attempt. Pure.

import type { GetJobRunCommandOutput, StartJobRunRequest } from "@aws-sdk/client-emr-serverless";
import type { StageSettings, StageUsage } from "../../driver/engine.js";
import type { Profile } from "../../driver/profile.js";
import type { RunnerCode } from "../submission/artifacts.js";
import { cancelledEnd } from "../submission/engine-parts.js";
import { confParameters, stageConf } from "../submission/spark-settings.js";
import { jobRunStanding, messageCause } from "../submission/states.js";
import type { CancelRecord, EndRecord, ServerlessTarget } from "../submission/submission.js";
import { attemptOf, submissionName } from "../submission/submission.js";

export type JobRun = NonNullable<GetJobRunCommandOutput["jobRun"]>;

export interface JobRunRequest {
  readonly ref: string;
  readonly target: ServerlessTarget;
  readonly role: string;
  readonly stageUri: string;
  readonly code: RunnerCode;
  readonly settings: StageSettings;
  readonly profile: Profile;
  readonly lake: string;
}

export const logUri = (lake: string): string => `${lake}/logs/`;

export function startRequest({ ref, target, role, stageUri, code, settings, profile, lake }: JobRunRequest): StartJobRunRequest {
  const conf = stageConf({ engine: "emr-serverless", lake, addIceberg: true }, settings);
  const { text, apart } = confParameters(conf, code.modules);
  const { run, attempt } = attemptOf(ref);
  return {
    applicationId: target.application,
    clientToken: target.key,
    name: submissionName(ref, target.key),
    executionRoleArn: role,
    jobDriver: { sparkSubmit: { entryPoint: code.script, entryPointArguments: [stageUri], sparkSubmitParameters: text } },
    configurationOverrides: {
      ...(Object.keys(apart).length === 0 ? {} : { applicationConfiguration: [{ classification: "spark-defaults", properties: { ...apart } }] }),
      monitoringConfiguration: { s3MonitoringConfiguration: { logUri: logUri(lake) } },
    },
    executionTimeoutMinutes: target.limit_minutes,
    mode: "BATCH",
    // Retries are ours: by the class of the failure, each an attempt of its own in the ledger.
    retryPolicy: { maxAttempts: 1 },
    tags: { ...profile.tags, "carelake-run": run, "carelake-attempt": attempt, "carelake-key": target.key },
  };
}

/** How a run that is over has ended. */
export function jobRunEnd(run: JobRun, cancel: CancelRecord | undefined, limitMinutes: number): EndRecord {
  const words = run.stateDetails ?? "";
  const standing = jobRunStanding(run.state);
  if (standing.good) return { exitCode: 0 };
  if (run.state === "CANCELLED") return cancelledEnd(cancel, { ran: secondsOf(run), limitMinutes, words });
  const code = /exit ?code:? ?(\d+)/i.exec(words)?.[1];
  const cause = messageCause(words);
  return { exitCode: code === undefined ? null : Number(code), ...(cause === undefined ? {} : { cause }), ...(words === "" ? {} : { reason: words }) };
}

/** The service's own count is there after the end only. `now`: of a run that goes on, whose record stands still. */
function secondsOf({ totalExecutionDurationSeconds, createdAt, startedAt, endedAt, updatedAt }: JobRun, now?: Date): number {
  if (totalExecutionDurationSeconds !== undefined && totalExecutionDurationSeconds > 0) return totalExecutionDurationSeconds;
  // What waits for its workers has not begun.
  const [from, to] = now === undefined ? [startedAt ?? createdAt, endedAt ?? updatedAt] : [startedAt, now];
  return from === undefined || to === undefined ? 0 : Math.max(0, (to.getTime() - from.getTime()) / 1000);
}

export function jobRunUsage(run: JobRun, now: Date): StageUsage {
  const billed = run.billedResourceUtilization;
  const { vCPUHour = 0, memoryGBHour = 0, storageGBHour = 0 } = billed ?? run.totalResourceUtilization ?? {};
  const { over } = jobRunStanding(run.state);
  return { engine: "emr-serverless", final: billed !== undefined && over, billed: { vCPUHour, memoryGBHour, storageGBHour }, seconds: over ? secondsOf(run) : secondsOf(run, now) };
}

/** What a run that goes on does or waits for. */
export function jobRunWords({ state, stateDetails }: JobRun): string {
  const { words } = jobRunStanding(state);
  return stateDetails === undefined || stateDetails === "" ? words : `${words}: ${stateDetails}`;
}
