// Runs a stage by spark-submit on this computer. One folder a stage attempt holds all that is known of it, so that
// any process can find it again: stage.json, host, pid, events.jsonl, report.json, stdout.log, stderr.log, exit_code, cancelled.
// The stage outlives the driver: who starts it is not who must wait for it.

import { spawn } from "node:child_process";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, readFile, rename, statfs, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Engine, LogPart, StageHandle, StageLogs, StageSettings } from "../engine.js";
import { keepLines, logKeeper } from "../log-lines.js";
import type { Result } from "../problems.js";
import { fail, ok, ProblemError } from "../problems.js";
import type { StageEvent, StageFile } from "../stage.js";
import { stageEvent, stageReport } from "../stage.js";
import { archiveOptions } from "./class-archive.js";
import { signalGroup } from "./processes.js";
import { exitCodeIn, hostIn, pidIn, stateOf, workersOf } from "./stage-process.js";
import type { Toolchain } from "./toolchain.js";

export interface LocalEngineOptions {
  readonly toolchain: Toolchain;
  /** run_stage.py of the package. */
  readonly script: string;
  /** Environment to hand on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names of variables that hold passwords of the project: a stage gets those that it names, and no others. */
  readonly secrets: readonly string[];
  /** spark-submit gets this long to end after TERM before it is killed. Default 20. */
  readonly graceSeconds?: number;
}

const JAVA_OPTIONS = "spark.driver.extraJavaOptions";
/** Enough to find the first cause above the stack traces that follow from it. */
const TAIL_LINES = 400;
const LATE_REPORT_SECONDS = 4;
/** A shell's first two commands, on a machine that has no time. */
const START_SECONDS = 60;
const GRACE_SECONDS = 20;
/** After KILL a process is gone as soon as the kernel comes to it. */
const KILLED_SECONDS = 10;
/** What a shell says of a command that KILL ended. */
const KILLED_CODE = 137;

/**
 * The shell writes its own pid before Spark starts and Spark's exit code after it: nobody has to be there for it. TERM to
 * the group ends Spark and not the shell, which waits for what becomes of it. `alive` is for those on other computers.
 */
const SCRIPT = `
trap : TERM
cd "$0" || exit 1
echo $$ > pid.part && mv pid.part pid || exit 1
( while kill -0 $$; do : > alive; sleep 20; done ) > /dev/null 2>&1 &
beat=$!
"$@" > stdout.log 2> stderr.log
code=$?
kill $beat 2> /dev/null
echo $code > exit_code.part && mv exit_code.part exit_code
`;

export function localEngine(options: LocalEngineOptions): Engine {
  return { ...stageFolders, submit: (stage, settings) => submit(stage, settings, options), cancel: (handle) => cancel(handle.ref, options.graceSeconds ?? GRACE_SECONDS) };
}

/** Everything but starting a stage: it needs the stage's folder and no Spark. */
export const stageFolders: Omit<Engine, "submit"> = {
  name: "local",
  describe: async (handle) => stateOf(handle.ref),
  events: (handle, offset) => eventsFrom(handle.ref, offset),
  report: async (handle) => {
    const path = join(handle.ref, "report.json");
    // When the JVM dies first, Python writes its report shortly after spark-submit has ended.
    if (stateOf(handle.ref).state === "finished" && exitCodeIn(handle.ref) !== 0) await until(() => existsSync(path), LATE_REPORT_SECONDS);
    const text = await readFile(path, "utf8").catch(() => undefined);
    return text === undefined ? undefined : stageReport.parse(JSON.parse(text));
  },
  logs: (handle) => logsIn(handle.ref),
  cancel: (handle) => cancel(handle.ref, GRACE_SECONDS),
};

async function logsIn(folder: string): Promise<StageLogs> {
  const [stderr, stdout] = [await logAt(join(folder, "stderr.log")), await logAt(join(folder, "stdout.log"))];
  const disk = await statfs(folder).catch(() => undefined);
  return { place: stderr.part.place, tail: stderr.tail, parts: [stderr.part, stdout.part], ...(disk === undefined ? {} : { freeBytes: disk.bavail * disk.bsize }) };
}

