// Where the processes of steps and job runs live: each in its own folder and process group, with a record of what was started.

import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "./clock.js";
import { executorOutputs, killExecutor, type ExecutorOutput } from "./executors.js";
import type { Rewrite } from "./spark-command.js";

export interface Work {
  readonly id: string;
  /** Counts from 1; above 1 only under a retry policy. */
  readonly attempt: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Files that take the output. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Running {
  readonly pid: number | undefined;
  readonly exit: Promise<Exit>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

/** Starts a process. Tests of the protocol put a fake one here. */
export type Run = (work: Work) => Running;

/** Everything about one started process. */
export interface Submission {
  readonly service: "emr" | "emr-serverless";
  readonly id: string;
  readonly attempt: number;
  readonly at: number;
  /** Arguments as the client gave them. */
  readonly given: readonly string[];
  readonly argv: readonly string[];
  /** How `given` became `argv`, item by item. */
  readonly rewriting: readonly Rewrite[];
  readonly folder: string;
  readonly pid: number | undefined;
  exit?: Exit & { readonly at: number };
  /** The step or run was over before its process. */
  outlived?: true;
}

export interface Started extends Running {
  readonly submission: Submission;
  /** What it has written so far. */
  output(): Output;
  /** Kills one executor; false when it has none of its own. */
  killExecutor(): boolean;
}

export interface Output {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly executors: readonly ExecutorOutput[];
}

export interface Command {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly rewriting: readonly Rewrite[];
}

export interface WorkOrder {
  readonly service: Submission["service"];
  readonly id: string;
  readonly attempt: number;
  readonly given: readonly string[];
  /** The command for a folder that is made for it. */
  command(folder: string): Command;
}

export interface Workplace {
  readonly submissions: readonly Submission[];
  start(order: WorkOrder): Started;
  /** Kills what still runs and waits for it. */
  stop(): Promise<void>;
}

export function workplace(parts: { readonly root: string; readonly clock: Clock; readonly run: Run }): Workplace {
  const submissions: Submission[] = [];
  const running = new Set<Running>();
  return {
    submissions,
    start: ({ service, id, attempt, given, command }) => {
      const folder = join(parts.root, attempt === 1 ? id : `${id}-${attempt}`);
      mkdirSync(join(folder, "tmp"), { recursive: true });
      const { argv, env, rewriting } = command(folder);
      const [stdout, stderr] = [join(folder, "stdout"), join(folder, "stderr")];
      writeFileSync(stdout, "");
      writeFileSync(stderr, "");
      const process = parts.run({ id, attempt, argv, env, folder, stdout, stderr });
      const submission: Submission = { service, id, attempt, at: parts.clock.now(), given, argv, rewriting, folder, pid: process.pid };
      submissions.push(submission);
      running.add(process);
      const exit = process.exit.then((ended) => {
        running.delete(process);
        submission.exit = { ...ended, at: parts.clock.now() };
        return ended;
      });
      return { ...process, exit, submission, output: () => ({ stdout: readFileSync(stdout), stderr: readFileSync(stderr), executors: executorOutputs(folder) }), killExecutor: () => killExecutor(process.pid) };
    },
    stop: async () => {
      const left = [...running];
      left.forEach((each) => each.kill("SIGKILL"));
      await Promise.all(left.map((each) => each.exit));
    },
  };
}

/** The real thing: a process in its own group, so that spark-submit, its JVM and its Python end together. */
export const processRun: Run = ({ argv, env, folder, stdout, stderr }) => {
  const [program = "", ...args] = argv;
  const files = [openSync(stdout, "w"), openSync(stderr, "w")];
  const child = spawn(program, args, { cwd: folder, env: { ...env }, detached: true, stdio: ["ignore", ...files] });
  files.forEach(closeSync);
  const exit = new Promise<Exit>((resolve) => {
    child.once("error", (error) => {
      writeFileSync(stderr, `${error.message}\n`);
      resolve({ code: 127, signal: null });
    });
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  return { pid: child.pid, exit, kill: (signal) => killGroup(child.pid, signal) };
};

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone before the signal.
  }
}

export interface FakeEnd {
  /** Milliseconds of the clock until it exits; for ever when absent. */
  readonly ms?: number;
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Does not end on SIGTERM. */
  readonly isStubborn?: boolean;
}

/** Processes that are none: they write what `end` says and exit when it says, by the clock. */
export const fakeRun = (clock: Clock, end: (work: Work) => FakeEnd = () => ({ ms: 20 })): Run => (work) => {
  const { ms, code = 0, stdout = "", stderr = "", isStubborn = false } = end(work);
  writeFileSync(work.stdout, stdout);
  writeFileSync(work.stderr, stderr);
  let finish: (exit: Exit) => void = () => undefined;
  const exit = new Promise<Exit>((resolve) => (finish = resolve));
  if (ms !== undefined) clock.after(ms, () => finish({ code, signal: null }));
  return { pid: undefined, exit, kill: (signal) => (isStubborn && signal === "SIGTERM" ? undefined : finish({ code: null, signal })) };
};

/** As a shell tells it: 137 for a killed process. */
export const exitNumber = ({ code, signal }: Exit): number => code ?? (signal === "SIGKILL" ? 137 : 143);
