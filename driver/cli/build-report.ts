// Published tables → HTML files, one a year: asks MySQL for the rows of every tile and writes the pages.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MySqlSettings } from "../mysql.js";
import { openSession } from "../mysql.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import { publications } from "../publish.js";
import type { Ledger } from "../ledger.js";
import { reports } from "../../reports/index.js";
import type { Report } from "../../reports/report.js";
import { reportQueries } from "../../reports/sql.js";
import { VERSION } from "./project.js";

export interface ReportRequest {
  readonly pipeline: string;
  readonly connect: MySqlSettings;
  readonly ledger: Ledger;
  readonly out: string;
}

export interface ReportFile {
  readonly year: number;
  readonly path: string;
  readonly bytes: number;
}

export async function buildReport({ pipeline, connect, ledger, out }: ReportRequest): Promise<Result<readonly ReportFile[]>> {
  const report = reports.find((each) => each.name === pipeline);
  if (report === undefined) return fail({ code: "nothing-published", what: `pipeline ${pipeline} has no report; there are reports for ${reports.map((each) => each.name).join(", ")}` });
  const known = await publications(connect);
  if (!known.ok) return known;
  const live = known.value.live.find((each) => each.set === pipeline);
  const tag = live?.tables[0]?.tag;
  if (tag === undefined) return fail({ code: "nothing-published", what: `nothing of ${pipeline} is published in this database` });
  const { htmlFileName, renderHtml } = await import("../../reports/html/render.js");
  await mkdir(out, { recursive: true });
  const files: ReportFile[] = [];
  const session = await openSession(connect);
  try {
    for (const year of tag.years) {
      const html = renderHtml(report, {
        rowsByTile: await rowsOf(report, year, session),
        year,
        years: tag.years,
        run: tag.run,
        publishedAt: tag.at,
        source: { release: null, files: await sourceFiles(ledger, pipeline, year) },
        version: VERSION,
      });
      const path = join(out, htmlFileName(report, year));
      await writeFile(path, html);
      files.push({ year, path, bytes: Buffer.byteLength(html) });
    }
  } finally {
    await session.close();
  }
  return ok(files);
}

async function rowsOf(report: Report, year: number, session: Awaited<ReturnType<typeof openSession>>) {
  const rows: Record<string, Awaited<ReturnType<typeof session.query>>> = {};
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
