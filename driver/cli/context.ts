// What the commands get of the world around them, made once in main.ts: streams, environment, clock, signals.

import { homedir, hostname, userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { Profile } from "../profile.js";
import type { Ledger } from "../ledger.js";
import { ledgerIn } from "../ledger.js";
import type { Owner } from "../lock.js";
import { folderStore } from "../local/folder-store.js";
import { isSameProcess, processStart } from "../local/processes.js";
import type { Machine } from "../local/machine.js";
import { describeMachine } from "../local/machine.js";
import type { Store } from "../store.js";

export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
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
    signal,
    isTerminal: process.stderr.isTTY && env["CI"] === undefined,
    machine: describeMachine(env, env["CARELAKE_CACHE"] ?? join(homedir(), ".cache", "carelake")),
    owner,
    isAlive: (other) => (other.host === owner.host ? isSameProcess(other.pid, other.started) : undefined),
  };
}

export interface Lake {
  readonly root: string;
  readonly store: Store;
  readonly ledger: Ledger;
}

/** The lake of a profile; paths are relative to the project's folder. */
export function openLake(profile: Profile, folder: string, override?: string): Lake {
  const root = resolve(folder, override ?? profile.lake);
  let counter = 0;
  const store = folderStore(join(root, "ledger"), () => `${process.pid}-${String(counter++)}`);
  return { root, store, ledger: ledgerIn(store) };
}
