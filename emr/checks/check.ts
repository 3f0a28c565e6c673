// One thing that a profile needs on AWS, looked at: what was found, and what to do where it will not do. A check never
// throws for what AWS answers, so that one failure never hides the next.

import type { Problem } from "../../driver/problems.js";
import { ProblemError } from "../../driver/problems.js";

export interface Check {
  /** Stable, for scripts: "caller", "lake-writes", … */
  readonly id: string;
  /** What was looked at, for people. */
  readonly what: string;
  /** not known: these credentials may not ask, or nothing can tell from here. */
  readonly verdict: "ok" | "failed" | "not known";
  readonly found: string;
  readonly help?: string;
  /** Why it failed, where the service told; `found` is then its first words in code. */
  readonly problem?: Problem;
}

export type Answer = Pick<Check, "verdict" | "found" | "help">;

export const fine = (found: string): Answer => ({ verdict: "ok", found });
export const wrong = (found: string, help: string): Answer => ({ verdict: "failed", found, help });
export const unknown = (found: string, help?: string): Answer => ({ verdict: "not known", found, ...(help === undefined ? {} : { help }) });

export interface Asked {
  readonly id: string;
  readonly what: string;
  /** The profile works without this permission: refused, the answer is not known. */
  readonly optional?: true;
}

export async function check({ id, what, optional }: Asked, look: () => Promise<Answer>): Promise<Check> {
  try {
    return { id, what, ...(await look()) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { problem } = error;
    if (optional === true && problem.code === "aws-denied") return { id, what, ...unknown(`these credentials may not ask ${problem.operation}, which a run does not need`) };
    return { id, what, verdict: "failed", found: problem.code, problem };
  }
}
