// Requests of EMR on EC2 for a stage: the cluster that it runs on and the step that it is. Pure.

import type { Configuration, InstanceFleetConfig, InstanceFleetType, RunJobFlowCommandInput, StepConfig, Tag } from "@aws-sdk/client-emr";
import type { StageSettings } from "../../driver/engine.js";
import type { EmrProfile, Profile } from "../../driver/profile.js";
import type { Problem } from "../../driver/problems.js";
import type { ClusterShape, FleetShape } from "../../driver/shape.js";
import type { RunnerCode } from "../submission/artifacts.js";
import { confArguments, stageConf } from "../submission/spark-settings.js";
import type { ClusterTarget } from "../submission/submission.js";
import { attemptOf, submissionName } from "../submission/submission.js";

/** Minutes that a fleet waits for spot instances before it takes on-demand ones. */
const SPOT_MINUTES = 10;
const JAR = "command-runner.jar";
/** Of the strings of a step's HadoopJarStep together. */
const STEP_CHARACTERS = 10_240;
/** Releases whose YARN can keep application masters off spot instances by itself: 7.2 and later. */
const KNOWS_MARKETS = /^emr-(spark-|7\.([2-9]|\d\d)|[89]\.|\d\d)/;
/** EMR_DefaultRole_V2 may touch only what carries it. */
const MANAGED_POLICY_TAG: Tag = { Key: "for-use-with-amazon-emr-managed-policies", Value: "true" };

export interface ClusterRequest {
  readonly ref: string;
  readonly target: ClusterTarget;
  readonly shape: ClusterShape;
  readonly profile: Profile;
  readonly emr: EmrProfile;
  readonly logs: string;
}

export function runJobFlowInput({ ref, target, shape, profile, emr, logs }: ClusterRequest): RunJobFlowCommandInput {
  return {
    Name: clusterName(ref, target),
    ReleaseLabel: profile.release,
    Applications: [{ Name: "Spark" }],
    Configurations: configurations(profile, hasSpot(shape) && emr.spot),
    LogUri: logs,
    ServiceRole: emr.service_role,
    JobFlowRole: emr.instance_profile,
    StepConcurrencyLevel: 1,
    ScaleDownBehavior: "TERMINATE_AT_TASK_COMPLETION",
    // The last way out: when nobody comes back for it, a cluster without work ends itself.
    AutoTerminationPolicy: { IdleTimeout: emr.idle_minutes * 60 },
    Tags: tagsOf(ref, target, profile),
    ...(emr.security_configuration === undefined ? {} : { SecurityConfiguration: emr.security_configuration }),
    Instances: {
      InstanceFleets: fleets(shape, emr.spot),
      // Steps come after it, under their own role, which a cluster's first request cannot name.
      KeepJobFlowAliveWhenNoSteps: true,
      TerminationProtected: false,
      ...(emr.subnets.length === 0 ? {} : { Ec2SubnetIds: emr.subnets }),
    },
  };
}

/** The key stands last: what a list of clusters can be searched for. */
export const clusterName = (ref: string, { mode, cluster_key }: ClusterTarget): string => (mode === "run" ? runClusterName(attemptOf(ref).run, cluster_key) : submissionName(ref, cluster_key));

export const runClusterName = (run: string, key: string): string => `carelake ${run} ${key}`.slice(-256);

function tagsOf(ref: string, target: ClusterTarget, { tags }: Profile): Tag[] {
  const { run, attempt } = attemptOf(ref);
  const ours = { "carelake-run": run, "carelake-key": target.cluster_key, ...(target.mode === "stage" ? { "carelake-attempt": attempt } : {}) };
  return [...Object.entries({ ...tags, ...ours }).map(([Key, Value]) => ({ Key, Value })), MANAGED_POLICY_TAG];
}

function configurations({ release }: Profile, spot: boolean): Configuration[] {
  const iceberg = { Classification: "iceberg-defaults", Properties: { "iceberg.enabled": "true" } };
  const masters = { Classification: "yarn-site", Properties: { "yarn.node-labels.enabled": "true", "yarn.node-labels.am.default-node-label-expression": "ON_DEMAND" } };
  return spot && KNOWS_MARKETS.test(release) ? [iceberg, masters] : [iceberg];
}

const hasSpot = ({ core, task }: ClusterShape): boolean => core.spot_units > 0 || (task?.spot_units ?? 0) > 0;

function fleets({ primary, core, task }: ClusterShape, spot: boolean): InstanceFleetConfig[] {
  return [fleetOf("MASTER", primary, spot), fleetOf("CORE", core, spot), ...(task === undefined ? [] : [fleetOf("TASK", task, spot)])];
}

/** Units of a fleet by market; a profile without spot buys everything on demand. */
export const unitsOf = ({ on_demand_units, spot_units }: FleetShape, spot: boolean): { readonly TargetOnDemandCapacity: number; readonly TargetSpotCapacity: number } =>
  spot ? { TargetOnDemandCapacity: on_demand_units, TargetSpotCapacity: spot_units } : { TargetOnDemandCapacity: on_demand_units + spot_units, TargetSpotCapacity: 0 };

export function fleetOf(type: InstanceFleetType, shape: FleetShape, spot: boolean): InstanceFleetConfig {
  const units = unitsOf(shape, spot);
  return {
    Name: `carelake-${type.toLowerCase()}`,
    InstanceFleetType: type,
    ...units,
    InstanceTypeConfigs: shape.types.map(({ type: InstanceType, weight }) => (type === "MASTER" ? { InstanceType } : { InstanceType, WeightedCapacity: weight })),
    LaunchSpecifications: {
      ...(units.TargetOnDemandCapacity > 0 ? { OnDemandSpecification: { AllocationStrategy: "lowest-price" as const } } : {}),
      ...(units.TargetSpotCapacity > 0 ? { SpotSpecification: { TimeoutDurationMinutes: SPOT_MINUTES, TimeoutAction: "SWITCH_TO_ON_DEMAND" as const, AllocationStrategy: "price-capacity-optimized" as const } } : {}),
    },
  };
}

export interface StepRequest {
  readonly ref: string;
  readonly target: ClusterTarget;
  readonly stageUri: string;
  readonly code: RunnerCode;
  readonly settings: StageSettings;
  readonly lake: string;
}

export function stepConfig({ ref, target, stageUri, code, settings, lake }: StepRequest): StepConfig & { readonly Name: string } {
  const conf = stageConf({ engine: "emr", lake, addIceberg: target.mode === "existing" }, settings);
  const [Jar, ...Args] = stepStrings(conf, { code, stageUri });
  // A failure ends the step alone: what happens next is the driver's decision.
  return { Name: submissionName(ref, target.key), ActionOnFailure: "CONTINUE", HadoopJarStep: { Jar, Args } };
}

/** Jar and arguments of a step: one word an argument, never cut again. */
export const stepStrings = (conf: Readonly<Record<string, string>>, { code, stageUri }: Pick<StepRequest, "code" | "stageUri">): readonly [jar: string, ...string[]] =>
  [JAR, "spark-submit", ...confArguments(conf), "--py-files", code.modules, code.script, stageUri];

/** What the service would refuse a step for, known before a cluster is paid for. */
export function stepProblem(request: StepRequest): Problem | undefined {
  const { HadoopJarStep } = stepConfig(request);
  const characters = [HadoopJarStep?.Jar ?? "", ...(HadoopJarStep?.Args ?? [])].reduce((sum, word) => sum + word.length, 0);
  return characters > STEP_CHARACTERS ? { code: "step-too-long", stage: attemptOf(request.ref).attempt, characters, limit: STEP_CHARACTERS } : undefined;
}
