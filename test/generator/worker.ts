// In: messages with a chunk. Out: messages with its bytes. One of these runs in each thread.
// Never here: files, order of chunks.
import { parentPort, workerData } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { chunkMaker } from "./chunk.js";
import type { Defect, Planted } from "./defects.js";
import type { Chunk } from "./plan.js";
import type { SourcePaths } from "./sources.js";
import { readSources } from "./sources.js";

/** What a thread is told at its start. */
export type WorkerStart = { readonly seed: number; readonly sources: SourcePaths; readonly gzip: boolean };
/** One piece of work; the buffers are returned ones, to be filled again. */
export type Work = { readonly chunk: Chunk; readonly defects: readonly Defect[]; readonly detail?: ArrayBuffer; readonly provider?: ArrayBuffer };
/** What came out: whole buffers with the number of bytes used (compressed ones are used whole). */
export type Made = {
  readonly id: number; readonly detail: ArrayBuffer; readonly detailBytes: number; readonly provider: ArrayBuffer; readonly providerBytes: number;
  readonly providerLines: number; readonly planted: readonly Planted[];
};

/** A gzip member of its own; the byte that names the operating system is set, so that every machine writes the same. */
export function gzipMember(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(gzipSync(bytes, { level: 6 }));
  packed[9] = 255;
  return packed;
}

function start(port: NonNullable<typeof parentPort>, { seed, sources, gzip }: WorkerStart): void {
  const make = chunkMaker({ seed, ...readSources(sources) });
  port.on("message", (work: Work) => {
    const reuse = { ...(work.detail ? { detail: Buffer.from(work.detail) } : {}), ...(work.provider ? { provider: Buffer.from(work.provider) } : {}) };
    const result = make(work.chunk, work.defects, reuse);
    const detail = gzip ? gzipMember(result.detail) : result.detail;
    const provider = gzip ? gzipMember(result.provider) : result.provider;
    const made = {
      id: work.chunk.id, detail: detail.buffer, detailBytes: detail.length, provider: provider.buffer, providerBytes: provider.length,
      providerLines: result.providerLines, planted: result.planted,
    };
    port.postMessage(made, [made.detail, made.provider].filter((buffer) => buffer instanceof ArrayBuffer));
  });
}

if (parentPort !== null) start(parentPort, workerData);
