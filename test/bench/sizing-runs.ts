// The two runs that sizes are simulated on: Part D as it was recorded, cut by zone and scaled, and a made-up run of
// ten stages. Out: stages with a former run each, as the driver would have them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { statementMetrics } from "../../driver/stage.js";
import { evidenceOf, type StageEvidence } from "../../emr/sizing/evidence.js";
import type { Joinable } from "../../emr/sizing/joining.js";

const recorded = z.object({
  input_bytes: z.number(),
  cores: z.number(),
  memory_gb: z.number(),
  seconds: z.object({ session: z.number(), total: z.number() }),
  steps: z.array(z.object({ id: z.string(), rows: z.number().nullable(), seconds: z.number() })),
  statements: z.array(statementMetrics),
});

const STAGES = [
  { name: "ingest", zone: "raw", size: "medium" },
  { name: "cleanse", zone: "cleansed", size: "medium" },
  { name: "curate", zone: "curated", size: "small" },
] as const;

/** What a spark-submit takes to its session on a cluster; every stage pays it, on whatever it runs. */
export const SESSION_SECONDS = 20;

/** Part D's three stages, with `scale` times the recorded input. */
export function partDStages(scale: number): readonly Joinable[] {
  const told = recorded.parse(JSON.parse(readFileSync(join(import.meta.dirname, "recorded/part-d-2500000.json"), "utf8")));
  return STAGES.map(({ name, zone, size }) => {
    const isMine = ({ id }: { readonly id: string }): boolean => id.includes(`/${zone}/`);
    const statements = told.statements.filter(isMine);
    const inStatements = statements.reduce((sum, each) => sum + each.seconds, 0);
    const inSteps = told.steps.filter(isMine).reduce((sum, each) => sum + each.seconds, 0);
    // Exports are statements outside steps: their time is theirs already.
    const exported = statements.filter(({ id }) => id.endsWith("#export")).reduce((sum, each) => sum + each.seconds, 0);
    const outside = Math.max(0, inSteps - (inStatements - exported));
    const seconds = { session: SESSION_SECONDS, total: SESSION_SECONDS + inStatements + outside };
    const ran = { engine: "local", executors: 1, cores_per_executor: told.cores, memory_gb_per_core: told.memory_gb / told.cores, driver_gb: told.memory_gb } as const;
    const evidence = evidenceOf({ run: "recorded", outcome: "succeeded", failure: null, seconds, statements, steps: [] }, ran, told.input_bytes);
    return { name, size, inputBytes: told.input_bytes * scale, history: evidence === undefined ? [] : [evidence] };
  });
}

/** Task seconds, tasks, seconds that no core shortens, GB a task needs at its peak. Set down before anything was simulated. */
const TEN: readonly (readonly [name: string, size: Joinable["size"], taskSeconds: number, tasks: number, beside: number, peakGb: number])[] = [
  ["ingest claims", "large", 27_000, 480, 60, 0.2],
  ["ingest providers", "small", 900, 16, 40, 0.2],
  ["ingest drugs", "small", 60, 2, 30, 0.1],
  ["cleanse claims", "large", 50_000, 480, 60, 0.4],
  ["cleanse providers", "small", 1_500, 16, 40, 0.4],
  ["cleanse drugs", "small", 100, 2, 30, 0.2],
  ["link claims", "large", 30_000, 1000, 60, 2.5],
  ["yearly report", "medium", 4_000, 200, 50, 0.6],
  ["reference tables", "small", 300, 8, 60, 0.2],
  ["export", "small", 1_200, 16, 120, 0.3],
];

export function tenStages(): readonly Joinable[] {
  return TEN.map(([name, size, run_seconds, tasks, beside, peakGb]) => {
    const ran = { engine: "emr", executors: 16, cores_per_executor: 4, memory_gb_per_core: 4, driver_gb: 8 } as const;
    const seconds = run_seconds / Math.min(64, tasks);
    const evidence: StageEvidence = {
      run: "made up",
      outcome: "succeeded",
      ran,
      input_bytes: null,
      seconds: SESSION_SECONDS + beside + seconds,
      seconds_outside: SESSION_SECONDS + beside,
      rows: 0,
      bytes_written: 0,
      shuffle_bytes: 0,
      spilled_bytes: 0,
      peak_task_bytes: peakGb * 1e9,
      statements: [{ seconds, run_seconds, cpu_seconds: run_seconds * 0.85, tasks }],
    };
    return { name, size, inputBytes: null, history: [evidence] };
  });
}
