// What runs and publications left behind that nobody works on: in the lake's tables, its exports, the database.
// Listed first, removed when asked to. Needs the pipeline's lock, so that nothing in use is taken for a leftover.

import type { Engine, StageSettings } from "./engine.js";
import type { ExportFiles } from "./exports.js";
import type { Pipeline } from "./job.js";
import { likelyLines } from "./diagnosis/likely-lines.js";
import type { Ledger } from "./ledger.js";
import type { LockRequest } from "./lock.js";
import { acquireLock } from "./lock.js";
import { quarantineOf, tableOf } from "./names.js";
import type { Result } from "./problems.js";
import { fail, ok } from "./problems.js";
import { STAGE_FORMAT } from "./stage.js";
import type { TableLeftovers } from "./stage.js";
import { CLEAN_RUN, CLEAN_STAGE, endDeadCleans, workingRun } from "./takeover.js";
import { track } from "./track.js";

/** Snapshots of a table that stay for time travel and a look back. */
const RETAIN = 5;

export interface CleanRequest extends Pick<LockRequest, "store" | "owner" | "now" | "isAlive"> {
  readonly pipeline: Pipeline;
  readonly engine: Engine;
  readonly settings: StageSettings;
  readonly ledger: Ledger;
  /** Root of the lake, and how to look at its exports. */
  readonly lake: string;
  readonly files: ExportFiles;
  /** With everything in it. */
  readonly removeFolder: (folder: string) => Promise<void>;
  readonly stageFolder: (run: string, stage: string, attempt: number) => string;
  readonly remove: boolean;
  readonly signal: AbortSignal;
}

export interface LakeLeftovers {
  readonly tables: readonly TableLeftovers[];
  /** Folders of segments that no table of the lake refers to any more. */
  readonly exports: readonly string[];
  /** Folders of former cleanings' stages: a run's are its record, theirs nobody looks at again. */
  readonly stages: readonly string[];
}

/** Longer than any stage may last: a cleaning that began so long ago has ended, of whatever pipeline it was. */
const STAGE_MILLISECONDS = 8 * 24 * 3600 * 1000;

export async function cleanLake(request: CleanRequest): Promise<Result<LakeLeftovers>> {
  const { store, owner, now, isAlive, pipeline } = request;
  const run = runAt(now());
  const lock = await acquireLock({ store, pipeline: pipeline.name, run, owner, now, isAlive });
  if (!lock.ok) return lock;
  try {
    await endDeadCleans(lock.value.dead, request);
    const working = await workingRun(pipeline.name, request);
    if (working !== undefined) return fail(working);
    const exports = await staleExports(request);
    const tables = await maintain({ run, exports }, request);
    if (!tables.ok) return tables;
    const stages = await staleStages(request);
    if (request.remove) for (const folder of stages) await request.removeFolder(folder);
    return ok({ tables: tables.value, exports, stages });
  } finally {
    await lock.value.release();
  }
}

/** Sorts by time. */
const runAt = (at: Date): string => `${CLEAN_RUN}${at.toISOString().replace(/[^0-9]/g, "")}`;

async function maintain({ run, exports }: { readonly run: string; readonly exports: readonly string[] }, request: CleanRequest): Promise<Result<readonly TableLeftovers[]>> {
  const { pipeline, engine, settings, stageFolder, remove, signal } = request;
  const folder = stageFolder(run, CLEAN_STAGE, 1);
  const tables = pipeline.jobs.flatMap((job) => (job.quarantines === undefined ? [tableOf(job.name)] : [tableOf(job.name), quarantineOf(job.name)]));
  const submitted = await engine.submit(
    {
      format: STAGE_FORMAT,
      run,
      plan: run,
      stage: CLEAN_STAGE,
      branch: "run_clean",
      session: { "spark.sql.session.timeZone": "UTC" },
      steps: [],
      exports: [],
      maintenance: { tables, exports, retain: RETAIN, remove },
      events: `${folder}/events.jsonl`,
      report: `${folder}/report.json`,
    },
    settings,
  );
  if (!submitted.ok) return submitted;
  const ended = await track({ engine, handle: submitted.value, stage: CLEAN_STAGE, listen: () => undefined, signal });
  if (ended.cancelled) {
    await engine.cancel(submitted.value);
    await engine.release?.(run);
    return fail({ code: "run-cancelled", run, left: "Spark was stopped; what is still left over is found again by the next carelake clean" });
  }
  await engine.release?.(run);
  const report = await engine.report(submitted.value);
  if (report?.outcome === "succeeded") return ok(report.maintenance);
  const logs = await engine.logs(submitted.value);
  return fail({ code: "spark-failed", message: report?.failure?.message ?? "Spark ended without a report", log: logs.place, likely: likelyLines(logs.parts), run });
}

async function staleExports({ ledger, pipeline, lake, files }: CleanRequest): Promise<readonly string[]> {
  const living = new Set((await ledger.done(pipeline.name)).flatMap((step) => (step.export === undefined ? [] : [step.export.directory])));
  const folders = pipeline.jobs.flatMap((job) => (job.publish === undefined ? [] : [files.place(files.place(lake, "exports"), job.name)]));
  const stale: string[] = [];
  for (const folder of folders) {
    for (const year of await files.list(folder)) {
      const made = (await files.list(files.place(folder, year))).map((name) => files.place(files.place(folder, year), name));
      stale.push(...made.filter((path) => !living.has(path)));
    }
  }
  return stale;
}

async function staleStages({ lake, files, now }: CleanRequest): Promise<readonly string[]> {
  const before = runAt(new Date(now().getTime() - STAGE_MILLISECONDS));
  const stages = files.place(files.place(lake, "ledger"), "stages");
  return (await files.list(stages)).filter((run) => run.startsWith(CLEAN_RUN) && run < before).map((run) => files.place(stages, run));
}
