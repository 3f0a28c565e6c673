// How applications and job runs of EMR Serverless go on: start, queue, capacity, process, end, cancel, time limit.

import { cutWords, readArguments, settingsOf } from "./spark-arguments.js";
import { sparkCommand } from "./spark-command.js";
import { moveApplication, moveRun, type Application, type JobRun, type Serverless } from "./serverless-state.js";
import { amount, resources, type Resources } from "./serverless-workers.js";
import { isOver } from "./states.js";
import { later } from "./world.js";
import { exitNumber, type Exit, type Output, type Started } from "./workplace.js";

const MINUTE = 60_000;
export const DEFAULT_LIMIT_MINUTES = 720;
const DEFAULT_CONCURRENT = 15;
const DEFAULT_QUEUE_MINUTES = 360;
const DEFAULT_IDLE_MINUTES = 15;

/** Moves on whatever of the application can move on now. Called after every change. */
export function pump(state: Serverless, application: Application): void {
  const active = application.runs.filter((run) => !isOver(run.life));
  const going = active.filter((run) => !["SUBMITTED", "QUEUED"].includes(run.life.state)).length;
  const room = (application.settings.schedulerConfiguration?.maxConcurrentRuns ?? DEFAULT_CONCURRENT) - going;
  active.filter((run) => run.life.state === "QUEUED").slice(0, Math.max(0, room)).forEach((run) => toPending(state, run));
  if (active.length > 0) wake(state, application);
  if (application.life.state !== "STARTED") return;
  for (const run of active) if (run.life.state === "SCHEDULED") tryWorkers(state, run);
  if (active.length === 0) fallAsleep(state, application);
  else stayAwake(application);
}

/** A run wants its application started, which happens by itself unless that was switched off. */
function wake(state: Serverless, application: Application): void {
  const { autoStartConfiguration } = application.settings;
  if (autoStartConfiguration?.enabled !== false && ["CREATED", "STOPPED"].includes(application.life.state)) startApplication(state, application);
}

export function startApplication(state: Serverless, application: Application): void {
  const { world } = state;
  moveApplication(world.lives, application, "STARTING");
  later(world, application.life, {
    ms: world.delays.applicationStart,
    then: () => {
      moveApplication(world.lives, application, "STARTED");
      for (const run of application.runs) if (run.life.state === "PENDING") schedule(state, run);
      pump(state, application);
    },
  });
}

export function stopApplication(state: Serverless, application: Application): void {
  const { world } = state;
  stayAwake(application);
  moveApplication(world.lives, application, "STOPPING");
  later(world, application.life, {
    ms: world.delays.applicationStop,
    then: () => {
      moveApplication(world.lives, application, "STOPPED");
      pump(state, application);
    },
  });
}

function fallAsleep(state: Serverless, application: Application): void {
  const { enabled = true, idleTimeoutMinutes = DEFAULT_IDLE_MINUTES } = application.settings.autoStopConfiguration ?? {};
  if (!enabled || application.keepAwake !== undefined) return;
  application.keepAwake = state.world.clock.after(idleTimeoutMinutes * MINUTE, () => {
    if (application.life.state === "STARTED") stopApplication(state, application);
  });
}

function stayAwake(application: Application): void {
  application.keepAwake?.();
  application.keepAwake = undefined;
}

/** After StartJobRun. */
export function enqueue(state: Serverless, run: JobRun): void {
  const { world } = state;
  if (state.roles?.includes(run.request.executionRoleArn ?? "") === false) {
    later(world, run.life, { ms: world.delays.runPending, then: () => end(state, run, `Could not assume runtime role ${run.request.executionRoleArn ?? ""} because it does not exist or is not set up with the required trust relationship`) });
    return;
  }
  later(world, run.life, {
    ms: world.delays.runPending,
    then: () => {
      const others = run.application.runs.filter((each) => each !== run && !isOver(each.life) && !["SUBMITTED", "QUEUED"].includes(each.life.state));
      const { maxConcurrentRuns = DEFAULT_CONCURRENT, queueTimeoutMinutes = DEFAULT_QUEUE_MINUTES } = run.application.settings.schedulerConfiguration ?? {};
      if (others.length < maxConcurrentRuns) return toPending(state, run);
      moveRun(world.lives, run, "QUEUED");
      later(world, run.life, { ms: queueTimeoutMinutes * MINUTE, then: () => end(state, run, `Job run was in the queue for longer than ${queueTimeoutMinutes} minutes`) });
    },
  });
  wake(state, run.application);
}

