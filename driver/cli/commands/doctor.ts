// carelake doctor: what of the tools is there, in which version and where, and what the profile's database answers.

import type { MySqlSettings } from "../../mysql.js";
import { parts } from "../../local/setup.js";
import { openLedger } from "../open-ledger.js";
import { partsText } from "../parts-text.js";
import { command } from "../command.js";
import { answer, complain } from "../present.js";
import { exitCodeOf } from "../problem-text.js";
import { mysqlSettings } from "../run-plan.js";
import { lakeOptions } from "./words.js";

export const doctor = command({
  command: "doctor",
  describe: "what was found on this computer and in the profile, and how to mend it",
  builder: (yargs) => lakeOptions(yargs).option("for", { choices: ["run", "demo", "test"] as const, default: "run" as const, describe: "what it is for" }),
  handler: async (words, context) => {
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const found = await parts(context.machine, words.for);
    const mysql = await mysqlSettings(opened.value.profile, context);
    const database = mysql.ok && mysql.value !== undefined ? await askDatabase(mysql.value) : undefined;
    const problems = [...found.flatMap((part) => (part.state === "present" ? [] : [part.problem])), ...(mysql.ok ? [] : mysql.problems)];
    const lines = [partsText(found), `cache ${context.machine.cache}`, `lake  ${opened.value.lake.root}`, ...(database === undefined ? [] : [`MySQL ${database}`])];
    answer({ json: { parts: found, cache: context.machine.cache, lake: opened.value.lake.root, mysql: database ?? null }, text: lines.join("\n") }, words.json);
    if (problems.length > 0) process.exitCode = exitCodeOf(problems);
  },
});

async function askDatabase(settings: MySqlSettings): Promise<string> {
  const { addressOf, openSession } = await import("../../mysql.js");
  try {
    const session = await openSession(settings);
    const [row] = await session.query("select version() as version, @@local_infile as local_infile");
    await session.close();
    return `${addressOf(settings)}: version ${row?.["version"] ?? "?"}, local_infile ${row?.["local_infile"] === "1" ? "on" : "off"}`;
  } catch (error) {
    return `${addressOf(settings)}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
