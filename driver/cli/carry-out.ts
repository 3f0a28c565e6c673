// A run from its start to its end as a command tells it: the plan carried out, its gates as JUnit where that is asked
// for, and the run's id whatever became of it.

import type { FinishedRun } from "../execute.js";
import type { Plan } from "../plan.js";
import type { Problem, Result } from "../problems.js";
import { fail, ok, ProblemError } from "../problems.js";
import type { Context } from "./context.js";
import { costsOn } from "./costs-on.js";
import { junitProblem, writeJunit } from "./junit.js";
import { planText } from "./plan-text.js";
import { answer, complain } from "./present.js";
import type { RunRequest } from "./run-plan.js";
import { runPlan } from "./run-plan.js";
import { toldGates } from "./told-gates.js";

export interface CarriedOut {
  readonly finished: Result<FinishedRun>;
  /** Absent where it was refused before it got one. */
  readonly run: string | undefined;
}

export async function carryOut(request: RunRequest, junit: string | undefined, context: Context): Promise<CarriedOut> {
  const unwritable = await junitProblem(junit, context);
  if (unwritable !== undefined) return { finished: fail(unwritable), run: undefined };
  const { listen, pipeline, lake } = request;
  let run: string | undefined;
  const listening: RunRequest["listen"] = (event) => {
    if (event.kind === "run-started") run = event.run;
    listen(event);
  };
  const finished = await withWhatGoesOn(await asResult(() => runPlan({ ...request, listen: listening }, context)), request, run);
  const problems = finished.ok ? [] : finished.problems;
  // Its gates are not all known as long as it goes on.
  if (junit === undefined || problems.some(({ code }) => code === "run-detached")) return { finished, run };
  const record = run === undefined ? undefined : await lake.ledger.run(run);
  const gates = record === undefined ? [] : await toldGates(record.run, { ledger: lake.ledger, pipeline });
  const written = await writeJunit(junit, { context, run: record, gates, problems });
  return { finished: written.ok ? finished : fail(...written.problems, ...problems), run };
}

/** Whoever is told that he does not drive a run, or not any longer, is told what of it costs on. */
async function withWhatGoesOn<T>(result: Result<T>, { profile, project, lake }: RunRequest, started: string | undefined): Promise<Result<T>> {
  if (result.ok || lake.aws === undefined) return result;
  const [problem, ...rest] = result.problems;
  const named = started ?? (problem.code === "run-in-progress" ? problem.run : undefined);
  if (named === undefined || problem.left !== undefined) return result;
  const found = await asResult(async () => {
    const run = (await lake.ledger.runs()).findLast((each) => each.run.startsWith(named))?.run ?? named;
    return ok(await costsOn(run, { events: await lake.ledger.events(run), profile, project, lake }));
  });
  // Where the lake does not answer either, there is no more to be told than why.
  return !found.ok || found.value === undefined ? result : fail({ ...problem, left: found.value.text }, ...rest);
}

/** The answer to a plan that has nothing to do; as JUnit it is a document without tests. */
export async function tellIdle(plan: Plan, words: { readonly json: boolean; readonly junit?: string | undefined }, context: Context): Promise<void> {
  const written = await writeJunit(words.junit, { context, gates: [], problems: [] });
  if (!written.ok) return complain(written.problems, words.json);
  answer({ json: { plan: plan.id, run: null, nothing_to_do: true, skipped: plan.skipped }, text: planText(plan) }, words.json);
}

/** A refusal of the outside world on the way is how the run ended, too. */
async function asResult<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    const problem: Problem | undefined = error instanceof ProblemError ? error.problem : undefined;
    if (problem === undefined) throw error;
    return fail(problem);
  }
}
