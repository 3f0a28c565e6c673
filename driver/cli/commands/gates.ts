// carelake gates: what a run checked, why, how often it was broken, with samples.

import { findRun, openLedger } from "../open-ledger.js";
import { command } from "../command.js";
import { gatesText } from "../gates-text.js";
import { writeJunit } from "../junit.js";
import { answer, complain } from "../present.js";
import { findPipeline } from "../project.js";
import { toldGates } from "../told-gates.js";
import { JUNIT, lakeOptions } from "./words.js";

export const gates = command({
  command: "gates [run]",
  describe: "what was checked, offenders and samples",
  builder: (yargs) =>
    lakeOptions(yargs.positional("run", { type: "string", describe: "run id; the last one without it" })).option("all", { type: "boolean", default: false, describe: "with why each rule exists and its base rate" }).option("junit", JUNIT),
  handler: async (words, context) => {
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const run = await findRun(opened.value.lake, words.run);
    if (!run.ok) return complain(run.problems, words.json);
    const pipeline = findPipeline(opened.value.project, run.value.pipeline);
    if (!pipeline.ok) return complain(pipeline.problems, words.json);
    const told = await toldGates(run.value.run, { ledger: opened.value.lake.ledger, pipeline: pipeline.value });
    const written = await writeJunit(words.junit, { context, run: run.value, gates: told, problems: [] });
    if (!written.ok) return complain(written.problems, words.json);
    answer({ json: told, text: gatesText(told, words.all, run.value.run) }, words.json);
  },
});
