// The demo from nothing to a report: sets up what is missing, starts a private MySQL in the demo's folder, runs
// Part D on the sample, publishes, writes the report and stops the server again.

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startMySql } from "../local/mysql.js";
import { findMySql } from "../local/mysql-program.js";
import { setup } from "../local/setup.js";
import type { MySqlSettings } from "../mysql.js";
import { openSession } from "../mysql.js";
import type { Result } from "../problems.js";
import { fail, ok } from "../problems.js";
import { buildReport } from "./build-report.js";
import type { Context } from "./context.js";
import { makePlan } from "./plan-request.js";
import { say } from "./present.js";
import { progress } from "./progress.js";
import { partD } from "../../reports/part-d/report.js";
import { PACKAGE, WARM_UP } from "./project.js";
import { runPlan } from "./run-plan.js";
import { setupProgress } from "./setup-progress.js";

const PIPELINE = "part-d";
const YEAR = "2023";
const DATABASE = "carelake_demo";

export interface DemoDrug {
  readonly generic: string;
  readonly brand: string;
  readonly claims: number;
  /** Exact decimal text. */
  readonly cost_usd: string;
}

export interface Demo {
  readonly run: string;
  readonly plan: string;
  readonly built: number;
  readonly skipped: number;
  /** Path of the HTML file. */
  readonly report: string;
  /** The ten with the highest cost. */
  readonly drugs: readonly DemoDrug[];
}

export async function runDemo(folder: string, context: Context): Promise<Result<Demo>> {
  const ready = await setup({ machine: context.machine, purpose: "demo", warmUp: WARM_UP, onEvent: setupProgress(context), signal: context.signal });
  if (!ready.ok) return ready;
  mkdirSync(folder, { recursive: true });
  const program = await findMySql(context.machine);
  if (!program.ok) return program;
  say("starting a private MySQL …");
  const server = await startMySql({ program: program.value, folder: join(folder, "mysql"), rootPassword: demoPassword(folder), env: context.env, signal: context.signal });
  if (!server.ok) return server;
  try {
    const admin: MySqlSettings = { socketPath: server.value.socket, user: "root", password: server.value.rootPassword, database: "mysql" };
    const session = await openSession(admin);
    await session.run(`create database if not exists ${DATABASE}`);
    await session.close();
    return await fromFilesToReport(folder, { ...admin, database: DATABASE }, context);
  } finally {
    await server.value.stop();
  }
}

async function fromFilesToReport(folder: string, mysql: MySqlSettings, context: Context): Promise<Result<Demo>> {
  const planned = await makePlan({ pipeline: PIPELINE, year: YEAR, input: join(PACKAGE, "jobs/part-d/sample"), profile: "local", lake: join(folder, "lake"), publishes: true }, context);
  if (!planned.ok) return planned;
  const { plan, lake } = planned.value;
  const finished = await runPlan({ ...planned.value, mysql, listen: progress({ isTerminal: context.isTerminal, verbose: false }) }, context);
  if (!finished.ok) return finished;
  const files = await buildReport({ report: partD, connect: mysql, ledger: lake.ledger, out: join(folder, "report") });
  if (!files.ok) return files;
  const [file] = files.value;
  if (file === undefined) return fail({ code: "nothing-published", what: "the demo published no year" });
  const built = plan.stages.flatMap((stage) => stage.steps).length;
  return ok({ run: finished.value.run.run, plan: plan.id, built, skipped: plan.skipped.length, report: file.path, drugs: await topDrugs(mysql) });
}

async function topDrugs(connect: MySqlSettings): Promise<readonly DemoDrug[]> {
  const session = await openSession(connect);
  try {
    const rows = await session.query("select drug_generic_name, drug_brand_name, claim_count, drug_cost_usd from drug_report order by drug_cost_usd desc, drug_brand_name limit 10");
    return rows.map((row) => ({ generic: row["drug_generic_name"] ?? "", brand: row["drug_brand_name"] ?? "", claims: Number(row["claim_count"]), cost_usd: row["drug_cost_usd"] ?? "" }));
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
