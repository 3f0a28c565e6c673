// carelake gates: what a run checked, why, how often it was broken, with samples.

import type { Gate, Pipeline } from "../../job.js";
import type { GateResult } from "../../stage.js";
import { findRun, openLedger } from "../open-ledger.js";
import { command } from "../command.js";
import { gatesText } from "../gates-text.js";
import { answer, complain } from "../present.js";
import { findPipeline } from "../project.js";
import { lakeOptions } from "./words.js";

export const gates = command({
  command: "gates [run]",
  describe: "what was checked, offenders and samples",
  builder: (yargs) =>
    lakeOptions(yargs.positional("run", { type: "string", describe: "run id; the last one without it" })).option("all", { type: "boolean", default: false, describe: "with why each rule exists and its base rate" }),
  handler: async (words, context) => {
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const run = await findRun(opened.value.lake, words.run);
    if (!run.ok) return complain(run.problems, words.json);
    const pipeline = findPipeline(opened.value.project, run.value.pipeline);
    if (!pipeline.ok) return complain(pipeline.problems, words.json);
    const results = (await opened.value.lake.ledger.reports(run.value.run)).flatMap(({ gates }) => gates);
    const told = results.map((result) => ({ ...result, ...definition(result, pipeline.value) }));
    answer({ json: told, text: gatesText(told, words.all, run.value.run) }, words.json);
  },
});

function definition(result: GateResult, pipeline: Pipeline): { why: string; base_rate: string } {
  const job = pipeline.jobs.find((each) => result.step.startsWith(`${each.name}@`));
  const gate: Gate | undefined = job?.gates.find((each) => each.id === result.id);
  return { why: gate?.why ?? "", base_rate: gate?.baseRate ?? "" };
}
