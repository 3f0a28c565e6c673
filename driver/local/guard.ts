// A server that lives no longer than this process: started under a shell that watches a pipe to us.
// In: the command of a server. Out: its pid and ways to end it. Even SIGKILL of this process takes the server down,
// because the kernel then closes our end of the pipe. Never here: what the server is.

import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, readlinkSync } from "node:fs";
import { createServer, Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Duplex } from "node:stream";
import { isProcessAlive } from "./processes.js";

export interface GuardOptions {
  /** Private folder of the server; gets `server.pid` and `server.log`. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Signal that asks this server to end in order. */
  readonly stopSignal: "TERM" | "INT";
  /** Run as this user (needs root). */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export interface Guarded {
  readonly pid: number;
  readonly log: string;
  /** Settles when the server has ended, with its exit code (128 + signal when killed). */
  readonly exited: Promise<number>;
  /** Ends it in order; after 30 seconds by force. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would. */
  kill(): Promise<void>;
}

// fd 3 is the pipe to us: the pid goes out on it, and the end of file on it means that we are gone.
const SCRIPT = `
pidfile=$1; signal=$2; owner=$3; shift 3
"$@" 3<&- &
server=$!
echo "$server $owner" >"$pidfile"
echo "$server" >&3
(
  read -r nothing <&3
  kill -"$signal" "$server" 2>/dev/null
  n=0
  while [ "$n" -lt 20 ] && kill -0 "$server" 2>/dev/null; do sleep 1; n=$((n + 1)); done
  kill -KILL "$server" 2>/dev/null
) &
watcher=$!
wait "$server"
code=$?
kill "$watcher" 2>/dev/null
rm -f "$pidfile"
exit "$code"
`;

const STOP_PATIENCE = 30_000;

/** Rejects when not even the shell starts. That the server is ready is the caller's to find out, from its log. */
export async function startGuarded(command: readonly string[], options: GuardOptions): Promise<Guarded> {
  const log = join(options.folder, "server.log");
  const out = openSync(log, "w", 0o600);
  const args = ["-c", SCRIPT, "sh", join(options.folder, "server.pid"), options.stopSignal, String(process.pid), ...command];
  const child = spawn("/bin/sh", args, {
    env: { ...options.env },
    cwd: options.folder,
    stdio: ["ignore", out, out, "pipe"],
    // Its own group, so that Ctrl-C in a terminal reaches only us and we stop the server in order.
    detached: true,
    ...options.user,
  });
  closeSync(out);
  const exited = new Promise<number>((resolve) => {
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGKILL" ? 137 : 143)));
    child.on("error", () => resolve(127));
  });
  const pid = await readPid(child);
  child.unref();
  return { pid, log, exited, stop: () => end(options.stopSignal === "INT" ? "SIGINT" : "SIGTERM"), kill: () => end("SIGKILL") };

  async function end(signal: NodeJS.Signals): Promise<void> {
    child.ref();
    signalProcess(pid, signal);
    const forced = setTimeout(() => signalProcess(pid, "SIGKILL"), STOP_PATIENCE);
    await exited;
    clearTimeout(forced);
  }
}

function readPid(child: ChildProcess): Promise<number> {
  const pipe = child.stdio[3] as Duplex;
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("error", reject);
    pipe.setEncoding("utf8");
    pipe.on("error", () => undefined); // ends with the server; `exited` tells
    pipe.on("data", (chunk: string) => {
      text += chunk;
      if (!text.includes("\n")) return;
      // The pipe stays open as long as we live, but must not keep us alive.
      if (pipe instanceof Socket) pipe.unref();
      resolve(Number(text));
    });
    pipe.once("end", () => reject(new Error("the shell around the server ended at once")));
  });
}

/**
 * Ends a server that outlived its owner in this folder (both shells around it were killed).
 * False when a living process still owns it.
 */
export async function endLeftover(folder: string): Promise<boolean> {
  const file = join(folder, "server.pid");
  if (!existsSync(file)) return true;
  const [pid = 0, owner = 0] = readFileSync(file, "utf8").split(" ").map(Number);
  // The number may have gone to another process since: only one that works in our folder is ours.
  if (!isProcessAlive(pid) || !worksIn(pid, folder)) return true;
  if (isProcessAlive(owner)) return false;
  signalProcess(pid, "SIGTERM");
  for (let waited = 0; waited < STOP_PATIENCE && isProcessAlive(pid); waited += 100) await sleep(100);
  signalProcess(pid, "SIGKILL");
  return true;
}

function worksIn(pid: number, folder: string): boolean {
  if (!existsSync("/proc/self")) return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder) || readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
  } catch {
    return false;
  }
}

/** Waits until the log matches; undefined when the server ended first or the time is over. */
export async function waitForLog(server: Guarded, pattern: RegExp, milliseconds: number): Promise<RegExpExecArray | undefined> {
  const state = { ended: false };
  void server.exited.then(() => (state.ended = true));
  for (let waited = 0; waited < milliseconds; waited += 50) {
    const match = pattern.exec(readFileSync(server.log, "utf8"));
    if (match !== null) return match;
    if (state.ended) return undefined;
    await sleep(50);
  }
  return undefined;
}

/** A port on 127.0.0.1 that was free a moment ago: whoever uses it must be ready to try another. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already, which is what was asked for.
  }
}
