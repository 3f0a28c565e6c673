// Failures that only a service can make. Those of the endpoint are made there, through our engines; the answers and what
// the engine concluded from them are kept. What neither Spark here nor the endpoint can say comes from documentation.

import { gunzipSync } from "node:zlib";
import { DescribeClusterCommand, DescribeStepCommand } from "@aws-sdk/client-emr";
import { GetJobRunCommand } from "@aws-sdk/client-emr-serverless";
import type { Engine } from "../../driver/engine.js";
import { emrEngine } from "../../emr/cluster/cluster.js";
import { serverlessEngine } from "../../emr/serverless/serverless.js";
import type { AwsEngineOptions } from "../../emr/submission/engine-parts.js";
import { awsPlace, LAKE, settingsOf, stageAt, type AwsPlace } from "../emr/aws-place.js";
import type { EndpointOptions } from "../endpoint/endpoint.js";
import type { FakeEnd } from "../endpoint/workplace.js";
import type { Cause, Made } from "./cause.js";

type EngineName = "emr" | "emr-serverless";

interface Staging {
  readonly engine: EngineName;
  readonly end?: FakeEnd;
  readonly options?: EndpointOptions;
  readonly profile?: Readonly<Record<string, unknown>>;
  /** Before the submission. */
  readonly before?: (place: AwsPlace) => void;
  /** Once it runs. */
  readonly meanwhile?: (place: AwsPlace, engine: Engine) => Promise<void> | void;
}

const REF = `${LAKE}/ledger/stages/0a1b2c3d-1/raw-1`;
const RUNNING_AFTER = 10_000;

async function staged({ engine: name, end = {}, options, profile = {}, before, meanwhile }: Staging): Promise<Made> {
  const place = await awsPlace(() => end, options);
  try {
    const settings = place.options(profile);
    const engine = name === "emr" ? emrEngine(settings) : serverlessEngine(settings);
    const handle = { engine: name, ref: REF } as const;
    before?.(place);
    const submitted = await engine.submit(stageAt(1), settingsOf());
    if (!submitted.ok) throw new Error(JSON.stringify(submitted.problems));
    await place.endpoint.clock.advance(RUNNING_AFTER);
    await meanwhile?.(place, engine);
    for (let looks = 0; looks < 300; looks++) {
      const state = await engine.describe(handle);
      if (state.state === "finished") {
        const { exitCode, cause, reason } = state;
        const answer = await answers(name, place, settings);
        return { ...(await nodeLogs(place)), exitCode, service: { ...answer, limitMinutes: settings.profile.time_limit_minutes, end: { exitCode, ...(cause === undefined ? {} : { cause }), ...(reason === undefined ? {} : { reason }) } } };
      }
      await place.endpoint.clock.advance(2000);
    }
    throw new Error("it never ended");
  } finally {
    await place.stop();
  }
}

/** What the machine of a cluster said that did not come up. */
async function nodeLogs({ endpoint }: AwsPlace): Promise<Pick<Made, "controller" | "stderr" | "stdout">> {
  await endpoint.settled();
  const streams = [...endpoint.objects].flatMap(([uri, body]) => {
    const stream = /\/bootstrap-actions\/1\/(controller|stderr|stdout)\.gz$/.exec(uri)?.[1];
    return stream === undefined ? [] : [[stream, gunzipSync(body).toString()] as const];
  });
  return Object.fromEntries(streams);
}

