// carelake submit: for CI. Plans, sends, submits and returns with the run's id; --wait follows it to its end.

import { makePlan } from "../plan-request.js";
import { planText } from "../plan-text.js";
import { command } from "../command.js";
import { answer, complain } from "../present.js";
import { progress } from "../progress.js";
import { runPlan } from "../run-plan.js";
import { runJson, runText } from "../run-text.js";
import { lakeOptions, planOptions } from "./words.js";

export const submit = command({
  command: "submit <pipeline>",
  describe: "submit a run and return its id; nobody has to follow it",
  builder: (yargs) => lakeOptions(planOptions(yargs)).option("wait", { type: "boolean", default: false, describe: "follow it to its end, as carelake run does" }),
  handler: async (words, context) => {
    const planned = await makePlan({ ...words, together: !words.wait }, context);
    if (!planned.ok) return complain(planned.problems, words.json);
    const { plan, lake } = planned.value;
    if (plan.stages.length === 0 && plan.publication.length === 0) return answer({ json: { plan: plan.id, run: null, nothing_to_do: true }, text: planText(plan) }, words.json);
    const listen = progress({ isTerminal: context.isTerminal, verbose: false });
    let run: string | undefined;
    const finished = await runPlan({ ...planned.value, leaves: !words.wait, listen: (event) => {
      if (event.kind === "run-started") run = event.run;
      listen(event);
    } }, context);
    if (finished.ok) return answer({ json: runJson(finished.value), text: runText(finished.value, lake.root) }, words.json);
    if (finished.problems[0].code !== "run-detached") return complain(finished.problems, words.json);
    const next = `carelake resume ${run ?? ""} follows it and publishes; carelake status ${run ?? ""} tells how far it is`;
    answer({ json: { run, plan: plan.id, submitted: true }, text: `run ${run ?? ""} is submitted\n${next}` }, words.json);
  },
});
