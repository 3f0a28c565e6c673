// The select of every tile of a report's overviews as one text, for whoever wants to see a figure come out of MySQL.
// In: a report and the year that it begins with. Out: statements for any MySQL client. Never here: answers.

import { overviewsOf, type Report } from "./report.js";
import { reportQueries, type TileQuery } from "./sql.js";

/** Each tile over all rows of `@year`, which the first statement sets; trends have every year. */
export function statements(report: Report, year: number): string {
  const headings = overviewsOf(report).flatMap((page) => page.tiles.map((tile) => oneLine(`${page.title}: ${tile.title}. ${tile.meaning}`)));
  const selects = reportQueries(report, { year }).map((query, index) => `-- ${headings[index] ?? query.tile}\n${ofYear(query, year)};`);
  return [`-- ${oneLine(report.title)}: what its tiles show when nothing is chosen.\nset @year = ${String(year)};`, ...selects].join("\n\n").concat("\n");
}

/** A line break would end the comment. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ");

/** Without a choice, a tile's only parameter is the year. */
function ofYear({ tile, sql, params }: TileQuery, year: number): string {
  if (params.some((param) => param !== year)) throw new Error(`tile ${tile} asks for more than the year`);
  return sql.replaceAll("?", "@year");
}