/** What the services answer of it in the end. */
async function answers(engine: EngineName, { objects }: AwsPlace, { clients }: AwsEngineOptions) {
  const json = (name: string): Readonly<Record<string, string>> => JSON.parse(objects.all.get(`${REF}/${name}`)?.toString() ?? "{}") as Readonly<Record<string, string>>;
  const [submission, cancel] = [json("submission.json"), json("cancel.json")];
  const told = cancel["by"] === undefined ? {} : { cancel: { by: cancel["by"], at: cancel["at"] ?? "", cause: cancel["cause"] === "time-limit" ? ("time-limit" as const) : ("cancelled" as const) } };
  if (engine === "emr-serverless") {
    const { jobRun } = await clients.serverless.send(new GetJobRunCommand({ applicationId: submission["application"], jobRunId: submission["job_run"] }));
    return { ...told, jobRun: { state: jobRun?.state, stateDetails: jobRun?.stateDetails, totalExecutionDurationSeconds: jobRun?.totalExecutionDurationSeconds } };
  }
  const { Step } = await clients.emr.send(new DescribeStepCommand({ ClusterId: submission["cluster"], StepId: submission["step"] }));
  const { Cluster } = await clients.emr.send(new DescribeClusterCommand({ ClusterId: submission["cluster"] }));
  return { ...told, step: { Status: Step?.Status }, cluster: { Id: Cluster?.Id, Status: Cluster?.Status } };
}

const onEndpoint = (cause: Pick<Cause, "name" | "class" | "done">, staging: Staging): Cause => ({ ...cause, origin: "endpoint", make: () => staged(staging) });
const forever: FakeEnd = {};
const clusterOf = ({ endpoint }: AwsPlace): string => endpoint.traces.find(({ kind }) => kind === "cluster")?.id ?? "";

interface Documented extends Pick<Cause, "name" | "class" | "done"> {
  readonly source: string;
  readonly made: Made;
}
const documented = ({ made, ...cause }: Documented): Cause => ({ ...cause, origin: "documented", make: async () => made });

const YARN = "https://github.com/apache/spark/blob/v4.1.1/resource-managers/yarn/src/main/scala/org/apache/spark/deploy/yarn/YarnAllocator.scala";
const clusterEnded = (Code: string, Message: string): Made => ({
  exitCode: null,
  service: {
    limitMinutes: 720,
    step: { Status: { State: "CANCELLED" } },
    cluster: { Id: "j-1K48XXXXXXHCB", Status: { State: "TERMINATED_WITH_ERRORS", StateChangeReason: { Code, Message } } },
    end: { exitCode: null },
  },
});

