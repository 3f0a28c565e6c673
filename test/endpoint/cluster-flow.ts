// How clusters of EMR on EC2 go on: provisioning, bootstrap, steps in their turn, failure, idle time, end.

import { configurationsOf, isActive, isEnding, isUp, type Cluster, type ClusterCode, type Emr, type Step } from "./cluster-state.js";
import { advanceInstance, provision, resize } from "./fleets.js";
import { invalidRequest } from "./service-error.js";
import { readArguments, settingsOf, sparkDefaults } from "./spark-arguments.js";
import { sparkCommand } from "./spark-command.js";
import { isOver } from "./states.js";
import { bootstrapLogs, logPlace, stepLogs } from "./step-logs.js";
import { later } from "./world.js";
import { exitNumber, type Exit, type Started } from "./workplace.js";

/** From RunJobFlow on. */
export function launch(emr: Emr, cluster: Cluster): void {
  const { world } = emr;
  later(world, cluster.life, {
    ms: world.delays.clusterProvision,
    then: () => {
      const noSpot = world.faults.forWork("no-spot") !== undefined && cluster.fleets.some(({ spot }) => spot > 0);
      const refused = cluster.fleets.find(({ spot, config }) => noSpot && spot > 0 && config.LaunchSpecifications?.SpotSpecification?.TimeoutAction !== "SWITCH_TO_ON_DEMAND");
      if (refused !== undefined || world.faults.forWork("fleet-timeout") !== undefined) {
        const fleet = refused ?? cluster.fleets.at(-1);
        const message = `The instance fleet ${fleet?.kind ?? ""} (${fleet?.id ?? ""}) could not be provisioned in time: insufficient capacity for ${fleet?.types.map((each) => each.InstanceType).join(", ") ?? ""}.`;
        return terminate(emr, cluster, { code: "INSTANCE_FLEET_TIMEOUT", message, errorCode: "INSTANCE_FLEET_TIMEOUT_INSUFFICIENT_CAPACITY" });
      }
      if (noSpot) for (const fleet of cluster.fleets) [fleet.onDemand, fleet.spot] = [fleet.onDemand + fleet.spot, 0];
      world.lives.move(cluster.life, "BOOTSTRAPPING");
      for (const fleet of cluster.fleets) {
        world.lives.move(fleet.life, "BOOTSTRAPPING");
        provision(world, fleet, "PROVISIONING");
        for (const { life } of fleet.instances) world.lives.move(life, "BOOTSTRAPPING");
      }
      later(world, cluster.life, { ms: world.delays.clusterBootstrap, then: () => ready(emr, cluster) });
    },
  });
}

function ready(emr: Emr, cluster: Cluster): void {
  const { world } = emr;
  if (world.faults.forWork("bootstrap-failure") !== undefined) {
    const master = cluster.fleets.find(({ kind }) => kind === "MASTER")?.instances[0];
    bootstrapLogs(emr, cluster, master?.ec2 ?? "");
    return terminate(emr, cluster, { code: "BOOTSTRAP_FAILURE", message: `On the master instance (${master?.ec2 ?? ""}), bootstrap action 1 returned a non-zero return code`, errorCode: "BOOTSTRAP_FAILURE_BA_NON_ZERO_EXIT" });
  }
  for (const fleet of cluster.fleets) {
    fleet.instances.forEach((instance) => advanceInstance(world, instance));
    world.lives.move(fleet.life, "RUNNING");
  }
  world.lives.move(cluster.life, "RUNNING");
  pump(emr, cluster);
}

/** Starts the steps whose turn it is; an idle cluster waits, or ends when it was not to be kept. */
export function pump(emr: Emr, cluster: Cluster): void {
  const { world } = emr;
  if (!isUp(cluster)) return;
  const active = cluster.steps.filter(isActive);
  const running = active.filter((step) => step.life.state !== "PENDING" || step.isStarting).length;
  for (const step of active.filter(({ life, isStarting }) => life.state === "PENDING" && !isStarting).slice(0, Math.max(0, cluster.concurrency - running))) {
    step.isStarting = true;
    later(world, step.life, { ms: world.delays.stepStart, then: () => begin(emr, cluster, step) });
  }
  if (active.length > 0) {
    cluster.stopIdleTimer?.();
    cluster.stopIdleTimer = undefined;
    if (cluster.life.state === "WAITING") world.lives.move(cluster.life, "RUNNING");
    return;
  }
  if (cluster.request.Instances?.KeepJobFlowAliveWhenNoSteps !== true) return terminate(emr, cluster, { code: "ALL_STEPS_COMPLETED", message: "Steps completed" });
  if (cluster.life.state === "RUNNING") world.lives.move(cluster.life, "WAITING");
  watchIdle(emr, cluster);
}

