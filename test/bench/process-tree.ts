// Runs a command and watches it and all its descendants through /proc: seconds, CPU seconds, peak memory by program.
// Linux only, as the figures are. What a process used between the last look and its end is not seen (looks: 5 a second).

import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, readdirSync } from "node:fs";

export interface Watched {
  readonly code: number | null;
  readonly seconds: number;
  /** User and system time of the whole tree. */
  readonly cpuSeconds: number;
  /** VmHWM of the greatest process of each program, in bytes: node (the first one alone), java, python, mysqld … */
  readonly peakBytes: Readonly<Record<string, number>>;
  readonly stdout: string;
}

export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** File for stderr. */
  readonly log: string;
}

const LOOK_MILLISECONDS = 200;
const TICKS_PER_SECOND = 100;

export async function watch({ argv, cwd, env, log }: Command): Promise<Watched> {
  const stderr = openSync(log, "w");
  const start = process.hrtime.bigint();
  const [program, ...args] = argv;
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", stderr] });
  const tree = new Tree(child.pid ?? 0);
  let stdout = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  const timer = setInterval(() => tree.look(), LOOK_MILLISECONDS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => {
    clearInterval(timer);
    closeSync(stderr);
  });
  return { code, seconds: Number(process.hrtime.bigint() - start) / 1e9, cpuSeconds: tree.cpuSeconds(), peakBytes: tree.peaks(), stdout };
}

/** Everything ever seen below one process. */
class Tree {
  private readonly ticks = new Map<number, number>();
  private readonly peak = new Map<string, number>();

  constructor(private readonly root: number) {}

  look(): void {
    const known = new Set([this.root]);
    const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap(statOf);
    // Parents have mostly, not always, the smaller number: pass until nothing is added.
    for (let before = 0; before !== known.size; ) {
      before = known.size;
      for (const { pid, parent } of all) if (known.has(parent)) known.add(pid);
    }
    for (const { pid, ticks, program } of all.filter((each) => known.has(each.pid))) {
      this.ticks.set(pid, ticks);
      const name = pid === this.root ? `${program} (first)` : program;
      this.peak.set(name, Math.max(this.peak.get(name) ?? 0, peakOf(pid)));
    }
  }

  cpuSeconds(): number {
    return [...this.ticks.values()].reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
  }

  peaks(): Record<string, number> {
    return Object.fromEntries(this.peak);
  }
}

/** User and system time of one process so far. */
export const cpuSecondsOf = (pid: number): number => (statOf(String(pid))[0]?.ticks ?? 0) / TICKS_PER_SECOND;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  readonly program: string;
}

function statOf(name: string): readonly Stat[] {
  const pid = Number(name);
  const text = read(`/proc/${name}/stat`);
  const end = text.lastIndexOf(")");
  if (end < 0) return [];
  const fields = text.slice(end + 2).split(" ");
  return [{ pid, program: text.slice(text.indexOf("(") + 1, end), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
}

function peakOf(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(read(`/proc/${String(pid)}/status`))?.[1] ?? 0) * 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
