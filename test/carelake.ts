// The real command in a child process, as a user starts it: built when the sources are newer than the build.

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), "..");
const BIN = join(PACKAGE, "bin.mjs");

/** Compiles when a source changed after the last build; a test of the command must never look at yesterday's. */
export function buildIfStale(): void {
  const built = statSync(join(PACKAGE, "dist/bundle/main.js"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (existsSync(join(PACKAGE, "dist/bundle/main.js")) && newest(["driver", "jobs", "emr", "reports"]) < built) return;
  const { status, stdout } = spawnSync("npm", ["run", "build"], { cwd: PACKAGE, encoding: "utf8" });
  if (status !== 0) throw new Error(`the build failed:\n${stdout}`);
}

function newest(folders: readonly string[]): number {
  const times = folders.flatMap((folder) =>
    readdirSync(join(PACKAGE, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => statSync(join(PACKAGE, folder, name)).mtimeMs),
  );
  return Math.max(...times);
}

export interface Command {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Over the ordinary environment; null takes a variable away. */
  readonly env?: Readonly<Record<string, string | null>>;
  /** Folders of the system that are to look empty to the command (root only). */
  readonly hide?: readonly string[];
  /** Folders that are small disks of their own to the command, with their size as mount takes it: "512k" (root only). */
  readonly disks?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it has written to stderr so far. */
  readonly stderr: () => string;
}

export const carelake = (command: Command): Promise<Ended> => startCarelake(command).ended;

export function startCarelake({ args, cwd, env = {}, hide = [], disks = {} }: Command): Started {
  const whole = { ...process.env, CI: "1", NO_COLOR: "1", JAVA_HOME: null, ...env };
  const kept = Object.fromEntries(Object.entries(whole).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  const command = [process.execPath, BIN, ...args];
  const mounts = [...hide.map((folder): [string, string] => [folder, "4k"]), ...Object.entries(disks)];
  const [program = "", ...rest] = mounts.length === 0 ? command : mounting(mounts, command);
  const child = spawn(program, rest, { cwd, env: kept, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, pid: child.pid ?? 0, ended, stderr: () => stderr };
}

/** A mount namespace of its own, in which the folders are empty disks: nothing of the system is touched. */
function mounting(disks: readonly (readonly [string, string])[], command: readonly string[]): readonly string[] {
  const mounts = disks.map(([folder, size]) => `PATH=/usr/bin:/bin mount -t tmpfs -o size=${size} none '${folder}' && `).join("");
  return ["/usr/bin/unshare", "-m", "/bin/sh", "-c", `${mounts}exec "$@"`, "sh", ...command];
}

/** Mounting needs root and a kernel that lets it. */
export function canMount(): boolean {
  return process.getuid?.() === 0 && spawnSync("/usr/bin/unshare", ["-m", "/bin/sh", "-c", "mount -t tmpfs none /mnt"]).status === 0;
}
