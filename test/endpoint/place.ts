// What the endpoint's own tests share: an endpoint whose processes are fakes, SDK clients for it, requests, and time that a test moves.

import { EMRClient, type RunJobFlowCommandInput, type StepConfig } from "@aws-sdk/client-emr";
import { EMRServerlessClient, type StartJobRunCommandInput } from "@aws-sdk/client-emr-serverless";
import { gunzipSync } from "node:zlib";
import { movableClock, type MovableClock } from "./clock.js";
import { startEndpoint, type Endpoint, type EndpointOptions } from "./endpoint.js";
import { fakeRun, type FakeEnd, type Work } from "./workplace.js";

export interface Place {
  readonly endpoint: Endpoint;
  readonly clock: MovableClock;
  readonly emr: EMRClient;
  readonly serverless: EMRServerlessClient;
  /** Ends clients and endpoint; rejects when the endpoint had a bug. */
  stop(): Promise<void>;
}

export interface PlaceOptions extends Omit<EndpointOptions, "run" | "clock"> {
  /** How each process ends; at once and well when not said. */
  readonly end?: (work: Work) => FakeEnd;
  /** Tries of one SDK call; 1 when not said, so that tests see what the service answers. */
  readonly tries?: number;
}

/** Time stands still until the test moves it. */
export async function fakePlace({ end = () => ({ ms: 20 }), tries = 1, ...options }: PlaceOptions = {}): Promise<Place> {
  const clock = movableClock({ frozen: true });
  const endpoint = await startEndpoint({ ...options, clock, run: (time) => fakeRun(time, end) });
  const client = { endpoint: endpoint.url, region: "us-east-1", credentials: { accessKeyId: "AKIDTEST", secretAccessKey: "secret" }, maxAttempts: tries };
  const [emr, serverless] = [new EMRClient(client), new EMRServerlessClient(client)];
  const stop = async (): Promise<void> => {
    emr.destroy();
    serverless.destroy();
    await endpoint.stop();
  };
  return { endpoint, clock, emr, serverless, stop };
}

export const APPLICATION = { releaseLabel: "emr-spark-8.1.0", type: "SPARK", clientToken: "app-1", name: "carelake" } as const;
export const ROLE = "arn:aws:iam::123456789012:role/carelake-job";

export const jobRun = (applicationId: string, clientToken: string, more: Partial<StartJobRunCommandInput> = {}): StartJobRunCommandInput => ({
  applicationId,
  clientToken,
  executionRoleArn: ROLE,
  jobDriver: {
    sparkSubmit: {
      entryPoint: "s3://lake/code/run_stage.py",
      entryPointArguments: ["s3://lake/stage.json"],
      sparkSubmitParameters: "--conf spark.driver.cores=2 --conf spark.driver.memory=4g --conf spark.executor.cores=2 --conf spark.executor.memory=4g --conf spark.executor.instances=2 --conf spark.dynamicAllocation.maxExecutors=4",
    },
  },
  configurationOverrides: { monitoringConfiguration: { s3MonitoringConfiguration: { logUri: "s3://lake/logs/" } } },
  ...more,
});

export const CLUSTER: RunJobFlowCommandInput = {
  Name: "carelake cleanse",
  ReleaseLabel: "emr-spark-8.1.0",
  LogUri: "s3://lake/logs/",
  ServiceRole: "EMR_DefaultRole_V2",
  JobFlowRole: "EMR_EC2_DefaultRole",
  Applications: [{ Name: "Spark" }],
  Tags: [{ Key: "carelake-key", Value: "0123" }],
  AutoTerminationPolicy: { IdleTimeout: 600 },
  Instances: {
    KeepJobFlowAliveWhenNoSteps: true,
    Ec2SubnetIds: ["subnet-1", "subnet-2"],
    InstanceFleets: [
      { InstanceFleetType: "MASTER", TargetOnDemandCapacity: 1, InstanceTypeConfigs: [{ InstanceType: "m7g.xlarge" }] },
      { InstanceFleetType: "CORE", TargetOnDemandCapacity: 4, TargetSpotCapacity: 4, InstanceTypeConfigs: [{ InstanceType: "r7g.xlarge", WeightedCapacity: 4 }, { InstanceType: "r7g.2xlarge", WeightedCapacity: 8 }], LaunchSpecifications: { SpotSpecification: { TimeoutDurationMinutes: 10, TimeoutAction: "SWITCH_TO_ON_DEMAND" } } },
    ],
  },
};

export const step = (Name: string, more: Partial<StepConfig> = {}): StepConfig => ({
  Name,
  ActionOnFailure: "CONTINUE",
  HadoopJarStep: { Jar: "command-runner.jar", Args: ["spark-submit", "--conf", "spark.executor.cores=4", "s3://lake/code/run_stage.py", "s3://lake/stage.json"] },
  ...more,
});

/** Logs that the endpoint wrote, by address, as text. */
export const logTexts = ({ endpoint }: Place): Readonly<Record<string, string>> => Object.fromEntries([...endpoint.objects].map(([uri, body]) => [uri, gunzipSync(body).toString("utf8")]));

/** The name of the error that a call ends with; undefined when it is answered. */
export async function errorOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** What a thing went through. */
export const statesOf = ({ endpoint }: Place, id: string): readonly string[] => endpoint.traces.find((trace) => trace.id === id)?.steps.map(({ state }) => state) ?? [];
