// In: a report, answers for every choice, their origin, the page's script. Out: one HTML file that needs nothing else.
// Never here: a clock, a file, a database. Same input, same bytes.

import type { Page, Report, Slicer, Tile } from "../report.js";
import { fieldsOf } from "../report.js";
import type { Answer } from "./answers.js";
import type { LabelOf } from "./body.js";
import type { ReportContent } from "./content.js";
import { embed, pack, type Embedded } from "./embed.js";
import { documentMarkup, type Document } from "./page.js";
import { answerKey, startOf } from "./selection.js";
import type { View } from "./view.js";

export type { ReportContent, SourceFile } from "./content.js";

/** The file stays below: what people send each other and open at once. */
export const MOST_BYTES = 5_000_000;
/** Of markup around the data of each part. */
const PART_MARKUP = 100;

export const htmlFileName = (report: Report): string => `${report.name}.html`;

/** @throws Error when rows lack a column that their tile asked for, or when the script would end its element early. */
export async function renderHtml(report: Report, content: ReportContent, script: string): Promise<string> {
  if (/<\/script|<!--/i.test(script)) throw new Error("the script holds markup that would end its element");
  // Links to subjects are longest when every subject is there: what is left over is room for data.
  const packed = await pack(content.answers);
  const everything = embed(packed, Number.POSITIVE_INFINITY);
  const shell = Buffer.byteLength(documentMarkup(documentOf(report, { content, script, embedded: { ...everything, parts: [] } })));
  const room = MOST_BYTES - shell - everything.parts.length * PART_MARKUP;
  const embedded = everything.bytes <= room ? everything : embed(packed, room);
  return documentMarkup(documentOf(report, { content, script, embedded }));
}

interface Ingredients {
  readonly content: ReportContent;
  readonly embedded: Embedded;
  readonly script: string;
}

function documentOf(report: Report, { content, embedded, script }: Ingredients): Document {
  const whole = content.answers.overviews.find(({ by }) => by.length === 0)?.answers ?? [];
  const index = new Map(whole.map(({ page, tile, selection, rows }) => [`${page.id}\t${tile.id}\t${answerKey(tile, selection)}`, rows]));
  const subjects = new Map([...embedded.subjects].map(([page, values]) => [page, new Set(values)]));
  const viewOf = (page: Page): View => {
    const place = startOf(report, content.years, page);
    const owner = (tile: Tile): Page => report.pages.find(({ tiles }) => tiles.includes(tile)) ?? page;
    const rowsOf: View["rowsOf"] = (tile) => index.get(`${owner(tile).id}\t${tile.id}\t${answerKey(tile, place.selection)}`) ?? [];
    return { report, years: content.years, place, rowsOf, hasSubject: (of, value) => subjects.get(of)?.has(value) === true };
  };
  const labels = report.slicers.map((slicer) => labelsOf(slicer, whole));
  const labelOf: LabelOf = (slicer, value) => labels[report.slicers.indexOf(slicer)]?.get(value) ?? value;
  const choices = report.slicers.map((slicer, at) => valuesOf(content, at, slicer).map((value): [string, string] => [value, labelOf(slicer, value)]).sort(byLabel));
  return { report, content, embedded, viewOf, labelOf, choices, script };
}

const byLabel = ([, one]: readonly [string, string], [, other]: readonly [string, string]): number => (one < other ? -1 : one > other ? 1 : 0);

/** Values of a slicer that some answer is for. */
function valuesOf({ answers }: ReportContent, at: number, { field }: Slicer): readonly string[] {
  const own = answers.overviews.find(({ by }) => by.length === 1 && by[0] === field)?.answers ?? [];
  return [...new Set(own.flatMap(({ selection }) => selection.slices[at] ?? []))];
}

/** Label by value, where a tile of the first view has both side by side. */
function labelsOf({ field, label }: Slicer, answers: readonly Answer[]): ReadonlyMap<string, string> {
  if (label === undefined) return new Map();
  const both = answers.filter(({ tile }) => fieldsOf(tile).includes(field) && fieldsOf(tile).includes(label));
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return new Map(both.flatMap(({ rows }) => rows.flatMap((row) => {
    const [value, name] = [text(row[field.column]), text(row[label.column])];
    return value === null ? [] : [[value, name === null || name === value ? value : name] as const];
  })));
}
