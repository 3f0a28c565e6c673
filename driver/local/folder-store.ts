// The ledger's objects as files of one folder. What was written is on the disk when the promise is kept: a computer
// that loses power forgets no run that it said it had recorded.

import type { Dirent } from "node:fs";
import { link, mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Store } from "../store.js";
import { absent, isAbsent, systemCode } from "../system-error.js";

/** `unique` makes names that no other process makes (process id, counter): two writers never share a part file. */
export function folderStore(root: string, unique: () => string): Store {
  const pathOf = (key: string): string => join(root, key);
  const part = async (key: string, text: string): Promise<string> => {
    const path = `${pathOf(key)}.${unique()}.part`;
    await makeFolder(dirname(path));
    try {
      await writeFile(path, text, { flush: true });
    } catch (error) {
      // What a full disk let through would only fill it further.
      await rm(path, { force: true });
      throw error;
    }
    return path;
  };
  return {
    read: (key) => readFile(pathOf(key), "utf8").catch(absent),
    write: async (key, text) => {
      await rename(await part(key, text), pathOf(key));
      await flushFolder(dirname(pathOf(key)));
    },
    create: async (key, text) => {
      // A hard link is made or refused in one step, and the file behind it is whole already.
      const from = await part(key, text);
      try {
        await link(from, pathOf(key));
        await flushFolder(dirname(pathOf(key)));
        return true;
      } catch (error) {
        if (systemCode(error) === "EEXIST") return false;
        throw error;
      } finally {
        await rm(from, { force: true });
      }
    },
    list: async (prefix) => {
      const keys = (await entriesBelow(pathOf(prefix))).filter((entry) => entry.isFile() && !entry.name.endsWith(".part")).map((entry) => relative(root, join(entry.parentPath, entry.name)));
      return keys.sort();
    },
    sweep: async (prefix, before) => {
      const parts = (await entriesBelow(pathOf(prefix))).filter((entry) => entry.isFile() && entry.name.endsWith(".part")).map((entry) => join(entry.parentPath, entry.name));
      for (const path of parts) {
        const found = await stat(path).catch(absent);
        if (found !== undefined && found.mtime < before) await rm(path, { force: true });
      }
    },
  };
}

/** A folder that is not there holds nothing. One that cannot be read may hold anything: that is an error, not "nothing". */
async function entriesBelow(folder: string, tries = 3): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true, recursive: true });
  } catch (error) {
    if (!isAbsent(error)) throw error;
    const isThere = (await stat(folder).catch(absent))?.isDirectory() === true;
    // A folder below it that somebody removed meanwhile ends the look as well: look again, at what is left.
    if (isThere && tries > 1) return entriesBelow(folder, tries - 1);
    if (isThere) throw error;
    return [];
  }
}

async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await flushFolder(dirname(made));
}

/** Some systems and file systems let nobody open or flush a folder; there the name comes to the disk when they like. */
const CANNOT_FLUSH = new Set(["EINVAL", "EISDIR", "EPERM", "EACCES", "ENOTSUP", "ENOSYS", "EBADF"]);

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(unlessUnable);
  try {
    await handle?.sync().catch(unlessUnable);
  } finally {
    await handle?.close();
  }
}

function unlessUnable(error: unknown): undefined {
  if (CANNOT_FLUSH.has(systemCode(error) ?? "")) return undefined;
  throw error;
}
