// What both engines on AWS are made of, and what they do alike: problems at the door, patience with a service that is
// silent, the record of a cancel, waiting for an end. Never here: a call of one of the services.

import type { Engine, StageHandle, StageState } from "../../driver/engine.js";
import type { Profile } from "../../driver/profile.js";
import type { Problem, Result } from "../../driver/problems.js";
import { fail, ProblemError } from "../../driver/problems.js";
import type { Calls } from "../calls/calls.js";
import type { AwsClients } from "../calls/clients.js";
import type { Objects } from "../s3/objects.js";
import type { RunnerCode } from "./artifacts.js";
import { uploadRunner } from "./artifacts.js";
import type { StageFolder } from "./stage-folder.js";
import { stageFolders } from "./stage-folder.js";
import type { CancelRecord, EndRecord } from "./submission.js";
import { cancelRecord, endRecord } from "./submission.js";

export interface AwsEngineOptions {
  readonly clients: AwsClients;
  readonly calls: Calls;
  readonly objects: Objects;
  readonly profile: Profile;
  /** s3://bucket/prefix, without a slash at its end. */
  readonly lake: string;
  /** Folder emr/runtime of the package. */
  readonly runtime: string;
  /** Who drives, for the record of a cancel: "user@host". */
  readonly who: string;
  /** How long `cancel` waits for the end before it says that the stage still runs. */
  readonly cancelSeconds?: number;
}

export interface EngineParts extends AwsEngineOptions {
  readonly folders: StageFolder;
  /** The runner on S3, uploaded once a process. */
  readonly runner: () => Promise<RunnerCode>;
  readonly cancelSeconds: number;
}

const CANCEL_SECONDS = 300;

export function engineParts(options: AwsEngineOptions): EngineParts {
  let uploaded: Promise<RunnerCode> | undefined;
  const runner = (): Promise<RunnerCode> => {
    uploaded ??= uploadRunner(options.objects, options.runtime, options.lake).catch((error: unknown) => {
      uploaded = undefined;
      throw error;
    });
    return uploaded;
  };
  return { cancelSeconds: CANCEL_SECONDS, ...options, folders: stageFolders(options.objects), runner };
}

/** A problem that was thrown on the way becomes the answer. */
export async function atDoor<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProblemError) return fail(error.problem);
    throw error;
  }
}

/** A service that cannot be asked has not ended anything. */
export async function patiently(look: () => Promise<StageState>): Promise<StageState> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== "aws-unreachable") throw error;
    return { state: "running", detail: `AWS does not answer ${error.problem.operation}; what was submitted goes on there` };
  }
}

/** The value, or undefined where only the record could not be kept: it can be found again without it. */
export async function ifPossible(save: Promise<void>): Promise<void> {
  try {
    await save;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
}

export function problemsOfSettings(names: readonly string[], engine: string): readonly Problem[] {
  return names.length === 0 ? [] : [{ code: "secret-not-sent", names, engine }];
}

export const endOf = async ({ folders }: EngineParts, ref: string): Promise<EndRecord | undefined> => folders.record(ref, "ended.json", endRecord);

export function finished({ exitCode, cause, reason }: Omit<EndRecord, "usage">): StageState & { readonly state: "finished" } {
  return { state: "finished", exitCode, ...(cause === undefined ? {} : { cause }), ...(reason === undefined ? {} : { reason }) };
}

export const cancelOf = async ({ folders }: EngineParts, ref: string): Promise<CancelRecord | undefined> => folders.record(ref, "cancel.json", cancelRecord);

/** Before the service is told: whoever finds the run cancelled must know by whom. The first word counts. */
export async function recordCancel(parts: EngineParts, ref: string, cause: CancelRecord["cause"]): Promise<void> {
  if ((await cancelOf(parts, ref)) !== undefined) return;
  const record: CancelRecord = { by: parts.who, at: parts.calls.clock.now().toISOString(), cause };
  await parts.folders.save(ref, "cancel.json", record);
}

/** Why a run that the service calls cancelled has ended. `ran` in seconds. */
export function cancelledEnd(record: CancelRecord | undefined, { ran, limitMinutes, words }: { readonly ran: number; readonly limitMinutes: number; readonly words: string }): EndRecord {
  const limit = `it reached its time limit of ${limitMinutes} minutes`;
  if (record?.cause === "time-limit") return { exitCode: null, cause: "time-limit", reason: limit };
  if (record !== undefined) return { exitCode: null, cause: "cancelled", reason: `cancelled by ${record.by} at ${record.at}` };
  if (ran >= limitMinutes * 60 || /time(d)?[ -]?(out|limit)/i.test(words)) return { exitCode: null, cause: "time-limit", reason: limit };
  return { exitCode: null, cause: "cancelled", reason: `cancelled on AWS, not by carelake${words === "" ? "" : `: ${words}`}` };
}

const FIRST_LOOK = 2000;
const LATER_LOOK = 15_000;

export interface Ending {
  readonly describe: Engine["describe"];
  readonly handle: StageHandle;
  readonly seconds: number;
}

/** The state after the end, or the last one seen when the time is over. */
export async function untilOver({ calls: { clock } }: EngineParts, { describe, handle, seconds }: Ending): Promise<StageState> {
  const end = clock.now().getTime() + seconds * 1000;
  for (let pause = FIRST_LOOK; ; pause = Math.min(LATER_LOOK, pause * 1.5)) {
    const state = await describe(handle);
    const left = end - clock.now().getTime();
    if (state.state !== "running" || left <= 0) return state;
    await clock.sleep(Math.min(pause, left));
  }
}