export function watchIdle(emr: Emr, cluster: Cluster): void {
  cluster.stopIdleTimer?.();
  cluster.stopIdleTimer = undefined;
  if (cluster.idleTimeout === undefined || cluster.life.state !== "WAITING") return;
  cluster.stopIdleTimer = emr.world.clock.after(cluster.idleTimeout * 1000, () => terminate(emr, cluster, { code: "ALL_STEPS_COMPLETED", message: "Auto-terminated: the cluster was idle" }));
}

function begin(emr: Emr, cluster: Cluster, step: Step): void {
  const { world } = emr;
  if (!isUp(cluster)) return;
  world.lives.move(step.life, "RUNNING");
  if (world.faults.forWork("stuck") !== undefined) return;
  if (world.faults.forWork("interrupted") !== undefined) {
    later(world, step.life, { ms: world.delays.stepStart, then: () => finish(emr, { cluster, step }, "INTERRUPTED") });
    return;
  }
  const { Jar = "", Args = [] } = step.config.HadoopJarStep ?? {};
  const [program, ...args] = Args;
  if (Jar !== "command-runner.jar" || program !== "spark-submit") {
    const error = Jar === "command-runner.jar" ? `java.io.IOException: Cannot run program "${program ?? ""}" (in directory "."): error=2, No such file or directory` : `java.lang.RuntimeException: Error fetching jar file ${Jar}`;
    stepLogs(emr, cluster, { step, exit: { code: 1, signal: null }, output: undefined, error });
    return fail(emr, { cluster, step }, { message: error, file: "controller" });
  }
  const process = world.work.start({
    service: "emr",
    id: step.id,
    attempt: 1,
    given: Args,
    command: (folder) => sparkCommand({ args, defaults: sparkDefaults(configurationsOf(cluster)), spark: emr.spark, s3: emr.s3, folder }),
  });
  step.process = process;
  world.background(process.exit.then((exit) => exited(emr, { cluster, step }, { process, exit })));
}

type OnCluster = { readonly cluster: Cluster; readonly step: Step };

function exited(emr: Emr, on: OnCluster, { process, exit }: { process: Started; exit: Exit }): void {
  const { cluster, step } = on;
  const output = process.output();
  stepLogs(emr, cluster, { step, exit, output, error: undefined });
  if (step.life.state === "CANCEL_PENDING") return finish(emr, on, "CANCELLED");
  if (step.life.state !== "RUNNING") return;
  if (exitNumber(exit) === 0) return finish(emr, on, "COMPLETED");
  // Spark writes the tracebacks of a Python program to standard output.
  const lines = `${output.stderr.toString("utf8")}\n${output.stdout.toString("utf8")}`.split("\n").filter((line) => /Exception|Error/.test(line));
  fail(emr, on, { message: lines.at(-1)?.trim() ?? "", file: "stderr" });
}

function fail(emr: Emr, on: OnCluster, why: { readonly message: string; readonly file: string }): void {
  const { cluster, step } = on;
  const late = emr.world.faults.forWork("failure-details-late")?.ms ?? 0;
  const place = logPlace(cluster, step);
  step.failure = { message: why.message, logFile: place === undefined ? undefined : `${place}steps/${step.id}/${why.file}.gz`, visibleFrom: emr.world.clock.now() + late };
  finish(emr, on, "FAILED");
}

function finish(emr: Emr, { cluster, step }: OnCluster, to: "COMPLETED" | "FAILED" | "CANCELLED" | "INTERRUPTED"): void {
  emr.world.lives.move(step.life, to);
  // With steps side by side, a failed one ends nothing else, whatever it asked for.
  const action = to === "FAILED" && cluster.concurrency === 1 ? step.config.ActionOnFailure : "CONTINUE";
  if (action === "TERMINATE_CLUSTER" || action === "TERMINATE_JOB_FLOW") return terminate(emr, cluster, { code: "STEP_FAILURE", message: "Shut down as step failed", errorCode: "STEP_FAILURE" });
  if (action === "CANCEL_AND_WAIT") cancelPending(emr, cluster, "Cancelled: an earlier step failed");
  pump(emr, cluster);
}

