// One case as every engine's logs would have it: below a job run, below a step with its containers, in a local folder.
// In: a case. Out: logs as the engines read them, and the names by which their places are told in expect.txt.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { StageLogs } from "../../driver/engine.js";
import { stageFolders } from "../../driver/local/engine.js";
import { bootstrapLogs, serverlessLogs, stepLogs } from "../../emr/logs/logs.js";
import { memoryObjects } from "../emr/aws-place.js";
import type { Case } from "./case.js";

export interface Laid {
  readonly logs: StageLogs;
  /** Places are told by the process and stream: {driver stderr}. */
  told(text: string): string;
}

export interface Layout {
  readonly name: string;
  readonly isLocal?: true;
  /** Line numbers are those of the case's own files. */
  readonly keepsNumbers?: true;
  fits(each: Case): boolean;
  lay(each: Case): Promise<Laid>;
}

const APPLICATION = "application_1795351200000_0001";
const JOB_RUN = "s3://lake/logs/applications/00f1abc/jobs/00f2def/";
const CLUSTER = "s3://lake/logs/j-1K48EXAMPLE/";
const STEP = `${CLUSTER}steps/s-1EXAMPLE/`;
const container = (number: number): string => `${CLUSTER}containers/${APPLICATION}/container_1795351200000_0001_01_${String(number).padStart(6, "0")}/`;

type Placed = Readonly<Record<string, readonly [uri: string, body: string]>>;

/** Of a job run, by what each file is told as. */
function ofJobRun({ logs }: Case, { below, ending }: { readonly below: string; readonly ending: string }): Placed {
  const at = `${JOB_RUN}${below}`;
  return {
    ...(logs.stderr === undefined ? {} : { "driver stderr": [`${at}SPARK_DRIVER/stderr${ending}`, logs.stderr] }),
    ...(logs.stdout === undefined ? {} : { "driver stdout": [`${at}SPARK_DRIVER/stdout${ending}`, logs.stdout] }),
    ...Object.fromEntries(logs.executors.map((text, index) => [`executor ${String(index)} stderr`, [`${at}SPARK_EXECUTOR/${String(index + 1)}/stderr${ending}`, text] as const])),
  };
}

/** Of a step: the controller's own words, then what YARN's client says of the application. */
function ofStep({ logs, exitCode }: Case): Placed {
  const controller = `2026-11-22T14:00:00.000Z INFO startExec 'hadoop jar /var/lib/aws/emr/step-runner/hadoop-jars/command-runner.jar spark-submit'\n2026-11-22T14:01:10.000Z WARN Step failed with exitCode ${String(exitCode ?? 1)} and took 70 seconds\n`;
  return {
    controller: [`${STEP}controller.gz`, controller],
    "driver stderr": [`${STEP}stderr.gz`, `26/11/22 14:00:05 INFO YarnClientImpl: Submitted application ${APPLICATION}\n${logs.stderr ?? ""}`],
    ...(logs.stdout === undefined ? {} : { "driver stdout": [`${STEP}stdout.gz`, logs.stdout] }),
    ...Object.fromEntries(logs.executors.map((text, index) => [`executor ${String(index)} stderr`, [`${container(index + 2)}stderr.gz`, text] as const])),
  };
}

/** Of the machine on which a cluster did not come up; one that did lies beside it. */
function ofNode({ logs, service }: Case): Placed {
  const action = (node: string): string => `${CLUSTER}node/${node}/bootstrap-actions/1/`;
  const node = /\bi-[0-9a-f]+/.exec(service?.end.reason ?? "")?.[0] ?? "";
  return {
    "node stderr": [`${action(node)}stderr.gz`, logs.stderr ?? ""],
    "node stdout": [`${action(node)}stdout.gz`, logs.stdout ?? ""],
    "node controller": [`${action(node)}controller.gz`, logs.controller ?? ""],
    "other node stderr": [`${action("i-00000000000000000")}stderr.gz`, "ERROR of a machine that came up all the same\n"],
  };
}