async function logAt(place: string): Promise<{ readonly part: LogPart; readonly tail: readonly string[] }> {
  const keeper = logKeeper(TAIL_LINES);
  const is = await keepLines(createReadStream(place), keeper).then(() => (keeper.tail().length === 0 ? ("empty" as const) : ("read" as const)), () => "not there yet" as const);
  return { part: { place, process: "driver", is, lines: keeper.lines() }, tail: keeper.tail().map(({ text }) => text) };
}

async function submit(stage: StageFile, settings: StageSettings, options: LocalEngineOptions): Promise<Result<StageHandle>> {
  const folder = join(stage.report, "..");
  const handle: StageHandle = { engine: "local", ref: folder };
  if (stateOf(folder).state !== "lost") return ok(handle);
  await mkdir(folder, { recursive: true });
  const stageFile = join(folder, "stage.json");
  await writeFile(`${stageFile}.part`, JSON.stringify(stage, null, 1));
  await rename(`${stageFile}.part`, stageFile);
  // Process ids mean something on their own computer only.
  await writeFile(join(folder, "host"), hostname());
  const { toolchain } = options;
  const javaOptions = [settings.conf[JAVA_OPTIONS], ...archiveOptions(toolchain.archive)].filter((option) => option !== undefined).join(" ");
  // On the class path from the start: nothing is copied, and the class archive covers these jars too.
  const all = { ...settings.conf, [JAVA_OPTIONS]: javaOptions, "spark.driver.extraClassPath": toolchain.jars.join(":") };
  const conf = Object.entries(all).flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
  const command = [toolchain.sparkSubmit, ...conf, options.script, stageFile];
  const env = { ...inherited(options, settings.env), ...toolchain.env };
  const child = spawn("/bin/sh", ["-c", SCRIPT, folder, ...command], { cwd: folder, detached: true, stdio: "ignore", env });
  const started = await new Promise<Error | undefined>((resolve) => {
    child.once("error", resolve);
    child.once("spawn", () => resolve(undefined));
  });
  if (started !== undefined) return fail({ code: "spark-died", exit: started.message, log: folder, likely: [], run: stage.run });
  child.unref();
  await until(() => existsSync(join(folder, "pid")) || child.exitCode !== null, START_SECONDS);
  return ok(handle);
}

/** spark-submit gets the ordinary environment and the passwords that the stage names: no other, and nothing of ours. */
function inherited({ env, secrets }: LocalEngineOptions, passwords: readonly string[]): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => passwords.includes(name) || !(name.startsWith("CARELAKE_") || secrets.includes(name)));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
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

/** Returns when no process of the stage is left. Throws a ProblemError when it runs where no signal of ours comes to. */
async function cancel(folder: string, graceSeconds: number): Promise<void> {
  const state = stateOf(folder);
  if (state.state !== "running") return;
  const host = hostIn(folder);
  if (host !== undefined && host !== hostname()) throw new ProblemError({ code: "stage-elsewhere", stage: folder, host });
  const pid = pidIn(folder);
  if (pid === undefined) return;
  // Whoever follows it must know that it did not die by itself.
  await writeFile(join(folder, "cancelled"), "");
  signalGroup(pid, "SIGTERM");
  await until(() => workersOf(pid, folder).length === 0, graceSeconds);
  if (workersOf(pid, folder).length === 0) return;
  signalGroup(pid, "SIGKILL");
  await until(() => workersOf(pid, folder).length === 0, KILLED_SECONDS);
  // The shell that would have written it was killed with the others.
  if (exitCodeIn(folder) !== undefined) return;
  await writeFile(join(folder, "exit_code.part"), String(KILLED_CODE));
  await rename(join(folder, "exit_code.part"), join(folder, "exit_code"));
}

async function until(condition: () => boolean, seconds = 10): Promise<void> {
  for (let waited = 0; waited < seconds * 20 && !condition(); waited++) await new Promise((resolve) => setTimeout(resolve, 50));
}
