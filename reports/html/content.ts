// What a report's HTML file is made of besides its definition: answers of the database, and their origin.

import type { Answers } from "./answers.js";

export interface SourceFile {
  readonly name: string;
  readonly sha256?: string;
}

export interface ReportContent {
  /** Oldest first, at least one. */
  readonly years: readonly [number, ...number[]];
  readonly answers: Answers;
  readonly run: string;
  /** UTC, ISO 8601. */
  readonly publishedAt: string;
  /** Files that each year was loaded from, as the runs recorded them. */
  readonly sources: readonly { readonly year: number; readonly files: readonly SourceFile[] }[];
  /** Of carelake. */
  readonly version: string;
}

/** What the script in the file must know and the definition does not say. */
export interface Manifest {
  readonly report: string;
  readonly years: readonly number[];
  /** Names of the parts of data in the file. */
  readonly parts: readonly string[];
}
