// In: paths of CMS's drug list and of the cities file (plain or gzip). Out: their bytes and what is read from them.
// Never here: generated data.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Drug } from "./catalogue.js";
import { buildCatalogue, readDrugList } from "./catalogue.js";
import type { Atlas } from "./places.js";
import { readAtlas } from "./places.js";

/** Where the two real files lie. */
export type SourcePaths = { readonly drugList: string; readonly cities: string };

/** The sample's own copies, relative to this file. */
export const SAMPLE_SOURCES: SourcePaths = {
  drugList: new URL("../../jobs/part-d/sample/drug_lists_2023_official.csv", import.meta.url).pathname,
  cities: new URL("../../jobs/part-d/sample/us_cities.csv.gz", import.meta.url).pathname,
};

/** Bytes of a file, unpacked when its name ends in .gz. */
export function readPlain(path: string): Buffer {
  const bytes = readFileSync(path);
  return path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

const read = new Map<string, { readonly drugs: readonly Drug[]; readonly atlas: Atlas }>();

/** Catalogue and atlas from the two files; read once in a thread. */
export function readSources(paths: SourcePaths): { readonly drugs: readonly Drug[]; readonly atlas: Atlas } {
  const key = `${paths.drugList}\n${paths.cities}`;
  const known = read.get(key);
  if (known !== undefined) return known;
  const sources = {
    drugs: buildCatalogue(readDrugList(readPlain(paths.drugList).toString("utf8"))),
    atlas: readAtlas(readPlain(paths.cities).toString("utf8")),
  };
  read.set(key, sources);
  return sources;
}
