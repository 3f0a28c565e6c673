// The parts of the documentation that are written by the program they describe: the commands in README.md, the rule
// catalogue and the classes of failures. Run as a script (npm run docs) it writes them; docs.test.ts compares.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FAILURE_TEXT } from "../../driver/cli/failure-text.js";
import { FAILURE_CLASSES, RETRY, type RetryRule } from "../../driver/failure-class.js";
import type { Gate, Job } from "../../driver/job.js";
import { LATE_LOGS_LIMIT_SECONDS } from "../../driver/late-logs.js";
import { pipelines } from "../../jobs/index.js";
import { buildIfStale, carelake, PACKAGE } from "../carelake.js";

const BEGIN = "<!-- generated: commands (npm run docs) -->";
const END = "<!-- end -->";

/** README.md with its commands as --help says them now. */
export async function readmeWithCommands(readme: string): Promise<string> {
  const [before, after] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (before < 0 || after < before) throw new Error("README.md has lost the marks around its commands");
  const { stdout, stderr, code } = await carelake({ args: ["--help"], cwd: PACKAGE });
  if (code !== 0) throw new Error(stderr);
  return `${readme.slice(0, before + BEGIN.length)}\n\`\`\`text\n${stdout.trim()}\n\`\`\`\n${readme.slice(after)}`;
}

/** docs/rules.md: every gate of every built-in pipeline, from the definitions. */
export function rulesPage(): string {
  const head = `# Rules

Written by \`npm run docs\` from the definitions of the jobs. A rule of severity error keeps rows (row rules: they go to
quarantine) or the whole table (set rules, and row rules marked "stops the table") from becoming visible; warn and info are
told and the rows stay. A rule whose column a file's layout lacks is "not applicable", never "passed".
\`carelake gates --all\` shows the same with what a run found.
`;
  const sections = pipelines.flatMap((pipeline) => [`## ${pipeline.name}\n\n${pipeline.meaning}\n`, ...pipeline.jobs.map(jobSection)]);
  return [head, ...sections].join("\n");
}

/** docs/diagnosis.md: every class of failure, from the tables that decide. */
export function diagnosisPage(): string {
  const head = `# Why a stage failed

Written by \`npm run docs\` from the tables in driver/failure-class.ts and driver/cli/failure-text.ts.

Every failed stage has one class, which is the \`class\` of its problem under \`--json\` and decides whether the stage is
tried again on AWS (on this computer nothing is tried again). It is found in this order: what the stage runner reports,
what EMR or EMR Serverless says of the end, then the signs of driver/diagnosis/signs.ts in all logs: controller, driver,
executors. A sign that many causes share counts only where nothing better is said anywhere. Where no sign fits, the class
is \`unknown\` and the most likely lines are shown with their place.

Services upload logs minutes late. While no cause is known and logs are missing, carelake looks again after 5 to 60
seconds, for ${String(LATE_LOGS_LIMIT_SECONDS / 60)} minutes at most, and says what is known so far; Ctrl-C ends the waiting and changes nothing about the result.

| class | what happened | what to do | tried again |
|---|---|---|---|
`;
  return `${head}${FAILURE_CLASSES.map((failure) => `| ${[`\`${failure}\``, FAILURE_TEXT[failure].meaning, FAILURE_TEXT[failure].help, again(RETRY[failure])].map(cell).join(" | ")} |\n`).join("")}
test/logs/ holds the logs of real failures, one folder a cause, with the message that a person sees in \`expect.txt\`.
`;
}

function again(rule: RetryRule): string {
  switch (rule.again) {
    case "never":
      return "never";
    case "after waiting":
      return `up to ${String(rule.tries)} attempts, the second after ${String(rule.waitSeconds)} s, then twice as long each`;
    case "on more memory":
      return "once, one size up, where there is one";
    case "on more disk":
      return "once, with more disk, on EMR Serverless";
  }
}

function jobSection(job: Job): string {
  const rows = job.gates.map((gate) => `| ${[gate.id, `\`${gate.name}\``, severity(gate), cell(`${gate.why}${needs(gate)}`), cell(gate.baseRate)].join(" | ")} |`);
  return `### ${job.name}\n\n${job.meaning} One row a ${job.grain.join(" + ")}.\n\n| id | rule | severity | why | base rate |\n|---|---|---|---|---|\n${rows.join("\n")}\n`;
}

const severity = (gate: Gate): string => (gate.kind === "row" && gate.blocks === true ? `${gate.severity}, stops the table` : gate.severity);
const needs = (gate: Gate): string => (gate.needs === undefined ? "" : ` Needs ${gate.needs.join(", ")}.`);
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  buildIfStale();
  const readme = join(PACKAGE, "README.md");
  writeFileSync(readme, await readmeWithCommands(readFileSync(readme, "utf8")));
  writeFileSync(join(PACKAGE, "docs/rules.md"), rulesPage());
  writeFileSync(join(PACKAGE, "docs/diagnosis.md"), diagnosisPage());
}