function toPending(state: Serverless, run: JobRun): void {
  const queued = run.life.steps.find((each) => each.state === "QUEUED");
  if (queued !== undefined) run.queuedMs = Math.round(state.world.clock.now() - queued.at);
  moveRun(state.world.lives, run, "PENDING");
  if (run.application.life.state === "STARTED") schedule(state, run);
  else wake(state, run.application);
}

function schedule(state: Serverless, run: JobRun): void {
  later(state.world, run.life, {
    ms: state.world.delays.runScheduled,
    then: () => {
      moveRun(state.world.lives, run, "SCHEDULED");
      tryWorkers(state, run);
    },
  });
}

/** Takes workers if there is room for the driver and one executor; as many executors as fit. */
function tryWorkers(state: Serverless, run: JobRun): void {
  const { world } = state;
  if (run.executors !== undefined) return;
  if (world.faults.forWork("stuck") !== undefined) {
    run.executors = 0;
    return;
  }
  const exceeded = world.faults.forWork("capacity-exceeded") !== undefined;
  const now = fitting(state, run, "now");
  if (exceeded || (now < 1 && fitting(state, run, "alone") < 1)) return end(state, run, capacityDetails(run, world.vcpuQuota));
  if (now < 1) return;
  run.executors = now;
  run.lastExecutors = now;
  later(world, run.life, { ms: world.delays.runRunning, then: () => begin(state, run) });
}

/** Executors that fit beside the driver: into what is left now, or into the empty application. -1: not even the driver. */
function fitting(state: Serverless, run: JobRun, when: "now" | "alone"): number {
  const { maximumCapacity } = run.application.settings;
  const held = (runs: readonly JobRun[]): Resources => {
    const all = runs.flatMap((each) => (each === run || each.executors === undefined ? [] : [resources(each.workers, each.executors)]));
    return { vcpu: sum(all, "vcpu"), memoryGb: sum(all, "memoryGb"), diskGb: sum(all, "diskGb") };
  };
  const mine = when === "alone" ? { vcpu: 0, memoryGb: 0, diskGb: 0 } : held(run.application.runs);
  const everybody = when === "alone" ? { vcpu: 0 } : held([...state.applications.values()].flatMap((each) => each.runs));
  for (let executors = run.workers.executors; executors >= 0; executors--) {
    const need = resources(run.workers, executors);
    const inQuota = everybody.vcpu + need.vcpu <= state.world.vcpuQuota;
    const isUnder = (limit: string | undefined, amountOf: number): boolean => limit === undefined || amountOf <= amount(limit);
    if (inQuota && isUnder(maximumCapacity?.cpu, mine.vcpu + need.vcpu) && isUnder(maximumCapacity?.memory, mine.memoryGb + need.memoryGb) && isUnder(maximumCapacity?.disk, mine.diskGb + need.diskGb)) return executors;
  }
  return -1;
}

const sum = (all: readonly Resources[], what: keyof Resources): number => all.reduce((total, each) => total + each[what], 0);

function capacityDetails(run: JobRun, quota: number): string {
  const { maximumCapacity } = run.application.settings;
  const limit = maximumCapacity === undefined ? `the account's quota of ${quota} vCPU` : `maximumCapacity settings: [cpu: ${maximumCapacity.cpu ?? ""}, memory: ${maximumCapacity.memory ?? ""}]`;
  return `Job failed, please check complete logs in configured logging destination. ExitCode: 1. Last few exceptions: ApplicationMaxCapacityExceededException: Worker could not be allocated as the application has exceeded ${limit}`;
}

function begin(state: Serverless, run: JobRun): void {
  const { world } = state;
  moveRun(world.lives, run, "RUNNING");
  run.startedAt ??= world.clock.now();
  const submit = run.request.jobDriver?.sparkSubmit;
  const args = [...cutWords(submit?.sparkSubmitParameters ?? ""), submit?.entryPoint ?? "", ...(submit?.entryPointArguments ?? [])];
  const process = world.work.start({
    service: "emr-serverless",
    id: run.id,
    attempt: run.attempts.length,
    given: ["spark-submit", ...args],
    command: (folder) => sparkCommand({ args, defaults: run.defaults, spark: state.spark, s3: state.s3, folder }),
  });
  run.process = process;
  const limit = (run.request.executionTimeoutMinutes ?? DEFAULT_LIMIT_MINUTES) * MINUTE;
  // Counted from the first start: an attempt does not begin the time anew.
  later(world, run.life, { ms: Math.max(0, run.startedAt + limit - world.clock.now()), then: () => cancelRun(state, run) });
  world.background(process.exit.then((exit) => exited(state, run, { process, exit })));
}

