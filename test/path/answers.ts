// In: a MySQL with published tables. Out: where the answers of the HTML file, which are added up from rows, differ from
// what each tile's own select gives.

import { askReport } from "../../driver/cli/ask-report.js";
import type { Session } from "../../driver/session.js";
import { exactText, parseExact } from "../../reports/exact.js";
import { answersOf, type Answer } from "../../reports/html/answers.js";
import { everyAnswer } from "../../reports/html/every-answer.js";
import { overviewQuestions, subjectQuestions, type Question } from "../../reports/html/questions.js";
import { answerKey } from "../../reports/html/selection.js";
import { fieldsOf, type Report } from "../../reports/report.js";
import { tileQuery, totalName } from "../../reports/sql.js";
import type { Comparison } from "./measures.js";

export interface Compared {
  readonly report: Report;
  readonly years: readonly number[];
}

export async function compareAnswers(session: Session, { report, years }: Compared): Promise<Comparison> {
  const { overviews, subjects } = everyAnswer({ report, years, tables: await askReport({ report, years, sessions: [session] }) });
  const asked = [
    ...overviews.map(({ by, answers }) => ({ answers, questions: overviewQuestions(report, years, by) })),
    ...subjects.map(({ page, answers }) => ({ answers, questions: subjectQuestions(page, years) })),
  ];
  const [found, expected]: [string[], string[]] = [[], []];
  for (const { answers, questions } of asked) {
    found.push(...answers.flatMap(linesOf));
    for (const question of questions) expected.push(...answersOf(report, question, await selected(session, question)).flatMap(linesOf));
  }
  const differences = expected.flatMap((line, at) => (line === found[at] ? [] : [`${line}, not ${String(found[at])}`]));
  return { compared: expected.length, differences: found.length === expected.length ? differences : [`${String(found.length)} rows, not ${String(expected.length)}`, ...differences] };
}

function selected(session: Session, { tile, by, year }: Question): ReturnType<Session["query"]> {
  const { sql, params } = tileQuery(tile, { year, each: by });
  return session.query(sql, params);
}

/** A row a line, with every digit. */
function linesOf({ page, tile, selection, rows }: Answer): readonly string[] {
  const digits = (value: unknown): string => {
    const exact = parseExact(value);
    return exact === null ? "null" : exactText(exact);
  };
  return rows.map((row) => {
    const fields = fieldsOf(tile).map(({ column }) => `${column} ${String(row[column])}`);
    const figures = tile.measures.flatMap((measure) => [measure.name, totalName(measure)]).map((name) => (name in row ? `${name} ${digits(row[name])}` : ""));
    return [page.id, tile.id, answerKey(tile, selection), ...fields, ...figures].join(" | ");
  });
}
