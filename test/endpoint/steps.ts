// EMR on EC2: what can be asked of steps.

import type { AddJobFlowStepsInput, AddJobFlowStepsOutput, CancelStepsInput, CancelStepsOutput, DescribeStepInput, DescribeStepOutput, ListStepsInput, ListStepsOutput, StepConfig, StepSummary } from "@aws-sdk/client-emr";
import { cancelStep, pump } from "./cluster-flow.js";
import { findCluster, isActive, isEnding, type Cluster, type Emr, type Step } from "./cluster-state.js";
import { page } from "./page.js";
import { findRelease } from "./releases.js";
import type { CallContext, Handler } from "./server.js";
import { invalidRequest, validation } from "./service-error.js";
import { reached } from "./states.js";

const PAGE = 50;
const MOST_IDS = 10;
const MOST_ACTIVE = 256;
const MOST_CHARACTERS = 10_240;
/** What EMR's machines have and this one has not: refused at once, where a failed step would look like the user's fault. */
const NOT_HERE = new Set(["spark-sql", "spark-shell", "bash", "hive-script", "pig-script", "s3-dist-cp", "hadoop-streaming"]);

export function stepHandlers(emr: Emr): Readonly<Record<string, Handler>> {
  return {
    AddJobFlowSteps: (input: AddJobFlowStepsInput): AddJobFlowStepsOutput => {
      const cluster = emr.clusters.get(input.JobFlowId ?? "");
      if (cluster === undefined) throw validation("Specified job flow ID does not exist.");
      if (isEnding(cluster)) throw validation("A job flow that is shutting down, terminating, or finished may not be modified.");
      return { StepIds: addSteps(emr, cluster, { configs: input.Steps ?? [], role: input.ExecutionRoleArn }) };
    },
    DescribeStep: (input: DescribeStepInput): DescribeStepOutput => {
      const cluster = findCluster(emr, input.ClusterId);
      const step = cluster.steps.find(({ id }) => id === input.StepId);
      if (step === undefined) throw invalidRequest(`Step id '${input.StepId}' is not valid.`);
      return { Step: { ...told(emr, step), ExecutionRoleArn: step.role } };
    },
    ListSteps: (input: ListStepsInput, { staleMs }: CallContext): ListStepsOutput => {
      const cluster = findCluster(emr, input.ClusterId);
      const { StepIds = [], StepStates = [] } = input;
      if (StepIds.length > MOST_IDS) throw invalidRequest(`At most ${MOST_IDS} step ids may be given, got ${StepIds.length}.`);
      const unknown = StepIds.find((id) => !cluster.steps.some((step) => step.id === id));
      if (unknown !== undefined) throw invalidRequest(`Step id '${unknown}' is not valid.`);
      const youngest = emr.world.clock.now() - staleMs;
      const found = cluster.steps.filter(({ id, life }) => (StepIds.length === 0 || StepIds.includes(id)) && (StepStates.length === 0 || StepStates.includes(life.state)) && (life.steps[0]?.at ?? 0) <= youngest);
      // Newest first is promised without filters only.
      const isFiltered = StepIds.length > 0 || StepStates.length > 0;
      const ordered = isFiltered ? [...found].sort((a, b) => (a.id < b.id ? -1 : 1)) : [...found].reverse();
      const { items, next } = page(ordered, { token: input.Marker, size: PAGE });
      return { Steps: items.map((step) => told(emr, step)), Marker: next };
    },
    CancelSteps: (input: CancelStepsInput): CancelStepsOutput => {
      const cluster = findCluster(emr, input.ClusterId);
      const most = findRelease(cluster.release)?.stepsPerRequest ?? MOST_ACTIVE;
      if ((input.StepIds?.length ?? 0) > most) throw invalidRequest(`At most ${most} steps may be cancelled in one request.`);
      return {
        CancelStepsInfoList: (input.StepIds ?? []).map((StepId) => {
          const step = cluster.steps.find(({ id }) => id === StepId);
          const refused = step === undefined ? `Step id '${StepId}' is not valid.` : cancelStep(emr, { cluster, step }, input.StepCancellationOption ?? "SEND_INTERRUPT");
          return refused === undefined ? { StepId, Status: "SUBMITTED" } : { StepId, Status: "FAILED", Reason: refused };
        }),
      };
    },
  };
}

