// Clusters, fleets, instances and steps of EMR on EC2 as the endpoint keeps them.

import type { Configuration, InstanceFleetConfig, InstanceTypeConfig, ManagedScalingPolicy, RunJobFlowInput, StepConfig } from "@aws-sdk/client-emr";
import { invalidRequest } from "./service-error.js";
import type { S3Place, SparkPlace } from "./spark-command.js";
import type { Life } from "./states.js";
import type { Started } from "./workplace.js";
import type { World } from "./world.js";

export type ClusterCode = "INTERNAL_ERROR" | "VALIDATION_ERROR" | "INSTANCE_FAILURE" | "INSTANCE_FLEET_TIMEOUT" | "BOOTSTRAP_FAILURE" | "USER_REQUEST" | "STEP_FAILURE" | "ALL_STEPS_COMPLETED";

export interface Instance {
  readonly id: string;
  readonly ec2: string;
  readonly type: string;
  readonly market: "ON_DEMAND" | "SPOT";
  readonly weight: number;
  readonly life: Life<"instance">;
  reason: string | undefined;
}

export interface Fleet {
  readonly id: string;
  readonly kind: "MASTER" | "CORE" | "TASK";
  readonly config: InstanceFleetConfig;
  types: readonly InstanceTypeConfig[];
  onDemand: number;
  spot: number;
  readonly life: Life<"fleet">;
  readonly instances: Instance[];
}

export interface Step {
  readonly id: string;
  readonly config: StepConfig;
  readonly role: string | undefined;
  readonly life: Life<"step">;
  /** Its turn has come and it will be RUNNING in a moment. */
  isStarting: boolean;
  process: Started | undefined;
  reason: string | undefined;
  failure: { readonly message: string; readonly logFile: string | undefined; readonly visibleFrom: number } | undefined;
  /** YARN's name for what it runs. */
  readonly application: string;
}

export interface Cluster {
  readonly id: string;
  readonly arn: string;
  readonly request: RunJobFlowInput;
  readonly release: string;
  readonly life: Life<"cluster">;
  readonly fleets: Fleet[];
  /** Oldest first. */
  readonly steps: Step[];
  readonly tags: Map<string, string>;
  concurrency: number;
  isProtected: boolean;
  scaling: ManagedScalingPolicy | undefined;
  /** Seconds; undefined: no auto-termination. */
  idleTimeout: number | undefined;
  stopIdleTimer: (() => void) | undefined;
  reason: { readonly code: ClusterCode; readonly message: string } | undefined;
  errors: readonly { readonly ErrorCode: string; readonly ErrorMessage: string; readonly ErrorData: Record<string, string>[] }[];
}

export interface Emr {
  readonly world: World;
  readonly spark: SparkPlace;
  readonly s3: S3Place | undefined;
  readonly roles: readonly string[] | undefined;
  readonly subnets: readonly string[] | undefined;
  readonly clusters: Map<string, Cluster>;
}

export function findCluster(emr: Emr, id: string | undefined): Cluster {
  const found = emr.clusters.get(id ?? "");
  if (found === undefined) throw invalidRequest(`Cluster id '${id}' is not valid.`);
  return found;
}

export const isEnding = ({ life }: Cluster): boolean => ["TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS"].includes(life.state);
export const isUp = ({ life }: Cluster): boolean => life.state === "RUNNING" || life.state === "WAITING";
export const isActive = ({ life }: Step): boolean => ["PENDING", "RUNNING", "CANCEL_PENDING"].includes(life.state);

/** EMR's spark-defaults of the cluster. */
export const configurationsOf = ({ request }: Cluster): readonly Configuration[] => request.Configurations ?? [];
