// The answers of a report's HTML file, from the published tables. In: a report, years, sessions to ask in parallel.
// Out: every answer that may have a place in the file. Never here: sizes of files, markup.

import type { Answer, Answers, OverviewAnswers, SubjectAnswers } from "../../reports/html/answers.js";
import { answersOf } from "../../reports/html/answers.js";
import { countingTile, overviewQuestions, rankingTile, subjectQuestions, waysOf, type Question } from "../../reports/html/questions.js";
import type { Field, Table } from "../../reports/model.js";
import type { Page, Report, Tile } from "../../reports/report.js";
import { tileRows } from "../../reports/rollup/answer.js";
import { boundsQuery, listQuery, listReadings, rangeQueries, tableReadings, type RowsQuery } from "../../reports/rollup/reading.js";
import { membersOf, newFacts, type Facts } from "../../reports/rollup/rows.js";
import type { Choice } from "../../reports/sql.js";
import type { Row, Session } from "../session.js";
import { askInParts, type KeyedQuery } from "./ask-in-parts.js";

/** Choices of several slicers that are answered: more never fit, whatever they say. */
const MOST_CHOICES = 3_000;
/** Subjects of a page that are answered: more never fit. */
const MOST_SUBJECTS = 10_000;

/** Answers one select, in whichever session is free; with a key, however large its answer is. */
type Ask = (query: RowsQuery | KeyedQuery) => Promise<readonly Row[]>;

export interface Asking {
  readonly report: Report;
  readonly years: readonly number[];
  readonly sessions: readonly Session[];
}

export async function askReport({ report, years, sessions }: Asking): Promise<Answers> {
  const facts = await readFacts(report, years, inParallel(sessions));
  const rolled: Rolled = { report, years, facts: (table) => facts.get(table) ?? missing(table) };
  const ways = waysOf(report).map((by) => overview(rolled, by));
  const subjects = report.pages.filter((page) => page.subject !== undefined).map((page) => subjectsOf(rolled, page));
  return { overviews: ways.flatMap(({ answers }) => answers ?? []), subjects, tooMany: ways.flatMap(({ tooMany }) => tooMany ?? []) };
}

/** Every row that figures are made of is read once, however many figures there are. */
async function readFacts(report: Report, years: readonly number[], ask: Ask): Promise<ReadonlyMap<Table, Facts>> {
  const lists = new Map(await Promise.all(listReadings(report).map(async (reading) => [reading, membersOf(reading, (await Promise.all(years.map((year) => ask({ ...listQuery(reading, year), key: [reading.list.key] })))).flat())] as const)));
  const read = tableReadings(report).map(async (reading) => {
    const facts = newFacts(report, reading, lists);
    await Promise.all(years.map(async (year) => {
      const bounds = (await ask(boundsQuery(reading, year))).flatMap((row) => row["last_key"] ?? []);
      await Promise.all(rangeQueries(report, reading, { year, bounds }).map(async (query) => facts.add(await ask({ ...query, key: reading.table.grain }))));
    }));
    return [reading.table, facts.all()] as const;
  });
  return new Map(await Promise.all(read));
}

function missing({ name }: Table): never {
  throw new Error(`no rows of ${name} were read`);
}

interface Rolled {
  readonly report: Report;
  readonly years: readonly number[];
  readonly facts: (table: Table) => Facts;
}

function answered({ report, facts }: Rolled, questions: readonly Question[], only?: NonNullable<Choice["only"]>): readonly Answer[] {
  const rows = new Map<Tile, ReturnType<typeof tileRows>>();
  return questions.flatMap((question) => {
    const { tile, by, year } = question;
    const ofYear = rows.get(tile) ?? tileRows(facts(tile.measures[0].table), tile, { each: by, ...(only === undefined ? {} : { only }) });
    rows.set(tile, ofYear);
    return answersOf(report, question, ofYear(year));
  });
}

interface Way {
  readonly answers?: OverviewAnswers;
  readonly tooMany?: Answers["tooMany"][number];
}

function overview(rolled: Rolled, by: readonly Field[]): Way {
  const { report, years, facts } = rolled;
  const counting = by.length > 1 ? countingTile(report) : undefined;
  const choices = counting === undefined ? 0 : facts(counting.measures[0].table).by(["year", ...by.map(({ column }) => column)]).size;
  if (choices > MOST_CHOICES) return { tooMany: { by, choices } };
  return { answers: { by, answers: answered(rolled, overviewQuestions(report, years, by)) } };
}

/** Those of the latest year; when they are too many, those with the greatest figure. */
function subjectsOf(rolled: Rolled, page: Page): SubjectAnswers {
  const { years, facts } = rolled;
  const ranking = rankingTile(page, MOST_SUBJECTS + 1);
  const year = years.at(-1);
  const questions = subjectQuestions(page, years);
  if (ranking === undefined || year === undefined) return { page, answers: [], isAll: true };
  const found = tileRows(facts(ranking.measures[0].table), ranking, {})(year).map((row) => String(row[ranking.by.column]));
  if (found.length <= MOST_SUBJECTS) return { page, answers: answered(rolled, questions), isAll: true };
  const [first, ...others] = found.slice(0, MOST_SUBJECTS);
  return { page, answers: first === undefined ? [] : answered(rolled, questions, { field: ranking.by, values: [first, ...others] }), isAll: false };
}

/** A session answers one query at a time: each takes the next one that waits. */
function inParallel(sessions: readonly Session[]): Ask {
  const free = [...sessions];
  const waiting: ((session: Session) => void)[] = [];
  let failed = false;
  const take = (): Promise<Session> => {
    const session = free.pop();
    return session === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(session);
  };
  return async (query) => {
    const session = await take();
    try {
      // One answer that lacks spoils all: nothing more is asked.
      return failed ? [] : "key" in query ? await askInParts(session, query) : await session.query(query.sql, query.params);
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(session);
      else next(session);
    }
  };
}
