// What is published together: the tables of a set with their segments, and the words the publisher uses about them.
// Data only: no SQL, no file, no connection.

import type { ExportFiles } from "../exports.js";
import type { Column } from "../job.js";
import type { Problem } from "../problems.js";
import type { ExportManifest } from "../stage.js";
import type { Database } from "./database.js";

export interface NamedColumn extends Column {
  readonly name: string;
}

export interface ExportedYear {
  /** Folder of the segments. */
  readonly directory: string;
  readonly manifest: ExportManifest;
}

export interface PublishTable {
  /** Name readers use. Lower case letters, digits, underscore. */
  readonly name: string;
  readonly meaning: string;
  /** In table order, `year` first: the order of the fields in the segments. */
  readonly columns: readonly NamedColumn[];
  /** Primary key: year + grain. */
  readonly key: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  /** One a year; the table holds all of them. */
  readonly manifests: readonly ExportedYear[];
}

export interface PublishOptions {
  readonly connect: Database;
  /** Name of the set, one a pipeline: "part-d". Generations are counted a set. */
  readonly set: string;
  readonly tables: readonly PublishTable[];
  /** Where the segments are read from. */
  readonly files: ExportFiles;
  /** Id of this generation, the run's id as a rule. */
  readonly publication: string;
  readonly run: string;
  /** Version of carelake. */
  readonly version: string;
  readonly now: () => Date;
  readonly events?: (event: PublishEvent) => void;
  /** Connections that load at once. Default 4. */
  readonly parallel?: number;
  /** Former generations that stay however old they are, ready for rollback. Default 2. */
  readonly keepGenerations?: number;
  /** Further ones stay until they are so many days old. Default 0. */
  readonly keepDays?: number;
  /** How long one try of the swap waits for readers; new readers wait behind it for as long. Default 3. */
  readonly lockWaitSeconds?: number;
  /** How long the swap is tried again. Default 120. */
  readonly deadlineSeconds?: number;
  /** How long to wait for another publisher of the same database to end. Default 120. */
  readonly turnSeconds?: number;
  /** How long to try for a new connection after one broke, counted from the last whole segment. Default 60. */
  readonly reconnectSeconds?: number;
  /** A load without any progress for so long is cut. Default 120. */
  readonly stallSeconds?: number;
  /** Lets columns, keys and tables that readers know go or change their type. Default false. */
  readonly allowBreaking?: boolean;
  readonly signal?: AbortSignal;
}

/** What every table we made says of itself, in its comment: it travels with the table through renames and crashes. */
export interface Tag {
  readonly set: string;
  readonly publication: string;
  readonly run: string;
  readonly version: string;
  /** When its loading began, ISO 8601 UTC. Orders the generations of a set. */
  readonly at: string;
  readonly rows: number;
  /** Sum of the manifests' hashes: driver/stage.ts exportManifest. */
  readonly hash: string;
  /** First 16 hex digits of the sha256 of the table's definition. */
  readonly contract: string;
  readonly years: readonly number[];
  /** Year to the snapshot of the lake that its rows were read from. */
  readonly snapshots: Readonly<Record<string, string>>;
  /** All tables of the generation: tells a whole one from one that lost a table. */
  readonly members: readonly string[];
}

export interface PublishedTable extends Tag {
  readonly table: string;
}

export interface Published {
  /** already-live: the same content under the same contract was live, nothing was loaded. */
  readonly outcome: "published" | "already-live";
  /** The generation that is live now. */
  readonly publication: string;
  readonly tables: readonly PublishedTable[];
  readonly changes: readonly string[];
  readonly swapMilliseconds: number;
  readonly dropped: readonly string[];
  readonly server: string;
}

export type PublishEvent =
  | { readonly event: "publish-step"; readonly step: PublishStep }
  | { readonly event: "publish-recovered"; readonly publication: string; readonly state: "done" | "abandoned" }
  /** The live tables say that they are the same, and are not any more: they are loaded again. */
  | { readonly event: "publish-repairs"; readonly publication: string; readonly difference: string }
  /** One more year of live tables was read, which say that they are the same. */
  | { readonly event: "publish-compared"; readonly table: string; readonly year: number; readonly doneRows: number; readonly totalRows: number }
  /** The connection broke; what stands whole is not loaded again. */
  | { readonly event: "publish-reconnects"; readonly problem: Problem }
  /** Segments of an earlier try stand whole. */
  | { readonly event: "publish-continued"; readonly doneRows: number; readonly doneBytes: number; readonly totalRows: number; readonly totalBytes: number }
  | { readonly event: "publish-loaded"; readonly table: string; readonly segment: string; readonly rows: number; readonly bytes: number; readonly doneRows: number; readonly doneBytes: number; readonly totalRows: number; readonly totalBytes: number }
  | { readonly event: "publish-verified"; readonly table: string; readonly year: number; readonly rows: number; readonly hash: string }
  /** Rows do not go by LOAD DATA LOCAL, and why. */
  | { readonly event: "publish-path"; readonly path: LoadPathName; readonly because: string }
  /** Before anything is loaded: readers that the swap would have to wait for. */
  | { readonly event: "publish-readers"; readonly readers: readonly string[] }
  /** Another publisher is at work: its connection and account. */
  | { readonly event: "publish-queues"; readonly owner: string }
  | { readonly event: "publish-waits"; readonly attempt: number; readonly blockers: readonly string[] }
  | { readonly event: "publish-swapped"; readonly publication: string; readonly milliseconds: number }
  | { readonly event: "publish-kept"; readonly table: string; readonly why: string };

/** How rows come into the staging tables. */
export type LoadPathName = "load-data-local" | "insert-batches" | "load-data-from-s3";

export type PublishStep = "preflight" | "compare" | "create" | "load" | "index" | "verify" | "swap" | "tidy";

export const rowsOf = (table: PublishTable): number => table.manifests.reduce((sum, each) => sum + each.manifest.rows, 0);

/** Sums pass 2^53: text in, text out. */
export const hashOf = (table: PublishTable): string =>
  table.manifests.reduce((sum, each) => sum + BigInt(each.manifest.hash), 0n).toString();

export const yearsOf = (table: PublishTable): readonly number[] => table.manifests.map((each) => each.manifest.year).sort((a, b) => a - b);

export const snapshotsOf = (table: PublishTable): Readonly<Record<string, string>> =>
  Object.fromEntries(table.manifests.map(({ manifest }) => [String(manifest.year), manifest.snapshot]));
