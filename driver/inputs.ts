// An input folder → for each source and year the files, their layout by header, and a fingerprint of their content.
// Reads the first lines of each file and never the rest of a large one. Never loads a row.

import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readSync, readdirSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { createGunzip } from "node:zlib";
import type { FileInput, InputFile } from "./source-input.js";
import type { Source } from "./job.js";
import { matchLayouts } from "./layouts.js";
import type { HeaderMatch } from "./layouts.js";
import type { Problem, Result } from "./problems.js";
import { fail, settle } from "./problems.js";

const HEADER_BYTES = 64 * 1024;
const WHOLE_HASH_BYTES = 64 * 1024 * 1024;
const SAMPLES = 16;

/** Finds and reads the inputs of every source for every year; all that is wrong with them at once. */
export async function findInputs(folder: string, sources: readonly Source[], years: readonly number[]): Promise<Result<readonly FileInput[]>> {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) return fail({ code: "input-missing", folder, isFile: found !== undefined });
  const names = filesBelow(folder);
  const problems: Problem[] = [];
  const inputs: FileInput[] = [];
  for (const source of sources) {
    for (const year of years) {
      const input = await inputOf({ folder, names, source, year });
      if (input.ok) inputs.push(input.value);
      else problems.push(...input.problems);
    }
  }
  return settle(distinct(problems), () => inputs);
}

/** Years that a folder has files of any source for. */
export function yearsIn(folder: string, sources: readonly Source[]): readonly number[] {
  const years = filesBelow(folder).flatMap((name) => sources.map((source) => yearOf(name, source)));
  return [...new Set(years.filter((year): year is number => typeof year === "number"))].sort((a, b) => a - b);
}

interface Search {
  readonly folder: string;
  readonly names: readonly string[];
  readonly source: Source;
  readonly year: number;
}

async function inputOf({ folder, names, source, year }: Search): Promise<Result<FileInput>> {
  const dated = names.map((name) => ({ name, year: yearOf(name, source) }));
  const chosen = dated.filter((file) => file.year === year || file.year === "every").map((file) => file.name);
  if (chosen.length === 0) {
    const found = dated.map((file) => file.year).filter((each): each is number => typeof each === "number");
    return fail({ code: "source-files-missing", source: source.name, year, folder, patterns: source.files, years: [...new Set(found)].sort((a, b) => a - b) });
  }
  const headers = await Promise.all(chosen.map((name) => readHeader(folder, name, source)));
  const problems = headers.flatMap((header) => (header.ok ? [] : [...header.problems]));
  const read = headers.flatMap((header) => (header.ok ? [header.value] : []));
  const [first] = read;
  if (first !== undefined && read.some((each) => each.match.layout.name !== first.match.layout.name)) {
    problems.push({ code: "source-layouts-mixed", source: source.name, year, files: read.map((each) => ({ file: each.file.name, layout: each.match.layout.name })) });
  }
  problems.push(...twins(read));
  return settle(problems, () => ({
    kind: "files",
    source: source.name,
    year,
    layout: first?.match.layout.name ?? "",
    delimiter: first?.match.layout.delimiter ?? ",",
    files: read.map((each) => each.file),
    fingerprint: hashOf(read.flatMap((each) => [each.file.name, String(each.file.bytes), each.content, each.match.layout.name])),
  }));
}

/** The same bytes under two names would count every row twice. Of large files the stage knows it, which reads them whole. */
function twins(read: readonly HeaderRead[]): readonly Problem[] {
  const sameAs = (each: HeaderRead): readonly HeaderRead[] => read.filter((other) => other.content === each.content);
  const groups = read.filter((each) => sameAs(each).length > 1 && sameAs(each)[0] === each);
  return groups.map((each) => ({ code: "source-duplicate-file", files: sameAs(each).map((other) => other.file.path) }));
}

interface HeaderRead {
  readonly file: InputFile;
  readonly match: HeaderMatch;
  readonly content: string;
}

async function readHeader(folder: string, name: string, source: Source): Promise<Result<HeaderRead>> {
  const path = join(folder, name);
  const { size: bytes, mtimeMs } = statSync(path);
  const gzip = name.endsWith(".gz");
  let head: Buffer;
  try {
    head = bytes === 0 ? Buffer.alloc(0) : await firstBytes(path, gzip);
  } catch (error) {
    return fail({ code: "source-file-unreadable", file: path, message: unreadable(error), at: { file: path } });
  }
  if (head.length === 0) return fail({ code: "source-file-empty", file: path, at: { file: path } });
  const match = matchLayouts(head, source, path);
  if (!match.ok) return match;
  const file: InputFile = { path, name, bytes, gzip, skipLines: match.value.skipLines, fields: match.value.fields };
  return { ok: true, value: { file, match: match.value, content: contentHash(path, bytes, mtimeMs) } };
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "Z_BUF_ERROR") return "it is a gzip file that ends in the middle";
  if (code.startsWith("Z_")) return "its name ends in .gz, and it is no gzip file";
  return error instanceof Error ? error.message : String(error);
}

async function firstBytes(path: string, gzip: boolean): Promise<Buffer> {
  const stream = createReadStream(path, gzip ? {} : { end: HEADER_BYTES - 1 });
  const bytes = gzip ? stream.pipe(createGunzip()) : stream;
  // A pipe hands on data and end, not errors.
  stream.on("error", (error) => bytes.destroy(error));
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= HEADER_BYTES) break;
    }
  } finally {
    stream.destroy();
  }
  return Buffer.concat(chunks).subarray(0, HEADER_BYTES);
}

/**
 * Files up to 64 MiB are hashed whole. Larger ones by size, time of change and blocks spread over the file: the
 * stage itself records the whole sha256 of what it read.
 */
function contentHash(path: string, bytes: number, mtimeMs: number): string {
  const hash = createHash("sha256");
  const file = openSync(path, "r");
  try {
    const whole = bytes <= WHOLE_HASH_BYTES;
    const block = Buffer.alloc(whole ? 1024 * 1024 : HEADER_BYTES);
    const step = whole ? block.length : Math.floor(bytes / SAMPLES);
    if (!whole) hash.update(`${bytes} ${mtimeMs}`);
    for (let offset = 0; offset < bytes; offset += step) hash.update(block.subarray(0, readSync(file, block, 0, block.length, offset)));
    return hash.digest("hex");
  } finally {
    closeSync(file);
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    // Large files are often linked into place from where they were fetched to.
    .filter((entry) => entry.isFile() || (entry.isSymbolicLink() && statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.isFile() === true))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Data year of a file by the source's patterns; "every" for a file without one; undefined when it is not the source's. */
function yearOf(name: string, source: Source): number | "every" | undefined {
  for (const pattern of source.files) {
    const match = new RegExp(pattern).exec(basename(name));
    if (match === null) continue;
    const { year, yy } = match.groups ?? {};
    if (year !== undefined) return Number(year);
    return yy === undefined ? "every" : 2000 + Number(yy);
  }
  return undefined;
}

function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...seen.values()];
}