export const serviceCauses: readonly Cause[] = [
  onEndpoint({ name: "cluster_fails_its_bootstrap", class: "bootstrap", done: "a bootstrap action of the cluster fails" }, { engine: "emr", before: ({ endpoint }) => endpoint.faults.order({ fault: "bootstrap-failure" }) }),
  onEndpoint({ name: "cluster_finds_no_machines", class: "capacity", done: "INSTANCE_FLEET_TIMEOUT: no machine of the kind" }, { engine: "emr", before: ({ endpoint }) => endpoint.faults.order({ fault: "fleet-timeout" }) }),
  onEndpoint({ name: "application_is_at_its_maximum", class: "capacity", done: "workers beyond the application's maximum capacity" }, { engine: "emr-serverless", before: ({ endpoint }) => endpoint.faults.order({ fault: "capacity-exceeded" }) }),
  onEndpoint({ name: "step_is_interrupted", class: "instance-loss", done: "the step is INTERRUPTED on its cluster" }, { engine: "emr", before: ({ endpoint }) => endpoint.faults.order({ fault: "interrupted" }) }),
  onEndpoint({ name: "step_at_its_time_limit", class: "time-limit", done: "a step that goes on beyond time_limit_minutes" }, { engine: "emr", profile: { time_limit_minutes: 5 }, end: forever }),
  onEndpoint({ name: "job_run_at_its_time_limit", class: "time-limit", done: "a job run that goes on beyond time_limit_minutes" }, { engine: "emr-serverless", profile: { time_limit_minutes: 5 }, end: forever }),
  onEndpoint({ name: "job_run_is_cancelled", class: "cancelled", done: "somebody cancels the job run with carelake" }, { engine: "emr-serverless", end: forever, meanwhile: (_, engine) => engine.cancel({ engine: "emr-serverless", ref: REF }) }),
  onEndpoint({ name: "spot_machine_is_taken", class: "instance-loss", done: "a spot instance is taken while the step runs" }, { engine: "emr", end: forever, meanwhile: (place) => place.endpoint.loseSpot(clusterOf(place)) }),
  documented({ name: "quota_of_the_account", class: "quota", done: "a cluster beyond the account's vCPU limit", source: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-troubleshoot-error-resource-quota.html", made: clusterEnded("VALIDATION_ERROR", "You have requested more vCPU capacity than your current vCPU limit of 16 allows for the instance bucket that the specified instance type belongs to. (VcpuLimitExceeded)") }),
  documented({ name: "subnet_that_is_not_there", class: "configuration", done: "a cluster in a subnet that does not exist", source: "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-troubleshoot-failed-4-vpc.html", made: clusterEnded("VALIDATION_ERROR", "The subnet configuration was invalid: The subnet ID 'subnet-0a1b2c3d' does not exist") }),
  documented({ name: "service_has_an_internal_error", class: "service", done: "the cluster ends of INTERNAL_ERROR", source: "https://docs.aws.amazon.com/emr/latest/APIReference/API_ClusterStateChangeReason.html", made: clusterEnded("INTERNAL_ERROR", "An internal error occurred.") }),
  documented({
    name: "yarn_ends_an_executor", class: "executor-memory", done: "YARN ends an executor beyond its memory", source: YARN,
    made: {
      exitCode: 1,
      stderr: [
        "26/11/22 14:01:07 ERROR YarnScheduler: Lost executor 3 on ip-10-0-0-14.ec2.internal: Container killed by YARN for exceeding physical memory limits. 5.6 GB of 5.5 GB physical memory used. Consider boosting spark.executor.memoryOverhead.",
        "26/11/22 14:01:09 ERROR TaskSetManager: Task 4 in stage 7.0 failed 4 times; aborting job",
        "spark: Job aborted due to stage failure: Task 4 in stage 7.0 failed 4 times, most recent failure: Lost task 4.3 in stage 7.0 (TID 95) (ip-10-0-0-14.ec2.internal executor 3): ExecutorLostFailure (executor 3 exited caused by one of the running tasks) Reason: Container killed by YARN for exceeding physical memory limits. 5.6 GB of 5.5 GB physical memory used. Consider boosting spark.executor.memoryOverhead.",
        "",
      ].join("\n"),
    },
  }),
  documented({
    name: "executor_gets_no_memory", class: "executor-memory", done: "a task asks for memory that its executor has not",
    source: "https://github.com/apache/spark/blob/v4.1.1/common/utils/src/main/resources/error/error-conditions.json",
    made: {
      exitCode: 1,
      stderr: [
        "26/11/22 14:01:09 ERROR TaskSetManager: Task 4 in stage 7.0 failed 4 times; aborting job",
        "spark: Job aborted due to stage failure: Task 4 in stage 7.0 failed 4 times, most recent failure: Lost task 4.3 in stage 7.0 (TID 95) (ip-10-0-0-14.ec2.internal executor 3): org.apache.spark.memory.SparkOutOfMemoryError: [UNABLE_TO_ACQUIRE_MEMORY] Unable to acquire 65536 bytes of memory, got 0. SQLSTATE: 53200",
        "",
      ].join("\n"),
    },
  }),
  documented({
    name: "node_is_lost", class: "instance-loss", done: "a node with executors is taken from the cluster", source: YARN,
    made: {
      exitCode: 1,
      stderr: [
        "26/11/22 14:01:07 ERROR YarnScheduler: Lost executor 7 on ip-10-0-0-15.ec2.internal: Container from a bad node: container_1795351200000_0001_01_000008 on host: ip-10-0-0-15.ec2.internal. Exit status: -100. Diagnostics: Container released on a *lost* node.",
        "spark: Job aborted due to stage failure: ResultStage 7 (save at SparkWrite.java:284) has failed the maximum allowable number of times: 4.",
        "",
      ].join("\n"),
    },
  }),
];
