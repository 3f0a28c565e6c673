// The select of every tile of a report's overviews as one text, for whoever wants to see a figure come out of MySQL.
// In: a report and the year that it begins with. Out: statements for any MySQL client. Never here: answers.

import { overviewsOf, type Report } from "./report.js";
import { tileQuery } from "./sql.js";

/** Each tile over all rows of `@year`, which the first statement sets; trends have every year. */
export function statements(report: Report, year: number): string {
  const selects = overviewsOf(report).flatMap((page) => page.tiles.map((tile) => `-- ${page.title}: ${tile.title}. ${tile.meaning}\n${ofYear(tileQuery(tile, { year }).sql)};`));
  return [`-- ${report.title}: what its tiles show when nothing is chosen.\nset @year = ${String(year)};`, ...selects].join("\n\n").concat("\n");
}

/** Without a choice, a tile's only parameter is the year. */
const ofYear = (sql: string): string => sql.replaceAll("?", "@year");
