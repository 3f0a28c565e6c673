// The computer as set-up and the finders see it, and the one way they run a short command.
// Goes in: environment and cache folder from the caller. Never here: a decision what to install.

import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute folder that holds everything set-up makes. */
  readonly cache: string;
  readonly platform: NodeJS.Platform;
  /** We may install packages of the system. */
  readonly root: boolean;
  /** Where the system's own folders begin: "/". */
  readonly system: string;
  /** Debian or a distribution made from it, with apt-get. */
  readonly debian: boolean;
}

/** Looks at the running computer; `env` and `cache` are the caller's. */
export function describeMachine(env: Machine["env"], cache: string): Machine {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const debian = /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) && findProgram("apt-get", env) !== undefined;
  return { env, cache, platform: process.platform, system: "/", root: process.getuid?.() === 0, debian };
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
  /** Ends the command with all it started when we are gone, even by SIGKILL, so that the next of its kind meets no rival. */
  readonly tied?: boolean;
}

export interface CommandResult {
  /** null when it was killed or could not be started. */
  readonly code: number | null;
  /** Lines of stdout and stderr, at most the last 400. */
  readonly lines: readonly string[];
}

const KEPT_LINES = 400;

// The shell leads a process group of its own. fd 3 is a pipe to us: its end means that we are gone, and the group goes too.
const TIED = `
"$@" 3<&- &
step=$!
( read -r nothing <&3; trap "" TERM; kill -TERM 0; sleep 5; kill -KILL 0 ) >/dev/null 2>&1 &
watcher=$!
wait "$step"
code=$?
kill -KILL "$watcher"
exit "$code"
`;

/** Runs a command to its end, without a shell and without input. Never rejects. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const lines: string[] = [];
  const take = (line: string): void => {
    if (lines.push(line) > KEPT_LINES) lines.shift();
    options.onLine?.(line);
  };
  const tied = options.tied === true;
  const [file, argv] = tied ? ["/bin/sh", ["-c", TIED, "sh", program, ...args]] : [program, [...args]];
  return new Promise((resolve) => {
    const child = spawn(file, argv, {
      env: { ...options.env },
      stdio: ["ignore", "pipe", "pipe", ...(tied ? (["pipe"] as const) : [])],
      detached: tied,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...options.user,
    });
    const stop = (): void => killGroup(child, tied);
    const timer = options.timeout === undefined ? undefined : setTimeout(stop, options.timeout);
    options.signal?.addEventListener("abort", stop, { once: true });
    if (options.signal?.aborted === true) stop();
    const ends = [child.stdout, child.stderr].map((stream) => (stream === null ? () => undefined : splitLines(stream, take)));
    // A missing program gives "error" and a code below 0.
    child.on("error", (error) => take(error.message));
    child.stdio[3]?.on("error", () => undefined);
    child.on("close", (code) => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", stop);
      for (const end of ends) end();
      resolve({ code: code !== null && code >= 0 ? code : null, lines });
    });
  });
}

/** By force: whoever makes something makes it under another name first, so that nothing half made is left to count. */
function killGroup(child: ChildProcess, whole: boolean): void {
  if (child.pid === undefined) return;
  try {
    process.kill(whole ? -child.pid : child.pid, "SIGKILL");
  } catch {
    // Ended a moment ago.
  }
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
