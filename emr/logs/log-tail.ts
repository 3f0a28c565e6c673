// One log object on S3 → its last lines. Read as a stream, packed or not, however large. Never throws for what a
// log can be: a log that cannot be read changes nothing about the run.

import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { LogPart } from "../../driver/engine.js";
import { ProblemError } from "../../driver/problems.js";
import type { Objects } from "../s3/objects.js";

export interface TailRequest {
  readonly objects: Objects;
  readonly uri: string;
  readonly lines: number;
  /** Looked for in every line, also in those that are not kept. */
  readonly watch?: RegExp;
}

export interface Tail extends LogPart {
  /** What `watch` found first. */
  readonly found?: string;
}

const LINE_CHARACTERS = 4000;

export async function tailOf({ objects, uri, lines, watch }: TailRequest): Promise<Tail> {
  const kept: string[] = [];
  let found: string | undefined;
  const take = (line: string): void => {
    if (watch !== undefined) found ??= watch.exec(line)?.[0];
    if (line.trim() === "") return;
    kept.push(line.slice(0, LINE_CHARACTERS));
    if (kept.length > lines * 2) kept.splice(0, lines);
  };
  const tail = (is: LogPart["is"]): Tail => ({ place: uri, is, lines: kept.slice(-lines), ...(found === undefined ? {} : { found }) });
  try {
    const stream = await objects.stream(uri);
    if (stream === undefined) return tail("not there yet");
    await eachLine(uri.endsWith(".gz") ? unpacked(stream) : stream, take);
    return tail(kept.length === 0 ? "empty" : "read");
  } catch (error) {
    return tail(error instanceof ProblemError && error.problem.code === "aws-denied" ? "not permitted" : "unreadable");
  }
}

function unpacked(stream: Readable): Readable {
  const gunzip = createGunzip();
  stream.once("error", (error) => gunzip.destroy(error));
  return stream.pipe(gunzip);
}

async function eachLine(stream: Readable, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  }
  take(rest);
}
