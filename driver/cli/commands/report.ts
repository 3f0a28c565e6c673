// carelake report: the pages of a pipeline as a Power BI project and as HTML, and the check of such a project.

import { resolve } from "node:path";
import { checkPowerBi } from "../build-power-bi.js";
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
      .option("html", { type: "boolean", default: false, describe: "only the HTML pages" }),
  handler: ({ action, name, ...words }, context) => (action === "build" ? build(name, { ...words, out: resolve(context.cwd, words.out) }, context) : check(resolve(context.cwd, name), { json: words.json, ...(words.schemas === undefined ? {} : { schemas: resolve(context.cwd, words.schemas) }) })),
});

async function build(pipeline: string, words: ReportWords, context: Context): Promise<void> {
  const built = await buildParts(pipeline, words, context);
  if (!built.ok) return complain(built.problems, words.json);
  const { powerBi, html } = built.value;
  const project = powerBi === undefined ? [] : [`${powerBi.path} (${count(powerBi.files)} files, ${bytes(powerBi.bytes)})`];
  answer({ json: built.value, text: [...project, ...html.map((file) => `${file.path} (${bytes(file.bytes)})`)].join("\n") }, words.json);
}

async function check(folder: string, words: { readonly json: boolean; readonly schemas?: string }): Promise<void> {
  const findings = await checkPowerBi(folder, words.schemas);
  if (!findings.ok) return complain(findings.problems, words.json);
  if (findings.value.length > 0) process.exitCode = 1;
  if (words.schemas === undefined) say("the JSON files' shape was not checked: --schemas names a clone of github.com/microsoft/json-schemas");
  const text = findings.value.map(({ file, line, rule, what, wayOut }) => `${file}:${String(line)} ${rule}: ${what}\n  way out: ${wayOut}`).join("\n");
  answer({ json: { findings: findings.value, schemas: words.schemas ?? null }, text: text === "" ? "nothing found" : text }, words.json);
}
