// What a stage on AWS wrote, as far as it has arrived: prefixes are listed, never one key asked for, because services
// upload minutes late and under names that vary. In: where to look. Out: the last lines, where they stand, what is missing.

import type { LogPart, StageLogs } from "../../driver/engine.js";
import { ProblemError } from "../../driver/problems.js";
import type { LogFile } from "./log-layout.js";
import { containerFiles, nodeFiles, serverlessFiles, stepFiles } from "./log-layout.js";
import type { Tail } from "./log-tail.js";
import { tailOf } from "./log-tail.js";
import type { Objects } from "../s3/objects.js";

const TAIL_LINES = 400;
/** Lines of each source: the driver's stderr has what is left of the tail. */
const ROOM = { controller: 40, stdout: 40, executors: 80 } as const;
const EXECUTORS = 4;
const NODES = 4;
const TROUBLE = /ERROR|Exception|OutOfMemory|No space left|Killed|exit (code|status)|fatal/i;
const APPLICATION = /application_\d+_\d+/;
const STEP_ENDED = /step (succeeded|failed|cancel|was)|exit ?code/i;

/** `<logUri>/applications/<app>/jobs/<run>/`. */
export async function serverlessLogs(objects: Objects, prefix: string): Promise<StageLogs> {
  const listed = await listing(objects, prefix);
  if ("part" in listed) return nothingBut(listed.part);
  const files = serverlessFiles(prefix, listed.objects);
  const driver = (stream: string) => files.filter((file) => file.process === "driver" && file.stream === stream);
  const stderr = await tailsOf(objects, driver("stderr"), { lines: TAIL_LINES, expected: `${prefix}SPARK_DRIVER/stderr` });
  const stdout = await tailsOf(objects, driver("stdout"), { lines: ROOM.stdout });
  const executors = await executorTails(objects, files);
  // The last lines are those that people are shown: the driver's own.
  const tail = fitted([...lines(executors), ...lines(stdout)], lines(stderr));
  return { place: prefix, tail, parts: parts(stderr, executors, stdout), complete: hasCome(stderr) };
}

/** `<logUri>/<cluster>/`, and the step in it. */
export async function stepLogs(objects: Objects, cluster: string, step: string): Promise<StageLogs> {
  const prefix = `${cluster}steps/${step}/`;
  const listed = await listing(objects, prefix);
  if ("part" in listed) return nothingBut(listed.part);
  const files = stepFiles(prefix, listed.objects);
  const stream = (name: string): readonly LogFile[] => files.filter((file) => file.stream === name);
  // A command that could not be started at all is told here and nowhere else.
  const controller = await tailsOf(objects, stream("controller"), { lines: ROOM.controller, expected: `${prefix}controller` });
  const stderr = await tailsOf(objects, stream("stderr"), { lines: TAIL_LINES, expected: `${prefix}stderr`, watch: APPLICATION });
  const stdout = await tailsOf(objects, stream("stdout"), { lines: ROOM.stdout });
  const application = stderr.find(({ found }) => found !== undefined)?.found;
  const containers = application === undefined ? { master: [], executors: [] } : await containerLogs(objects, `${cluster}containers/${application}/`);
  const tail = fitted([...lines(controller), ...lines(containers.executors), ...lines(stdout), ...lines(containers.master)], lines(stderr));
  const complete = lines(controller).some((line) => STEP_ENDED.test(line));
  return { place: prefix, tail, parts: parts(controller, stderr, containers.master, containers.executors, stdout), complete };
}

async function containerLogs(objects: Objects, prefix: string): Promise<{ readonly master: readonly Tail[]; readonly executors: readonly Tail[] }> {
  const listed = await listing(objects, prefix);
  if ("part" in listed) return { master: [], executors: [] };
  const files = containerFiles(prefix, listed.objects);
  const master = await tailsOf(objects, files.filter((file) => file.process === "driver" && file.stream === "stderr"), { lines: ROOM.executors });
  return { master, executors: await executorTails(objects, files) };
}

/** `<logUri>/<cluster>/` of a cluster that did not come up. `reason`: the service's words, which as a rule name the machines. */
export async function bootstrapLogs(objects: Objects, cluster: string, reason: string): Promise<StageLogs> {
  const prefix = `${cluster}node/`;
  const listed = await listing(objects, prefix);
  if ("part" in listed) return nothingBut(listed.part);
  const files = nodeFiles(prefix, listed.objects);
  const named = files.filter(({ node }) => reason.includes(node));
  const nodes = [...new Set((named.length === 0 ? files : named).map(({ node }) => node))].slice(0, NODES);
  const stream = (...names: readonly string[]): readonly LogFile[] => files.filter((file) => nodes.includes(file.node) && names.includes(file.stream));
  const said = await tailsOf(objects, stream("stderr", "puppet"), { lines: TAIL_LINES, expected: prefix });
  const stdout = await tailsOf(objects, stream("stdout"), { lines: ROOM.stdout });
  const controller = await tailsOf(objects, stream("controller"), { lines: ROOM.controller });
  return { place: prefix, tail: fitted([...lines(controller), ...lines(stdout)], lines(said)), parts: parts(said, stdout, controller), complete: hasCome(said) };
}

async function listing(objects: Objects, prefix: string): Promise<{ readonly objects: Awaited<ReturnType<Objects["list"]>> } | { readonly part: LogPart }> {
  try {
    return { objects: await objects.list(prefix) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { part: { place: prefix, is: error.problem.code === "aws-denied" ? "not permitted" : "unreadable", process: "driver", lines: [] } };
  }
}

const nothingBut = (part: LogPart): StageLogs => ({ place: part.place, tail: [], parts: [part], complete: false });

interface Reading {
  readonly lines: number;
  /** Place to name when there is none of these files yet. */
  readonly expected?: string;
  readonly watch?: RegExp;
}

/** Pieces of one log in the order of time; from the first, what is looked for; from the last, the lines. */
async function tailsOf(objects: Objects, files: readonly LogFile[], { lines: most, expected, watch }: Reading): Promise<readonly Tail[]> {
  if (files.length === 0) return expected === undefined ? [] : [{ part: { place: expected, process: "driver", is: "not there yet", lines: [] }, lines: [] }];
  return Promise.all(files.map(({ uri, process }) => tailOf({ objects, uri, process, lines: most, ...(watch === undefined ? {} : { watch }) })));
}

/** Of the executors that spoke last, those that speak of trouble. */
async function executorTails(objects: Objects, files: readonly LogFile[]): Promise<readonly Tail[]> {
  const latest = files.filter((file) => file.process === "executor" && file.stream === "stderr").sort((a, b) => b.modified.getTime() - a.modified.getTime());
  const tails = await tailsOf(objects, latest.slice(0, EXECUTORS), { lines: ROOM.executors / 2 });
  return tails.filter(({ part }) => part.is !== "read" || part.lines.some(({ text }) => TROUBLE.test(text))).slice(0, 2);
}

const lines = (tails: readonly Tail[]): readonly string[] => tails.flatMap((tail) => tail.lines);
const parts = (...groups: readonly (readonly Tail[])[]): readonly LogPart[] => groups.flat().map(({ part }) => part);
const hasCome = (tails: readonly Tail[]): boolean => tails.every(({ part }) => part.is !== "not there yet");
/** What comes last is what counts most: it has all the room that the rest leaves. */
const fitted = (rest: readonly string[], most: readonly string[]): readonly string[] => [...rest, ...most.slice(-Math.max(1, TAIL_LINES - rest.length))].slice(-TAIL_LINES);
