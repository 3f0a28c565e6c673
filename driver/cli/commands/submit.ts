// carelake submit: for CI. Plans, sends, submits and returns with the run's id; --wait follows it to its end.

import { answerAfter, modelAfter } from "../after-publish.js";
import { carryOut, tellIdle } from "../carry-out.js";
import { makePlan } from "../plan-request.js";
import { command } from "../command.js";
import { answer, complain } from "../present.js";
import { progress } from "../progress.js";
import { runJson, runText } from "../run-text.js";
import { AFTER_PUBLISH, JUNIT, lakeOptions, planOptions } from "./words.js";

export const submit = command({
  command: "submit <pipeline>",
  describe: "submit a run and return its id; nobody has to follow it",
  builder: (yargs) => lakeOptions(planOptions(yargs)).option("wait", { type: "boolean", default: false, describe: "follow it to its end, as carelake run does" }).option("junit", JUNIT).option("after-publish", AFTER_PUBLISH),
  handler: async (words, context) => {
    if (words.junit !== undefined && !words.wait) {
      return complain([{ code: "usage", message: "--junit needs --wait: a submission alone has checked nothing", at: { file: "--junit" }, suggestion: "add --wait, or carelake gates RUN --junit FILE when the run is over" }], words.json);
    }
    if (words.afterPublish && !words.wait) {
      return complain([{ code: "usage", message: "--after-publish needs --wait: a submission alone publishes nothing", at: { file: "--after-publish" }, suggestion: "add --wait, or carelake resume RUN --after-publish, which publishes" }], words.json);
    }
    const planned = await makePlan({ ...words, together: !words.wait }, context);
    if (!planned.ok) return complain(planned.problems, words.json);
    const { plan, lake } = planned.value;
    if (plan.stages.length === 0 && plan.publication.length === 0) return tellIdle(plan, words, context);
    const listen = progress({ isTerminal: context.isTerminal, verbose: false });
    const model = await modelAfter(words, { ...planned.value, set: plan.pipeline, listen }, context);
    if (!model.ok) return complain(model.problems, words.json);
    const { finished, run } = await carryOut({ ...planned.value, leaves: !words.wait, listen }, words.junit, context);
    if (finished.ok) return answerAfter({ json: runJson(finished.value), text: runText(finished.value, lake.root) }, { model: model.value, published: finished.value.published, json: words.json });
    if (words.wait || finished.problems[0].code !== "run-detached") return complain(finished.problems, words.json);
    const next = `carelake resume ${run ?? ""} follows it and publishes; carelake status ${run ?? ""} tells how far it is`;
    answer({ json: { run, plan: plan.id, submitted: true }, text: `run ${run ?? ""} is submitted\n${next}` }, words.json);
  },
});
