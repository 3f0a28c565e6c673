// carelake run: plan, then carry it out with progress, gates and publication.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { planFile, unfinishedRuns } from "../../ledger.js";
import type { Plan } from "../../plan.js";
import type { Problem, Result } from "../../problems.js";
import { fail } from "../../problems.js";
import { planText } from "../plan-text.js";
import { makePlan } from "../plan-request.js";
import { runPlan } from "../run-plan.js";
import { runJson, runText, whyUnpublished } from "../run-text.js";
import { command } from "../command.js";
import { answer, complain, say } from "../present.js";
import { progress } from "../progress.js";
import { VERSION } from "../project.js";
import { lakeOptions, planOptions } from "./words.js";

export const run = command({
  command: "run <pipeline>",
  describe: "run a pipeline: load, check, publish",
  builder: (yargs) => lakeOptions(planOptions(yargs)).option("plan", { type: "string", describe: "carry out exactly this plan (carelake plan --json > FILE)" }).option("verbose", { type: "boolean", default: false, describe: "a line for every statement" }),
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
    if (isIdle) return answer({ json: { plan: plan.id, nothing_to_do: true, skipped: plan.skipped }, text: planText(plan) }, words.json);
    const finished = await runPlan({ ...planned.value, replan, listen: progress({ isTerminal: context.isTerminal, verbose: words.verbose }) }, context);
    if (!finished.ok) return complain(finished.problems, words.json);
    answer({ json: runJson(finished.value), text: runText(finished.value, lake.root) }, words.json);
    const unpublished = whyUnpublished(planned.value);
    if (unpublished !== undefined && !words.json) say(unpublished);
  },
});

/** What keeps a plan that was looked at before from being the one that would run now. */
function reviewedProblem(file: string, path: string, plan: Plan): Problem | undefined {
  const at = { file };
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const message = error instanceof SyntaxError ? "it is no JSON" : error instanceof Error ? error.message.replace(/^E[A-Z]+: /, "").replace(/,.*$/, "") : String(error);
    return { code: "plan-unreadable", file, message, at };
  }
  const reviewed = planFile.safeParse(value);
  if (!reviewed.success) return { code: "plan-unreadable", file, message: reviewed.error.issues[0]?.message ?? "", at };
  if (reviewed.data.carelake !== VERSION) return { code: "plan-of-other-version", planned: reviewed.data.carelake, running: VERSION, at };
  if (reviewed.data.id === plan.id) return undefined;
  return { code: "plan-stale", message: `inputs, templates, jobs or the lake changed since: it was ${reviewed.data.id.slice(0, 12)}, it would be ${plan.id.slice(0, 12)} now`, at };
}
