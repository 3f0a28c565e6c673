// In: a report, the rows of its tiles, and what is known of their origin. Out: one HTML file that needs nothing else.
// Never here: a clock, a file, a database, a script. Same input, same bytes.

import { overviewsOf, type Report, type Tile } from "../report.js";
import type { ReportContent } from "./content.js";
import { page } from "./page.js";

export type { ReportContent, SourceFile } from "./content.js";

/** Name of a year's file; files of other years are linked by it. */
export function htmlFileName(report: Report, year: number): string {
  return `${report.name}-${String(year)}.html`;
}

/** @throws Error when a tile's rows are missing or lack a column: they are not the answer to its query. */
export function renderHtml(report: Report, content: ReportContent): string {
  const absent = overviewsOf(report).flatMap((each): readonly Tile[] => each.tiles).filter((tile) => content.rowsByTile[tile.id] === undefined);
  if (absent.length > 0) throw new Error(`no rows given for ${absent.map((tile) => tile.id).join(", ")}`);
  const years = [...new Set([...content.years, content.year])].sort((left, right) => left - right);
  return page(report, content, years.map((year) => ({ year, file: htmlFileName(report, year) })));
}
