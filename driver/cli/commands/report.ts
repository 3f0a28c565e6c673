// carelake report: the published tables of a pipeline as HTML pages.

import { resolve } from "node:path";
import { buildReport } from "../build-report.js";
import { openLedger } from "../open-ledger.js";
import { command } from "../command.js";
import { answer, bytes, complain } from "../present.js";
import { findPipeline } from "../project.js";
import { servingDatabase } from "../serving.js";
import { lakeOptions } from "./words.js";

export const report = command({
  command: "report <pipeline>",
  describe: "write the report of the published tables, one HTML file a year",
  builder: (yargs) =>
    lakeOptions(yargs.positional("pipeline", { type: "string", demandOption: true, describe: "name of the pipeline" })).option("out", { type: "string", default: "reports", describe: "folder of the files" }),
  handler: async (words, context) => {
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const pipeline = findPipeline(opened.value.project, words.pipeline);
    if (!pipeline.ok) return complain(pipeline.problems, words.json);
    const connect = await servingDatabase({ profile: opened.value.profile, named: words.profile, purpose: "to read from" }, context);
    if (!connect.ok) return complain(connect.problems, words.json);
    const built = await buildReport({ pipeline: words.pipeline, connect: connect.value, ledger: opened.value.lake.ledger, out: resolve(context.cwd, words.out) });
    if (!built.ok) return complain(built.problems, words.json);
    answer({ json: built.value, text: built.value.map((file) => `${file.path} (${bytes(file.bytes)})`).join("\n") }, words.json);
  },
});
