// Carries out a plan, or goes on with it where an earlier driver stopped: lock → stages → record → publish.
// Engine, ledger, publisher, clock and listener come in as values. A run never counts as failed because somebody
// stopped waiting for it.

import type { Engine, StageHandle, StageSettings } from "./engine.js";
import { diagnose } from "./diagnose.js";
import type { EventSink } from "./events.js";
import type { Ledger, RunOutcome, RunRecord } from "./ledger.js";
import { outcomeOf } from "./ledger.js";
import type { Lock, Owner } from "./lock.js";
import { acquireLock } from "./lock.js";
import type { Plan, PlannedStage } from "./plan.js";
import type { Problem, Result } from "./problems.js";
import { fail, ok } from "./problems.js";
import type { Published } from "./publish/set.js";
import { STAGE_FORMAT } from "./stage.js";
import type { StageFile, StageReport } from "./stage.js";
import type { Store } from "./store.js";
import { track } from "./track.js";

export interface ExecuteOptions {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly store: Store;
  readonly settings: StageSettings;
  /** Folder or prefix of a stage attempt's files. */
  readonly stageFolder: (run: string, stage: string, attempt: number) => string;
  /** Publishes the plan's set; absent when no database is named. */
  readonly publish?: (plan: Plan, run: string) => Promise<Result<Published>>;
  readonly owner: Owner;
  readonly isAlive: (owner: Owner) => boolean | undefined;
  readonly now: () => Date;
  readonly listen: EventSink;
  readonly signal: AbortSignal;
  readonly memory: string;
}

/** A run whose stages are finished and whose gates passed; only such a run can be published. */
export interface GatedRun {
  readonly run: RunRecord;
  readonly plan: Plan;
  readonly reports: readonly StageReport[];
}

export interface FinishedRun extends GatedRun {
  readonly published: Published | undefined;
}

const SWEEP_MILLISECONDS = 1000;

export async function execute(plan: Plan, options: ExecuteOptions): Promise<Result<FinishedRun>> {
  const { ledger, store, owner, now, isAlive } = options;
  const lock = await acquireLock({ store, pipeline: plan.pipeline, run: plan.id.slice(0, 8), owner, now, isAlive });
  if (!lock.ok) return lock;
  try {
    // A write takes milliseconds, so what is older was left by a driver that died in it.
    for (const prefix of ["runs", `done/${plan.pipeline}`]) await store.sweep(prefix, new Date(now().getTime() - SWEEP_MILLISECONDS));
    const { run, resumed } = await openRun(plan, options);
    options.listen({ kind: "run-started", run: run.run, plan: plan.id, steps: plan.stages.reduce((sum, stage) => sum + stage.steps.length, 0), skipped: plan.skipped.length, resumed });
    const gated = await runStages({ run, plan, lock: lock.value, options });
    const finished = gated.ok ? await publishRun(gated.value, options) : gated;
    const problems = finished.ok ? [] : finished.problems;
    await ledger.record(run.run, { event: "finished", at: now().toISOString(), outcome: outcomeFor(problems), problems: [...problems] });
    return finished;
  } finally {
    await lock.value.release();
  }
}

/** The unfinished run of the same plan, or a new one. Unfinished runs of other plans are stopped and closed. */
async function openRun(plan: Plan, { ledger, engine, owner, now }: ExecuteOptions): Promise<{ run: RunRecord; resumed: boolean }> {
  let same: RunRecord | undefined;
  for (const run of await ledger.runs()) {
    if (run.pipeline !== plan.pipeline) continue;
    const events = await ledger.events(run.run);
    if (outcomeOf(events) !== undefined) continue;
    if (run.plan === plan.id) {
      same = run;
      continue;
    }
    const submitted = events.findLast((event) => event.event === "stage-submitted");
    if (submitted !== undefined) await engine.cancel(submitted.handle);
    await ledger.record(run.run, { event: "finished", at: now().toISOString(), outcome: "abandoned", problems: [] });
  }
  if (same !== undefined) return { run: same, resumed: true };
  return { run: await ledger.startRun(plan, { startedAt: now().toISOString(), owner }), resumed: false };
}

interface Running {
  readonly run: RunRecord;
  readonly plan: Plan;
  readonly lock: Lock;
  readonly options: ExecuteOptions;
}

async function runStages(running: Running): Promise<Result<GatedRun>> {
  const { run, plan, options } = running;
  const reports: StageReport[] = [];
  for (const stage of plan.stages) {
    const report = await runStage(stage, running);
    if (!report.ok) return report;
    reports.push(report.value);
    await recordDone({ stage, report: report.value, run, options });
  }
  return ok({ run, plan, reports });
}

async function runStage(stage: PlannedStage, running: Running): Promise<Result<StageReport>> {
  const { run, plan, lock, options } = running;
  const { engine, ledger, listen, now } = options;
  const started = now().getTime();
  const submitted = await submitStage(stage, running);
  if (!submitted.ok) return submitted;
  const { handle, attempt } = submitted.value;
  const ended = await track({ engine, handle, stage: stage.name, listen, signal: options.signal, onTick: lock.beat });
  if (ended.cancelled) {
    listen({ kind: "cancelling", run: run.run });
    await engine.cancel(handle);
    return fail({ code: "run-cancelled", run: run.run, left: "Spark was stopped; no table changed for readers; run again to go on from what is finished" });
  }
  const report = await engine.report(handle);
  await ledger.record(run.run, { event: "stage-finished", at: now().toISOString(), stage: stage.name, attempt, outcome: report?.outcome ?? "died" });
  if (report !== undefined) await ledger.saveResult(run.run, { gates: report.gates, steps: report.steps, statements: report.statements });
  listen({ kind: "stage-finished", stage: stage.name, seconds: (now().getTime() - started) / 1000 });
  if (report?.outcome === "succeeded") return ok(report);
  const [logs, { events }] = [await engine.logs(handle), await engine.events(handle, 0)];
  return fail(diagnose({ run: run.run, branch: plan.branch, stage, report, events, exitCode: ended.exitCode, logs, memory: options.memory }));
}

