// The cluster that a stage attempt runs on: the one that the profile names, the run's, or its own. In: the attempt's
// folder. Out: target.json with a cluster id. A cluster of ours is found again by the key in its name.

import type { Cluster, InstanceFleet } from "@aws-sdk/client-emr";
import { AddInstanceFleetCommand, DescribeClusterCommand, ListClustersCommand, ListInstanceFleetsCommand, ModifyInstanceFleetCommand, RunJobFlowCommand, TerminateJobFlowsCommand } from "@aws-sdk/client-emr";
import type { StageSettings } from "../../driver/engine.js";
import type { EmrProfile } from "../../driver/profile.js";
import { emr as emrProfile } from "../../driver/profile.js";
import type { Result } from "../../driver/problems.js";
import { fail, ok, ProblemError } from "../../driver/problems.js";
import type { ClusterShape } from "../../driver/shape.js";
import { isUnknown } from "../calls/calls.js";
import { clusterName, fleetOf, runClusterName, runJobFlowInput, unitsOf } from "./request.js";
import type { EngineParts } from "../submission/engine-parts.js";
import { clusterStanding, OPEN_CLUSTERS } from "../submission/states.js";
import { submitOnce } from "../submission/submit-once.js";
import type { ClusterMode, ClusterTarget } from "../submission/submission.js";
import { attemptOf, clusterTarget, keyOf } from "../submission/submission.js";

export interface Home {
  readonly target: ClusterTarget & { readonly cluster: string };
  /** Where the cluster's logs go, with a slash at its end; null when it keeps none. */
  readonly logs: string | null;
}

export const emrOf = ({ profile }: Pick<EngineParts, "profile">): EmrProfile => profile.emr ?? emrProfile.parse({});
const logsOf = (lake: string): string => `${lake}/logs/`;
/** Key of the cluster that all stages of a run share. */
export const runKey = (lake: string, run: string): string => keyOf(`${lake}\n${run}`);

/** May be called again: what was begun is found. */
export async function homeOf(parts: EngineParts, ref: string, settings: StageSettings): Promise<Result<Home>> {
  const { folders, lake, profile } = parts;
  const emr = emrOf(parts);
  const earlier = await folders.record(ref, "target.json", clusterTarget);
  const target = earlier ?? freshTarget(parts, ref);
  if (earlier === undefined) await folders.save(ref, "target.json", target);
  if (target.mode === "existing") return existing(parts, target);
  if (target.cluster !== null && clusterStanding((await describeCluster(parts, target.cluster))?.Status?.State).open) {
    return ok({ target: { ...target, cluster: target.cluster }, logs: logsOf(lake) });
  }
  const shape = settings.shape?.cluster;
  if (shape === undefined) return fail({ code: "shape-missing", stage: attemptOf(ref).attempt, engine: "emr" });
  const made = new Set<string>();
  const cluster = await submitOnce(parts.calls, {
    operation: "emr:RunJobFlow",
    // Nobody else can have asked for this attempt's own cluster before its target was written.
    lookFirst: earlier !== undefined ? "patiently" : target.mode === "run" ? "once" : "not",
    look: () => clusterByName(parts, clusterName(ref, target)),
    add: async () => {
      const { JobFlowId = "" } = await parts.clients.emr.send(new RunJobFlowCommand(runJobFlowInput({ ref, target, shape, profile, emr, logs: logsOf(lake) })));
      made.add(JobFlowId);
      return JobFlowId;
    },
  });
  if (!cluster.ok) return cluster;
  const known = { ...target, cluster: cluster.value, asked: false };
  await folders.save(ref, "target.json", known);
  if (target.mode === "run" && !made.has(known.cluster)) await fitTaskFleet(parts, known.cluster, shape);
  return ok({ target: known, logs: logsOf(lake) });
}

/** Where an attempt goes that was never begun. */
export function freshTarget(parts: EngineParts, ref: string): ClusterTarget {
  const { lake, calls, profile } = parts;
  const { cluster } = emrOf(parts);
  const key = keyOf(ref);
  const at = calls.clock.now().toISOString();
  const mode: ClusterMode = cluster === "per-stage" ? "stage" : cluster === "per-run" ? "run" : "existing";
  const cluster_key = mode === "run" ? runKey(lake, attemptOf(ref).run) : key;
  return { engine: "emr", key, at, mode, cluster_key, cluster: mode === "existing" ? cluster : null, asked: false, limit_minutes: profile.time_limit_minutes };
}

