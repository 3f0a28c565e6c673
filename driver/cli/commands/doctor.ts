// carelake doctor: what of the tools is there, in which version and where, and what the profile's database and
// Power BI answer; of a profile on AWS, whether what it names there is there and may be used.

import type { Context } from "../context.js";
import type { LakeWords } from "../open-ledger.js";
import { openLedger } from "../open-ledger.js";
import { command } from "../command.js";
import { localDoctor } from "../doctor-local.js";
import { answer, complain } from "../present.js";
import { policiesOf, policiesText } from "../policies.js";
import { findProfile, loadProject } from "../project.js";
import { lakeOptions } from "./words.js";

export const doctor = command({
  command: "doctor",
  describe: "what was found on this computer and in the profile, and how to mend it",
  builder: (yargs) => lakeOptions(yargs).option("for", { choices: ["run", "demo", "test"] as const, default: "run" as const, describe: "what it is for" }).option("policies", { type: "boolean", default: false, describe: "only print the IAM policies that the profile needs" }),
  handler: async (words, context) => {
    if (words.policies) return tellPolicies(words, context);
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const isLocal = opened.value.profile.engine === "local";
    const { answer: told, exitCode } = isLocal ? await localDoctor(opened.value, words.for, context) : await (await import("../doctor-aws.js")).awsDoctor(opened.value, context);
    process.exitCode = exitCode;
    return answer(told, words.json);
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
