// carelake plan: what a run would do, without network and without Spark.

import { limitsOf } from "../aws-limits.js";
import { planText } from "../plan-text.js";
import { makePlan } from "../plan-request.js";
import { command } from "../command.js";
import { answer, complain } from "../present.js";
import { lakeOptions, planOptions } from "./words.js";

export const plan = command({
  command: "plan <pipeline>",
  describe: "show what a run would do; no network, nothing written",
  builder: (yargs) => lakeOptions(planOptions(yargs)),
  handler: async (words, context) => {
    const planned = await makePlan(words, context);
    if (!planned.ok) return complain(planned.problems, words.json);
    const { plan: made, profile, lake, prices } = planned.value;
    const findings = await limitsOf({ plan: made, profile, lake: lake.root, now: context.now(), prices });
    answer({ json: findings.length === 0 ? made : { ...made, limits: findings }, text: planText(made, findings) }, words.json);
  },
});
