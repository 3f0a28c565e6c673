// Exported segments, wherever they lie: the publisher reads them through this and knows nothing of folders or buckets.

import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { absent } from "./system-error.js";

export interface ExportFiles {
  /** Path or URI of a file of an export. */
  place(directory: string, file: string): string;
  /** Names of what lies in a directory, sorted; none when there is no such directory. */
  list(directory: string): Promise<readonly string[]>;
  /** Whole text, undefined when there is no such file. */
  text(place: string): Promise<string | undefined>;
  /** Bytes, undefined when there is no such file. */
  size(place: string): Promise<number | undefined>;
  /** The file from its start; an error while it is read destroys the stream. */
  open(place: string): Readable;
}

const CHUNK = 1 << 18;

export const folderExports: ExportFiles = {
  place: join,
  list: async (directory) => ((await readdir(directory).catch(absent)) ?? []).sort(),
  text: (place) => readFile(place, "utf8").catch(absent),
  size: async (place) => {
    const found = await stat(place).catch(() => undefined);
    return found?.isFile() === true ? found.size : undefined;
  },
  open: (place) => createReadStream(place, { highWaterMark: CHUNK }),
};
