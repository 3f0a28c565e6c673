// Runs a stage by spark-submit on this computer. One folder a stage attempt holds all that is known of it, so that
// any process can find it again: stage.json, pid, events.jsonl, report.json, stdout.log, stderr.log, exit_code.
// The stage outlives the driver: who starts it is not who must wait for it.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, open, readFile, rename, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Engine, StageHandle, StageSettings } from "../engine.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { StageEvent, StageFile } from "../stage.js";
import { stageEvent, stageReport } from "../stage.js";
import { archiveOptions } from "./class-archive.js";
import type { Toolchain } from "./toolchain.js";

export interface LocalEngineOptions {
  readonly toolchain: Toolchain;
  /** run_stage.py of the package. */
  readonly script: string;
  /** Environment to hand on. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const JAVA_OPTIONS = "spark.driver.extraJavaOptions";
/** Enough to find the first cause above the stack traces that follow from it. */
const TAIL_LINES = 400;
const LATE_REPORT_SECONDS = 4;
/** A shell's first two commands, on a machine that has no time. */
const START_SECONDS = 60;
/** spark-submit gets this long to end after TERM before it is killed. */
const GRACE_SECONDS = 20;

export function localEngine(options: LocalEngineOptions): Engine {
  return { ...stageFolders, submit: (stage, settings) => submit(stage, settings, options) };
}

/** Everything but starting a stage: it needs the stage's folder and no Spark. */
export const stageFolders: Omit<Engine, "submit"> = {
  name: "local",
  describe: async (handle) => describe(handle.ref),
  events: (handle, offset) => eventsFrom(handle.ref, offset),
  report: async (handle) => {
    const path = join(handle.ref, "report.json");
    // When the JVM dies first, Python writes its report shortly after spark-submit has ended.
    if (describe(handle.ref).state === "finished" && read(join(handle.ref, "exit_code")) !== "0") await until(() => existsSync(path), LATE_REPORT_SECONDS);
    const text = await readFile(path, "utf8").catch(() => undefined);
    return text === undefined ? undefined : stageReport.parse(JSON.parse(text));
  },
  logs: async (handle) => {
    const place = join(handle.ref, "stderr.log");
    const text = await readFile(place, "utf8").catch(() => "");
    const disk = await statfs(handle.ref).catch(() => undefined);
    const tail = text.split("\n").filter((line) => line.trim() !== "").slice(-TAIL_LINES);
    return { place, tail, ...(disk === undefined ? {} : { freeBytes: disk.bavail * disk.bsize }) };
  },
  cancel: (handle) => cancel(handle.ref),
};

async function submit(stage: StageFile, settings: StageSettings, options: LocalEngineOptions): Promise<Result<StageHandle>> {
  const folder = join(stage.report, "..");
  const handle: StageHandle = { engine: "local", ref: folder };
  if (describe(folder).state !== "lost") return ok(handle);
  await mkdir(folder, { recursive: true });
  const stageFile = join(folder, "stage.json");
  await writeFile(`${stageFile}.part`, JSON.stringify(stage, null, 1));
  await rename(`${stageFile}.part`, stageFile);
  const { toolchain } = options;
  const javaOptions = [settings.conf[JAVA_OPTIONS], ...archiveOptions(toolchain.archive)].filter((option) => option !== undefined).join(" ");
  // On the class path from the start: nothing is copied, and the class archive covers these jars too.
  const all = { ...settings.conf, [JAVA_OPTIONS]: javaOptions, "spark.driver.extraClassPath": toolchain.jars.join(":") };
  const conf = Object.entries(all).flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
  const command = [toolchain.sparkSubmit, ...conf, options.script, stageFile];
  // The shell writes its own pid before Spark starts and Spark's exit code after it: nobody has to be there for it.
  const script = 'cd "$0" && echo $$ > pid.part && mv pid.part pid && "$@" > stdout.log 2> stderr.log; code=$?; echo $code > exit_code.part && mv exit_code.part exit_code';
  const env = { ...inherited(options.env, settings.env), ...toolchain.env };
  const child = spawn("/bin/sh", ["-c", script, folder, ...command], { cwd: folder, detached: true, stdio: "ignore", env });
  const started = await new Promise<Error | undefined>((resolve) => {
    child.once("error", resolve);
    child.once("spawn", () => resolve(undefined));
  });
  if (started !== undefined) return fail({ code: "spark-died", exit: started.message, log: folder, excerpt: [], run: stage.run });
  child.unref();
  await until(() => existsSync(join(folder, "pid")) || child.exitCode !== null, START_SECONDS);
  return ok(handle);
}

/** spark-submit gets the ordinary environment and the passwords that the stage names, nothing of ours beside. */
function inherited(env: LocalEngineOptions["env"], passwords: readonly string[]): Record<string, string> {
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && (!name.startsWith("CARELAKE_") || passwords.includes(name)));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function describe(folder: string): Awaited<ReturnType<Engine["describe"]>> {
  const exit = read(join(folder, "exit_code"));
  if (exit !== undefined) return { state: "finished", exitCode: Number(exit) };
  const pid = Number(read(join(folder, "pid")));
  if (!Number.isInteger(pid) || pid === 0) return { state: "lost" };
  if (isOurs(pid, folder)) return { state: "running" };
  const late = read(join(folder, "exit_code"));
  return late === undefined ? { state: "finished", exitCode: null } : { state: "finished", exitCode: Number(late) };
}

/** The process lives and is the one that was started for this folder: process ids are used again. */
function isOurs(pid: number, folder: string): boolean {
  const args = existsSync("/proc/self") ? read(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ") : spawnSync("ps", ["-p", String(pid), "-o", "args="], { encoding: "utf8" }).stdout;
  return args?.includes(folder) === true;
}

async function eventsFrom(folder: string, offset: number): Promise<{ events: readonly StageEvent[]; next: number }> {
  const path = join(folder, "events.jsonl");
  if (!existsSync(path)) return { events: [], next: offset };
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size <= offset) return { events: [], next: offset };
    const buffer = Buffer.alloc(size - offset);
    await file.read(buffer, 0, buffer.length, offset);
    const end = buffer.lastIndexOf(10) + 1;
    const lines = buffer.subarray(0, end).toString("utf8").split("\n").filter((line) => line !== "");
    return { events: lines.flatMap(readEvent), next: offset + end };
  } finally {
    await file.close();
  }
}

/** A killed attempt may have left half a line. */
function readEvent(line: string): readonly StageEvent[] {
  try {
    const event = stageEvent.safeParse(JSON.parse(line));
    return event.success ? [event.data] : [];
  } catch {
    return [];
  }
}

async function cancel(folder: string): Promise<void> {
  const pid = Number(read(join(folder, "pid")));
  if (describe(folder).state !== "running") return;
  signalGroup(pid, "SIGTERM");
  await until(() => describe(folder).state !== "running", GRACE_SECONDS);
  if (describe(folder).state === "running") signalGroup(pid, "SIGKILL");
}

/** The group holds the shell, spark-submit, its JVM and Python. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone between the look and the signal.
  }
}

async function until(condition: () => boolean, seconds = 10): Promise<void> {
  for (let waited = 0; waited < seconds * 20 && !condition(); waited++) await new Promise((resolve) => setTimeout(resolve, 50));
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
