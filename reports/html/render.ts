// In: a report, its rows or answers, their origin, the page's script. Out: one HTML file that needs nothing else.
// Never here: a clock, a file, a database. Same input, same bytes.

import type { Page, Report, Slicer, Tile } from "../report.js";
import { fieldsOf } from "../report.js";
import type { Answer, Answers } from "./answers.js";
import { namesIn, rowsOfPlaces, valuesIn, type RowsOf, type Tables } from "./asked-rows.js";
import type { LabelOf } from "./body.js";
import type { ReportContent } from "./content.js";
import { embed, pack, type Embedded } from "./embed.js";
import { embedRows } from "./embed-rows.js";
import { everyAnswer } from "./every-answer.js";
import { documentMarkup, type Document } from "./page.js";
import { answerKey, startOf, type Place } from "./selection.js";
import type { View } from "./view.js";

export type { ReportContent, SourceFile } from "./content.js";

/** The file stays below: what people send each other and open at once. */
const MOST_BYTES = 5_000_000;
/** Of markup around the data of each part. */
const PART_MARKUP = 100;

export const htmlFileName = (report: Report): string => `${report.name}.html`;

/** @throws Error when rows lack a column that their tile asked for, or when the script would end its element early. */
export async function renderHtml(report: Report, content: ReportContent, script: string): Promise<string> {
  if (/<\/script|<!--/i.test(script)) throw new Error("the script holds markup that would end its element");
  if (content.figured.kind === "rows") {
    const { tables } = content.figured;
    const embedded = await embedRows(report, tables);
    const whole = embedded === undefined ? undefined : documentMarkup(documentOf(report, { content, script, embedded, first: firstOfRows(report, tables) }));
    if (whole !== undefined && Buffer.byteLength(whole) <= MOST_BYTES) return whole;
  }
  const answers = content.figured.kind === "answers" ? content.figured.answers : everyAnswer({ report, years: content.years, tables: content.figured.tables });
  return withAnswers(report, { content, script, answers });
}

async function withAnswers(report: Report, { answers, ...rest }: { readonly content: ReportContent; readonly script: string; readonly answers: Answers }): Promise<string> {
  // Links to subjects are longest when every subject is there: what is left over is room for data.
  const packed = await pack(answers);
  const first = firstOfAnswers(answers);
  const everything = embed(packed, Number.POSITIVE_INFINITY);
  const shell = Buffer.byteLength(documentMarkup(documentOf(report, { ...rest, first, embedded: { ...everything, parts: [] } })));
  const room = MOST_BYTES - shell - everything.parts.length * PART_MARKUP;
  const embedded = everything.bytes <= room ? everything : embed(packed, room);
  return documentMarkup(documentOf(report, { ...rest, first, embedded }));
}

/** What the document says before anything is chosen. */
interface First {
  readonly rowsAt: (place: Place) => RowsOf;
  /** Values of a slicer that something is known of. */
  readonly valuesOf: (slicer: Slicer) => readonly string[];
  /** What people call them. */
  readonly namesOf: (slicer: Slicer) => ReadonlyMap<string, string>;
}

function firstOfRows(report: Report, tables: Tables): First {
  return { rowsAt: rowsOfPlaces(tables, report), valuesOf: (slicer) => valuesIn(tables, slicer), namesOf: (slicer) => namesIn(tables, slicer) };
}

function firstOfAnswers({ overviews }: Answers): First {
  const whole = overviews.find(({ by }) => by.length === 0)?.answers ?? [];
  const index = new Map(whole.map(({ page, tile, selection, rows }) => [`${page.id}\t${tile.id}\t${answerKey(tile, selection)}`, rows]));
  return {
    rowsAt: ({ page, selection }) => (tile) => index.get(`${page.id}\t${tile.id}\t${answerKey(tile, selection)}`) ?? [],
    valuesOf: ({ field }) => [...new Set((overviews.find(({ by }) => by.length === 1 && by[0] === field)?.answers ?? []).flatMap(({ selection }) => selection.slices.flatMap((value) => value ?? [])))],
    namesOf: (slicer) => labelsOf(slicer, whole),
  };
}

interface Ingredients {
  readonly content: ReportContent;
  readonly embedded: Embedded;
  readonly script: string;
  readonly first: First;
}

function documentOf(report: Report, { content, embedded, script, first }: Ingredients): Document {
  const subjects = new Map([...embedded.subjects].map(([page, values]) => [page, new Set(values)]));
  const viewOf = (page: Page): View => {
    const place = startOf(report, content.years, page);
    // The notes speak of totals of other pages.
    const owner = (tile: Tile): Page => report.pages.find(({ tiles }) => tiles.includes(tile)) ?? page;
    const rowsOf: View["rowsOf"] = (tile) => first.rowsAt({ ...place, page: owner(tile) })(tile);
    return { report, years: content.years, place, rowsOf, hasSubject: (of, value) => subjects.get(of)?.has(value) === true };
  };
  const labels = new Map(report.slicers.map((slicer) => [slicer, first.namesOf(slicer)]));
  const labelOf: LabelOf = (slicer, value) => labels.get(slicer)?.get(value) ?? value;
  const choices = report.slicers.map((slicer) => first.valuesOf(slicer).map((value): [string, string] => [value, labelOf(slicer, value)]).sort(byLabel));
  return { report, content, embedded, viewOf, labelOf, choices, script };
}

const byLabel = ([, one]: readonly [string, string], [, other]: readonly [string, string]): number => (one < other ? -1 : one > other ? 1 : 0);

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
