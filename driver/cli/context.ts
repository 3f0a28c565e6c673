// What the commands get of the world around them, made once in main.ts: streams, environment, clock, signals.

import { homedir, hostname, userInfo } from "node:os";
import { join } from "node:path";
import type { Owner } from "../lock.js";
import { isSameProcess, processStart } from "../local/processes.js";
import type { Machine } from "../local/machine.js";
import { describeMachine } from "../local/machine.js";

export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** 0 up to 1. */
  readonly random: () => number;
  /** Aborted by the first Ctrl-C or TERM. */
  readonly signal: AbortSignal;
  /** A person reads stderr on a terminal. */
  readonly isTerminal: boolean;
  readonly machine: Machine;
  readonly owner: Owner;
  readonly isAlive: (owner: Owner) => boolean | undefined;
}

export function makeContext(signal: AbortSignal): Context {
  const env = process.env;
  const started = processStart(process.pid);
  const owner = { host: hostname(), pid: process.pid, user: userInfo().username, ...(started === undefined ? {} : { started }) };
  return {
    cwd: process.cwd(),
    env,
    now: () => new Date(),
    sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
    random: Math.random,
    signal,
    isTerminal: process.stderr.isTTY && env["CI"] === undefined,
    machine: describeMachine(env, env["CARELAKE_CACHE"] ?? join(homedir(), ".cache", "carelake")),
    owner,
    isAlive: (other) => (other.host === owner.host ? isSameProcess(other.pid, other.started) : undefined),
  };
}