/** Throws ValidationException for what the service would refuse; nothing is added then. */
export function addSteps(emr: Emr, cluster: Cluster, { configs, role }: { readonly configs: readonly StepConfig[]; readonly role: string | undefined }): string[] {
  const { world } = emr;
  const most = findRelease(cluster.release)?.stepsPerRequest ?? MOST_ACTIVE;
  if (configs.length > most) throw validation(`At most ${most} steps may be added in one request to ${cluster.release}, got ${configs.length}.`);
  const active = cluster.steps.filter(isActive).length;
  if (active + configs.length > MOST_ACTIVE) throw validation(`Maximum number of active steps (State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded: ${active} are active, ${MOST_ACTIVE} are allowed.`);
  if (role !== undefined && emr.roles?.includes(role) === false) throw validation(`Runtime role ${role} cannot be assumed.`);
  configs.forEach((config) => checkStep(cluster, config));
  const added = configs.map((config): Step => {
    const id = world.id("s-");
    const application = `application_${Math.round(cluster.life.steps[0]?.at ?? 0)}_${String(cluster.steps.length + 1).padStart(4, "0")}`;
    const step: Step = { id, config, role, life: world.lives.begin("step", id, "PENDING"), isStarting: false, process: undefined, reason: undefined, failure: undefined, application };
    cluster.steps.push(step);
    return step;
  });
  pump(emr, cluster);
  return added.map(({ id }) => id);
}

function checkStep(cluster: Cluster, { Name, ActionOnFailure = "CONTINUE", HadoopJarStep }: StepConfig): void {
  const { Jar = "", MainClass = "", Args = [], Properties = [] } = HadoopJarStep ?? {};
  const characters = [Jar, MainClass, ...Args, ...Properties.flatMap(({ Key = "", Value = "" }) => [Key, Value])].reduce((all, each) => all + each.length, 0);
  if (characters > MOST_CHARACTERS) throw validation(`The strings of HadoopJarStep of step '${Name}' have ${characters} characters together, at most ${MOST_CHARACTERS} are allowed.`);
  if (cluster.concurrency > 1 && ActionOnFailure !== "CONTINUE") throw validation(`ActionOnFailure of step '${Name}' must be CONTINUE when StepConcurrencyLevel is greater than 1, it is ${ActionOnFailure}.`);
  if (Jar === "command-runner.jar" && NOT_HERE.has(Args[0] ?? "")) throw validation(`This endpoint runs spark-submit; it has no ${Args[0]}.`);
}

/** In the service model, and not yet in the SDK's types. */
interface Yarn {
  readonly AdditionalInfo?: { readonly ResourceManagerApplicationIds: string[] } | undefined;
}

function told(emr: Emr, { id, config, life, reason, failure, application, process }: Step): StepSummary & Yarn {
  const { HadoopJarStep, StepMonitoringConfiguration } = config;
  const isShown = failure !== undefined && emr.world.clock.now() >= failure.visibleFrom;
  const place = StepMonitoringConfiguration?.S3MonitoringConfiguration;
  return {
    Id: id,
    Name: config.Name,
    Config: { Jar: HadoopJarStep?.Jar, MainClass: HadoopJarStep?.MainClass, Args: HadoopJarStep?.Args ?? [], Properties: Object.fromEntries((HadoopJarStep?.Properties ?? []).map(({ Key = "", Value = "" }) => [Key, Value])) },
    ActionOnFailure: config.ActionOnFailure ?? "CONTINUE",
    Status: {
      State: life.state,
      StateChangeReason: reason === undefined ? {} : { Message: reason },
      FailureDetails: isShown ? { Reason: "Unknown Error.", Message: failure.message, LogFile: failure.logFile } : undefined,
      Timeline: { CreationDateTime: reached(life, "PENDING"), StartDateTime: reached(life, "RUNNING"), EndDateTime: reached(life, "COMPLETED", "FAILED", "CANCELLED", "INTERRUPTED") },
    },
    LogUri: place?.LogUri,
    EncryptionKeyArn: place?.EncryptionKeyArn,
    AdditionalInfo: process === undefined ? undefined : { ResourceManagerApplicationIds: [application] },
  };
}
