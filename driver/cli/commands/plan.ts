// carelake plan: what a run would do, without network and without Spark.

import type { CommandModule } from "yargs";
import type { Context } from "../context.js";
import { planText } from "../plan-text.js";
import type { PlanWords } from "../plan-request.js";
import { makePlan } from "../plan-request.js";
import { answer, complain } from "../present.js";
import { lakeOptions, planOptions } from "./words.js";

export const plan = (context: Context): CommandModule => ({
  command: "plan <pipeline>",
  describe: "show what a run would do; no network, nothing written",
  builder: (yargs) => lakeOptions(planOptions(yargs)),
  handler: async (args) => {
    const words = args as unknown as PlanWords & { readonly json: boolean };
    const planned = await makePlan(words, context);
    if (!planned.ok) return complain(planned.problems, words.json);
    answer({ json: planned.value.plan, text: planText(planned.value.plan) }, words.json);
  },
});
