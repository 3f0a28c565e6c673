// carelake report: the pages of a pipeline as a Power BI project and as HTML, and the check of such a project.

import { resolve } from "node:path";
import { checkPowerBi, type CheckWords } from "../build-power-bi.js";
import { command } from "../command.js";
import type { Context } from "../context.js";
import { answer, bytes, complain, count, say } from "../present.js";
import { buildParts, type ReportWords } from "../report-parts.js";
import { lakeOptions } from "./words.js";

export const report = command({
  command: "report <action> <name>",
  describe: "build or check a report: Power BI project, HTML pages",
  builder: (yargs) =>
    lakeOptions(
      yargs
        .positional("action", { choices: ["build", "check"] as const, demandOption: true, describe: "write a report, or hold a project to the rules that Power BI breaks on" })
        .positional("name", { type: "string", demandOption: true, describe: "build: name of the pipeline; check: folder of the project" }),
    )
      .option("out", { type: "string", default: "reports", describe: "folder of the files" })
      .option("power-bi", { type: "boolean", default: false, describe: "only the Power BI project, which needs no database" })
      .option("schemas", { type: "string", describe: "check: folder of Microsoft's JSON schemas (a clone of github.com/microsoft/json-schemas)" })
      .option("modeling", { type: "string", describe: "check: program of Microsoft's modelling server (npm: @microsoft/powerbi-modeling-mcp), whose parser is asked too" })
      .option("html", { type: "boolean", default: false, describe: "only the HTML pages" }),
  handler: ({ action, name, ...words }, context) => (action === "build" ? build(name, { ...words, out: resolve(context.cwd, words.out) }, context) : check(resolve(context.cwd, name), words, context)),
});

async function build(pipeline: string, words: ReportWords, context: Context): Promise<void> {
  const built = await buildParts(pipeline, words, context);
  if (!built.ok) return complain(built.problems, words.json);
  const { powerBi, html } = built.value;
  const project = powerBi === undefined ? [] : [`${powerBi.path} (${count(powerBi.files)} files, ${bytes(powerBi.bytes)})`];
  answer({ json: built.value, text: [...project, ...html.map((file) => `${file.path} (${bytes(file.bytes)})`)].join("\n") }, words.json);
}

interface CheckedWords extends CheckWords {
  readonly json: boolean;
}

async function check(folder: string, { schemas, modeling, json }: CheckedWords, { cwd, env }: Context): Promise<void> {
  const at = (path: string | undefined): string | undefined => (path === undefined ? undefined : resolve(cwd, path));
  const checked = await checkPowerBi(folder, { schemas: at(schemas), modeling: at(modeling) }, env);
  if (!checked.ok) return complain(checked.problems, json);
  const { findings, loaded } = checked.value;
  if (findings.length > 0) process.exitCode = 1;
  if (schemas === undefined) say("the JSON files' shape was not checked: --schemas names a clone of github.com/microsoft/json-schemas");
  if (loaded === undefined) say("Microsoft's own parser of models was not asked: --modeling names the program that has it (docs/power-bi.md)");
  const read = (loaded ?? []).map(({ model, tables, measures, relationships }) => `Microsoft's parser loads ${model}: ${count(tables)} tables, ${count(measures)} measures, ${count(relationships)} relationships`);
  const found = findings.map(({ file, line, rule, what, wayOut }) => `${file}:${String(line)} ${rule}: ${what}\n  way out: ${wayOut}`);
  answer({ json: { findings, schemas: schemas ?? null, loaded: loaded ?? null }, text: [...read, ...(found.length === 0 ? ["nothing found"] : found)].join("\n") }, json);
}
