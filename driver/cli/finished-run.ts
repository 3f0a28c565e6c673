// The run whose tables are to be published: found by its id, finished, with its pipeline and its database.

import { outcomeOf } from "../ledger.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import type { Context } from "./context.js";
import type { LakeWords } from "./open-ledger.js";
import { findRun, openLedger } from "./open-ledger.js";
import { findPipeline } from "./project.js";
import type { PublishRequest } from "./run-plan.js";
import { servingDatabase } from "./serving.js";

/** Problem: nothing-published, when the run is not one whose tables passed all gates. */
export async function finishedRun(words: LakeWords & { readonly run: string | undefined }, context: Context): Promise<Result<Omit<PublishRequest, "listen">>> {
  const opened = await openLedger(words, context);
  if (!opened.ok) return opened;
  const { lake, profile, project } = opened.value;
  const found = await findRun(lake, words.run);
  if (!found.ok) return found;
  const { run, pipeline: name } = found.value;
  const plan = await lake.ledger.plan(run);
  const pipeline = findPipeline(project, name);
  if (!pipeline.ok) return pipeline;
  const events = await lake.ledger.events(run);
  const isFinished = plan?.stages.every(({ name }) => events.some((event) => event.event === "stage-finished" && event.stage === name && event.outcome === "succeeded")) === true;
  if (plan === undefined || !isFinished || plan.publication.length === 0) {
    const ended = outcomeOf(events)?.outcome ?? "unfinished";
    const what = plan?.publication.length === 0 ? `run ${run} was planned without a database, so it exported nothing` : `run ${run} is ${ended}: only tables whose gates passed are published`;
    return fail({ code: "nothing-published", what });
  }
  const mysql = await servingDatabase({ profile, named: words.profile, purpose: "to publish to" }, context);
  return mysql.ok ? ok({ plan, run, pipeline: pipeline.value, mysql: mysql.value, profile, lake }) : mysql;
}