/** Re-attaches to an attempt that still runs or that succeeded while nobody looked; else starts the next one. */
async function submitStage(stage: PlannedStage, { run, plan, options }: Running): Promise<Result<{ handle: StageHandle; attempt: number }>> {
  const { engine, ledger, listen, now } = options;
  const events = await ledger.events(run.run);
  const earlier = events.filter((event) => event.event === "stage-submitted" && event.stage === stage.name).at(-1);
  if (earlier?.event === "stage-submitted") {
    const state = await engine.describe(earlier.handle);
    const report = state.state === "finished" ? await engine.report(earlier.handle) : undefined;
    if (state.state === "running" || report?.outcome === "succeeded") {
      listen({ kind: "stage-submitted", stage: stage.name, attempt: earlier.attempt, logs: earlier.handle.ref, attached: true });
      return ok({ handle: earlier.handle, attempt: earlier.attempt });
    }
  }
  const attempt = earlier?.event === "stage-submitted" ? earlier.attempt + 1 : 1;
  const folder = options.stageFolder(run.run, stage.name, attempt);
  // In the ledger before it starts: whoever looks after a crash finds it by its folder, started or not.
  const handle: StageHandle = { engine: engine.name, ref: folder };
  await ledger.record(run.run, { event: "stage-submitted", at: now().toISOString(), stage: stage.name, attempt, handle });
  const submitted = await engine.submit(stageFile(stage, { run, plan, folder }), options.settings);
  if (!submitted.ok) return submitted;
  listen({ kind: "stage-submitted", stage: stage.name, attempt, logs: folder, attached: false });
  return ok({ handle: submitted.value, attempt });
}

function stageFile(stage: PlannedStage, { run, plan, folder }: { readonly run: RunRecord; readonly plan: Plan; readonly folder: string }): StageFile {
  return {
    format: STAGE_FORMAT,
    run: run.run,
    plan: plan.id,
    stage: stage.name,
    branch: plan.branch,
    session: { "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC", "spark.sql.sources.partitionOverwriteMode": "static" },
    steps: stage.steps,
    exports: stage.exports,
    events: `${folder}/events.jsonl`,
    report: `${folder}/report.json`,
  };
}

interface Recording {
  readonly stage: PlannedStage;
  readonly report: StageReport;
  readonly run: RunRecord;
  readonly options: ExecuteOptions;
}

/** What stands in the lake now, so that the next plan can skip it. */
async function recordDone({ stage, report, run, options }: Recording): Promise<void> {
  const { ledger, now } = options;
  const before = await ledger.done(run.pipeline);
  const at = now().toISOString();
  for (const step of stage.steps) {
    const found = report.steps.find((each) => each.id === step.id);
    const exported = stage.exports.find((each) => each.id === `${step.id}#export`);
    const earlier = before.find((each) => each.job === step.job && each.year === step.year);
    if (found === undefined) continue;
    const { fingerprint, gates_fingerprint: gates, job, year, loads, origin } = step;
    const kept = exported === undefined ? (earlier?.fingerprint === fingerprint ? earlier.export : undefined) : { directory: exported.directory, fingerprint };
    const done = { job, year, fingerprint, gates, run: run.run, at, rows: found.rows ?? earlier?.rows ?? 0, seconds: found.seconds, snapshot: found.snapshot, loads, ...(origin === undefined ? {} : { origin }) };
    await ledger.saveDone(kept === undefined ? done : { ...done, export: kept });
  }
  for (const exported of stage.exports.filter((each) => !stage.steps.some((step) => each.id === `${step.id}#export`))) {
    const earlier = before.find((each) => `${each.job}@${each.year}#export` === exported.id);
    if (earlier !== undefined) await ledger.saveDone({ ...earlier, export: { directory: exported.directory, fingerprint: exported.fingerprint } });
  }
}

async function publishRun(gated: GatedRun, options: ExecuteOptions): Promise<Result<FinishedRun>> {
  const { plan, run } = gated;
  if (options.publish === undefined || plan.publication.length === 0) return ok({ ...gated, published: undefined });
  const published = await options.publish(plan, run.run);
  if (!published.ok) return published;
  const { outcome, publication } = published.value;
  const tables = published.value.tables.map(({ table, rows, hash }) => ({ table, rows, hash }));
  await options.ledger.record(run.run, { event: "published", at: options.now().toISOString(), publication, tables, outcome });
  return ok({ ...gated, published: published.value });
}

function outcomeFor(problems: readonly Problem[]): RunOutcome {
  if (problems.length === 0) return "succeeded";
  if (problems.some((problem) => problem.code === "run-cancelled")) return "cancelled";
  return problems.some((problem) => problem.code === "gate-failed") ? "gate-failed" : "failed";
}
