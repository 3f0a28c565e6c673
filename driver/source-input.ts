// What one source has for one year, as the plan sees it: files with their layout, or a table with a growing key.

import type { PasswordReference } from "./profile.js";

export interface InputFile {
  readonly path: string;
  /** Relative to the input folder: what stands in column source_file. */
  readonly name: string;
  readonly bytes: number;
  readonly gzip: boolean;
  readonly skipLines: number;
  /** Raw column of each field in file order; null for a field that is not loaded. */
  readonly fields: readonly (string | null)[];
}

/** What one source has for one year. */
export interface FileInput {
  readonly kind: "files";
  readonly source: string;
  readonly year: number;
  readonly layout: string;
  readonly delimiter: string;
  readonly files: readonly InputFile[];
  /** Changes when a file's content, name or layout does. */
  readonly fingerprint: string;
}

/** A database table that holds the rows of one year; its password is known by name only. */
export interface TableInput {
  readonly kind: "table";
  readonly source: string;
  readonly year: number;
  readonly layout: string;
  /** JDBC URL without credentials. */
  readonly url: string;
  readonly user: string;
  readonly password: PasswordReference;
  readonly table: string;
  readonly key: string;
  readonly where: string | null;
  readonly partitions: number;
  /** Read only rows above the greatest key already loaded. */
  readonly incremental: boolean;
  /** Database, table, key, filter and columns: only rows of the same origin are added to those that are there. */
  readonly origin: string;
  /** Loads of this origin recorded so far for the year: each load has a fingerprint of its own. */
  readonly loads: number;
  readonly fingerprint: string;
}

export type SourceInput = FileInput | TableInput;
