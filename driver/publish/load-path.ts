// How the rows of a segment come into a staging table. In: what the session and the server can. Out: one of three ways,
// all held to the same counts, in a transaction that the caller ends.

import type { Readable } from "node:stream";
import type { ExportFiles } from "../exports.js";
import { StalledLoad } from "../mysql.js";
import { ProblemError } from "../problems.js";
import type { LoadCounts, Session } from "../session.js";
import { insertInto, loadFromS3, loadLocal } from "./ddl.js";
import { insertStatements } from "./insert-rows.js";
import { cell } from "./inventory.js";
import type { Segment } from "./segments.js";
import type { LoadPathName } from "./set.js";

export interface Into {
  /** The staging table. */
  readonly as: string;
  readonly files: ExportFiles;
  readonly stallSeconds: number;
}

export interface LoadPath {
  readonly name: LoadPathName;
  /** Why it is not LOAD DATA LOCAL, for people. */
  readonly because?: string;
  readonly load: (session: Session, segment: Segment, into: Into) => Promise<LoadCounts>;
}

/** `settings`: the server's global variables. A session that cannot send rows has the server fetch them. */
export function loadPath(session: Pick<Session, "load">, settings: Readonly<Record<string, string>>): LoadPath {
  if (session.load === undefined) return { name: "load-data-from-s3", because: "the RDS Data API takes no stream of rows", load: fromS3 };
  if (settings["local_infile"] === "ON") return { name: "load-data-local", load: local };
  const packet = Number(settings["max_allowed_packet"]);
  return { name: "insert-batches", because: "local_infile is OFF on the server", load: (session, segment, into) => insert(session, segment, { ...into, packet }) };
}

function local(session: Session, segment: Segment, { as, files, stallSeconds }: Into): Promise<LoadCounts> {
  if (session.load === undefined) throw new TypeError("a session that cannot send rows was given rows to send");
  return session.load(loadLocal(segment.table, as, segment.file), files.open(segment.path), stallSeconds);
}

/** Aurora says how many rows it took; its warnings are asked for on the same connection. */
async function fromS3(session: Session, { table, path }: Segment, { as }: Into): Promise<LoadCounts> {
  if (!path.startsWith("s3://")) throw new ProblemError({ code: "config-invalid", key: "mysql.data_api", message: `Aurora fetches the rows from S3 by itself, and ${path} is not there: the lake must be on S3` });
  const records = await session.run(loadFromS3(table, as, path));
  return { records, skipped: 0, warnings: await warningCount(session) };
}

/** More gains nothing, and every connection holds one of it. */
const LARGEST_STATEMENT = 1 << 22;
/** Of a packet: its header, and what the server counts besides the text. */
const PACKET_ROOM = 1024;

async function insert(session: Session, { table, path }: Segment, { as, files, stallSeconds, packet }: Into & { readonly packet: number }): Promise<LoadCounts> {
  const source: Readable = files.open(path);
  const head = insertInto(table, as);
  const counts = { records: 0, skipped: 0, warnings: 0 };
  const watch = setTimeout(() => session.cut(new StalledLoad(stallSeconds)), stallSeconds * 1000);
  try {
    for await (const { sql, rows } of insertStatements(source, { head, columns: table.columns.length, bytes: Math.min(packet, LARGEST_STATEMENT) - PACKET_ROOM })) {
      const taken = await session.run(sql);
      watch.refresh();
      counts.records += taken;
      counts.skipped += rows - taken;
      counts.warnings += await warningCount(session);
    }
    return counts;
  } finally {
    clearTimeout(watch);
    source.destroy();
  }
}

async function warningCount(session: Session): Promise<number> {
  // A select would clear them, and the refusal could not show them.
  const [row] = await session.query("show count(*) warnings");
  return Number(cell(row, "@@session.warning_count"));
}
