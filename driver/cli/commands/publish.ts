// carelake publish: publish again what a finished run left in the lake. Nothing is computed anew. With --check nothing is
// published either: what would stand in the way is told.

import { recordPublished } from "../../execute.js";
import { answerAfter, modelAfter } from "../after-publish.js";
import { checkText } from "../check-text.js";
import { finishedRun } from "../finished-run.js";
import { command } from "../command.js";
import type { Context } from "../context.js";
import { answer, complain, count, say, table } from "../present.js";
import { exitCodeOf, problemText } from "../problem-text.js";
import { progress } from "../progress.js";
import type { PublishRequest } from "../run-plan.js";
import { publishOptions, publishTables } from "../run-plan.js";
import { AFTER_PUBLISH, lakeOptions } from "./words.js";

export const publish = command({
  command: "publish [run]",
  describe: "publish what a finished run left in the lake",
  builder: (yargs) =>
    lakeOptions(yargs.positional("run", { type: "string", describe: "run id; the last one without it" }))
      .option("allow-breaking", { type: "boolean", default: false, describe: "also when columns that readers may use go or change their type" })
      .option("check", { type: "boolean", default: false, describe: "publish nothing: tell what the publication would meet" })
      .option("after-publish", AFTER_PUBLISH),
  handler: async (words, context) => {
    const found = await finishedRun(words, context);
    if (!found.ok) return complain(found.problems, words.json);
    const listen = progress({ isTerminal: context.isTerminal, verbose: false });
    const request = { ...found.value, listen, allowBreaking: words.allowBreaking };
    if (words.check) return tellFindings(request, words.json, context);
    const model = await modelAfter(words, { profile: request.profile, set: request.plan.pipeline, lake: request.lake, listen }, context);
    if (!model.ok) return complain(model.problems, words.json);
    const published = await publishTables(request, context);
    if (!published.ok) return complain(published.problems, words.json);
    const { outcome, tables } = published.value;
    await recordPublished(request.lake.ledger, { run: request.run, at: context.now().toISOString(), published: published.value });
    const rows = tables.map((each) => [each.table, each.years.join(", "), count(each.rows), each.hash]);
    const text = `${outcome}: ${published.value.publication}\n${table(["table", "years", "rows", "content hash"], rows, [2])}`;
    await answerAfter({ json: { ...published.value }, text }, { model: model.value, published: published.value, json: words.json });
  },
});

async function tellFindings(request: PublishRequest, asJson: boolean, context: Context): Promise<void> {
  const options = await publishOptions(request, context);
  if (!options.ok) return complain(options.problems, asJson);
  const { check } = await import("../../publish.js");
  const checked = await check(options.value);
  if (!checked.ok) return complain(checked.problems, asJson);
  const { contract, problems, ...findings } = checked.value;
  answer({ json: { run: request.run, ...findings, changes: contract.changes, problems }, text: checkText(checked.value, options.value) }, asJson);
  if (problems.length === 0) return;
  if (!asJson) say(`\n${problems.map(problemText).join("\n\n")}`);
  process.exitCode = exitCodeOf(problems);
}
