// Processes of this computer: whether one lives, whether it is the one that is meant, and who is in a group.
// In: process ids. Out: facts at this moment. Numbers are used again, so a process is its number and its start.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { systemCode } from "../system-error.js";

export function isProcessAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}

/**
 * When a process began, as text to compare: on Linux ticks since the start of the computer and which start that was
 * (proc_pid_stat(5), field 22), elsewhere what ps says. Undefined when there is no such process.
 */
export function processStart(pid: number): string | undefined {
  if (!isLinux()) return ps(["-p", String(pid), "-o", "lstart="])[0];
  const started = statOf(pid)?.[START_FIELD];
  return started === undefined ? undefined : `${started} ${read("/proc/sys/kernel/random/boot_id") ?? ""}`;
}

/** It lives, and is the process that began then: after a restart of a container or a computer the number is another's. */
export function isSameProcess(pid: number, started: string | undefined): boolean {
  if (!isProcessAlive(pid)) return false;
  const found = started === undefined ? undefined : processStart(pid);
  // Who may not see when it began says that it lives: a lock too long held is better than one held twice.
  return found === undefined || found === started;
}

/** Words of the command line of a process, "" when it is gone. */
export function processWords(pid: number): string {
  if (isLinux()) return (read(`/proc/${pid}/cmdline`) ?? "").replaceAll("\0", " ");
  return ps(["-p", String(pid), "-o", "args="])[0] ?? "";
}

/** Processes of a group that still run. One that ended and that nobody has asked for yet is not among them. */
export function groupMembers(group: number): readonly number[] {
  if (!isLinux()) {
    const rows = ps(["-A", "-o", "pid=,pgid=,stat="]).map((line) => line.split(/\s+/));
    return rows.flatMap(([pid, of, state]) => (Number(of) === group && state?.startsWith("Z") !== true ? [Number(pid)] : []));
  }
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.filter((pid) => {
    const stat = statOf(pid);
    return stat !== undefined && Number(stat[GROUP_FIELD]) === group && stat[STATE_FIELD] !== "Z" && stat[STATE_FIELD] !== "X";
  });
}

/** Signals a group; one that is gone has nobody to signal. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // Gone between the look and the signal.
  }
}

// Counted after the program's name, which may hold spaces and brackets of its own.
const STATE_FIELD = 0;
const GROUP_FIELD = 2;
const START_FIELD = 19;

function statOf(pid: number): readonly string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

const isLinux = (): boolean => existsSync("/proc/self/stat");

function ps(args: readonly string[]): readonly string[] {
  const { stdout, error } = spawnSync("ps", [...args], { encoding: "utf8", env: { PATH: "/bin:/usr/bin", LC_ALL: "C", TZ: "UTC" } });
  if (error !== undefined) return [];
  return stdout.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
