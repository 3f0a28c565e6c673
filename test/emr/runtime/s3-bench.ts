// Stages whose every place is on S3: a bench with a SeaweedFS of its own, and the objects that a stage leaves there.
// In: what `carelake setup --for test` brought to this computer. Out: exit code, events and report as read from S3.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand } from "@aws-sdk/client-s3";
import { exportManifest, stageEvent, stageReport, type ExportManifest, type StageEvent, type StageFile, type StageReport } from "../../../driver/stage.js";
import { s3aConf, s3aJars, s3Keys } from "../../servers/s3a.js";
import { startSeaweed, type SeaweedServer } from "../../servers/seaweedfs.js";
import { newBench, stageFile, startStage, type Bench } from "./stage-bench.js";

export interface S3Bench extends Bench {
  readonly server: SeaweedServer;
  /** "s3://lake/carelake" */
  readonly lake: string;
}

export async function newS3Bench(name: string): Promise<S3Bench> {
  const bench = await newBench(name);
  const folder = join(bench.folder, "seaweedfs");
  mkdirSync(folder);
  const server = await startSeaweed({ folder });
  return { ...bench, server, lake: `s3://${server.bucket}/carelake` };
}

const keyOf = (bench: S3Bench, uri: string): { readonly Bucket: string; readonly Key: string } => ({ Bucket: bench.server.bucket, Key: uri.replace(`s3://${bench.server.bucket}/`, "") });

export async function put(bench: S3Bench, uri: string, bytes: string | Buffer): Promise<void> {
  await bench.server.client.send(new PutObjectCommand({ ...keyOf(bench, uri), Body: bytes }));
}

export async function text(bench: S3Bench, uri: string): Promise<string | undefined> {
  try {
    return await (await bench.server.client.send(new GetObjectCommand(keyOf(bench, uri)))).Body?.transformToString("utf8");
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** Names below a folder, in order. Markers of folders, which S3A leaves, are no files. */
export async function names(bench: S3Bench, folder: string): Promise<readonly string[]> {
  const { Key: prefix, Bucket } = keyOf(bench, `${folder}/`);
  const found: string[] = [];
  for (let token: string | undefined; ; ) {
    const page = await bench.server.client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix, ContinuationToken: token }));
    found.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined || Key.endsWith("/") ? [] : [Key.slice(prefix.length)])));
    token = page.NextContinuationToken;
    if (token === undefined) return found.sort();
  }
}

/** A stage file whose events and report go to `<lake>/ledger/stages/run-1/<stage>-1`. */
export function s3Stage(bench: S3Bench, parts: Partial<StageFile> & Pick<StageFile, "stage" | "steps">): StageFile {
  const at = `${bench.lake}/ledger/stages/run-1/${parts.stage}-1`;
  return stageFile(bench, { events: `${at}/events`, report: `${at}/report.json`, ...parts });
}

export const folderOf = (stage: StageFile): string => stage.events.replace(/\/events$/, "");

/** Hadoop catalog in the lake: enough for one writer. */
export const hadoopCatalog = (bench: S3Bench): Readonly<Record<string, string>> => ({ "spark.sql.catalog.lake.warehouse": `${bench.lake}/warehouse` });

export interface S3Outcome {
  readonly code: number | null;
  readonly events: readonly StageEvent[];
  /** Names of the event objects. */
  readonly objects: readonly string[];
  readonly report: StageReport | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

interface S3SubmitOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly conf?: Readonly<Record<string, string>>;
  /** Called with each new event and the process group's id. */
  readonly onEvent?: (event: StageEvent, group: number) => void;
}

export async function submitS3(bench: S3Bench, stage: StageFile, options: S3SubmitOptions = {}): Promise<S3Outcome> {
  const told = `${folderOf(stage)}/stage.json`;
  await put(bench, told, JSON.stringify(stage));
  const conf = { ...s3aConf(bench.server), ...hadoopCatalog(bench), ...options.conf };
  const child = startStage(bench, told, { conf, env: { ...s3Keys(bench.server), ...options.env }, jars: s3aJars(), stdout: "pipe" });
  const out = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (each: string) => (out.stdout += each));
  child.stderr?.setEncoding("utf8").on("data", (each: string) => (out.stderr += each));
  const ended = new Promise<number | null>((done) => child.on("close", done));
  if (options.onEvent !== undefined) await follow(bench, stage, { ended, told: (event) => options.onEvent?.(event, child.pid ?? 0) });
  const code = await ended;
  const report = await unlessGone(lateReport(bench, stage, code), undefined);
  return { code, report, ...(await unlessGone(readEvents(bench, stage), { events: [], objects: [] })), ...out };
}

/** A test may take the server away. */
async function unlessGone<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && /ECONNREFUSED|ECONNRESET|socket hang up/.test(`${error.name} ${error.message}`)) return otherwise;
    throw error;
  }
}

async function follow(bench: S3Bench, stage: StageFile, { ended, told }: { readonly ended: Promise<unknown>; readonly told: (event: StageEvent) => void }): Promise<void> {
  const state = { ended: false, seen: 0 };
  void ended.then(() => (state.ended = true));
  while (!state.ended) {
    const { events } = await unlessGone(readEvents(bench, stage), { events: [], objects: [] });
    events.slice(state.seen).forEach(told);
    state.seen = events.length;
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** When Java dies first, Python lives on for a moment to say why. */
async function lateReport(bench: S3Bench, stage: StageFile, code: number | null): Promise<StageReport | undefined> {
  for (let waited = 0; ; waited++) {
    const found = await text(bench, stage.report);
    if (found !== undefined) return stageReport.parse(JSON.parse(found));
    if (code === 0 || waited === 50) return undefined;
    await new Promise((done) => setTimeout(done, 200));
  }
}

async function readEvents(bench: S3Bench, stage: StageFile): Promise<{ readonly events: readonly StageEvent[]; readonly objects: readonly string[] }> {
  const folder = `${folderOf(stage)}/events`;
  const objects = await names(bench, folder);
  const texts = await Promise.all(objects.map((name) => text(bench, `${folder}/${name}`)));
  const events = texts.flatMap((each) => (each ?? "").split("\n").slice(0, -1)).map((line) => stageEvent.parse(JSON.parse(line)));
  return { events, objects };
}

export async function manifestAt(bench: S3Bench, directory: string): Promise<ExportManifest> {
  return exportManifest.parse(JSON.parse((await text(bench, `${directory}/manifest.json`)) ?? ""));
}

/** Bytes of all segments in order. */
export async function segmentsAt(bench: S3Bench, directory: string): Promise<string> {
  const { segments } = await manifestAt(bench, directory);
  return (await Promise.all(segments.map(({ file }) => text(bench, `${directory}/${file}`)))).join("");
}
