// Published tables → one HTML file for all years, the page that says what its figures mean, and SQL that gives the same:
// reads the rows of one publication from MySQL.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getHeapStatistics } from "node:v8";
import type { Database } from "../publish/database.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { Ledger } from "../ledger.js";
import type { SourceFile } from "../../reports/html/content.js";
import type { Report } from "../../reports/report.js";
import { askReport } from "./ask-report.js";
import { pageScript } from "./page-script.js";
import { VERSION } from "./project.js";
import { roomFor } from "./report-memory.js";

export interface ReportRequest {
  readonly report: Report;
  readonly connect: Database;
  readonly ledger: Ledger;
  readonly out: string;
}

export interface ReportFile {
  readonly path: string;
  readonly bytes: number;
}

/** Selects at a time: more gain nothing on a server of few cores, and take them from its readers on a larger one. */
const SESSIONS = 4;

/** The HTML file, its documentation, its statements. */
export async function buildReport({ report, connect, ledger, out }: ReportRequest): Promise<Result<readonly ReportFile[]>> {
  const { name: pipeline } = report;
  const { readLive } = await import("../publish.js");
  const read = await readLive({ connect, set: pipeline, sessions: SESSIONS }, async (sessions, live) => {
    const tag = live.tables[0]?.tag;
    const [first, ...others] = [...(tag?.years ?? [])].sort((one, other) => one - other);
    if (tag === undefined || first === undefined) return undefined;
    const years = [first, ...others] as const;
    const names = report.model.tables.map(({ name }) => name);
    const rows = live.tables.reduce((sum, each) => sum + (names.includes(each.table) ? each.tag.rows : 0), 0);
    const room = roomFor(rows, getHeapStatistics().heap_size_limit);
    return room.ok ? ok({ tag, years, tables: await askReport({ report, years, sessions }) }) : room;
  });
  if (!read.ok) return read;
  if (read.value === undefined) return fail({ code: "nothing-published", what: `nothing of ${pipeline} is published in this database` });
  if (!read.value.ok) return read.value;
  const { tag, years, tables } = read.value.value;
  const sources = await Promise.all(years.map(async (year) => ({ year, files: await sourceFiles(ledger, pipeline, year) })));
  const [{ htmlFileName, renderHtml }, { documentationMarkdown }, { statements }] = await Promise.all([import("../../reports/html/render.js"), import("../../reports/documentation.js"), import("../../reports/statements.js")]);
  const html = await renderHtml(report, { years, figured: { kind: "rows", tables }, run: tag.run, publishedAt: tag.at, sources, version: VERSION }, await pageScript());
  await mkdir(out, { recursive: true });
  const files = [
    [htmlFileName(report), html],
    // Beside other reports' files in one folder.
    [`${pipeline}-figures.md`, documentationMarkdown(report)],
    [`${pipeline}-figures.sql`, statements(report, Math.max(...years))],
  ] as const;
  return ok(await Promise.all(files.map(([name, text]) => written(join(out, name), text))));
}

async function written(path: string, text: string): Promise<ReportFile> {
  await writeFile(path, text);
  return { path, bytes: Buffer.byteLength(text) };
}

/** Files that the raw tables of the year were loaded from, as the runs recorded them. */
async function sourceFiles(ledger: Ledger, pipeline: string, year: number): Promise<readonly SourceFile[]> {
  const done = (await ledger.done(pipeline)).filter((step) => step.year === year && step.job.includes("/raw/"));
  const files = new Map<string, SourceFile>();
  for (const step of done) {
    const source = (await ledger.reports(step.run)).flatMap(({ steps }) => steps).find((each) => each.id === `${step.job}@${year}`)?.source;
    for (const file of Array.isArray(source?.["files"]) ? source["files"] : []) {
      const { name, sha256 } = file as { name?: unknown; sha256?: unknown };
      if (typeof name === "string") files.set(name, typeof sha256 === "string" ? { name, sha256 } : { name });
    }
  }
  return [...files.values()];
}
