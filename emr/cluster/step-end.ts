// What a step and its cluster say of an end → one end for people and for the choice of a retry. Pure.

import type { Cluster, StepSummary } from "@aws-sdk/client-emr";
import { cancelledEnd } from "../submission/engine-parts.js";
import { clusterCause, clusterStanding, messageCause, stepStanding } from "../submission/states.js";
import type { CancelRecord, EndRecord } from "../submission/submission.js";

export interface StepOver {
  readonly step: StepSummary;
  /** Looked at only where the step did not end by itself. */
  readonly cluster: Cluster | undefined;
  readonly cancel: CancelRecord | undefined;
  readonly limitMinutes: number;
}

/** A cluster may say that its user ended it after a step has failed: the step is judged first. */
export function stepEnd({ step, cluster, cancel, limitMinutes }: StepOver): EndRecord {
  const state = step.Status?.State;
  if (stepStanding(state).good) return { exitCode: 0 };
  const words = failureWords(step);
  if (state === "FAILED" && cancel === undefined) {
    const cause = messageCause(words);
    return { exitCode: exitCodeIn(words), ...(cause === undefined ? {} : { cause }), ...(words === "" ? {} : { reason: words }) };
  }
  if (cancel !== undefined) return cancelledEnd(cancel, { ran: secondsOf(step, undefined), limitMinutes, words });
  const lost = cluster === undefined ? undefined : clusterEnd(cluster);
  if (lost !== undefined) return lost;
  if (state === "INTERRUPTED") return { exitCode: null, cause: "instance-loss", reason: words === "" ? "the step was interrupted on its cluster" : words };
  return cancelledEnd(undefined, { ran: 0, limitMinutes, words });
}

/** Undefined while the cluster goes on. */
export function clusterEnd({ Id, Status }: Cluster): EndRecord | undefined {
  const standing = clusterStanding(Status?.State);
  if (standing.open) return undefined;
  const { Code, Message = "" } = Status?.StateChangeReason ?? {};
  const details = (Status?.ErrorDetails ?? []).flatMap(({ ErrorCode, ErrorMessage }) => [ErrorCode, ErrorMessage]).filter((each) => each !== undefined);
  const words = [Message, ...details].filter((each) => each !== "").join("; ");
  const cause = clusterCause(Code, words);
  return { exitCode: null, ...(cause === undefined ? {} : { cause }), reason: `the cluster ${Id ?? ""} ${standing.words}: ${[Code, words].filter((each) => each !== undefined && each !== "").join(": ") || "it does not say why"}` };
}

function failureWords({ Status }: StepSummary): string {
  const { Reason, Message } = Status?.FailureDetails ?? {};
  const said = [Reason, Message, Status?.StateChangeReason?.Message].filter((each) => each !== undefined && each !== "" && !/^unknown error\.?$/i.test(each));
  return [...new Set(said)].join(": ");
}

function exitCodeIn(words: string): number | null {
  const code = /exit ?code:? ?(\d+)/i.exec(words)?.[1];
  return code === undefined ? null : Number(code);
}

export function secondsOf({ Status }: StepSummary, now: Date | undefined): number {
  const { StartDateTime, EndDateTime } = Status?.Timeline ?? {};
  const end = EndDateTime ?? now;
  return StartDateTime === undefined || end === undefined ? 0 : Math.max(0, (end.getTime() - StartDateTime.getTime()) / 1000);
}
