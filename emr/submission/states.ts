// The documented states of both services as one table, and what each means for a stage. Data only.
// Source: service models emr 2009-03-31 and emr-serverless 2021-07-13 (botocore 1.44.5).

import type { EndCause } from "../../driver/engine.js";

export interface Standing {
  readonly over: boolean;
  /** Only ever true of the one state that means success. */
  readonly good: boolean;
  /** For people. */
  readonly words: string;
}

const goesOn = (words: string): Standing => ({ over: false, good: false, words });
const ended = (words: string): Standing => ({ over: true, good: false, words });

const JOB_RUN: Readonly<Record<string, Standing>> = {
  SUBMITTED: goesOn("submitted"),
  QUEUED: goesOn("waits for other jobs of the application (QUEUED)"),
  PENDING: goesOn("waits for workers (PENDING)"),
  SCHEDULED: goesOn("its workers are starting (SCHEDULED)"),
  RUNNING: goesOn("running"),
  CANCELLING: goesOn("is being cancelled"),
  SUCCESS: { over: true, good: true, words: "succeeded" },
  FAILED: ended("failed"),
  CANCELLED: ended("was cancelled"),
};

const STEP: Readonly<Record<string, Standing>> = {
  PENDING: goesOn("waits for its turn on the cluster"),
  RUNNING: goesOn("running"),
  CANCEL_PENDING: goesOn("is being cancelled"),
  COMPLETED: { over: true, good: true, words: "completed" },
  FAILED: ended("failed"),
  CANCELLED: ended("was cancelled"),
  INTERRUPTED: ended("was interrupted"),
};

export interface ClusterStanding {
  readonly words: string;
  /** Takes steps. */
  readonly open: boolean;
  /** Its machines are up. */
  readonly up: boolean;
  readonly gone: boolean;
}

const CLUSTER: Readonly<Record<string, ClusterStanding>> = {
  STARTING: { words: "its machines are being ordered (STARTING)", open: true, up: false, gone: false },
  BOOTSTRAPPING: { words: "its machines are being set up (BOOTSTRAPPING)", open: true, up: false, gone: false },
  RUNNING: { words: "runs a step", open: true, up: true, gone: false },
  WAITING: { words: "waits for steps", open: true, up: true, gone: false },
  TERMINATING: { words: "is ending", open: false, up: false, gone: false },
  TERMINATED: { words: "has ended", open: false, up: false, gone: true },
  TERMINATED_WITH_ERRORS: { words: "has ended with errors", open: false, up: false, gone: true },
};

/** A cluster in one of these can be found by its name and used. */
export const OPEN_CLUSTERS = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"] as const;

/** Application states of EMR Serverless that take job runs; the others end or have ended. */
export const OPEN_APPLICATIONS = ["CREATING", "CREATED", "STARTING", "STARTED", "STOPPING", "STOPPED"] as const;

/** A state that this version does not know is not over and never a success: it is shown as it is. */
export const jobRunStanding = (state: string | undefined): Standing => JOB_RUN[state ?? ""] ?? goesOn(`in a state that carelake does not know: ${state ?? "none"}`);
export const stepStanding = (state: string | undefined): Standing => STEP[state ?? ""] ?? goesOn(`in a state that carelake does not know: ${state ?? "none"}`);
export const clusterStanding = (state: string | undefined): ClusterStanding =>
  CLUSTER[state ?? ""] ?? { words: `in a state that carelake does not know: ${state ?? "none"}`, open: false, up: false, gone: false };

const CLUSTER_CAUSES: Readonly<Record<string, EndCause>> = {
  INTERNAL_ERROR: "service",
  VALIDATION_ERROR: "configuration",
  INSTANCE_FAILURE: "instance-loss",
  INSTANCE_FLEET_TIMEOUT: "capacity",
  BOOTSTRAP_FAILURE: "bootstrap",
  USER_REQUEST: "cancelled",
};

/** Why a cluster ended, when that is what ended the stage. VALIDATION_ERROR hides capacity and quotas in its message. */
export function clusterCause(code: string | undefined, message: string): EndCause | undefined {
  const cause = CLUSTER_CAUSES[code ?? ""];
  if (cause !== "configuration" && cause !== "service") return cause;
  return messageCause(message) ?? cause;
}

const CAPACITY = /insufficient (instance )?capacity|InsufficientInstanceCapacity|no .*capacity|MaxCapacityExceeded|maximum ?capacity/i;
const QUOTA = /ServiceQuotaExceeded|\bquota\b|vCPU limit|VcpuLimitExceeded|InstanceLimitExceeded|MaxSpotInstanceCountExceeded|limit exceeded/i;

/** What the words of a service say of an end. */
export function messageCause(message: string): EndCause | undefined {
  if (QUOTA.test(message)) return "quota";
  return CAPACITY.test(message) ? "capacity" : undefined;
}
