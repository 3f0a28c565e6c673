// In: messages with a chunk. Out: messages with its bytes. One of these runs in each thread.
// Never here: files, order of chunks.
import { parentPort, workerData } from "node:worker_threads";
import { chunkMaker } from "./chunk.js";
import type { Work, WorkerStart } from "./made.js";
import { madeOf } from "./made.js";
import { readSources } from "./sources.js";

function start(port: NonNullable<typeof parentPort>, { seed, sources, gzip }: WorkerStart): void {
  const make = chunkMaker({ seed, ...readSources(sources) });
  port.on("message", (work: Work) => {
    const made = madeOf(make, work, gzip);
    port.postMessage(made, [made.detail, made.provider]);
  });
}

if (parentPort !== null) start(parentPort, workerData);
