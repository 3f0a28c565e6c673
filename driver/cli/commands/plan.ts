// carelake plan: what a run would do, without Spark; of a lake on S3 the ledger is read, or with --offline nothing is.

import type { Result } from "../../problems.js";
import { fail, ProblemError } from "../../problems.js";
import { limitsOf } from "../aws-limits.js";
import type { Context } from "../context.js";
import { OFFLINE } from "../offline.js";
import { needsOf, needsText } from "../plan-needs.js";
import { planText } from "../plan-text.js";
import type { Planned, PlanWords } from "../plan-request.js";
import { makePlan } from "../plan-request.js";
import { command } from "../command.js";
import { answer, complain, say } from "../present.js";
import { lakeOptions, planOptions } from "./words.js";

export const plan = command({
  command: "plan <pipeline>",
  describe: "show what a run would do; nothing written",
  builder: (yargs) => lakeOptions(planOptions(yargs)).option("offline", { type: "boolean", default: false, describe: "ask nobody: plan as if nothing had run in the lake, whose ledger may be on S3" }),
  handler: async (words, context) => {
    const planned = await asked(words, context);
    if (!planned.ok) {
      complain(planned.problems, words.json);
      if (planned.problems.some(({ code }) => NOT_ASKED.includes(code))) say("  note: the ledger of the lake was not read; --offline plans without it");
      return;
    }
    const { plan: made, pipeline, profile, lake, prices } = planned.value;
    const findings = await limitsOf({ plan: made, profile, lake: lake.root, now: context.now(), prices });
    const needs = await needsOf(profile, pipeline, context.now().toISOString().slice(0, 10));
    const json = { ...made, ...needs, ...(findings.length === 0 ? {} : { limits: findings }), ...(words.offline ? { offline: true } : {}) };
    answer({ json, text: [...(words.offline ? [OFFLINE] : []), planText(made, findings), ...(needs === undefined ? [] : needsText(needs, words.profile))].join("\n") }, words.json);
  },
});

/** What keeps this computer from reading a ledger on S3. */
const NOT_ASKED: readonly string[] = ["aws-credentials", "aws-denied", "aws-unreachable", "bucket-missing"];

async function asked(words: PlanWords, context: Context): Promise<Result<Planned>> {
  try {
    return await makePlan(words, context);
  } catch (error) {
    if (error instanceof ProblemError) return fail(error.problem);
    throw error;
  }
}
