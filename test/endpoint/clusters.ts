// EMR on EC2: what can be asked of clusters.

import type {
  AddTagsInput, Cluster as WireCluster, ClusterStatus, DescribeClusterInput, DescribeClusterOutput, GetAutoTerminationPolicyInput, GetAutoTerminationPolicyOutput, GetManagedScalingPolicyInput, GetManagedScalingPolicyOutput,
  ListClustersInput, ListClustersOutput, ModifyClusterInput, ModifyClusterOutput, PutAutoTerminationPolicyInput, PutManagedScalingPolicyInput, RemoveAutoTerminationPolicyInput, RemoveManagedScalingPolicyInput,
  RemoveTagsInput, RunJobFlowInput, RunJobFlowOutput, SetTerminationProtectionInput, TerminateJobFlowsInput,
} from "@aws-sdk/client-emr";
import { launch, terminate, watchIdle } from "./cluster-flow.js";
import { findCluster, isEnding, type Cluster, type Emr } from "./cluster-state.js";
import { newFleets, normalizedHours } from "./fleets.js";
import { page } from "./page.js";
import { findRelease } from "./releases.js";
import type { CallContext, Handler } from "./server.js";
import { invalidRequest, validation } from "./service-error.js";
import { reached } from "./states.js";
import { addSteps } from "./steps.js";

const PAGE = 50;
const MOST_IDS = 10;
const MOST_CONCURRENT = 256;
const IDLE = { least: 60, most: 604_800 };

export function clusterHandlers(emr: Emr): Readonly<Record<string, Handler>> {
  return {
    RunJobFlow: (input: RunJobFlowInput): RunJobFlowOutput => {
      const { id, arn } = create(emr, input);
      return { JobFlowId: id, ClusterArn: arn };
    },
    DescribeCluster: (input: DescribeClusterInput): DescribeClusterOutput => ({ Cluster: told(emr, findCluster(emr, input.ClusterId)) }),
    ListClusters: (input: ListClustersInput, { staleMs }: CallContext): ListClustersOutput => {
      const youngest = emr.world.clock.now() - staleMs;
      const seconds = (at: Date | undefined): number | undefined => (at === undefined ? undefined : Number(at) * 1000);
      const [after, before] = [seconds(input.CreatedAfter), seconds(input.CreatedBefore)];
      const found = [...emr.clusters.values()].filter(({ life }) => {
        const created = life.steps[0]?.at ?? 0;
        const inTime = created <= youngest && (after === undefined || created > after) && (before === undefined || created < before);
        return inTime && (input.ClusterStates?.length ? input.ClusterStates.includes(life.state) : true);
      });
      // The service promises no order.
      const { items, next } = page(found.sort((a, b) => (a.id < b.id ? -1 : 1)), { token: input.Marker, size: PAGE });
      return { Clusters: items.map((cluster) => ({ Id: cluster.id, Name: cluster.request.Name, Status: status(cluster), NormalizedInstanceHours: normalizedHours(emr.world, cluster), ClusterArn: cluster.arn })), Marker: next };
    },
    TerminateJobFlows: (input: TerminateJobFlowsInput): undefined => {
      const ids = input.JobFlowIds ?? [];
      if (ids.length > MOST_IDS) throw validation(`At most ${MOST_IDS} job flows may be terminated in one request.`);
      const clusters = ids.map((id) => emr.clusters.get(id));
      if (clusters.includes(undefined)) throw validation("Specified job flow ID does not exist.");
      const kept = clusters.find((cluster) => cluster?.isProtected === true);
      if (kept !== undefined) throw validation(`Could not shut down one or more job flows since they are termination protected: ${kept.id}.`);
      for (const cluster of clusters) if (cluster !== undefined) terminate(emr, cluster, { code: "USER_REQUEST", message: "Terminated by user request" });
    },
    ModifyCluster: (input: ModifyClusterInput): ModifyClusterOutput => {
      const cluster = modifiable(emr, input.ClusterId);
      cluster.concurrency = concurrency(input.StepConcurrencyLevel);
      return { StepConcurrencyLevel: cluster.concurrency };
    },
    SetTerminationProtection: (input: SetTerminationProtectionInput): undefined => {
      for (const id of input.JobFlowIds ?? []) modifiable(emr, id).isProtected = input.TerminationProtected === true;
    },
    PutAutoTerminationPolicy: (input: PutAutoTerminationPolicyInput): object => {
      const cluster = modifiable(emr, input.ClusterId);
      cluster.idleTimeout = idleTimeout(input.AutoTerminationPolicy?.IdleTimeout);
      watchIdle(emr, cluster);
      return {};
    },
    GetAutoTerminationPolicy: (input: GetAutoTerminationPolicyInput): GetAutoTerminationPolicyOutput => {
      const { idleTimeout: IdleTimeout } = findCluster(emr, input.ClusterId);
      return IdleTimeout === undefined ? {} : { AutoTerminationPolicy: { IdleTimeout } };
    },
    RemoveAutoTerminationPolicy: (input: RemoveAutoTerminationPolicyInput): object => {
      const cluster = modifiable(emr, input.ClusterId);
      cluster.idleTimeout = undefined;
      watchIdle(emr, cluster);
      return {};
    },
    PutManagedScalingPolicy: (input: PutManagedScalingPolicyInput): object => {
      const limits = input.ManagedScalingPolicy?.ComputeLimits;
      if (limits !== undefined && (limits.MinimumCapacityUnits ?? 0) > (limits.MaximumCapacityUnits ?? 0)) throw invalidRequest("MinimumCapacityUnits must not exceed MaximumCapacityUnits.");
      if (limits !== undefined && limits.UnitType !== "InstanceFleetUnits") throw invalidRequest("A cluster of instance fleets is scaled in InstanceFleetUnits.");
      modifiable(emr, input.ClusterId).scaling = input.ManagedScalingPolicy;
      return {};
    },
    GetManagedScalingPolicy: (input: GetManagedScalingPolicyInput): GetManagedScalingPolicyOutput => ({ ManagedScalingPolicy: findCluster(emr, input.ClusterId).scaling }),
    RemoveManagedScalingPolicy: (input: RemoveManagedScalingPolicyInput): object => {
      modifiable(emr, input.ClusterId).scaling = undefined;
      return {};
    },
    AddTags: (input: AddTagsInput): object => {
      const { tags } = findCluster(emr, input.ResourceId);
      for (const { Key = "", Value = "" } of input.Tags ?? []) tags.set(Key, Value);
      return {};
    },
    RemoveTags: (input: RemoveTagsInput): object => {
      const { tags } = findCluster(emr, input.ResourceId);
      (input.TagKeys ?? []).forEach((key) => tags.delete(key));
      return {};
    },
  };
}

