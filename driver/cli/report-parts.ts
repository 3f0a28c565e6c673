// What `report build` makes: the project for Power BI, and the HTML pages where there is a database to read figures from.

import { reports } from "../../reports/index.js";
import type { Report } from "../../reports/report.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import { buildPowerBi, type PowerBiProject } from "./build-power-bi.js";
import { buildReport, type ReportFile } from "./build-report.js";
import type { Context } from "./context.js";
import { openLedger, type LakeWords } from "./open-ledger.js";
import { say } from "./present.js";
import { databaseOf, servingDatabase } from "./serving.js";

export interface ReportWords extends LakeWords {
  /** Only these parts; all when neither is asked for. */
  readonly powerBi: boolean;
  readonly html: boolean;
  /** Folder of the files. */
  readonly out: string;
}

export interface ReportParts {
  readonly powerBi?: PowerBiProject;
  readonly html: readonly ReportFile[];
}

export async function buildParts(pipeline: string, words: ReportWords, context: Context): Promise<Result<ReportParts>> {
  const report = reports.find((each) => each.name === pipeline);
  if (report === undefined) return fail({ code: "no-report", pipeline, known: reports.map(({ name }) => name) });
  const isAll = words.powerBi === words.html;
  const project = isAll || words.powerBi ? { powerBi: await buildPowerBi(report, words.out) } : {};
  const html = isAll || words.html ? await buildHtml(report, { ...words, isNeeded: !isAll }, context) : ok([]);
  return html.ok ? ok({ ...project, html: html.value }) : html;
}

/** The pages need figures: without a database there are none, which is a mistake only where they were asked for. */
async function buildHtml(report: Report, { isNeeded, ...words }: ReportWords & { readonly isNeeded: boolean }, context: Context): Promise<Result<readonly ReportFile[]>> {
  const opened = await openLedger(words, context);
  if (!opened.ok) return opened;
  const { profile, lake } = opened.value;
  const settings = isNeeded ? await servingDatabase({ profile, named: words.profile, purpose: "to read from" }, context) : await databaseOf(profile, context);
  if (!settings.ok) return settings;
  if (settings.value !== undefined) return buildReport({ report, connect: settings.value, ledger: lake.ledger, out: words.out });
  say(`no HTML pages: profile ${words.profile} names no MySQL database to read their figures from`);
  return ok([]);
}
