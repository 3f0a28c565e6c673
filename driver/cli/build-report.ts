// Published tables → HTML files, one a year: asks MySQL for the rows of every tile and writes the pages.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../publish/database.js";
import type { Row, Session } from "../session.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { Ledger } from "../ledger.js";
import type { Report } from "../../reports/report.js";
import { reportQueries } from "../../reports/sql.js";
import { VERSION } from "./project.js";

export interface ReportRequest {
  readonly report: Report;
  readonly connect: Database;
  readonly ledger: Ledger;
  readonly out: string;
}

export interface ReportFile {
  readonly year: number;
  readonly path: string;
  readonly bytes: number;
}

export async function buildReport({ report, connect, ledger, out }: ReportRequest): Promise<Result<readonly ReportFile[]>> {
  const { name: pipeline } = report;
  const { readLive } = await import("../publish.js");
  const read = await readLive({ connect, set: pipeline }, async (session, live) => {
    const tag = live.tables[0]?.tag;
    const years = await inTurn(tag?.years ?? [], async (year) => ({ year, rowsByTile: await rowsOf(report, year, session) }));
    return { tag, years };
  });
  if (!read.ok) return read;
  const { tag, years } = read.value ?? {};
  if (tag === undefined || years === undefined) return fail({ code: "nothing-published", what: `nothing of ${pipeline} is published in this database` });
  const { htmlFileName, renderHtml } = await import("../../reports/html/render.js");
  await mkdir(out, { recursive: true });
  const files = await inTurn(years, async ({ year, rowsByTile }): Promise<ReportFile> => {
    const source = { release: null, files: await sourceFiles(ledger, pipeline, year) };
    const html = renderHtml(report, { rowsByTile, year, years: tag.years, run: tag.run, publishedAt: tag.at, source, version: VERSION });
    const path = join(out, htmlFileName(report, year));
    await writeFile(path, html);
    return { year, path, bytes: Buffer.byteLength(html) };
  });
  return ok(files);
}

/** One after the other: a session answers one query at a time. */
async function inTurn<T, R>(each: readonly T[], work: (value: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (const value of each) done.push(await work(value));
  return done;
}

async function rowsOf(report: Report, year: number, session: Session) {
  const rows: Record<string, readonly Row[]> = {};
  for (const { tile, sql, params } of reportQueries(report, { year })) rows[tile] = await session.query(sql, params);
  return rows;
}

/** Files that the raw tables of the year were loaded from, as the runs recorded them. */
async function sourceFiles(ledger: Ledger, pipeline: string, year: number): Promise<readonly { name: string; sha256?: string }[]> {
  const done = (await ledger.done(pipeline)).filter((step) => step.year === year && step.job.includes("/raw/"));
  const files = new Map<string, { name: string; sha256?: string }>();
  for (const step of done) {
    const source = (await ledger.reports(step.run)).flatMap(({ steps }) => steps).find((each) => each.id === `${step.job}@${year}`)?.source;
    for (const file of Array.isArray(source?.["files"]) ? source["files"] : []) {
      const { name, sha256 } = file as { name?: unknown; sha256?: unknown };
      if (typeof name === "string") files.set(name, typeof sha256 === "string" ? { name, sha256 } : { name });
    }
  }
  return [...files.values()];
}
