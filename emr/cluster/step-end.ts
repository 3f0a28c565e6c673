// What a step and its cluster say of an end → one end for people and for the choice of a retry, and what was
// used up to it. Asks for instances only; judging is pure.

import type { Cluster, Instance, StepSummary } from "@aws-sdk/client-emr";
import { ListInstancesCommand } from "@aws-sdk/client-emr";
import type { StageUsage } from "../../driver/engine.js";
import type { EngineParts } from "../submission/engine-parts.js";
import { cancelledEnd } from "../submission/engine-parts.js";
import { clusterCause, clusterStanding, messageCause, stepStanding } from "../submission/states.js";
import type { CancelRecord, ClusterSubmission, EndRecord } from "../submission/submission.js";

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

async function instancesOf({ calls, clients }: EngineParts, ClusterId: string): Promise<readonly Instance[]> {
  const found: Instance[] = [];
  let Marker: string | undefined;
  do {
    const page = await calls.ask("emr:ListInstances", () => clients.emr.send(new ListInstancesCommand({ ClusterId, Marker })));
    found.push(...(page.Instances ?? []));
    Marker = page.Marker;
  } while (Marker !== undefined);
  return found;
}

/** Spot instances that were taken away while the step ran; undefined when none was. */
export async function spotLoss(parts: EngineParts, { cluster }: ClusterSubmission, { Status }: StepSummary): Promise<EndRecord | undefined> {
  const { StartDateTime, EndDateTime } = Status?.Timeline ?? {};
  const lost = (await instancesOf(parts, cluster)).filter(({ Market, Status: status }) => {
    const at = status?.Timeline?.EndDateTime;
    return Market === "SPOT" && at !== undefined && (StartDateTime === undefined || at >= StartDateTime) && (EndDateTime === undefined || at <= EndDateTime);
  });
  if (lost.length === 0) return undefined;
  return { exitCode: null, cause: "instance-loss", reason: `${lost.length} spot instance${lost.length === 1 ? " was" : "s were"} taken away while it ran: ${lost.map(({ Ec2InstanceId }) => Ec2InstanceId ?? "?").join(", ")}` };
}

/** Instances of the cluster from their order on: what the bill is made of. */
export async function clusterUsage(parts: EngineParts, submission: ClusterSubmission, step: StepSummary | undefined): Promise<StageUsage> {
  const found = await instancesOf(parts, submission.cluster);
  const now = parts.calls.clock.now();
  const instances = found.flatMap(({ InstanceType, Market, Status }) => {
    const { CreationDateTime, EndDateTime } = Status?.Timeline ?? {};
    if (InstanceType === undefined || CreationDateTime === undefined) return [];
    const market = Market === "SPOT" ? ("SPOT" as const) : ("ON_DEMAND" as const);
    return [{ type: InstanceType, market, seconds: Math.max(0, ((EndDateTime ?? now).getTime() - CreationDateTime.getTime()) / 1000) }];
  });
  const final = found.every(({ Status }) => Status?.Timeline?.EndDateTime !== undefined);
  return { engine: "emr", final, cluster: submission.cluster, shared: submission.mode !== "stage", seconds: step === undefined ? 0 : secondsOf(step, now), instances };
}
