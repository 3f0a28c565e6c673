// Segments into staging tables: one transaction a segment, committed only when the server counted what the manifest says.
// In: a crew and the tables. Never here: a table that readers know.

import { BrokenSource } from "../mysql.js";
import { ProblemError } from "../problems.js";
import type { Session } from "../session.js";
import type { Crew } from "./crew.js";
import { addIndexes } from "./ddl.js";
import { cell } from "./inventory.js";
import type { Into, LoadPath } from "./load-path.js";
import { markLoaded } from "./marks.js";
import { stagingOf } from "./names.js";
import { segmentsOf, type Segment } from "./segments.js";
import type { PublishOptions, PublishTable } from "./set.js";

const STALL_SECONDS = 120;

/** The tables' segments in turn, so that several tables grow at once and their last segments do not wait for one another. */
export async function loadSegments(crew: Crew, options: PublishOptions, { publication, missing, path }: { readonly publication: string; readonly missing: readonly Segment[]; readonly path: LoadPath }): Promise<void> {
  const segments = options.tables.flatMap((table) => segmentsOf(table, options.files));
  const total = { totalRows: sumRows(segments), totalBytes: sumBytes(segments) };
  let doneRows = total.totalRows - sumRows(missing);
  let doneBytes = total.totalBytes - sumBytes(missing);
  if (doneRows > 0) options.events?.({ event: "publish-continued", doneRows, doneBytes, ...total });
  await crew.each(missing, async (session, segment) => {
    await loadSegment(session, segment, { path, as: stagingOf(segment.table.name, publication), stallSeconds: options.stallSeconds ?? STALL_SECONDS, files: options.files });
    doneRows += segment.rows;
    doneBytes += segment.bytes;
    const { file, rows, bytes, table } = segment;
    options.events?.({ event: "publish-loaded", table: table.name, segment: file, rows, bytes, doneRows, doneBytes, ...total });
  });
}

const sumRows = (segments: readonly Segment[]): number => segments.reduce((sum, segment) => sum + segment.rows, 0);
const sumBytes = (segments: readonly Segment[]): number => segments.reduce((sum, segment) => sum + segment.bytes, 0);

/** One statement a table, whole or not at all: an earlier try has built all of them or none. */
export async function buildIndexes(crew: Crew, tables: readonly PublishTable[], publication: string): Promise<void> {
  await crew.each(tables, async (session, table) => {
    const as = stagingOf(table.name, publication);
    const sql = addIndexes(table, as);
    if (sql === undefined || (await hasIndexes(session, as))) return;
    await session.run(sql);
    // A session that could only wait for the end of the statement does not know how it ended.
    if (!(await hasIndexes(session, as))) throw new ProblemError({ code: "publish-refused", table: table.name, step: "index", message: "its indexes were not built" });
  });
}

async function hasIndexes(session: Session, as: string): Promise<boolean> {
  const rows = await session.query("select 1 as found from information_schema.statistics where table_schema = database() and table_name = ? and index_name <> 'PRIMARY' limit 1", [as]);
  return rows.length > 0;
}

/** The first time included: an object's bytes come over a network as well. */
const READS = 3;

async function loadSegment(session: Session, segment: Segment, into: Into & { readonly path: LoadPath }): Promise<void> {
  for (let read = 1; ; read++) {
    try {
      return await loadWhole(session, segment, into);
    } catch (error) {
      if (error instanceof BrokenSource && isCut(error.cause) && read < READS) continue;
      if (error instanceof BrokenSource || isBadRow(error)) throw refused(segment, error.message, []);
      throw error;
    }
  }
}

async function loadWhole(session: Session, segment: Segment, { path, ...into }: Into & { readonly path: LoadPath }): Promise<void> {
  await session.transaction(async () => {
    const counts = await path.load(session, segment, into);
    if (counts.records !== segment.rows || counts.skipped !== 0 || counts.warnings !== 0) {
      const message =
        `the server took ${counts.records} records, skipped ${counts.skipped} and gave ${counts.warnings} warnings; ` +
        `the manifest says ${segment.rows} rows, and every one must be taken as it is`;
      throw refused(segment, message, await warningsOf(session));
    }
    await markLoaded(session, into.as, segment);
  });
}

/** The way to the bytes broke, not what they say. */
const CUT = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "ERR_STREAM_PREMATURE_CLOSE"]);

const isCut = (cause: unknown): boolean => cause instanceof Error && "code" in cause && typeof cause.code === "string" && CUT.has(cause.code);

/**
 * INSERT and LOAD DATA FROM S3 refuse where LOAD DATA LOCAL warns: null, double key, too few or too many fields, a value
 * out of range, cut, wrong, or too long.
 */
const BAD_ROW = new Set([1048, 1062, 1261, 1262, 1264, 1265, 1292, 1366, 1406]);

const isBadRow = (error: unknown): error is Error => error instanceof Error && "errno" in error && typeof error.errno === "number" && BAD_ROW.has(error.errno);

const refused = (segment: Segment, message: string, warnings: readonly string[]): ProblemError =>
  new ProblemError({ code: "publish-load-refused", table: segment.table.name, segment: segment.path, message, warnings });

/** LOAD DATA bends wrong values and drops double keys with no more than a warning, strict mode or not: this is where it says so. */
async function warningsOf(session: Session): Promise<readonly string[]> {
  const rows = await session.query("show warnings limit 10");
  return rows.map((row) => `${cell(row, "Message")} (${cell(row, "Code")})`);
}
