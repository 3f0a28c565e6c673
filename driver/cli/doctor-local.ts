// carelake doctor for a profile that runs on this computer: its tools, the serving database, the model of Power BI.

import { parts, type Purpose } from "../local/setup.js";
import { askDatabase } from "./ask-database.js";
import { checksText, exitCodeAfter, inWords, type Examined } from "./checks-text.js";
import type { Context } from "./context.js";
import { powerBiChecks } from "./doctor-power-bi.js";
import type { Opened } from "./open-ledger.js";
import { partsText } from "./parts-text.js";
import { exitCodeOf, problemText } from "./problem-text.js";
import { databaseOf } from "./serving.js";

export async function localDoctor({ profile, lake: { root } }: Opened, purpose: Purpose, context: Context): Promise<Examined> {
  const found = await parts(context.machine, purpose);
  const [mysql, reports] = await Promise.all([databaseOf(profile, context), powerBiChecks(profile, context)]);
  const database = mysql.ok && mysql.value !== undefined ? await askDatabase(mysql.value) : undefined;
  const outside = [...(mysql.ok ? [] : mysql.problems), ...(database?.problems ?? [])];
  const { server = null } = database ?? {};
  const checks = reports.map(inWords);
  const texts = [partsText(found), `cache ${context.machine.cache}\nlake  ${root}${server === null ? "" : `\nMySQL ${server}`}`, ...(checks.length === 0 ? [] : [checksText(checks)]), ...outside.map(problemText)];
  const problems = [...found.flatMap((part) => (part.state === "present" ? [] : [part.problem])), ...outside];
  return {
    answer: { json: { parts: found, cache: context.machine.cache, lake: root, mysql: server, checks, problems: outside }, text: texts.join("\n\n") },
    exitCode: problems.length > 0 ? exitCodeOf(problems) : exitCodeAfter(checks),
  };
}
