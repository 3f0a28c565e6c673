// In: a piece of work and a chunk maker. Out: the finished bytes of the chunk, compressed when asked.
// Never here: threads, files.
import { gzipSync } from "node:zlib";
import type { ChunkMaker } from "./chunk.js";
import type { Defect, Planted } from "./defects.js";
import type { Chunk } from "./plan.js";
import type { SourcePaths } from "./sources.js";

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

/** Does one piece of work. */
export function madeOf(make: ChunkMaker, work: Work, gzip: boolean): Made {
  const reuse = { ...(work.detail ? { detail: Buffer.from(work.detail) } : {}), ...(work.provider ? { provider: Buffer.from(work.provider) } : {}) };
  const result = make(work.chunk, work.defects, reuse);
  const detail = gzip ? gzipMember(result.detail) : result.detail;
  const provider = gzip ? gzipMember(result.provider) : result.provider;
  return {
    id: work.chunk.id, detail: owned(detail), detailBytes: detail.length, provider: owned(provider), providerBytes: provider.length,
    providerLines: result.providerLines, planted: result.planted,
  };
}

/** The buffer behind bytes that fill it from its start; it can be given to another thread. */
function owned(bytes: Uint8Array): ArrayBuffer {
  if (!(bytes.buffer instanceof ArrayBuffer) || bytes.byteOffset !== 0) throw new TypeError("the bytes do not own their buffer");
  return bytes.buffer;
}
