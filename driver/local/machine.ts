// The computer as set-up and the finders see it, and the one way they run a short command.
// Goes in: environment and cache folder from the caller. Never here: a decision what to install.

import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute folder that holds everything set-up makes. */
  readonly cache: string;
  readonly platform: NodeJS.Platform;
  /** We may install packages of the system. */
  readonly root: boolean;
  /** Debian or a distribution made from it, with apt-get. */
  readonly debian: boolean;
}

/** Looks at the running computer; `env` and `cache` are the caller's. */
export function describeMachine(env: Machine["env"], cache: string): Machine {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const debian = /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) && findProgram("apt-get", env) !== undefined;
  return { env, cache, platform: process.platform, root: process.getuid?.() === 0, debian };
}

/** First executable file of that name on PATH. */
export function findProgram(name: string, env: Machine["env"]): string | undefined {
  return findPrograms(name, env)[0];
}

/** All executable files of that name on PATH, in its order. */
export function findPrograms(name: string, env: Machine["env"]): readonly string[] {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).filter(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

export interface CommandOptions {
  readonly env: Machine["env"];
  /** Each line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Longest time in milliseconds; then the command is killed. Absent: no limit. */
  readonly timeout?: number;
  /** Run as this user (needs root). */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export interface CommandResult {
  /** null when it was killed or could not be started. */
  readonly code: number | null;
  /** Lines of stdout and stderr, at most the last 400. */
  readonly lines: readonly string[];
}

const KEPT_LINES = 400;

/** Runs a command to its end, without a shell and without input. Never rejects. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const lines: string[] = [];
  const take = (line: string): void => {
    if (lines.push(line) > KEPT_LINES) lines.shift();
    options.onLine?.(line);
  };
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.timeout === undefined ? {} : { timeout: options.timeout, killSignal: "SIGKILL" }),
      ...options.user,
    });
    const flush = [splitLines(child.stdout, take), splitLines(child.stderr, take)];
    // A missing program gives "error" and never "close" with a code.
    child.on("error", (error) => take(error.message));
    child.on("close", (code) => {
      for (const end of flush) end();
      resolve({ code: code !== null && code >= 0 ? code : null, lines });
    });
  });
}

/** Calls `take` a whole line at a time; the function given back hands over an unfinished last line. */
function splitLines(stream: NodeJS.ReadableStream, take: (line: string) => void): () => void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const parts = (rest + chunk).split(/\r?\n|\r/);
    rest = parts.pop() ?? "";
    for (const part of parts) if (part !== "") take(part);
  });
  return () => {
    if (rest !== "") take(rest);
    rest = "";
  };
}
