// Answers for every choice that may have a place in one file, where the rows themselves are too many for it. In: rows.
// Out: answers. Never here: SQL, a connection, sizes of files.

import type { Field } from "../model.js";
import type { Page, Report, Tile } from "../report.js";
import { tileRows } from "../rollup/answer.js";
import { factsOf } from "../rollup/rows.js";
import type { Choice } from "../sql.js";
import { answersOf, type Answer, type Answers, type OverviewAnswers, type SubjectAnswers } from "./answers.js";
import { factsFor, type Tables } from "./asked-rows.js";
import { countingTile, overviewQuestions, rankingTile, subjectQuestions, waysOf, type Question } from "./questions.js";

/** Choices of several slicers that are answered: more never fit, whatever they say. */
const MOST_CHOICES = 3_000;
/** Subjects of a page that are answered: more never fit. */
const MOST_SUBJECTS = 10_000;

export interface Rolled {
  readonly report: Report;
  /** Oldest first. */
  readonly years: readonly number[];
  readonly tables: Tables;
}

export function everyAnswer(rolled: Rolled): Answers {
  const { report } = rolled;
  const ways = waysOf(report).map((by) => overview(anew(rolled), by));
  const subjects = report.pages.filter((page) => page.subject !== undefined).map((page) => subjectsOf(anew(rolled), page));
  return { overviews: ways.flatMap(({ answers }) => answers ?? []), subjects, tooMany: ways.flatMap(({ tooMany }) => tooMany ?? []) };
}

/** The same rows without the groups that others were answered from: of many rows they take more room than the rows. */
function anew({ tables, ...rolled }: Rolled): Rolled {
  return { ...rolled, tables: new Map([...tables].map(([table, { columns }]) => [table, factsOf(columns)])) };
}

function answered({ report, tables }: Rolled, questions: readonly Question[], only: Choice["only"] = []): readonly Answer[] {
  // Questions about a tile follow each other. What was computed for one tile is not kept for the next: of a million
  // prescribers it is as much again as their rows.
  let last: { readonly tile: Tile; readonly rows: ReturnType<typeof tileRows> } | undefined;
  return questions.flatMap((question) => {
    const { tile, by, year } = question;
    if (last?.tile !== tile) last = { tile, rows: tileRows(factsFor(tables, tile), tile, { each: by, only }) };
    return answersOf(report, question, last.rows(year));
  });
}

interface Way {
  readonly answers?: OverviewAnswers;
  readonly tooMany?: Answers["tooMany"][number];
}

function overview(rolled: Rolled, by: readonly Field[]): Way {
  const { report, years, tables } = rolled;
  const counting = by.length > 1 ? countingTile(report) : undefined;
  const choices = counting === undefined ? 0 : factsFor(tables, counting).by(["year", ...by.map(({ column }) => column)]).size;
  if (choices > MOST_CHOICES) return { tooMany: { by, choices } };
  return { answers: { by, answers: answered(rolled, overviewQuestions(report, years, by)) } };
}

/** Those of the latest year; when they are too many, those with the greatest figure. */
function subjectsOf(rolled: Rolled, page: Page): SubjectAnswers {
  const { years, tables } = rolled;
  const ranking = rankingTile(page, MOST_SUBJECTS + 1);
  const year = years.at(-1);
  const questions = subjectQuestions(page, years);
  if (ranking === undefined || year === undefined) return { page, answers: [], isAll: true };
  const found = tileRows(factsFor(tables, ranking), ranking, {})(year).map((row) => String(row[ranking.by.column]));
  if (found.length <= MOST_SUBJECTS) return { page, answers: answered(rolled, questions), isAll: true };
  const [first, ...others] = found.slice(0, MOST_SUBJECTS);
  return { page, answers: first === undefined ? [] : answered(rolled, questions, [{ field: ranking.by, values: [first, ...others] }]), isAll: false };
}
