// What a report's HTML file is made of besides its definition: rows as the database gave them, and their origin.

import type { Row } from "../figures.js";

export interface SourceFile {
  readonly name: string;
  readonly sha256?: string;
}

export interface ReportContent {
  /** Rows by tile id, as `reportQueries` asked for them. A year without rows has empty lists. */
  readonly rowsByTile: Readonly<Record<string, readonly Row[]>>;
  readonly year: number;
  /** All years that have a file beside this one; this year may be among them. */
  readonly years: readonly number[];
  readonly run: string;
  /** UTC, ISO 8601. */
  readonly publishedAt: string;
  readonly source: {
    /** "CMS release 2025"; null when not known. */
    readonly release: string | null;
    readonly files: readonly SourceFile[];
  };
  /** Of carelake. */
  readonly version: string;
}
