// A run of the project's pipeline as it stands in the lake when its stages are over: plan, ends and exports, without
// Spark. For what comes behind the stages.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderStore } from "../../../driver/local/folder-store.js";
import { ledgerIn, planFile } from "../../../driver/ledger.js";
import { carelake } from "../../carelake.js";
import { writeSegments, type Value } from "../publish-segments.js";

export interface FinishedRunPlace {
  readonly project: string;
  readonly profile: string;
  readonly env: Readonly<Record<string, string | null>>;
}

/** Columns of the tables that _project publishes, and one row of each. */
const TABLES: Readonly<Record<string, { readonly columns: Readonly<Record<string, "string" | "bigint" | "decimal(18,2)">>; readonly row: readonly Value[] }>> = {
  pharmacy_report: { columns: { pharmacy_id: "string", fill_count: "bigint", drug_cost_usd: "decimal(18,2)" }, row: ["P1", "3", "4.50"] },
  drug_report: { columns: { drug_name: "string", fill_count: "bigint" }, row: ["Apixaban", "3"] },
};

/** Returns the run's id. */
export async function leaveFinishedRun({ project, profile, env }: FinishedRunPlace): Promise<string> {
  const planned = await carelake({ args: ["plan", "fills", "--year", "2023", "--profile", profile, "--json"], cwd: project, env });
  const plan = planFile.parse(JSON.parse(planned.stdout));
  const ledger = ledgerIn(folderStore(join(project, "lake", "ledger"), () => "test"));
  const at = "2026-01-02T03:04:05.000Z";
  const { run } = await ledger.startRun(plan, { startedAt: at, owner: { host: "test", pid: 1, user: "test" } });
  for (const { name } of plan.stages) await ledger.record(run, { event: "stage-finished", at, stage: name, attempt: 1, outcome: "succeeded" });
  await ledger.record(run, { event: "finished", at, outcome: "succeeded", problems: [] });
  for (const { table, segments } of plan.publication) {
    const { columns = {}, row = [] } = TABLES[table] ?? {};
    for (const { year, directory } of segments) {
      mkdirSync(directory, { recursive: true });
      const named = Object.entries(columns).map(([name, type]) => ({ name, type, meaning: name }));
      const manifest = writeSegments({ directory, table, year, columns: [{ name: "year", type: "int", meaning: "Data year" }, ...named], rows: [[String(year), ...row]] });
      writeFileSync(join(directory, "manifest.json"), JSON.stringify(manifest));
    }
  }
  return run;
}
