// Objects by URI: the few things the engines, the ledger and the publisher do with S3. In: s3://bucket/key.
// Out: text, streams, listings, or undefined where there is nothing. Never here: what the objects mean.

import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { ProblemError } from "../../driver/problems.js";
import { awsError, awsProblem } from "../calls/aws-error.js";
import type { Calls } from "../calls/calls.js";
import { AwsRefusal, orAbsent } from "../calls/calls.js";

export interface ObjectFacts {
  readonly uri: string;
  readonly bytes: number;
  readonly modified: Date;
}

export interface Objects {
  text(uri: string): Promise<string | undefined>;
  /** The object's bytes as they stand (gzip stays gzip). */
  stream(uri: string): Promise<Readable | undefined>;
  /** Bytes and user metadata. */
  head(uri: string): Promise<{ readonly bytes: number; readonly metadata: Readonly<Record<string, string>> } | undefined>;
  put(uri: string, body: string | Buffer, metadata?: Readonly<Record<string, string>>): Promise<void>;
  /** False when there is such an object already, made by another writer. */
  create(uri: string, body: string): Promise<boolean>;
  /** Every object below a prefix, in the order of keys; `after` leaves out that key and all before it. */
  list(prefix: string, after?: string): Promise<readonly ObjectFacts[]>;
  /** Removes the objects; those that are not there are no fault. */
  remove(uris: readonly string[]): Promise<void>;
  /** A local file in parts; `progress` gets the bytes sent so far. */
  upload(file: string, uri: string, options: { readonly metadata: Readonly<Record<string, string>>; readonly progress?: (bytes: number) => void }): Promise<void>;
}

export interface ObjectsOptions {
  readonly s3: S3Client;
  readonly s3Parts: S3Client;
  readonly calls: Calls;
}

/** Bucket and key of s3://bucket/key. The key of a bucket alone is empty. */
export function placeOf(uri: string): { readonly Bucket: string; readonly Key: string } {
  const found = /^s3[an]?:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri);
  if (found?.[1] === undefined) throw new Error(`not the URI of an S3 object: ${uri}`);
  return { Bucket: found[1], Key: found[2] ?? "" };
}

/** The length is said: an empty body would else be taken for one of unknown length. */
const whole = (body: string | Buffer): { readonly Body: Buffer; readonly ContentLength: number } => {
  const Body = Buffer.from(body);
  return { Body, ContentLength: Body.length };
};

const WRITER = "carelake-writer";

export function s3Objects({ s3, s3Parts, calls }: ObjectsOptions): Objects {
  const get = (uri: string): Promise<Readable | undefined> =>
    absent(uri, calls.ask("s3:GetObject", async () => {
      const { Body } = await s3.send(new GetObjectCommand(placeOf(uri)));
      return Body instanceof Readable ? Body : Readable.from([]);
    }));
  const head = async (uri: string) => {
    const found = await absent(uri, calls.ask("s3:HeadObject", () => s3.send(new HeadObjectCommand(placeOf(uri)))));
    return found === undefined ? undefined : { bytes: found.ContentLength ?? 0, metadata: found.Metadata ?? {} };
  };
  return {
    head,
    stream: get,
    // The body is read within the call: a connection that dies in the middle is asked again.
    text: (uri) =>
      absent(uri, calls.ask("s3:GetObject", async () => {
        const { Body } = await s3.send(new GetObjectCommand(placeOf(uri)));
        return (await Body?.transformToString("utf8")) ?? "";
      })),
    put: async (uri, body, metadata) => {
      await inBucket(uri, calls.ask("s3:PutObject", () => s3.send(new PutObjectCommand({ ...placeOf(uri), ...whole(body), ...(metadata === undefined ? {} : { Metadata: { ...metadata } }) }))));
    },
    create: async (uri, body) => {
      // A lost answer is asked again and then finds its own object: the writer's name tells. No two writes ever share
      // one, whatever two containers have in common.
      const writer = randomUUID();
      try {
        await inBucket(uri, againOnConflict(() => calls.ask("s3:PutObject", () => s3.send(new PutObjectCommand({ ...placeOf(uri), ...whole(body), IfNoneMatch: "*", Metadata: { [WRITER]: writer } })))));
        return true;
      } catch (error) {
        if (!(error instanceof AwsRefusal) || error.error.kind !== "conflict") throw error;
        return (await head(uri))?.metadata[WRITER] === writer;
      }
    },
    list: (prefix, after) => inBucket(prefix, listAll({ s3, calls, prefix, ...(after === undefined ? {} : { after }) })),
    remove: async (uris) => {
      for (let first = 0; first < uris.length; first += KEYS_A_REQUEST) await removeAll({ s3, calls }, uris.slice(first, first + KEYS_A_REQUEST));
    },
    upload: async (file, uri, { metadata, progress }) => {
      const upload = new Upload({ client: s3Parts, params: { ...placeOf(uri), Body: createReadStream(file), Metadata: { ...metadata } }, queueSize: 4, partSize: 16 * 1024 * 1024, leavePartsOnError: false });
      upload.on("httpUploadProgress", ({ loaded }) => progress?.(loaded ?? 0));
      try {
        await upload.done();
      } catch (thrown) {
        const error = awsError(thrown);
        throw error === undefined ? thrown : new ProblemError(bucketProblem(uri, error.name, error.message) ?? awsProblem(error, "PutObject"));
      }
    },
  };
}

