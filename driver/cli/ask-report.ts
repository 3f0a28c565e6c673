// The answers of a report's HTML file, from the published tables. In: a report, years, sessions to ask in parallel.
// Out: every answer that may have a place in the file. Never here: sizes of files, markup.

import type { Answer, Answers, OverviewAnswers, SubjectAnswers } from "../../reports/html/answers.js";
import { answersOf } from "../../reports/html/answers.js";
import { countingTile, overviewQuestions, queryOf, rankingTile, subjectQuestions, waysOf, type Question } from "../../reports/html/questions.js";
import type { Field } from "../../reports/model.js";
import type { Page, Report } from "../../reports/report.js";
import { tileQuery, type Choice, type TileQuery } from "../../reports/sql.js";
import type { Row, Session } from "../session.js";

/** Choices of several slicers that are asked for: more never fit, whatever they say. */
const MOST_CHOICES = 3_000;
/** Subjects of a page that are asked for: more never fit. */
const MOST_SUBJECTS = 10_000;

/** Answers one select, in whichever session is free. */
type Ask = (query: TileQuery) => Promise<readonly Row[]>;

export interface Asking {
  readonly report: Report;
  readonly years: readonly number[];
  readonly sessions: readonly Session[];
}

export async function askReport({ report, years, sessions }: Asking): Promise<Answers> {
  const ask = inParallel(sessions);
  const all = async (questions: readonly Question[], only?: NonNullable<Choice["only"]>): Promise<readonly Answer[]> =>
    (await Promise.all(questions.map(async (question) => answersOf(report, question, await ask(queryOf(question, only)))))).flat();
  const asked = Promise.all(waysOf(report).map((by) => overview(report, years, { by, ask, all })));
  const subjects = Promise.all(report.pages.filter((page) => page.subject !== undefined).map((page) => subjectsOf(page, years, { ask, all })));
  const [ways, pages] = await Promise.all([asked, subjects]);
  return { overviews: ways.flatMap(({ answers }) => answers ?? []), subjects: pages, tooMany: ways.flatMap(({ tooMany }) => tooMany ?? []) };
}

interface Means {
  readonly ask: Ask;
  readonly all: (questions: readonly Question[], only?: NonNullable<Choice["only"]>) => Promise<readonly Answer[]>;
}

interface Way {
  readonly answers?: OverviewAnswers;
  readonly tooMany?: Answers["tooMany"][number];
}

async function overview(report: Report, years: readonly number[], { by, ask, all }: Means & { readonly by: readonly Field[] }): Promise<Way> {
  const counting = by.length > 1 ? countingTile(report) : undefined;
  if (counting !== undefined) {
    const counts = await Promise.all(years.map(async (year) => (await ask(tileQuery(counting, { year, each: by }))).length));
    const choices = counts.reduce((sum, count) => sum + count, 0);
    if (choices > MOST_CHOICES) return { tooMany: { by, choices } };
  }
  return { answers: { by, answers: await all(overviewQuestions(report, years, by)) } };
}

/** Those of the latest year; when they are too many, those with the greatest figure. */
async function subjectsOf(page: Page, years: readonly number[], { ask, all }: Means): Promise<SubjectAnswers> {
  const ranking = rankingTile(page, MOST_SUBJECTS + 1);
  const year = years.at(-1);
  const questions = subjectQuestions(page, years);
  if (ranking === undefined || year === undefined) return { page, answers: [], isAll: true };
  const found = (await ask(tileQuery(ranking, { year }))).flatMap((row) => row[ranking.by.column] ?? []);
  if (found.length <= MOST_SUBJECTS) return { page, answers: await all(questions), isAll: true };
  const [first, ...others] = found.slice(0, MOST_SUBJECTS);
  return { page, answers: first === undefined ? [] : await all(questions, { field: ranking.by, values: [first, ...others] }), isAll: false };
}

/** A session answers one query at a time: each takes the next one that waits. */
function inParallel(sessions: readonly Session[]): Ask {
  const free = [...sessions];
  const waiting: ((session: Session) => void)[] = [];
  const take = (): Promise<Session> => {
    const session = free.pop();
    return session === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(session);
  };
  return async ({ sql, params }) => {
    const session = await take();
    try {
      return await session.query(sql, params);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(session);
      else next(session);
    }
  };
}
