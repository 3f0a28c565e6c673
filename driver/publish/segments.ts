// The exported files against what they should be, before the database is asked anything.
// In: tables with manifests. Out: every mismatch between contract, manifest and disk.

import type { ExportFiles } from "../exports.js";
import type { Problem } from "../problems.js";
import type { ExportManifest } from "../stage.js";
import type { ExportedYear, PublishTable } from "./set.js";

export interface Segment {
  readonly table: PublishTable;
  readonly path: string;
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  /** As its manifest says. */
  readonly hash: string;
}

/** In the order of the key: years ascending, segments as they were cut. */
export function segmentsOf(table: PublishTable, files: ExportFiles): readonly Segment[] {
  const years = [...table.manifests].sort((a, b) => a.manifest.year - b.manifest.year);
  return years.flatMap(({ directory, manifest }) =>
    manifest.segments.map(({ file, rows, bytes, hash }) => ({ table, path: files.place(directory, file), file: `${manifest.year}/${file}`, rows, bytes, hash })),
  );
}

export async function segmentProblems(tables: readonly PublishTable[], files: ExportFiles): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const table of tables) {
    const refuse = (segment: string, message: string): void =>
      void problems.push({ code: "publish-load-refused", table: table.name, segment, message, warnings: [] });
    const years = new Set<number>();
    for (const { directory, manifest } of table.manifests) {
      if (years.has(manifest.year)) refuse(directory, `a second manifest of ${manifest.year}`);
      years.add(manifest.year);
      for (const message of manifestFaults(table, { directory, manifest })) refuse(files.place(directory, "manifest.json"), message);
    }
    for (const segment of segmentsOf(table, files)) {
      const message = await fileFault(segment, files);
      if (message !== undefined) refuse(segment.path, message);
    }
  }
  return problems;
}

function manifestFaults(table: PublishTable, { manifest }: ExportedYear): readonly string[] {
  const faults: string[] = [];
  const expected = table.columns.map((column) => `${column.name} ${column.type}`).join(", ");
  const found = manifest.columns.map((column) => `${column.name} ${column.type}`).join(", ");
  if (expected !== found) faults.push(`columns are ${found}, the contract says ${expected}`);
  const { rows, hash } = totalOf(manifest);
  if (rows !== manifest.rows) faults.push(`its segments hold ${rows} rows, it says ${manifest.rows}`);
  if (hash !== manifest.hash) faults.push(`the hashes of its segments add up to ${hash}, it says ${manifest.hash}`);
  return faults;
}

function totalOf(manifest: ExportManifest): { readonly rows: number; readonly hash: string } {
  const rows = manifest.segments.reduce((sum, segment) => sum + segment.rows, 0);
  const hash = manifest.segments.reduce((sum, segment) => sum + BigInt(segment.hash), 0n).toString();
  return { rows, hash };
}

async function fileFault(segment: Segment, files: ExportFiles): Promise<string | undefined> {
  const size = await files.size(segment.path);
  if (size === undefined) return "the file is missing";
  return size === segment.bytes ? undefined : `the file has ${size} bytes, the manifest says ${segment.bytes}`;
}
