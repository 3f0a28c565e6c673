// What the doctor looked at outside of this computer, as people read it.

import type { Check } from "../../emr/checks/check.js";
import type { Problem } from "../problems.js";
import { table, type Answer } from "./present.js";
import { textOf } from "./problem-text.js";

/** A check whose problem is told in words. */
export type ToldCheck = Omit<Check, "problem">;

/** What a doctor found, and the exit code that it ends with. */
export interface Examined {
  readonly answer: Answer;
  readonly exitCode: number;
}

/** Of what the outside world lacks. */
const OUTSIDE = 3;

export const exitCodeAfter = (checks: readonly ToldCheck[]): number => (checks.some(({ verdict }) => verdict === "failed") ? OUTSIDE : 0);

export const failed = (id: string, what: string, problem: Problem): Check => ({ id, what, verdict: "failed", found: problem.code, problem });

/** A problem that the service told, in the words that it has everywhere else. */
export function inWords({ problem, ...check }: Check): ToldCheck {
  if (problem === undefined) return check;
  const { headline, notes = [], help } = textOf(problem);
  return { ...check, found: [headline, ...notes].join("; "), ...(help === undefined ? {} : { help }) };
}

export function checksText(checks: readonly ToldCheck[]): string {
  const next = checks.flatMap(({ verdict, what, help }) => (verdict === "ok" || help === undefined ? [] : [`${verdict === "failed" ? "mend" : "look at"} ${what}: ${help}`]));
  const of = (verdict: Check["verdict"]): number => checks.filter((each) => each.verdict === verdict).length;
  const total = `${String(of("ok"))} ok, ${String(of("failed"))} failed, ${String(of("not known"))} not known`;
  return [table(["", "what", "found"], checks.map(({ verdict, what, found }) => [verdict, what, found])), ...(next.length === 0 ? [] : [next.join("\n")]), total].join("\n\n");
}
