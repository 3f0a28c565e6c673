// --plan FILE: a plan that somebody looked at before, held against the one that would run now.

import { readFileSync } from "node:fs";
import { planFile } from "../ledger.js";
import type { Plan } from "../plan.js";
import type { Problem } from "../problems.js";
import { systemWords } from "../system-error.js";
import { VERSION } from "./project.js";

/** What keeps a plan that was looked at before from being the one that would run now. */
export function reviewedProblem(file: string, path: string, plan: Plan): Problem | undefined {
  const at = { file };
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const message = error instanceof SyntaxError ? "it is no JSON" : systemWords(error);
    return { code: "plan-unreadable", file, message, at };
  }
  const reviewed = planFile.safeParse(value);
  if (!reviewed.success) return { code: "plan-unreadable", file, message: reviewed.error.issues[0]?.message ?? "", at };
  if (reviewed.data.carelake !== VERSION) return { code: "plan-of-other-version", planned: reviewed.data.carelake, running: VERSION, at };
  if (reviewed.data.id === plan.id) return undefined;
  return { code: "plan-stale", message: `inputs, templates, jobs or the lake changed since: it was ${reviewed.data.id.slice(0, 12)}, it would be ${plan.id.slice(0, 12)} now`, at };
}