async function existing(parts: EngineParts, target: ClusterTarget): Promise<Result<Home>> {
  const id = target.cluster ?? "";
  const cluster = await describeCluster(parts, id);
  const state = cluster?.Status?.State;
  if (cluster === undefined || !clusterStanding(state).open) {
    return fail({ code: "cluster-gone", cluster: id, state: cluster === undefined ? "it is not in this account and region" : clusterStanding(state).words, reason: cluster?.Status?.StateChangeReason?.Message ?? "" });
  }
  const logs = cluster.LogUri === undefined || cluster.LogUri === "" ? null : `${cluster.LogUri.replace(/^s3[an]:/, "s3:").replace(/\/$/, "")}/`;
  if (parts.profile.job_role !== undefined && (cluster.SecurityConfiguration ?? "") === "") {
    return fail({ code: "cluster-unfit", cluster: id, message: "the profile names a job_role, and the cluster has no security configuration that lets steps have roles" });
  }
  return ok({ target: { ...target, cluster: id }, logs });
}

/** Undefined when the service knows no such cluster. */
export async function describeCluster({ calls, clients }: EngineParts, id: string): Promise<Cluster | undefined> {
  try {
    return (await calls.ask("emr:DescribeCluster", () => clients.emr.send(new DescribeClusterCommand({ ClusterId: id })))).Cluster;
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}

/** Open clusters of that name, the oldest first. Summaries carry no tags, so the name carries the key. */
async function openClusters({ calls, clients }: EngineParts, name: string): Promise<readonly string[]> {
  const found: { id: string; at: number }[] = [];
  let Marker: string | undefined;
  do {
    const page = await calls.ask("emr:ListClusters", () => clients.emr.send(new ListClustersCommand({ ClusterStates: [...OPEN_CLUSTERS], Marker })));
    for (const { Id, Name, Status } of page.Clusters ?? []) {
      if (Name === name && Id !== undefined) found.push({ id: Id, at: Status?.Timeline?.CreationDateTime?.getTime() ?? 0 });
    }
    Marker = page.Marker;
  } while (Marker !== undefined);
  return found.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

/** The cluster of that name. Should there be two, a list lagged: the younger ones are ended. */
export async function clusterByName(parts: EngineParts, name: string): Promise<string | undefined> {
  const [first, ...doubles] = await openClusters(parts, name);
  if (doubles.length > 0) await terminate(parts, doubles);
  return first;
}

/** Told once is enough; a cluster that has ended stays as it is. */
export async function terminate({ calls, clients }: EngineParts, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await calls.ask("emr:TerminateJobFlows", () => clients.emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [...ids] })));
}

/** Ends what a run shares. */
export async function releaseRun(parts: EngineParts, run: string): Promise<void> {
  if (emrOf(parts).cluster !== "per-run") return;
  await terminate(parts, await openClusters(parts, runClusterName(run, runKey(parts.lake, run))));
}

/** A run's cluster keeps its core nodes; task nodes follow the stage. */
async function fitTaskFleet(parts: EngineParts, cluster: string, { task }: ClusterShape): Promise<void> {
  const { calls, clients } = parts;
  const { spot } = emrOf(parts);
  const fleet = await restingTaskFleet(parts, cluster);
  if (fleet?.Id === undefined) {
    if (task === undefined) return;
    // Asked twice it would be refused, a cluster has one task fleet: a lost answer shows as that refusal.
    const answer = await calls.once("emr:AddInstanceFleet", () => clients.emr.send(new AddInstanceFleetCommand({ ClusterId: cluster, InstanceFleet: fleetOf("TASK", task, spot) })));
    if (answer.is === "refused") throw new ProblemError({ code: "cluster-unfit", cluster, message: `its task fleet was refused: ${answer.error.message}` });
    return;
  }
  // A cluster that still starts has the fleet of the stage that it was started for.
  if (fleet.Status?.State !== "RUNNING") return;
  const wanted = task === undefined ? { TargetOnDemandCapacity: 0, TargetSpotCapacity: 0 } : unitsOf(task, spot);
  if (fleet.TargetOnDemandCapacity === wanted.TargetOnDemandCapacity && fleet.TargetSpotCapacity === wanted.TargetSpotCapacity) return;
  const InstanceFleetId = fleet.Id;
  await calls.ask("emr:ModifyInstanceFleet", () => clients.emr.send(new ModifyInstanceFleetCommand({ ClusterId: cluster, InstanceFleet: { InstanceFleetId, ...wanted } })));
}

const RESIZE_LOOK_MILLISECONDS = 10_000;
const RESIZE_LOOKS = 60;

/** A fleet that changes its size cannot be told another one. */
async function restingTaskFleet({ calls, clients }: EngineParts, ClusterId: string): Promise<InstanceFleet | undefined> {
  for (let looks = 1; ; looks++) {
    const { InstanceFleets = [] } = await calls.ask("emr:ListInstanceFleets", () => clients.emr.send(new ListInstanceFleetsCommand({ ClusterId })));
    const fleet = InstanceFleets.find(({ InstanceFleetType }) => InstanceFleetType === "TASK");
    if (fleet?.Status?.State !== "RESIZING" || looks === RESIZE_LOOKS) return fleet;
    await calls.clock.sleep(RESIZE_LOOK_MILLISECONDS);
  }
}
