// carelake refresh: has Power BI load what is live in MySQL, and follows it. Asks for nothing that the model shows already.

import { command } from "../command.js";
import { openLedger } from "../open-ledger.js";
import { modelOf } from "../power-bi.js";
import { answer, complain } from "../present.js";
import { progress } from "../progress.js";
import { findPipeline } from "../project.js";
import { refreshJson, refreshText } from "../refresh-text.js";
import { lakeOptions } from "./words.js";

export const refresh = command({
  command: "refresh <pipeline>",
  describe: "have Power BI refresh what it does not show yet, and follow it",
  builder: (yargs) =>
    lakeOptions(yargs.positional("pipeline", { type: "string", demandOption: true, describe: "name of the pipeline (carelake list)" }))
      .option("table", { type: "string", array: true, nargs: 1, describe: "this table only; may be given several times" })
      .option("force", { type: "boolean", default: false, describe: "also what the model shows already" })
      .option("cancel", { type: "boolean", default: false, describe: "cancel the refresh that an earlier command asked for" }),
  handler: async (words, context) => {
    if (words.cancel && (words.force || words.table !== undefined)) return complain([{ code: "usage", message: "--cancel cancels a refresh and asks for none", at: { file: "--cancel" }, suggestion: "leave --table and --force away" }], words.json);
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const { project, profile, lake } = opened.value;
    const pipeline = findPipeline(project, words.pipeline);
    if (!pipeline.ok) return complain(pipeline.problems, words.json);
    const model = await modelOf({ profile, named: words.profile, set: pipeline.value.name, lake, listen: progress({ isTerminal: context.isTerminal, verbose: false }) }, context);
    if (!model.ok) return complain(model.problems, words.json);
    if (words.cancel) {
      const cancelled = await model.value.cancel();
      if (!cancelled.ok) return complain(cancelled.problems, words.json);
      const { id, outcome } = cancelled.value ?? {};
      const text = id === undefined ? "no refresh that carelake asked for goes on" : outcome === "cancelled" ? `refresh ${id} is cancelled` : `refresh ${id} was over before it could be cancelled: ${outcome ?? ""}`;
      return answer({ json: { refresh: id ?? null, outcome: outcome ?? null }, text }, words.json);
    }
    const done = await model.value.refresh({ force: words.force, tables: words.table ?? [] });
    if (!done.ok) return complain(done.problems, words.json);
    answer({ json: refreshJson(done.value), text: refreshText(done.value) }, words.json);
  },
});
