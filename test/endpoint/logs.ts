// Puts the logs of steps and runs where the services put them, late as they do, and in the forms that they are known to take.

import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { gzipSync } from "node:zlib";
import type { Clock } from "./clock.js";
import type { Faults, LogFault } from "./faults.js";

/** Where objects go: S3, or memory for tests that need none. */
export interface ObjectStore {
  put(bucket: string, key: string, body: Buffer): Promise<void>;
}

export function s3Store(client: S3Client): ObjectStore {
  return {
    put: async (bucket, key, body) => {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
  };
}

/** `objects` by `s3://bucket/key`. */
export function memoryStore(objects: Map<string, Buffer>): ObjectStore {
  return { put: async (bucket, key, body) => void objects.set(`s3://${bucket}/${key}`, body) };
}

export interface Upload {
  /** `s3://bucket/prefix/` of the cluster, step or run. Nothing is written without it. */
  readonly uri: string | undefined;
  /** Whose logs: the ending cluster uploads those of its steps. */
  readonly owner: string;
  readonly ms: number;
  /** Contents by path below `uri`, without the ending. */
  files(): Promise<Readonly<Record<string, Buffer | string>>>;
}

export interface LogWriter {
  upload(upload: Upload): void;
  /** Writes at once what waits for this owner; what was ordered to be late or missing stays so. */
  flush(owner: string): void;
}

export interface LogParts {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly store: ObjectStore;
  background(work: Promise<unknown>): void;
}

export function logWriter({ clock, faults, store, background }: LogParts): LogWriter {
  const waiting = new Set<{ readonly owner: string; write(): void }>();
  return {
    upload: ({ uri, owner, ms, files }) => {
      const fault = faults.forWork("logs-late", "logs-missing", "logs-txt", "logs-rotated", "logs-unreadable");
      if (uri === undefined || fault?.fault === "logs-missing") return;
      const { bucket, prefix } = splitUri(uri);
      const write = async (): Promise<void> => {
        const made = Object.entries(await files()).flatMap(([path, body]) => forms({ path, body: Buffer.from(body), hour: hour(clock.now()) }, fault?.fault));
        await Promise.all(made.map(([path, body]) => store.put(bucket, `${prefix}${path}`, body)));
      };
      if (fault?.fault === "logs-late") return void clock.after(fault.ms, () => background(write()));
      const entry = {
        owner,
        write: () => {
          if (waiting.delete(entry)) background(write());
        },
      };
      waiting.add(entry);
      clock.after(ms, entry.write);
    },
    flush: (owner) => [...waiting].filter((each) => each.owner === owner).forEach((each) => each.write()),
  };
}

/** One log file as objects: as a rule one `.gz`. */
function forms(log: { readonly path: string; readonly body: Buffer; readonly hour: string }, fault: LogFault["fault"] | undefined): readonly (readonly [string, Buffer])[] {
  const { path, body } = log;
  if (fault === "logs-txt") return [[`${path}.txt.gz`, gzipSync(body)]];
  if (fault === "logs-unreadable") return [[`${path}.gz`, gzipSync(body).subarray(0, 12)]];
  if (fault !== "logs-rotated" || body.length < 2) return [[`${path}.gz`, gzipSync(body)]];
  const middle = body.indexOf(10, Math.floor(body.length / 2)) + 1;
  return [
    [`${path}.${log.hour}.gz`, gzipSync(body.subarray(0, middle))],
    [`${path}.gz`, gzipSync(body.subarray(middle))],
  ];
}

/** 2026-11-22-10, as rotated step logs carry it. */
const hour = (ms: number): string => new Date(ms).toISOString().slice(0, 13).replace("T", "-");

/** `s3://`, and the `s3n://` and `s3a://` that people still write. The prefix ends with a slash. */
export function splitUri(uri: string): { readonly bucket: string; readonly prefix: string } {
  const found = /^s3[an]?:\/\/([^/]+)\/?(.*)$/.exec(uri);
  if (found === null) throw new Error(`${uri} is not an S3 address`);
  const [, bucket = "", prefix = ""] = found;
  return { bucket, prefix: prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/` };
}
