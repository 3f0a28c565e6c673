// carelake demo: Part D on the sample of the package, from nothing to a report: sets up what is missing, starts a
// private MySQL, runs, publishes, writes the report, and stops the server again.

import { mkdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { setup } from "../../local/setup.js";
import { findMySql } from "../../local/mysql-program.js";
import { startMySql } from "../../local/mysql.js";
import type { MySqlSettings } from "../../mysql.js";
import { openSession } from "../../mysql.js";
import type { Problem } from "../../problems.js";
import { buildReport } from "../build-report.js";
import type { Context } from "../context.js";
import { makePlan } from "../plan-request.js";
import { command } from "../command.js";
import { answer, complain, count, say, table } from "../present.js";
import { progress } from "../progress.js";
import { PACKAGE } from "../project.js";
import { runPlan } from "../run-plan.js";
import { setupProgress } from "./setup.js";

const PIPELINE = "part-d";
const YEAR = "2023";
const DATABASE = "carelake_demo";

export const demo = command({
  command: "demo",
  describe: "run Part D on the sample in the package, from files to a report",
  builder: (yargs) => yargs.option("out", { type: "string", default: "carelake-demo", describe: "folder of the demo's lake, database and report" }),
  handler: async ({ out, json }, context) => {
    const problems = await runDemo(resolve(context.cwd, out), json, context);
    if (problems.length > 0) complain(problems, json);
  },
});

async function runDemo(folder: string, json: boolean, context: Context): Promise<readonly Problem[]> {
  const ready = await setup({ machine: context.machine, purpose: "demo", onEvent: setupProgress(context), signal: context.signal });
  if (!ready.ok) return ready.problems;
  mkdirSync(folder, { recursive: true });
  const program = await findMySql(context.machine);
  if (!program.ok) return program.problems;
  say("starting a private MySQL …");
  const server = await startMySql({ program: program.value, folder: join(folder, "mysql"), rootPassword: demoPassword(folder), env: context.env, signal: context.signal });
  if (!server.ok) return server.problems;
  try {
    const admin: MySqlSettings = { socketPath: server.value.socket, user: "root", password: server.value.rootPassword, database: "mysql" };
    const session = await openSession(admin);
    await session.run(`create database if not exists ${DATABASE}`);
    await session.close();
    const mysql: MySqlSettings = { ...admin, database: DATABASE };
    const planned = await makePlan({ pipeline: PIPELINE, year: YEAR, input: join(PACKAGE, "jobs/part-d/sample"), profile: "local", lake: join(folder, "lake"), publishes: true }, context);
    if (!planned.ok) return planned.problems;
    const { plan, lake } = planned.value;
    const finished = await runPlan({ ...planned.value, mysql, listen: progress({ isTerminal: context.isTerminal, verbose: false }) }, context);
    if (!finished.ok) return finished.problems;
    const built = await buildReport({ pipeline: PIPELINE, connect: mysql, ledger: lake.ledger, out: join(folder, "report") });
    if (!built.ok) return built.problems;
    const top = await topDrugs(mysql);
    const [file] = built.value;
    const text = [
      table(["ten drugs with the highest cost in the sample, 2023", "brand", "claims", "cost (USD)"], top, [2, 3]),
      `run ${finished.value.run.run}; ${String(plan.stages.flatMap((stage) => stage.steps).length)} tables built, ${String(plan.skipped.length)} were done already`,
      `report: ${file?.path ?? ""}`,
    ].join("\n\n");
    answer({ json: { run: finished.value.run.run, plan: plan.id, report: file?.path ?? null, drugs: top }, text }, json);
    return [];
  } finally {
    await server.value.stop();
  }
}

async function topDrugs(connect: MySqlSettings): Promise<readonly (readonly string[])[]> {
  const session = await openSession(connect);
  try {
    const rows = await session.query("select drug_generic_name, drug_brand_name, claim_count, drug_cost_usd from drug_report order by drug_cost_usd desc, drug_brand_name limit 10");
    return rows.map((row) => [row["drug_generic_name"] ?? "", row["drug_brand_name"] ?? "", count(Number(row["claim_count"])), (row["drug_cost_usd"] ?? "").replace(/\B(?=(\d{3})+(?=\.))/g, ",")]);
  } finally {
    await session.close();
  }
}

/** Made once for the demo's own server, readable by its owner only. */
function demoPassword(folder: string): string {
  const file = join(folder, "mysql-root-password");
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return readFileSync(file, "utf8");
}
