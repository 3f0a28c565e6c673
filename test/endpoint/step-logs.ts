// Logs of EMR on EC2: controller, stderr and stdout of a step; of an application in cluster mode its containers; a failed bootstrap action.

import type { Cluster, Emr, Step } from "./cluster-state.js";
import { readArguments, settingsOf, sparkDefaults } from "./spark-arguments.js";
import { exitNumber, type Exit, type Output } from "./workplace.js";

export interface StepEnd {
  readonly step: Step;
  readonly exit: Exit;
  /** Undefined: the command did not start, so that only `controller` tells. */
  readonly output: Output | undefined;
  readonly error: string | undefined;
}

/** `s3://…/<cluster>/` where the logs of the step go; undefined when nobody named a place. */
export function logPlace(cluster: Cluster, step?: Step): string | undefined {
  const uri = step?.config.StepMonitoringConfiguration?.S3MonitoringConfiguration?.LogUri ?? cluster.request.LogUri;
  return uri === undefined ? undefined : `${uri.replace(/^s3[an]:/, "s3:").replace(/\/*$/, "/")}${cluster.id}/`;
}

export function stepLogs(emr: Emr, cluster: Cluster, end: StepEnd): void {
  const { step, output } = end;
  const folder = `steps/${step.id}/`;
  const now = emr.world.clock.now();
  const isOver = cluster.life.state === "TERMINATED" || cluster.life.state === "TERMINATED_WITH_ERRORS";
  emr.world.logs.upload({
    uri: logPlace(cluster, step),
    owner: cluster.id,
    ms: isOver ? 0 : emr.world.delays.logs,
    files: async () => ({ [`${folder}controller`]: controller(cluster, end, now), ...(output === undefined ? {} : streams(cluster, end, output)) }),
  });
}

/** In client mode the driver's output is the step's. In cluster mode it is the first container's, and the step has YARN's client. */
function streams(cluster: Cluster, { step, exit }: StepEnd, output: Output): Readonly<Record<string, Buffer | string>> {
  const args = step.config.HadoopJarStep?.Args ?? [];
  const isCluster = settingsOf(readArguments(args.slice(1)), sparkDefaults(cluster.request.Configurations ?? []))["spark.submit.deployMode"] === "cluster";
  const submitted = `INFO YarnClientImpl: Submitted application ${step.application}\n`;
  const container = (number: number): string => `containers/${step.application}/${step.application.replace("application_", "container_")}_01_${String(number).padStart(6, "0")}/`;
  // The first container is the application master's, which in cluster mode is the driver.
  const executors = Object.fromEntries(output.executors.flatMap((each) => [[`${container(each.number + 2)}stdout`, each.stdout], [`${container(each.number + 2)}stderr`, each.stderr]]));
  if (!isCluster) return { ...executors, [`steps/${step.id}/stderr`]: Buffer.concat([Buffer.from(submitted), output.stderr]), [`steps/${step.id}/stdout`]: output.stdout };
  const isFine = exitNumber(exit) === 0;
  const report = `INFO Client: Application report for ${step.application} (state: FINISHED)\nINFO Client: \n\t final status: ${isFine ? "SUCCEEDED" : "FAILED"}\n`;
  const thrown = isFine ? "" : `Exception in thread "main" org.apache.spark.SparkException: Application ${step.application} finished with failed status\n`;
  return { ...executors, [`steps/${step.id}/stderr`]: submitted + report + thrown, [`steps/${step.id}/stdout`]: "", [`${container(1)}stderr`]: output.stderr, [`${container(1)}stdout`]: output.stdout };
}

function controller(cluster: Cluster, { step, exit, output, error }: StepEnd, now: number): string {
  const at = (ms: number): string => new Date(ms).toISOString();
  const began = step.life.steps.find(({ state }) => state === "RUNNING")?.at ?? now;
  const seconds = Math.round((now - began) / 1000);
  const jar = step.config.HadoopJarStep?.Jar ?? "";
  const command = `hadoop jar /var/lib/aws/emr/step-runner/hadoop-jars/${jar} ${(step.config.HadoopJarStep?.Args ?? []).join(" ")}`;
  const number = cluster.steps.indexOf(step) + 1;
  const start = [`${at(began)} INFO Ensure step ${number} jar file ${jar}`, `${at(began)} INFO StepRunner: Created Runner for step ${number}`, `INFO startExec '${command}'`];
  if (output === undefined) return [...start.slice(0, jar === "command-runner.jar" ? 3 : 1), `${at(now)} ERROR ${error ?? ""}`, `${at(now)} WARN Step failed with exitCode ${exitNumber(exit)} and took ${seconds} seconds`, ""].join("\n");
  const code = exitNumber(exit);
  return [
    ...start,
    `INFO redirectOutput to /mnt/var/log/hadoop/steps/${step.id}/stdout`,
    `INFO redirectError to /mnt/var/log/hadoop/steps/${step.id}/stderr`,
    `INFO Working dir /mnt/var/lib/hadoop/steps/${step.id}`,
    `INFO ProcessRunner started child process ${step.process?.pid ?? ""}`,
    `INFO waitProcessCompletion ended with exit code ${code} : ${command}`,
    `INFO total process run time: ${seconds} seconds`,
    `${at(now)} INFO Step created jobs: `,
    code === 0 ? `${at(now)} INFO Step succeeded with exitCode 0 and took ${seconds} seconds` : `${at(now)} WARN Step failed with exitCode ${code} and took ${seconds} seconds`,
    "",
  ].join("\n");
}

export function bootstrapLogs(emr: Emr, cluster: Cluster, instance: string): void {
  const folder = `node/${instance}/bootstrap-actions/1/`;
  const at = new Date(emr.world.clock.now()).toISOString();
  const script = "/emr/instance-controller/lib/bootstrap-actions/1/install-parsers.sh";
  const stderr = `curl: (6) Could not resolve host: packages.example.com\n${script}: line 4: cannot install parsers\n`;
  const controller = [`${at} INFO startExec '${script}'`, `${at} INFO waitProcessCompletion ended with exit code 1 : ${script}`, `${at} INFO total process run time: 6 seconds`, `${at} WARN Execution failed with exit code 1`, ""].join("\n");
  emr.world.logs.upload({ uri: logPlace(cluster), owner: cluster.id, ms: emr.world.delays.logs, files: async () => ({ [`${folder}stderr`]: stderr, [`${folder}stdout`]: "installing parsers\n", [`${folder}controller`]: controller }) });
}
