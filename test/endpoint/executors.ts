// Executors in JVMs of their own on this machine: Spark's local-cluster keeps their logs in SPARK_HOME/work, so each run
// gets a SPARK_HOME of its own. In: a run's folder. Out: logs by executor; one executor killed.

import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

export interface ExecutorOutput {
  /** As Spark counts them, from 0. */
  readonly number: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** A folder that is SPARK_HOME in everything but `work`. */
export function ownSparkHome({ sparkSubmit, env }: { readonly sparkSubmit: string; readonly env: Readonly<Record<string, string>> }, folder: string): string {
  const home = env["SPARK_HOME"] ?? dirname(dirname(sparkSubmit));
  const own = join(folder, "spark");
  mkdirSync(join(own, "work"), { recursive: true });
  for (const name of readdirSync(home)) if (name !== "work") symlinkSync(join(home, name), join(own, name));
  return own;
}

export function executorOutputs(folder: string): readonly ExecutorOutput[] {
  const work = join(folder, "spark", "work");
  if (!existsSync(work)) return [];
  return readdirSync(work).flatMap((application) =>
    readdirSync(join(work, application)).map((number) => {
      const read = (name: string): Buffer => (existsSync(join(work, application, number, name)) ? readFileSync(join(work, application, number, name)) : Buffer.alloc(0));
      return { number: Number(number), stdout: read("stdout"), stderr: read("stderr") };
    }),
  );
}

/** Kills one executor of a process group by SIGKILL, as a lost machine would; false when there is none. Linux only. */
export function killExecutor(group: number | undefined): boolean {
  if (group === undefined || !existsSync("/proc/self")) return false;
  const executor = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).find((pid) => isExecutorOf(pid, group));
  if (executor === undefined) return false;
  process.kill(Number(executor), "SIGKILL");
  return true;
}

function isExecutorOf(pid: string, group: number): boolean {
  try {
    // The fifth field is the process group; the second is a name in brackets that may hold blanks.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
    return Number(fields[2]) === group && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("CoarseGrainedExecutorBackend");
  } catch {
    return false;
  }
}
