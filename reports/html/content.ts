// What a report's HTML file is made of besides its definition: rows of the database or answers to it, and their origin.

import type { Answers } from "./answers.js";
import type { Tables } from "./asked-rows.js";

/** Rows, which the page's script adds up for each choice; or, where they are too many for a file, answers. */
export type Figured = { readonly kind: "rows"; readonly tables: Tables } | { readonly kind: "answers"; readonly answers: Answers };

export interface SourceFile {
  readonly name: string;
  readonly sha256?: string;
}

export interface ReportContent {
  /** Oldest first, at least one. */
  readonly years: readonly [number, ...number[]];
  readonly figured: Figured;
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
  readonly holds: Figured["kind"];
  /** Names of the parts of data in the file. */
  readonly parts: readonly string[];
}
