// carelake publish: publish again what a finished run left in the lake. Nothing is computed anew.

import { recordPublished } from "../../execute.js";
import { outcomeOf } from "../../ledger.js";
import { findRun, openLedger } from "../open-ledger.js";
import { answerAfter, modelAfter } from "../after-publish.js";
import { command } from "../command.js";
import { complain, count, table } from "../present.js";
import { progress } from "../progress.js";
import { findPipeline } from "../project.js";
import { publishTables } from "../run-plan.js";
import { databaseOf } from "../serving.js";
import { AFTER_PUBLISH, lakeOptions } from "./words.js";

export const publish = command({
  command: "publish [run]",
  describe: "publish what a finished run left in the lake",
  builder: (yargs) => lakeOptions(yargs.positional("run", { type: "string", describe: "run id; the last one without it" })).option("allow-breaking", { type: "boolean", default: false, describe: "also when columns that readers may use go or change their type" }).option("after-publish", AFTER_PUBLISH),
  handler: async (words, context) => {
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const { lake, profile, project } = opened.value;
    const run = await findRun(lake, words.run);
    if (!run.ok) return complain(run.problems, words.json);
    const plan = await lake.ledger.plan(run.value.run);
    const pipeline = findPipeline(project, run.value.pipeline);
    if (!pipeline.ok) return complain(pipeline.problems, words.json);
    const events = await lake.ledger.events(run.value.run);
    const isFinished = plan?.stages.every(({ name }) => events.some((event) => event.event === "stage-finished" && event.stage === name && event.outcome === "succeeded")) === true;
    if (plan === undefined || !isFinished || plan.publication.length === 0) {
      const ended = outcomeOf(events)?.outcome ?? "unfinished";
      const what = plan?.publication.length === 0 ? `run ${run.value.run} was planned without a database, so it exported nothing` : `run ${run.value.run} is ${ended}: only tables whose gates passed are published`;
      return complain([{ code: "nothing-published", what }], words.json);
    }
    const mysql = await databaseOf(profile, context);
    if (!mysql.ok) return complain(mysql.problems, words.json);
    if (mysql.value === undefined) {
      return complain([{ code: "config-missing", what: "MySQL database to publish to", looked: [`\`mysql\` of profile ${words.profile} in carelake.yaml`], help: "name the database in a profile" }], words.json);
    }
    const listen = progress({ isTerminal: context.isTerminal, verbose: false });
    const model = await modelAfter(words, { profile, set: plan.pipeline, lake, listen }, context);
    if (!model.ok) return complain(model.problems, words.json);
    const published = await publishTables({ plan, run: run.value.run, pipeline: pipeline.value, mysql: mysql.value, profile, lake, listen, allowBreaking: words.allowBreaking }, context);
    if (!published.ok) return complain(published.problems, words.json);
    const { outcome, tables } = published.value;
    await recordPublished(lake.ledger, { run: run.value.run, at: context.now().toISOString(), published: published.value });
    const rows = tables.map((each) => [each.table, each.years.join(", "), count(each.rows), each.hash]);
    const text = `${outcome}: ${published.value.publication}\n${table(["table", "years", "rows", "content hash"], rows, [2])}`;
    await answerAfter({ json: { ...published.value }, text }, { model: model.value, published: published.value, json: words.json });
  },
});
