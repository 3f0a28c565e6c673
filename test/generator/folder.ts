// In: bytes in order. Out: the official files in a folder. Files are written under a temporary name and renamed when whole.
// Never here: making of rows.
import { closeSync, mkdirSync, openSync, renameSync, writeSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { DETAIL_COLUMNS, detailFileName, PROVIDER_COLUMNS, providerFileName } from "./layout.js";
import type { SourcePaths } from "./sources.js";
import { readPlain } from "./sources.js";
import { gzipMember } from "./made.js";

/** Takes the bytes of a year's two tables; `number` is the detail file the bytes belong to, from 1. */
export type Target = {
  readonly detail: (bytes: Uint8Array, number: number) => Promise<void>;
  readonly provider: (bytes: Uint8Array) => Promise<void>;
  /** Ends the year; returns where it lies, for the report. */
  readonly close: () => Promise<readonly string[]>;
};

type OpenFile = { readonly name: string; readonly handle: number };

/** A target that writes one year into `dir`. */
export function folderTarget(of: { readonly dir: string; readonly year: number; readonly files: number; readonly gzip: boolean }): Target {
  const suffix = of.gzip ? ".gz" : "";
  const written: string[] = [];
  const open = (name: string, header: readonly string[]): OpenFile => {
    const handle = openSync(join(of.dir, `${name}.part`), "w");
    const line = Buffer.from(`${header.join(",")}\n`);
    writeAll(handle, of.gzip ? gzipMember(line) : line);
    return { name, handle };
  };
  const finish = (file: OpenFile): void => {
    closeSync(file.handle);
    renameSync(join(of.dir, `${file.name}.part`), join(of.dir, file.name));
    written.push(file.name);
  };
  mkdirSync(of.dir, { recursive: true });
  const openDetail = (number: number): OpenFile => open(detailFileName(of.year, { number, of: of.files }) + suffix, DETAIL_COLUMNS);
  let number = 1;
  let detail = openDetail(1);
  const provider = open(providerFileName(of.year) + suffix, PROVIDER_COLUMNS);
  return {
    detail: async (bytes, wanted) => {
      while (number < wanted) {
        finish(detail);
        detail = openDetail(++number);
      }
      writeAll(detail.handle, bytes);
    },
    provider: async (bytes) => writeAll(provider.handle, bytes),
    close: async () => {
      finish(detail);
      while (number < of.files) finish(openDetail(++number));
      finish(provider);
      return written;
    },
  };
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at, bytes.length - at);
}

/** Puts the drug list and the cities file beside the data, as they are. Returns their names. */
export function copySources(paths: SourcePaths, of: { readonly dir: string; readonly gzip: boolean }): readonly string[] {
  mkdirSync(of.dir, { recursive: true });
  return [paths.drugList, paths.cities].map((path) => {
    const bytes = readPlain(path);
    const name = basename(path).replace(/\.gz$/, "") + (of.gzip ? ".gz" : "");
    writeFileSync(join(of.dir, name), of.gzip ? gzipMember(bytes) : bytes);
    return name;
  });
}
