// The ledger's objects as files of one folder.

import { link, mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Store } from "../store.js";

/** `unique` makes names that no other process makes (process id, counter): two writers never share a part file. */
export function folderStore(root: string, unique: () => string): Store {
  const pathOf = (key: string): string => join(root, key);
  const part = async (key: string, text: string): Promise<string> => {
    const path = `${pathOf(key)}.${unique()}.part`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return path;
  };
  return {
    read: (key) => readFile(pathOf(key), "utf8").catch(absent),
    write: async (key, text) => rename(await part(key, text), pathOf(key)),
    create: async (key, text) => {
      // A hard link is made or refused in one step, and the file behind it is whole already.
      const from = await part(key, text);
      try {
        await link(from, pathOf(key));
        return true;
      } catch (error) {
        if (codeOf(error) === "EEXIST") return false;
        throw error;
      } finally {
        await rm(from, { force: true });
      }
    },
    list: async (prefix) => {
      const entries = await readdir(pathOf(prefix), { withFileTypes: true, recursive: true }).catch(() => []);
      const keys = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(".part")).map((entry) => relative(root, join(entry.parentPath, entry.name)));
      return keys.sort();
    },
    sweep: async (prefix, before) => {
      const entries = await readdir(pathOf(prefix), { withFileTypes: true, recursive: true }).catch(() => []);
      const parts = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".part")).map((entry) => join(entry.parentPath, entry.name));
      for (const path of parts) {
        const found = await stat(path).catch(() => undefined);
        if (found !== undefined && found.mtime < before) await rm(path, { force: true });
      }
    },
  };
}

function absent(error: unknown): undefined {
  if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
  throw error;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
