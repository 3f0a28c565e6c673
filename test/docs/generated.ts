// The parts of the documentation that are written by the program they describe: the commands in README.md and the
// rule catalogue. Run as a script (npm run docs) it writes them; docs.test.ts compares.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Gate, Job } from "../../driver/job.js";
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
}
