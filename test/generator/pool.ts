// In: chunks. Out: their bytes, in the order of the chunks, whatever thread made them.
// Never here: what is done with the bytes.
import { Worker } from "node:worker_threads";
import type { Defect } from "./defects.js";
import type { Chunk } from "./plan.js";
import { chunkMaker } from "./chunk.js";
import type { Made, Work, WorkerStart } from "./made.js";
import { madeOf } from "./made.js";
import { readSources } from "./sources.js";

/** A piece of work before buffers are found for it. */
export type Task = { readonly chunk: Chunk; readonly defects: readonly Defect[] };

/**
 * Runs the tasks on `threads` threads and hands each result to `take`, one at a time and in order.
 * With 0 threads the work is done here: small data sets are made before a thread would have started.
 * No more than a few chunks are under way or waiting, so memory does not grow with the rows.
 */
export async function runOrdered(tasks: readonly Task[], of: { readonly threads: number; readonly start: WorkerStart }, take: (made: Made, task: Task) => Promise<void>): Promise<void> {
  if (of.threads === 0) {
    const make = chunkMaker({ seed: of.start.seed, ...readSources(of.start.sources) });
    for (const task of tasks) await take(madeOf(make, task, of.start.gzip), task);
    return;
  }
  const waiting = new Map<number, Made>();
  const spare: { detail: ArrayBuffer; provider: ArrayBuffer }[] = [];
  const workers = Array.from({ length: of.threads }, () => new Worker(new URL("./worker-start.mjs", import.meta.url), { workerData: of.start, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 12 } }));
  const window = of.threads * 2 + 1;
  let given = 0;
  let taken = 0;
  let wake = (): void => undefined;
  let failure: unknown = null;
  const give = (worker: Worker): void => {
    const task = tasks[given];
    if (task === undefined || given >= taken + window) {
      idle.push(worker);
      return;
    }
    given++;
    const reuse = of.start.gzip ? undefined : spare.pop();
    const work: Work = { ...task, ...reuse };
    worker.postMessage(work, reuse === undefined ? [] : [reuse.detail, reuse.provider]);
  };
  const idle: Worker[] = [];
  for (const worker of workers) {
    worker.on("message", (made: Made) => {
      waiting.set(made.id, made);
      give(worker);
      wake();
    });
    worker.on("error", (error) => {
      failure = error;
      wake();
    });
    give(worker);
  }
  try {
    for (const task of tasks) {
      while (!waiting.has(task.chunk.id) && failure === null) await new Promise<void>((resolve) => (wake = resolve));
      const made = waiting.get(task.chunk.id);
      if (made === undefined) throw failure;
      waiting.delete(task.chunk.id);
      await take(made, task);
      taken++;
      if (spare.length < window) spare.push(made);
      for (const worker of idle.splice(0)) give(worker);
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
