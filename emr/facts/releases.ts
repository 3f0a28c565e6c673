// Release label → what it is, how long it is supported, and what EMR Serverless allows under it.
// Dates come in as arguments. Nothing here asks AWS: a label that the table does not know is told as unknown, not as wrong.

import { ENDED, RELEASES, type Release } from "./release-table.js";

export interface Label {
  /** "emr-spark-8", "emr-7". */
  readonly line: string;
  readonly version: readonly [major: number, minor: number, patch: number];
}

/** Both forms of a label: emr-7.14.0 and emr-spark-8.1.0. */
export function parseLabel(label: string): Label | undefined {
  const [, spark, major, minor, patch] = /^emr-(spark-)?(\d+)\.(\d+)\.(\d+)$/.exec(label) ?? [];
  if (major === undefined) return undefined;
  return { line: `emr-${spark ?? ""}${major}`, version: [Number(major), Number(minor), Number(patch)] };
}

export const findRelease = (label: string): Release | undefined => RELEASES.find((release) => release.label === label);

export type ReleaseAnswer =
  | { readonly known: true; readonly release: Release }
  /** `wellFormed`: it may be newer than the table. `nearest` is a label that the table has. */
  | { readonly known: false; readonly wellFormed: boolean; readonly nearest: string };

export function lookUpRelease(label: string): ReleaseAnswer {
  const release = findRelease(label);
  if (release !== undefined) return { known: true, release };
  const wanted = parseLabel(label);
  if (wanted === undefined) return { known: false, wellFormed: false, nearest: nearestBySpelling(label) };
  const ranked = RELEASES.map((each) => ({ label: each.label, far: distance(wanted, parseLabel(each.label)) })).sort((a, b) => a.far - b.far);
  return { known: false, wellFormed: true, nearest: ranked[0]?.label ?? "" };
}

/** Same line first, then the nearest number. */
function distance(wanted: Label, other: Label | undefined): number {
  if (other === undefined) return Infinity;
  const number = ({ version: [major, minor, patch] }: Label): number => major * 10_000 + minor * 100 + patch;
  return (wanted.line === other.line ? 0 : 1e6) + Math.abs(number(wanted) - number(other));
}

/** "7.14", "emr-8.1.0", "spark-8.1": the label that shares the numbers; the newest when none does. */
function nearestBySpelling(label: string): string {
  const numbers = /\d+(\.\d+)*/.exec(label)?.[0];
  const found = numbers === undefined ? undefined : RELEASES.find((each) => each.label.includes(`-${numbers}`));
  return found?.label ?? RELEASES[0]?.label ?? "";
}

/** Within so many days of its end a release is told as near it. */
export const NEAR_END_DAYS = 180;

export interface Support {
  readonly state: "supported" | "near-end" | "ended";
  readonly until: string;
  /** Whole days from `today` to the end; negative afterwards. */
  readonly days: number;
}

/** Standard support of a label on a day (ISO date); undefined when nothing is known of the label. */
export function supportOn(label: string, today: string): Support | undefined {
  const until = findRelease(label)?.standard_support_until ?? endedSince(label);
  if (until === undefined) return undefined;
  const days = Math.floor((Date.parse(until) - Date.parse(today)) / 86_400_000);
  return { state: days < 0 ? "ended" : days <= NEAR_END_DAYS ? "near-end" : "supported", until, days };
}

function endedSince(label: string): string | undefined {
  const parsed = parseLabel(label);
  if (parsed === undefined) return undefined;
  const [major, minor] = parsed.version;
  if (major < 5) return "2026-08-31";
  return ENDED.find(({ line, upTo }) => line === parsed.line && minor <= upTo[1])?.since;
}

export interface ServerlessRules {
  /** Most that executionTimeoutMinutes may be; null where no most is known. */
  readonly most_minutes: number | null;
  /** 0 means "no limit". */
  readonly zero_allowed: boolean;
  /** Configuration of a run and of its application: merged, or the run's replaces the other. */
  readonly configurations: "merged" | "replaced";
  /** GB of free storage for intermediate data; 0 where there is none. */
  readonly serverless_storage_gb: 0 | 200 | 1000;
  readonly retry_policy: boolean;
  readonly job_queue: boolean;
}

/** What Serverless allows under a label. A label of another form is held to the newest rules, which are the strictest. */
export function serverlessRules(label: string): ServerlessRules {
  const parsed = parseLabel(label) ?? { line: "emr-spark-8", version: [8, 1, 0] as const };
  const from = (major: number, minor: number): boolean => parsed.version[0] > major || (parsed.version[0] === major && parsed.version[1] >= minor);
  return {
    most_minutes: from(7, 11) ? 10_080 : null,
    zero_allowed: !from(7, 11),
    configurations: from(8, 1) ? "merged" : "replaced",
    serverless_storage_gb: !from(7, 12) ? 0 : from(8, 1) || (parsed.version[0] === 7 && from(7, 14)) ? 1000 : 200,
    retry_policy: from(7, 1),
    job_queue: from(7, 0),
  };
}

/** A run with free intermediate storage ends after a day whatever its limit says. */
export const SERVERLESS_STORAGE_MINUTES = 24 * 60;
