// What a stage on AWS needs there before it starts: the runner's code and the source files of this computer.
// Keys come from content, so nothing is overwritten and nothing is sent twice. In: local files. Out: URIs.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Objects } from "../s3/objects.js";
import { zipOf } from "./zip.js";

export interface RunnerCode {
  /** run_stage.py: what spark-submit starts. */
  readonly script: string;
  /** The other modules, for --py-files. */
  readonly modules: string;
}

const SCRIPT = "run_stage.py";

/** Uploads the runner once a content: `<lake>/code/<first 16 of sha256>/`. `folder` is emr/runtime of the package. */
export async function uploadRunner(objects: Objects, folder: string, lake: string): Promise<RunnerCode> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".py") && name !== SCRIPT).sort();
  const modules = await Promise.all(names.map(async (name) => ({ name, content: await readFile(join(folder, name)) })));
  const script = await readFile(join(folder, SCRIPT));
  const zip = zipOf(modules);
  const code = runnerCode(lake, createHash("sha256").update(script).update(zip).digest("hex"));
  await Promise.all([putOnce(objects, code.script, script), putOnce(objects, code.modules, zip)]);
  return code;
}

/** Where a runner of that content lies. */
export function runnerCode(lake: string, sha256: string): RunnerCode {
  const prefix = `${lake}/code/${sha256.slice(0, 16)}`;
  return { script: `${prefix}/${SCRIPT}`, modules: `${prefix}/runtime.zip` };
}

/** Whole or not there: what is there under a name made of its content need not be sent again. */
async function putOnce(objects: Objects, uri: string, content: Buffer): Promise<void> {
  if ((await objects.head(uri))?.bytes !== content.length) await objects.put(uri, content);
}

export interface InputUpload {
  readonly objects: Objects;
  readonly lake: string;
  /** Fingerprint of the input that the files belong to. */
  readonly fingerprint: string;
  /** Absolute path of each, and its name within the input. */
  readonly files: readonly { readonly path: string; readonly name: string }[];
  readonly progress?: (sent: { readonly file: string; readonly bytes: number; readonly of: number }) => void;
}

/** Where a source file of this computer stands on S3: known without sending it. */
export const inputUri = (lake: string, fingerprint: string, name: string): string => `${lake}/inputs/${fingerprint}/${name}`;

/** Source files of one input on S3, in the order of `files`. A file of the same size and sum stays as it is. */
export async function uploadInputs({ objects, lake, fingerprint, files, progress }: InputUpload): Promise<readonly string[]> {
  const uris: string[] = [];
  for (const { path, name } of files) {
    const uri = inputUri(lake, fingerprint, name);
    const { size } = await stat(path);
    const there = await objects.head(uri);
    const sum = await sha256Of(path);
    if (there?.bytes !== size || there.metadata["sha256"] !== sum) {
      await objects.upload(path, uri, { metadata: { sha256: sum }, progress: (bytes) => progress?.({ file: name, bytes, of: size }) });
    }
    progress?.({ file: name, bytes: size, of: size });
    uris.push(uri);
  }
  return uris;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