function create(emr: Emr, input: RunJobFlowInput): Cluster {
  const { world } = emr;
  const { Instances = {} } = input;
  const release = findRelease(input.ReleaseLabel ?? "");
  if (release === undefined) throw validation(`The supplied release label is invalid: ${input.ReleaseLabel}.`);
  const stranger = input.Applications?.find(({ Name }) => !release.applications.some((each) => each.Name.toLowerCase() === Name?.toLowerCase()));
  if (stranger !== undefined) throw validation(`Application '${stranger.Name}' is not supported by ${release.label}.`);
  checkPlace(emr, input);
  const id = world.id("j-");
  const cluster: Cluster = {
    id,
    arn: `arn:aws:elasticmapreduce:${world.region}:${world.account}:cluster/${id}`,
    request: input,
    release: release.label,
    life: world.lives.begin("cluster", id, "STARTING"),
    fleets: newFleets(world, Instances.InstanceFleets ?? []),
    steps: [],
    tags: new Map((input.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
    concurrency: concurrency(input.StepConcurrencyLevel ?? 1),
    isProtected: Instances.TerminationProtected === true,
    scaling: input.ManagedScalingPolicy,
    idleTimeout: input.AutoTerminationPolicy === undefined ? undefined : idleTimeout(input.AutoTerminationPolicy.IdleTimeout),
    stopIdleTimer: undefined,
    reason: undefined,
    errors: [],
  };
  addSteps(emr, cluster, { configs: input.Steps ?? [], role: input.StepExecutionRoleArn });
  emr.clusters.set(id, cluster);
  launch(emr, cluster);
  return cluster;
}

function checkPlace({ roles, subnets }: Emr, { Instances = {}, JobFlowRole, ServiceRole, LogUri }: RunJobFlowInput): void {
  if (Instances.InstanceFleets !== undefined && (Instances.InstanceGroups !== undefined || Instances.MasterInstanceType !== undefined)) throw validation("Instance fleets and instance groups are mutually exclusive.");
  if (Instances.InstanceFleets === undefined) throw validation("This endpoint provides instance fleets only.");
  if (ServiceRole === undefined) throw validation("ServiceRole is required for creating cluster.");
  if (JobFlowRole === undefined) throw validation("InstanceProfile is required for creating cluster.");
  if (roles?.includes(ServiceRole) === false) throw validation(`Service role ${ServiceRole} does not exist or cannot be assumed.`);
  if (roles?.includes(JobFlowRole) === false) throw validation(`Invalid InstanceProfile: ${JobFlowRole}.`);
  const missing = [Instances.Ec2SubnetId, ...(Instances.Ec2SubnetIds ?? [])].find((each) => each !== undefined && subnets?.includes(each) === false);
  if (missing !== undefined) throw validation(`The subnet ID '${missing}' does not exist`);
  if (LogUri !== undefined && !/^s3[an]?:\/\/./.test(LogUri)) throw validation(`LogUri must be an S3 address, got ${LogUri}.`);
}

function modifiable(emr: Emr, id: string | undefined): Cluster {
  const cluster = findCluster(emr, id);
  if (isEnding(cluster)) throw invalidRequest(`Cluster '${cluster.id}' is ${cluster.life.state} and cannot be modified.`);
  return cluster;
}

function concurrency(level: number | undefined): number {
  if (level === undefined || level < 1 || level > MOST_CONCURRENT) throw validation(`StepConcurrencyLevel must be from 1 to ${MOST_CONCURRENT}, got ${level}.`);
  return level;
}

function idleTimeout(seconds = 3600): number {
  if (seconds < IDLE.least || seconds > IDLE.most) throw validation(`IdleTimeout must be from ${IDLE.least} to ${IDLE.most} seconds, got ${seconds}.`);
  return seconds;
}

function status({ life, reason, errors }: Cluster): ClusterStatus {
  return {
    State: life.state,
    StateChangeReason: reason === undefined ? {} : { Code: reason.code, Message: reason.message },
    Timeline: { CreationDateTime: reached(life, "STARTING"), ReadyDateTime: reached(life, "RUNNING", "WAITING"), EndDateTime: reached(life, "TERMINATED", "TERMINATED_WITH_ERRORS") },
    ErrorDetails: errors.length === 0 ? undefined : errors.map((each) => ({ ...each })),
  };
}

function told(emr: Emr, cluster: Cluster): WireCluster {
  const { request, release } = cluster;
  const { Instances = {} } = request;
  const master = cluster.fleets.find(({ kind }) => kind === "MASTER")?.instances[0];
  return {
    Id: cluster.id,
    Name: request.Name,
    ClusterArn: cluster.arn,
    Status: status(cluster),
    Ec2InstanceAttributes: {
      Ec2KeyName: Instances.Ec2KeyName,
      Ec2SubnetId: Instances.Ec2SubnetId ?? Instances.Ec2SubnetIds?.[0],
      RequestedEc2SubnetIds: Instances.Ec2SubnetIds ?? [],
      Ec2AvailabilityZone: `${emr.world.region}a`,
      IamInstanceProfile: request.JobFlowRole,
      EmrManagedMasterSecurityGroup: Instances.EmrManagedMasterSecurityGroup,
      EmrManagedSlaveSecurityGroup: Instances.EmrManagedSlaveSecurityGroup,
      ServiceAccessSecurityGroup: Instances.ServiceAccessSecurityGroup,
    },
    InstanceCollectionType: "INSTANCE_FLEET",
    // The service answers with its old name for S3.
    LogUri: request.LogUri?.replace(/^s3[an]?:/, "s3n:"),
    ReleaseLabel: release,
    AutoTerminate: Instances.KeepJobFlowAliveWhenNoSteps !== true,
    TerminationProtected: cluster.isProtected,
    VisibleToAllUsers: true,
    Applications: (request.Applications ?? []).map(({ Name }) => ({ Name, Version: findRelease(release)?.applications.find((each) => each.Name.toLowerCase() === Name?.toLowerCase())?.Version })),
    Tags: [...cluster.tags].map(([Key, Value]) => ({ Key, Value })),
    ServiceRole: request.ServiceRole,
    NormalizedInstanceHours: normalizedHours(emr.world, cluster),
    MasterPublicDnsName: master === undefined ? undefined : `ec2-${parseInt(master.ec2.slice(-2), 16)}.compute-1.amazonaws.com`,
    Configurations: request.Configurations ?? [],
    SecurityConfiguration: request.SecurityConfiguration,
    ScaleDownBehavior: request.ScaleDownBehavior ?? "TERMINATE_AT_TASK_COMPLETION",
    StepConcurrencyLevel: cluster.concurrency,
    EbsRootVolumeSize: request.EbsRootVolumeSize,
  };
}
