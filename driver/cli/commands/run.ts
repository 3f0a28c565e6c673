// carelake run: plan, then carry it out with progress, gates and publication.

import { resolve } from "node:path";
import { unfinishedRuns } from "../../ledger.js";
import type { Plan } from "../../plan.js";
import type { Problem, Result } from "../../problems.js";
import { fail } from "../../problems.js";
import { answerAfter, modelAfter } from "../after-publish.js";
import { carryOut, tellIdle } from "../carry-out.js";
import { makePlan } from "../plan-request.js";
import { runJson, runText, whyUnpublished } from "../run-text.js";
import { command } from "../command.js";
import { complain, say } from "../present.js";
import { progress } from "../progress.js";
import { reviewedProblem } from "../reviewed-plan.js";
import { AFTER_PUBLISH, JUNIT, lakeOptions, planOptions } from "./words.js";

export const run = command({
  command: "run <pipeline>",
  describe: "run a pipeline: load, check, publish",
  builder: (yargs) => lakeOptions(planOptions(yargs)).option("plan", { type: "string", describe: "carry out exactly this plan (carelake plan --json > FILE)" }).option("junit", JUNIT).option("after-publish", AFTER_PUBLISH).option("verbose", { type: "boolean", default: false, describe: "a line for every statement" }),
  handler: async (words, context) => {
    const planned = await makePlan(words, context);
    if (!planned.ok) return complain(planned.problems, words.json);
    const { plan, lake } = planned.value;
    const review = (made: Plan): Problem | undefined => (words.plan === undefined ? undefined : reviewedProblem(words.plan, resolve(context.cwd, words.plan), made));
    const reviewed = review(plan);
    if (reviewed !== undefined) return complain([reviewed], words.json);
    const replan = async (): Promise<Result<Plan>> => {
      const again = await planned.value.replan();
      const stale = again.ok ? review(again.value) : undefined;
      return stale === undefined ? again : fail(stale);
    };
    const isIdle = plan.stages.length === 0 && plan.publication.length === 0 && (await unfinishedRuns(lake.ledger, plan.pipeline)).length === 0;
    if (isIdle) return tellIdle(plan, words, context);
    const listen = progress({ isTerminal: context.isTerminal, verbose: words.verbose });
    const model = await modelAfter(words, { ...planned.value, set: plan.pipeline, listen }, context);
    if (!model.ok) return complain(model.problems, words.json);
    const { finished } = await carryOut({ ...planned.value, replan, listen }, words.junit, context);
    if (!finished.ok) return complain(finished.problems, words.json);
    await answerAfter({ json: runJson(finished.value), text: runText(finished.value, lake.root) }, { model: model.value, published: finished.value.published, json: words.json });
    const unpublished = whyUnpublished(planned.value);
    if (unpublished !== undefined && !words.json) say(unpublished);
  },
});