/** Two conditional writes at the same moment: one is told to come again (409), and then learns who won (412). */
async function againOnConflict<T>(write: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof AwsRefusal) || error.error.name !== "ConditionalRequestConflict") throw error;
    }
  }
}

const KEYS_A_REQUEST = 1000;

/** Of one bucket. An answer may tell of single objects that stay: the first of them is the problem. */
async function removeAll({ s3, calls }: Pick<ObjectsOptions, "s3" | "calls">, uris: readonly string[]): Promise<void> {
  const [first] = uris;
  if (first === undefined) return;
  const Objects = uris.map((uri) => ({ Key: placeOf(uri).Key }));
  const { Errors = [] } = await inBucket(first, calls.ask("s3:DeleteObjects", () => s3.send(new DeleteObjectsCommand({ Bucket: placeOf(first).Bucket, Delete: { Objects, Quiet: true } }))));
  const [refused] = Errors;
  if (refused === undefined) return;
  const { Code: name = "", Message: message = "", Key = "" } = refused;
  throw new ProblemError(awsProblem({ kind: name === "AccessDenied" ? "denied" : "refused", name, message: `${Key}: ${message}` }, "DeleteObjects"));
}

interface Listing {
  readonly s3: S3Client;
  readonly calls: Calls;
  readonly prefix: string;
  readonly after?: string;
}

async function listAll({ s3, calls, prefix, after }: Listing): Promise<readonly ObjectFacts[]> {
  const { Bucket, Key } = placeOf(prefix);
  const found: ObjectFacts[] = [];
  let token: string | undefined;
  do {
    const input = { Bucket, Prefix: Key, ...(after === undefined ? {} : { StartAfter: placeOf(after).Key }), ...(token === undefined ? {} : { ContinuationToken: token }) };
    const page = await calls.ask("s3:ListObjectsV2", () => s3.send(new ListObjectsV2Command(input)));
    for (const each of page.Contents ?? []) {
      if (each.Key !== undefined) found.push({ uri: `s3://${Bucket}/${each.Key}`, bytes: each.Size ?? 0, modified: each.LastModified ?? new Date(0) });
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
  return found;
}

/** A key that is not there is an answer; a bucket that is not there is a problem. */
const absent = <T>(uri: string, asked: Promise<T>): Promise<T | undefined> => orAbsent(inBucket(uri, asked));

async function inBucket<T>(uri: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const problem = error instanceof AwsRefusal ? bucketProblem(uri, error.error.name, error.error.message) : undefined;
    throw problem === undefined ? error : new ProblemError(problem);
  }
}

function bucketProblem(uri: string, name: string, message: string): ProblemError["problem"] | undefined {
  const isBucket = name === "NoSuchBucket" || name === "PermanentRedirect" || name === "AuthorizationHeaderMalformed";
  return isBucket ? { code: "bucket-missing", bucket: placeOf(uri).Bucket, message } : undefined;
}