/** The driver's log in two pieces, the first of an earlier hour. */
function rotated(placed: Placed): readonly (readonly [told: string, uri: string, body: string])[] {
  return Object.entries(placed).flatMap(([told, [uri, body]]) => {
    if (told !== "driver stderr") return [[told, uri, body] as const];
    const middle = body.indexOf("\n", body.length / 2) + 1;
    return [[told, uri.replace("stderr.gz", "stderr.2026-11-22-13.gz"), body.slice(0, middle)] as const, [told, uri, body.slice(middle)] as const];
  });
}

const whole = (placed: Placed) => Object.entries(placed).map(([told, [uri, body]]) => [told, uri, body] as const);

async function onS3(files: readonly (readonly [told: string, uri: string, body: string])[], read: (objects: ReturnType<typeof memoryObjects>) => Promise<StageLogs>): Promise<Laid> {
  const objects = memoryObjects(() => new Date(0));
  for (const [, uri, body] of files) await objects.put(uri, gzipSync(body));
  const logs = await read(objects);
  return { logs, told: (text) => [...files.map(([told, uri]) => [uri, `{${told}}`] as const), [logs.place, "{logs}"] as const].reduce((sum, [place, name]) => sum.replaceAll(place, name), text) };
}

async function onThisComputer({ logs }: Case): Promise<Laid> {
  const folder = mkdtempSync(join(tmpdir(), "carelake-stage-"));
  try {
    writeFileSync(join(folder, "stderr.log"), logs.stderr ?? "");
    writeFileSync(join(folder, "stdout.log"), logs.stdout ?? "");
    const read = await stageFolders.logs({ engine: "local", ref: folder });
    return { logs: read, told: (text) => text.replaceAll(`log: ${read.place}`, "log: {logs}").replaceAll(`the disk of ${read.place}`, "the disk of {logs}").replaceAll(read.place, "{driver stderr}").replaceAll(join(folder, "stdout.log"), "{driver stdout}") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ofJobRuns = ({ service }: Case): boolean => service === undefined || service.jobRun !== undefined;
const ofNodes = ({ service }: Case): boolean => service?.end.cause === "bootstrap";
const ofSteps = (each: Case): boolean => each.service === undefined || (each.service.step !== undefined && !ofNodes(each));

export const LAYOUTS: readonly Layout[] = [
  { name: "on this computer", isLocal: true, keepsNumbers: true, fits: ({ service, logs }) => service === undefined && logs.executors.length === 0, lay: onThisComputer },
  { name: "of a job run", keepsNumbers: true, fits: ofJobRuns, lay: (each) => onS3(whole(ofJobRun(each, { below: "", ending: ".gz" })), (objects) => serverlessLogs(objects, JOB_RUN)) },
  { name: "of a job run that the service tried twice, as .txt.gz", keepsNumbers: true, fits: ofJobRuns, lay: (each) => onS3([["first try", `${JOB_RUN}attempts/1/SPARK_DRIVER/stderr.gz`, "java.lang.OutOfMemoryError: of an earlier try\n"], ...whole(ofJobRun(each, { below: "attempts/2/", ending: ".txt.gz" }))], (objects) => serverlessLogs(objects, JOB_RUN)) },
  { name: "of a step and its containers", fits: ofSteps, lay: (each) => onS3(whole(ofStep(each)), (objects) => stepLogs(objects, CLUSTER, "s-1EXAMPLE")) },
  { name: "of a step, in pieces by the hour", fits: ofSteps, lay: (each) => onS3(rotated(ofStep(each)), (objects) => stepLogs(objects, CLUSTER, "s-1EXAMPLE")) },
  { name: "of a machine that did not come up", keepsNumbers: true, fits: ofNodes, lay: (each) => onS3(whole(ofNode(each)), (objects) => bootstrapLogs(objects, CLUSTER, each.service?.end.reason ?? "")) },
];
