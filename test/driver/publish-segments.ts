// Segments as the stage runner exports them, written by Node: so publication is tested without Spark, and by a second
// hand that knows the form (driver/stage.ts exportManifest) from its description only.

import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { NamedColumn, PublishTable } from "../../driver/publish/set.js";
import type { ExportManifest } from "../../driver/stage.js";

export type Value = string | null;

const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", "\0": "\\0", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

export const lineOf = (row: readonly Value[]): string =>
  row.map((value) => (value === null ? "\\N" : value.replace(/[\\\0\t\n\r]/g, (character) => ESCAPED[character] ?? character))).join("\t");

/** First 32 bits of the line's sha256. */
export const hashOf = (line: string): bigint => BigInt(createHash("sha256").update(line, "utf8").digest().readUInt32BE(0));

export interface SegmentsOf {
  readonly directory: string;
  readonly table: string;
  readonly year: number;
  readonly columns: readonly NamedColumn[];
  readonly rows: Iterable<readonly Value[]>;
  readonly rowsPerSegment?: number;
}

/** Writes segment by segment: memory does not grow with the rows. */
export function writeSegments({ directory, table, year, columns, rows, rowsPerSegment = 1000 }: SegmentsOf): ExportManifest {
  mkdirSync(directory, { recursive: true });
  const segments: ExportManifest["segments"] = [];
  let lines: string[] = [];
  const flush = (): void => {
    if (lines.length === 0) return;
    const file = `part-${String(segments.length).padStart(5, "0")}.txt`;
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""), "utf8");
    const handle = openSync(join(directory, file), "w");
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    closeSync(handle);
    segments.push({ file, rows: lines.length, bytes: bytes.length, hash: lines.reduce((sum, line) => sum + hashOf(line), 0n).toString() });
    lines = [];
  };
  for (const row of rows) {
    lines.push(lineOf(row));
    if (lines.length === rowsPerSegment) flush();
  }
  flush();
  return {
    format: 1,
    table,
    year,
    fingerprint: "f",
    snapshot: "1",
    columns: columns.map(({ name, type }) => ({ name, type })),
    sort: [],
    rows: segments.reduce((sum, segment) => sum + segment.rows, 0),
    hash: segments.reduce((sum, segment) => sum + BigInt(segment.hash), 0n).toString(),
    segments,
  };
}

const column = (name: string, type: NamedColumn["type"], rest: Partial<NamedColumn> = {}): NamedColumn => ({ name, type, meaning: `The ${name}`, ...rest });

/** Two tables that share a generation number, so that a reader can tell whether what it joins belongs together. */
export const PAIR: readonly Omit<PublishTable, "manifests">[] = [
  {
    name: "alpha",
    meaning: "One row an id",
    columns: [column("year", "int"), column("id", "bigint"), column("generation", "int"), column("label", "string", { maxLength: 40, nullable: true }), column("cost_usd", "decimal(18,2)", { unit: "usd" })],
    key: ["year", "id"],
    indexes: [["label"], ["generation", "id"]],
  },
  {
    name: "beta",
    meaning: "One row a code",
    columns: [column("year", "int"), column("code", "string", { maxLength: 20 }), column("generation", "int"), column("is_good", "boolean")],
    key: ["year", "code"],
    indexes: [["is_good"]],
  },
];

/** The pair with `rows` rows a table and year, all of one generation. */
export function pairOf(folder: string, { generation, rows = 500, years = [2022, 2023], rowsPerSegment = 200 }: { generation: number; rows?: number; years?: readonly number[]; rowsPerSegment?: number }): readonly PublishTable[] {
  return PAIR.map((table) => ({
    ...table,
    manifests: years.map((year) => {
      const directory = join(folder, `${table.name}-${String(year)}-${String(generation)}`);
      const made = Array.from({ length: rows }, (_, index): readonly Value[] =>
        table.name === "alpha"
          ? [String(year), String(index), String(generation), index % 7 === 0 ? null : `label ${String(index % 50)}`, `${String(index - 250)}.${String(index % 100).padStart(2, "0")}`.replace("-0.", "0.")]
          : [String(year), `c${String(index).padStart(6, "0")}`, String(generation), String(index % 2)],
      );
      return { directory, manifest: writeSegments({ directory, table: table.name, year, columns: table.columns, rows: made, rowsPerSegment }) };
    }),
  }));
}

/** The fourth line of the first segment is another one, in a file whose size its manifest knows. */
export function spoiled(tables: readonly PublishTable[], change: (line: string) => string): readonly PublishTable[] {
  const [first, ...others] = tables;
  const [year, ...years] = first?.manifests ?? [];
  const [segment, ...segments] = year?.manifest.segments ?? [];
  if (first === undefined || year === undefined || segment === undefined) throw new Error("nothing to spoil");
  const file = join(year.directory, segment.file);
  const lines = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, lines.with(3, change(lines[3] ?? "")).join("\n"));
  const manifest = { ...year.manifest, segments: [{ ...segment, bytes: readFileSync(file).length }, ...segments] };
  return [{ ...first, manifests: [{ ...year, manifest }, ...years] }, ...others];
}

/** For `spoiled`: another value in one field. */
export const field = (at: number, value: string) => (line: string): string => line.split("\t").with(at, value).join("\t");
