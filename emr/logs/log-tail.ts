// One log object on S3 → its last lines. Read as a stream, packed or not, however large. Never throws for what a
// log can be: a log that cannot be read changes nothing about the run.

import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { LogPart } from "../../driver/engine.js";
import { keepLines, logKeeper } from "../../driver/log-lines.js";
import { ProblemError } from "../../driver/problems.js";
import type { Objects } from "../s3/objects.js";

export interface TailRequest {
  readonly objects: Objects;
  readonly uri: string;
  readonly process: LogPart["process"];
  readonly lines: number;
  /** Looked for in every line, also in those that are not kept. */
  readonly watch?: RegExp;
}

export interface Tail {
  readonly part: LogPart;
  /** The last lines alone. */
  readonly lines: readonly string[];
  /** What `watch` found first. */
  readonly found?: string;
}

export async function tailOf({ objects, uri, process, lines, watch }: TailRequest): Promise<Tail> {
  const keeper = logKeeper(lines);
  let found: string | undefined;
  const take = (line: string): void => {
    if (watch !== undefined) found ??= watch.exec(line)?.[0];
    keeper.take(line);
  };
  const tail = (is: LogPart["is"]): Tail => ({ part: { place: uri, process, is, lines: keeper.lines() }, lines: keeper.tail().map(({ text }) => text), ...(found === undefined ? {} : { found }) });
  try {
    const stream = await objects.stream(uri);
    if (stream === undefined) return tail("not there yet");
    await keepLines(uri.endsWith(".gz") ? unpacked(stream) : stream, { take });
    return tail(keeper.tail().length === 0 ? "empty" : "read");
  } catch (error) {
    return tail(error instanceof ProblemError && error.problem.code === "aws-denied" ? "not permitted" : "unreadable");
  }
}

function unpacked(stream: Readable): Readable {
  const gunzip = createGunzip();
  stream.once("error", (error) => gunzip.destroy(error));
  return stream.pipe(gunzip);
}