function cancelPending(emr: Emr, cluster: Cluster, reason: string): void {
  for (const step of cluster.steps.filter(({ life }) => life.state === "PENDING")) {
    step.reason = reason;
    emr.world.lives.move(step.life, "CANCELLED");
  }
}

/** Undefined: accepted. Text: why it cannot be cancelled. */
export function cancelStep(emr: Emr, { cluster, step }: OnCluster, option: "SEND_INTERRUPT" | "TERMINATE_PROCESS"): string | undefined {
  const { world } = emr;
  if (isOver(step.life)) return `Cannot cancel step ${step.id}: it is ${step.life.state}.`;
  step.reason = "Cancelled by user";
  if (step.life.state === "PENDING") {
    world.lives.move(step.life, "CANCELLED");
    pump(emr, cluster);
    return undefined;
  }
  if (step.life.state === "RUNNING") world.lives.move(step.life, "CANCEL_PENDING");
  const { process } = step;
  const isDetached = process !== undefined && isClusterMode(cluster, step) && world.faults.forWork("detached") !== undefined;
  if (isDetached) process.submission.outlived = true;
  if (process === undefined || isDetached) {
    later(world, step.life, { ms: world.delays.stepStart, then: () => finish(emr, { cluster, step }, "CANCELLED") });
    return undefined;
  }
  // Nobody follows up on a process that does not care for SIGTERM: CancelSteps promises nothing.
  process.kill(option === "TERMINATE_PROCESS" ? "SIGKILL" : "SIGTERM");
  return undefined;
}

export function isClusterMode(cluster: Cluster, step: Step): boolean {
  const args = step.config.HadoopJarStep?.Args ?? [];
  return settingsOf(readArguments(args.slice(1)), sparkDefaults(configurationsOf(cluster)))["spark.submit.deployMode"] === "cluster";
}

export interface End {
  readonly code: ClusterCode;
  readonly message: string;
  /** The cluster ends TERMINATED_WITH_ERRORS, with this code in its ErrorDetails. */
  readonly errorCode?: string;
}

export function terminate(emr: Emr, cluster: Cluster, end: End): void {
  const { world } = emr;
  if (isEnding(cluster)) return;
  cluster.stopIdleTimer?.();
  cluster.reason = { code: end.code, message: end.message };
  if (end.errorCode !== undefined) cluster.errors = [{ ErrorCode: end.errorCode, ErrorMessage: end.message, ErrorData: [{ "cluster-id": cluster.id }] }];
  world.lives.move(cluster.life, "TERMINATING");
  cancelPending(emr, cluster, "Cluster terminated");
  for (const step of cluster.steps.filter(isActive)) {
    step.reason = "Cluster terminated";
    world.lives.move(step.life, "CANCELLED");
    step.process?.kill("SIGKILL");
  }
  for (const { life } of cluster.fleets) world.lives.move(life, "TERMINATING");
  later(world, cluster.life, {
    ms: world.delays.clusterTerminate,
    then: () => {
      world.logs.flush(cluster.id);
      for (const fleet of cluster.fleets) {
        for (const { life } of fleet.instances) if (!isOver(life)) world.lives.move(life, "TERMINATED");
        world.lives.move(fleet.life, "TERMINATED");
      }
      world.lives.move(cluster.life, end.errorCode === undefined ? "TERMINATED" : "TERMINATED_WITH_ERRORS");
    },
  });
}

/** A spot instance is taken away, with the whole application or one executor on it; the fleet looks for another. */
export function loseSpot(emr: Emr, clusterId: string, kills: "application" | "executor"): void {
  const cluster = emr.clusters.get(clusterId);
  const fleet = cluster?.fleets.find(({ instances }) => instances.some(({ market, life }) => market === "SPOT" && life.state === "RUNNING"));
  const instance = fleet?.instances.find(({ market, life }) => market === "SPOT" && life.state === "RUNNING");
  if (cluster === undefined || fleet === undefined || instance === undefined) throw invalidRequest(`cluster ${clusterId} has no running spot instance to lose`);
  instance.reason = `Spot instance ${instance.ec2} was reclaimed by EC2`;
  emr.world.lives.move(instance.life, "TERMINATED");
  for (const step of cluster.steps.filter(({ life }) => life.state === "RUNNING")) {
    if (kills === "application") step.process?.kill("SIGKILL");
    else if (step.process?.killExecutor() !== true) throw new Error(`step ${step.id} has no executor of its own to kill`);
  }
  if (fleet.life.state === "RUNNING") resize(emr.world, fleet);
}
