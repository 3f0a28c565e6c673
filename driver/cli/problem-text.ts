// The one place where a problem becomes text: headline, place, notes, what was left, help. The compiler asks for an
// entry for every code; test/problems/ holds each message whole.

import type { Problem, ProblemCode } from "../problems.js";
import { awsText } from "./problem-text-aws.js";
import { databaseText } from "./problem-text-database.js";
import { planningText } from "./problem-text-planning.js";
import { refreshText } from "./problem-text-refresh.js";
import { runText } from "./problem-text-run.js";
import type { ProblemText, Texts } from "./problem-words.js";
import { placeText } from "./problem-words.js";

const TEXTS: Texts<ProblemCode> = { ...planningText, ...runText, ...databaseText, ...awsText, ...refreshText };

/** error[code]: headline, --> place, notes, what was left, help. */
export function problemText(problem: Problem): string {
  const { headline, notes = [], help } = textOf(problem);
  const lines = [`error[${problem.code}]: ${headline}`];
  if (problem.at !== undefined) lines.push(`  --> ${placeText(problem.at)}`);
  for (const note of notes) lines.push(`  note: ${note}`);
  if (problem.left !== undefined) lines.push(`  left: ${problem.left}`);
  if (help !== undefined) lines.push(`  help: ${help}`);
  return lines.join("\n");
}

/** What is wrong, in one line. */
export const headlineOf = (problem: Problem): string => textOf(problem).headline;

/** 1 a job, gate or publication failed · 2 wrong usage, params or template · 3 the outside world. */
export function exitCodeOf(problems: readonly Problem[]): 1 | 2 | 3 {
  const sources = problems.map((problem) => textOf(problem).source);
  if (sources.includes("usage")) return 2;
  return sources.includes("world") ? 3 : 1;
}

/** Its words one by one, for those who lay them out themselves. */
export function textOf(problem: Problem): ProblemText {
  const make = TEXTS[problem.code] as (problem: Problem) => ProblemText;
  return make(problem);
}