function exited(state: Serverless, run: JobRun, { process, exit }: { process: Started; exit: Exit }): void {
  const number = run.attempts.length;
  const output = process.output();
  uploadLogs(state, run, { number, output });
  const code = exitNumber(exit);
  if (run.life.state === "CANCELLING") return end(state, run);
  if (run.life.state !== "RUNNING") return;
  if (code === 0) return end(state, run, undefined, "SUCCESS");
  const details = `Job failed, please check complete logs in configured logging destination. ExitCode: ${code}. Last few exceptions: ${lastExceptions(output)}`;
  if (number < (run.request.retryPolicy?.maxAttempts ?? 1)) {
    const last = run.attempts.at(-1);
    release(run);
    moveRun(state.world.lives, run, "PENDING");
    if (last !== undefined) Object.assign(last, { state: "FAILED", details: details.slice(0, 256) });
    const now = state.world.clock.now();
    run.attempts.push({ number: number + 1, createdAt: now, updatedAt: now, state: "PENDING", details: run.details });
    schedule(state, run);
    return;
  }
  end(state, run, details);
}

/** Spark writes the tracebacks of a Python program to standard output. */
function lastExceptions({ stdout, stderr }: Output): string {
  const found = `${stderr.toString("utf8")}\n${stdout.toString("utf8")}`.split("\n").filter((line) => /Exception|Error|Caused by/.test(line)).slice(-3);
  return found.map((line) => line.trim()).join("; ") || "none in the logs of the driver";
}

/** CANCELLING, then the process is told, then killed; a run without a process is over soon. */
export function cancelRun(state: Serverless, run: JobRun, graceMs: number = state.world.delays.grace): void {
  const { world } = state;
  moveRun(world.lives, run, "CANCELLING");
  const { process } = run;
  if (process?.submission.exit !== undefined || process === undefined) return later(world, run.life, { ms: world.delays.runPending, then: () => end(state, run) });
  process.kill("SIGTERM");
  later(world, run.life, { ms: graceMs, then: () => process.kill("SIGKILL") });
}

/** The last state: FAILED with details, SUCCESS, or CANCELLED for what was being cancelled. */
function end(state: Serverless, run: JobRun, details?: string, to: "SUCCESS" | "FAILED" = "FAILED"): void {
  run.endedAt = state.world.clock.now();
  moveRun(state.world.lives, run, run.life.state === "CANCELLING" ? "CANCELLED" : to, details);
  release(run);
  for (const each of state.applications.values()) pump(state, each);
}

const release = (run: JobRun): void => void (run.executors = undefined);

function uploadLogs({ world }: Serverless, run: JobRun, made: { number: number; output: Output }): void {
  const place = run.request.configurationOverrides?.monitoringConfiguration?.s3MonitoringConfiguration ?? run.application.settings.monitoringConfiguration?.s3MonitoringConfiguration;
  const root = `applications/${run.application.id}/jobs/${run.id}/`;
  // The numbers are in the path only where there can be more than one.
  const hasAttempts = (run.request.retryPolicy?.maxAttempts ?? 1) > 1 || run.request.mode === "STREAMING";
  const prefix = hasAttempts ? `${root}attempts/${made.number}/` : root;
  const { stdout, stderr, executors } = made.output;
  const ofExecutors = executors.flatMap((each) => [[`${prefix}SPARK_EXECUTOR/${each.number}/stdout`, each.stdout], [`${prefix}SPARK_EXECUTOR/${each.number}/stderr`, each.stderr]] as const);
  world.logs.upload({
    uri: place?.logUri,
    owner: run.id,
    ms: world.delays.logs,
    files: async () => ({ [`${prefix}SPARK_DRIVER/stdout`]: stdout, [`${prefix}SPARK_DRIVER/stderr`]: stderr, ...Object.fromEntries(ofExecutors) }),
  });
}

/** What a run will see as settings. Throws when the parameters cannot be cut into words. */
export function runSettings(parameters: string | undefined, defaults: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return settingsOf(readArguments(cutWords(parameters ?? "")), defaults);
}
