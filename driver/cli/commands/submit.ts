// carelake submit: for CI. Plans, sends, submits and returns with the run's id; --wait follows it to its end.

import { carryOut, tellIdle } from "../carry-out.js";
import { makePlan } from "../plan-request.js";
import { command } from "../command.js";
import { answer, complain } from "../present.js";
import { progress } from "../progress.js";
import { runJson, runText } from "../run-text.js";
import { JUNIT, lakeOptions, planOptions } from "./words.js";

export const submit = command({
  command: "submit <pipeline>",
  describe: "submit a run and return its id; nobody has to follow it",
  builder: (yargs) => lakeOptions(planOptions(yargs)).option("wait", { type: "boolean", default: false, describe: "follow it to its end, as carelake run does" }).option("junit", JUNIT),
  handler: async (words, context) => {
    if (words.junit !== undefined && !words.wait) {
      return complain([{ code: "usage", message: "--junit needs --wait: a submission alone has checked nothing", at: { file: "--junit" }, suggestion: "add --wait, or carelake gates RUN --junit FILE when the run is over" }], words.json);
    }
    const planned = await makePlan({ ...words, together: !words.wait }, context);
    if (!planned.ok) return complain(planned.problems, words.json);
    const { plan, lake } = planned.value;
    if (plan.stages.length === 0 && plan.publication.length === 0) return tellIdle(plan, words, context);
    const { finished, run } = await carryOut({ ...planned.value, leaves: !words.wait, listen: progress({ isTerminal: context.isTerminal, verbose: false }) }, words.junit, context);
    if (finished.ok) return answer({ json: runJson(finished.value), text: runText(finished.value, lake.root) }, words.json);
    if (words.wait || finished.problems[0].code !== "run-detached") return complain(finished.problems, words.json);
    const next = `carelake resume ${run ?? ""} follows it and publishes; carelake status ${run ?? ""} tells how far it is`;
    answer({ json: { run, plan: plan.id, submitted: true }, text: `run ${run ?? ""} is submitted\n${next}` }, words.json);
  },
});
