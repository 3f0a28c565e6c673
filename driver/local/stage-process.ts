// How the process of a stage stands, from what is in its folder: host, pid, exit_code, and the files it writes to.
// In: the folder. Out: its state. Never here: starting or ending it.

import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { StageState } from "../engine.js";
import { groupMembers, processWords } from "./processes.js";

/** Its shell gives a sign of life three times a minute; a stage on another host without one for so long is taken for dead. */
export const SILENT_MINUTES = 3;

export function stateOf(folder: string): StageState {
  const exit = exitCodeIn(folder);
  if (exit !== undefined) return { state: "finished", exitCode: exit, ...(exit !== 0 && isCancelled(folder) ? { cause: "cancelled" as const, reason: "by carelake cancel" } : {}) };
  const pid = pidIn(folder);
  if (pid === undefined) return { state: "lost" };
  const host = hostIn(folder);
  if (host !== undefined && host !== hostname()) return elsewhere(folder, host);
  // The shell lives as long as Spark; where somebody killed it alone, the others are found by their group.
  if (processWords(pid).includes(folder) || workersOf(pid, folder).length > 0) return { state: "running" };
  return { state: "finished", exitCode: exitCodeIn(folder) ?? null };
}

/** The number of its process means nothing here: what counts is whether it gives signs of life. */
function elsewhere(folder: string, host: string): StageState {
  const silent = minutesSince(folder, ["pid", "alive", "events.jsonl", "report.json"]);
  if (silent < SILENT_MINUTES) return { state: "running", detail: `on host ${host}` };
  return { state: "finished", exitCode: null, reason: `host ${host} gave no sign of life for ${String(Math.floor(silent))} minutes` };
}

/**
 * Processes of the stage that still run: the shell, spark-submit, its JVM and Python. Each names the folder in its words
 * or belongs to the group of one that did: process ids are used again.
 */
export function workersOf(pid: number, folder: string): readonly number[] {
  const members = groupMembers(pid);
  return members.some((member) => processWords(member).includes(folder)) ? members : [];
}

const isCancelled = (folder: string): boolean => existsSync(join(folder, "cancelled"));
export const hostIn = (folder: string): string | undefined => read(join(folder, "host"));

export function pidIn(folder: string): number | undefined {
  const pid = Number(read(join(folder, "pid")));
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

export function exitCodeIn(folder: string): number | undefined {
  const text = read(join(folder, "exit_code"));
  return text === undefined ? undefined : Number(text);
}

/** By the clock of the disk itself: that of a shared one is neither ours nor the other host's. */
function minutesSince(folder: string, files: readonly string[]): number {
  const times = files.map((file) => statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  const look = join(folder, `look-${String(process.pid)}`);
  try {
    writeFileSync(look, "");
    return (statSync(look).mtimeMs - Math.max(...times)) / 60_000;
  } catch {
    // Nobody can tell: one that may run is not started a second time.
    return 0;
  } finally {
    rmSync(look, { force: true });
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
