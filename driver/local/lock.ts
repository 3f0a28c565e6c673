// One set-up at a time in a cache folder. In: a lock file's path. Out: the work's own result.
// A holder renews its file; one that died is noticed and passed over. Never here: what is done under the lock.

import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, statSync, writeFileSync, linkSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemCode } from "../system-error.js";
import { isProcessAlive } from "./processes.js";

const RENEW = 5_000;
/** A file not renewed for so long (milliseconds) while we watched is a dead holder's, on whatever computer it ran. */
const PATIENCE = 45_000;
const LOOK = 250;

export interface LockOptions {
  readonly file: string;
  /** Called once when another holder has it, with its name ("process 4711 on laptop"). */
  readonly onWait: (owner: string) => void;
  readonly signal?: AbortSignal;
}

/** Runs `work` while holding the lock. Rejects only with what `work` rejects with, or the signal's reason while waiting. */
export async function withLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(options.file), { recursive: true });
  const mine = `process ${process.pid} on ${hostname()}`;
  await take(options, mine);
  const renewal = setInterval(() => touch(options.file), RENEW);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    if (read(options.file) === mine) rmSync(options.file, { force: true });
  }
}

async function take(options: LockOptions, mine: string): Promise<void> {
  let told = false;
  let seen = "";
  let unchanged = 0;
  while (!create(options.file, mine)) {
    options.signal?.throwIfAborted();
    const owner = read(options.file);
    if (owner === undefined) continue;
    const state = `${owner} ${renewedAt(options.file)}`;
    unchanged = state === seen ? unchanged + LOOK : 0;
    seen = state;
    if (isDead(owner) || unchanged > PATIENCE) {
      passOver(options.file, owner);
      continue;
    }
    if (!told) options.onWait(owner);
    told = true;
    await sleep(LOOK);
  }
}

function create(file: string, mine: string): boolean {
  try {
    writeFileSync(file, mine, { flag: "wx" });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Two waiters may judge the same file dead; the slower one must not take away the faster one's new lock. */
function passOver(file: string, dead: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (read(aside) !== dead) linkSync(aside, file);
  } catch {
    // Another waiter was faster.
  }
  rmSync(aside, { force: true });
}

/** Only on our own computer can a process id be judged. An empty file is a holder between creating and writing it. */
function isDead(owner: string): boolean {
  const [, pid, host] = /^process (\d+) on (.*)$/.exec(owner) ?? [];
  return pid !== undefined && host === hostname() && Number(pid) !== process.pid && !isProcessAlive(Number(pid));
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function renewedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function touch(file: string): void {
  try {
    const { mtimeMs } = statSync(file);
    // Any later time does: waiters look for change, not for the hour.
    utimesSync(file, mtimeMs / 1000, mtimeMs / 1000 + RENEW / 1000);
  } catch {
    // Taken from us as dead; the end of the work will see that the file is not ours.
  }
}
