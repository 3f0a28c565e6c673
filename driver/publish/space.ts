// Room on the server's disk: what a load needs, and what there is where that can be known. In: a session, settings and
// the bytes of the segments. MySQL itself does not tell; a data folder on this computer does, once it is proven to be its own.

import { readFile, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Session } from "../session.js";
import { cell } from "./inventory.js";

export interface Space {
  /** About: tables, indexes and, where it is on, the binary log. */
  readonly neededBytes: number;
  /** Absent when nobody tells. */
  readonly freeBytes?: number;
  /** Where free space stands, or why it is not known. */
  readonly source: string;
}

/** Bytes on disk a byte of text: rows with their key 1.2 to 1.6, secondary indexes and the files they are sorted in as much again. */
const TABLES = 3;
/** The rows once more, in the binary log. */
const BINARY_LOG = 1;

export async function spaceFor(session: Session, settings: Readonly<Record<string, string>>, segmentBytes: number): Promise<Space> {
  const neededBytes = segmentBytes * (TABLES + (settings["log_bin"] === "ON" ? BINARY_LOG : 0));
  if (settings["aurora_version"]) return { neededBytes, source: "the storage of Aurora grows by itself" };
  const folder = settings["datadir"] ?? "";
  if (await isOwn(session, folder)) {
    const { bavail, bsize } = await statfs(folder);
    return { neededBytes, freeBytes: bavail * bsize, source: folder };
  }
  return { neededBytes, source: "MySQL does not tell; look at the disk of the server, on Amazon RDS at FreeStorageSpace in CloudWatch" };
}

/** A folder of that name may be here and the server elsewhere: auto.cnf in it holds the id that the server gives itself. */
async function isOwn(session: Session, folder: string): Promise<boolean> {
  const written = await readFile(join(folder, "auto.cnf"), "utf8").catch(() => "");
  const id = /server-uuid=(\S+)/.exec(written)?.[1];
  if (id === undefined) return false;
  const [row] = await session.query("select @@server_uuid as id");
  return cell(row, "id") === id;
}
