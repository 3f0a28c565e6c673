// Rows of many choices at once, told apart by choice. In: a question and its rows. Out: one answer
// a choice that has rows. Never here: SQL, sizes.

import type { Row } from "../figures.js";
import type { Field } from "../model.js";
import type { Page, Report, Tile } from "../report.js";
import type { Question } from "./questions.js";
import type { Selection } from "./selection.js";

export interface Answer {
  readonly page: Page;
  readonly tile: Tile;
  readonly selection: Selection;
  readonly rows: readonly Row[];
}

export interface OverviewAnswers {
  /** Fields of which one value each is chosen. */
  readonly by: readonly Field[];
  readonly answers: readonly Answer[];
}

export interface SubjectAnswers {
  readonly page: Page;
  readonly answers: readonly Answer[];
  /** False when these are only those with the greatest figure. */
  readonly isAll: boolean;
}

/** Everything that may have a place in one file. */
export interface Answers {
  readonly overviews: readonly OverviewAnswers[];
  readonly subjects: readonly SubjectAnswers[];
  /** Ways of choosing that were not answered: so many choices have rows. */
  readonly tooMany: readonly { readonly by: readonly Field[]; readonly choices: number }[];
}

export function answersOf(report: Report, question: Question, rows: readonly Row[]): readonly Answer[] {
  const { page, tile, by, year } = question;
  const groups = new Map<string, { readonly first: Row; readonly rows: Row[] }>();
  for (const row of rows) {
    const key = by.map(({ column }) => String(row[column])).join("\t");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: row, rows: [row] });
    else group.rows.push(row);
  }
  const valueIn = (row: Row, field: Field): string | null => (by.includes(field) ? String(row[field.column]) : null);
  return [...groups.values()].map(({ first, rows: own }) => ({
    page, tile, rows: own,
    selection: page.subject === undefined ? { year, slices: report.slicers.map(({ field }) => valueIn(first, field)), subject: null } : { year, slices: [], subject: valueIn(first, page.subject.field) },
  }));
}
