// Where logs stand: keys below a job run or a step → which process wrote them, in what order to read them. Pure.
// Names vary (attempts/, rotated hours, .txt.gz), so a key is never built, only understood.

import type { LogPart } from "../../driver/engine.js";
import type { ObjectFacts } from "../s3/objects.js";

export interface LogFile {
  readonly uri: string;
  /** controller, stderr, stdout, syslog … */
  readonly stream: string;
  readonly process: LogPart["process"];
  readonly modified: Date;
}

const NAME = /^([A-Za-z]+)[^/]*$/;

/** Below `<logUri>/applications/<app>/jobs/<run>/`: the last attempt only. */
export function serverlessFiles(prefix: string, objects: readonly ObjectFacts[]): readonly LogFile[] {
  const files = objects.flatMap(({ uri, modified }) => {
    const parts = /^(?:attempts\/(\d+)\/)?(SPARK_DRIVER|SPARK_EXECUTOR)\/(?:[^/]+\/)*([^/]+)$/.exec(uri.slice(prefix.length));
    const stream = NAME.exec(parts?.[3] ?? "")?.[1];
    return parts === null || stream === undefined ? [] : [{ uri, stream, modified, process: parts[2] === "SPARK_DRIVER" ? ("driver" as const) : ("executor" as const), attempt: Number(parts[1] ?? 0) }];
  });
  const last = Math.max(0, ...files.map(({ attempt }) => attempt));
  return inTime(files.filter(({ attempt }) => attempt === last).map(({ attempt: _, ...file }) => file));
}

/** Below `<logUri>/<cluster>/steps/<step>/`. In client mode the step is the driver. */
export function stepFiles(prefix: string, objects: readonly ObjectFacts[]): readonly LogFile[] {
  return inTime(objects.flatMap(({ uri, modified }) => {
    const stream = NAME.exec(uri.slice(prefix.length))?.[1];
    return stream === undefined ? [] : [{ uri, stream, modified, process: stream === "controller" ? ("controller" as const) : ("driver" as const) }];
  }));
}

/** Below `<logUri>/<cluster>/containers/<application>/`: the first container is the application master's. */
export function containerFiles(prefix: string, objects: readonly ObjectFacts[]): readonly LogFile[] {
  return inTime(objects.flatMap(({ uri, modified }) => {
    const [container = "", name = ""] = uri.slice(prefix.length).split("/").slice(-2);
    const stream = NAME.exec(name)?.[1];
    return stream === undefined ? [] : [{ uri, stream, modified, process: /_0*1$/.test(container) ? ("driver" as const) : ("executor" as const) }];
  }));
}

export interface NodeFile extends LogFile {
  /** Id of its EC2 instance. */
  readonly node: string;
}

/**
 * Below `<logUri>/<cluster>/node/`: of each machine what it was last set up with. Bootstrap actions run one after the other
 * (bootstrap-actions/1, 2 …), then the applications are installed (provision-node/apps-phase).
 */
export function nodeFiles(prefix: string, objects: readonly ObjectFacts[]): readonly NodeFile[] {
  const files = objects.flatMap(({ uri, modified }) => {
    const [, node, action, name = ""] = /^([^/]+)\/(?:bootstrap-actions\/(\d+)|provision-node\/apps-phase\/.+)\/([^/]+)$/.exec(uri.slice(prefix.length)) ?? [];
    const stream = NAME.exec(name)?.[1];
    return node === undefined || stream === undefined ? [] : [{ uri, stream, modified, node, process: stream === "controller" ? ("controller" as const) : ("node" as const), turn: action === undefined ? Infinity : Number(action) }];
  });
  const last = (node: string): number => Math.max(...files.filter((file) => file.node === node).map(({ turn }) => turn));
  return inTime(files.filter(({ node, turn }) => turn === last(node)).map(({ turn: _, ...file }) => file));
}

/** Rotated pieces carry their hour in the name and come before the piece without one. */
const inTime = <F extends LogFile>(files: readonly F[]): readonly F[] => [...files].sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : a.uri < b.uri ? -1 : 1));

const timeOf = ({ uri }: LogFile): string => `${uri.replace(/[^/]*$/, "")}${/\.(\d{4}-\d{2}-\d{2}-\d{2})/.exec(uri)?.[1] ?? "9999"}`;
