// carelake doctor: what of the tools is there, in which version and where, and what the profile's database answers; of
// a profile on AWS, whether what it names there is there and may be used.

import { parts } from "../../local/setup.js";
import { askDatabase } from "../ask-database.js";
import type { Context } from "../context.js";
import type { LakeWords } from "../open-ledger.js";
import { openLedger } from "../open-ledger.js";
import { partsText } from "../parts-text.js";
import { command } from "../command.js";
import { answer, complain } from "../present.js";
import { exitCodeOf, problemText } from "../problem-text.js";
import { policiesOf, policiesText } from "../policies.js";
import { findProfile, loadProject } from "../project.js";
import { databaseOf } from "../serving.js";
import { lakeOptions } from "./words.js";

/** Exit code of what the outside world lacks. */
const OUTSIDE = 3;

export const doctor = command({
  command: "doctor",
  describe: "what was found on this computer and in the profile, and how to mend it",
  builder: (yargs) => lakeOptions(yargs).option("for", { choices: ["run", "demo", "test"] as const, default: "run" as const, describe: "what it is for" }).option("policies", { type: "boolean", default: false, describe: "only print the IAM policies that the profile needs" }),
  handler: async (words, context) => {
    if (words.policies) return tellPolicies(words, context);
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    if (opened.value.profile.engine !== "local") {
      const { answer: told, hasFailed } = await (await import("../doctor-aws.js")).awsDoctor(opened.value, context);
      if (hasFailed) process.exitCode = OUTSIDE;
      return answer(told, words.json);
    }
    const found = await parts(context.machine, words.for);
    const mysql = await databaseOf(opened.value.profile, context);
    const database = mysql.ok && mysql.value !== undefined ? await askDatabase(mysql.value) : undefined;
    const outside = [...(mysql.ok ? [] : mysql.problems), ...(database?.problems ?? [])];
    const { server = null } = database ?? {};
    const { root } = opened.value.lake;
    const lines = [partsText(found), `cache ${context.machine.cache}\nlake  ${root}${server === null ? "" : `\nMySQL ${server}`}`, ...outside.map(problemText)];
    answer({ json: { parts: found, cache: context.machine.cache, lake: root, mysql: server, problems: outside }, text: lines.join("\n\n") }, words.json);
    const problems = [...found.flatMap((part) => (part.state === "present" ? [] : [part.problem])), ...outside];
    if (problems.length > 0) process.exitCode = exitCodeOf(problems);
  },
});

async function tellPolicies(words: LakeWords, context: Context): Promise<void> {
  const project = await loadProject(context.cwd);
  if (!project.ok) return complain(project.problems, words.json);
  const profile = findProfile(project.value, words.profile);
  if (!profile.ok) return complain(profile.problems, words.json);
  const made = await policiesOf(profile.value, project.value.pipelines);
  if (!made.ok) return complain(made.problems, words.json);
  answer({ json: made.value, text: policiesText(made.value) }, words.json);
}
