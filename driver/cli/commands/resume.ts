// carelake resume: goes on with a run that nobody follows, from any computer: attaches to what runs, skips what is
// finished, tries again what failed, publishes.

import { outcomeOf } from "../../ledger.js";
import { withWords, wordProblems } from "../../config.js";
import { ok, settle } from "../../problems.js";
import { answerAfter, modelAfter } from "../after-publish.js";
import { carryOut } from "../carry-out.js";
import { openRun } from "../open-run.js";
import { command } from "../command.js";
import { complain } from "../present.js";
import { progress } from "../progress.js";
import { findPipeline, VERSION } from "../project.js";
import { runJson, runText } from "../run-text.js";
import { AFTER_PUBLISH, BUDGET, JUNIT, lakeOptions } from "./words.js";

export const resume = command({
  command: "resume <run>",
  describe: "go on with a run: follow it, finish it, publish it",
  builder: (yargs) =>
    lakeOptions(yargs.positional("run", { type: "string", demandOption: true, describe: "run id" })).option("budget", BUDGET).option("junit", JUNIT).option("after-publish", AFTER_PUBLISH).option("verbose", { type: "boolean", default: false, describe: "a line for every statement" }),
  handler: async (words, context) => {
    const fit = settle(wordProblems(words), () => undefined);
    if (!fit.ok) return complain(fit.problems, words.json);
    const opened = await openRun(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const { run, plan, events, lake, project } = opened.value;
    const profile = withWords(opened.value.profile, words);
    if (outcomeOf(events)?.outcome === "succeeded") return complain([{ code: "run-over", run: run.run, outcome: "succeeded", asked: "resume" }], words.json);
    if (plan.carelake !== VERSION) return complain([{ code: "plan-of-other-version", planned: plan.carelake, running: VERSION }], words.json);
    const pipeline = findPipeline(project, run.pipeline);
    if (!pipeline.ok) return complain(pipeline.problems, words.json);
    const listen = progress({ isTerminal: context.isTerminal, verbose: words.verbose });
    const model = await modelAfter(words, { profile, set: run.pipeline, lake, listen }, context);
    if (!model.ok) return complain(model.problems, words.json);
    // Its inputs went to the lake before its first stage was submitted.
    const { finished } = await carryOut({ plan, pipeline: pipeline.value, profile, project, lake, inputs: [], inputBytes: null, listen, replan: () => Promise.resolve(ok(plan)), resumes: run }, words.junit, context);
    if (!finished.ok) return complain(finished.problems, words.json);
    await answerAfter({ json: runJson(finished.value), text: runText(finished.value, lake.root) }, { model: model.value, published: finished.value.published, json: words.json });
  },
});
