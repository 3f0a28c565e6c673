// Carries out a plan, or goes on with it where an earlier driver stopped: lock → stages → record → publish.
// Engine, ledger, publisher, clock and listener come in as values. A run never counts as failed because somebody
// stopped waiting for it.

import { releaseIdle } from "./ahead.js";
import type { Ledger, RunOutcome, RunRecord } from "./ledger.js";
import { outcomeOf, unfinishedRuns } from "./ledger.js";
import type { Owner } from "./lock.js";
import { acquireLock } from "./lock.js";
import type { DoneStep, Plan } from "./plan.js";
import type { Problem, Result } from "./problems.js";
import { ok } from "./problems.js";
import type { Published } from "./publish/set.js";
import { recordDone } from "./record.js";
import type { Running, StageOptions } from "./run-stage.js";
import { runStage } from "./run-stage.js";
import type { StageReport } from "./stage.js";
import type { Store } from "./store.js";
import { endDeadCleans } from "./takeover.js";

export interface ExecuteOptions extends StageOptions {
  readonly store: Store;
  /** Makes the same plan again from what stands in the lake by now. */
  readonly replan: () => Promise<Result<Plan>>;
  /** Publishes the plan's set; absent when no database is named. */
  readonly publish?: (plan: Plan, run: string) => Promise<Result<Published>>;
  readonly owner: Owner;
  readonly isAlive: (owner: Owner) => boolean | undefined;
  /** Goes on with this run, however it ended, instead of looking for one. */
  readonly resumes?: RunRecord;
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

/** A write takes milliseconds: what is older than this was left by a driver that died in it. */
const SWEEP_MILLISECONDS = 3600 * 1000;

export async function execute(planned: Plan, options: ExecuteOptions): Promise<Result<FinishedRun>> {
  const { ledger, store, owner, now, isAlive } = options;
  const { pipeline } = planned;
  const lock = await acquireLock({ store, pipeline, run: planned.id.slice(0, 8), owner, now, isAlive });
  if (!lock.ok) return lock;
  try {
    await endDeadCleans(lock.value.dead, options);
    for (const prefix of ["runs", `done/${pipeline}`]) await store.sweep(prefix, new Date(now().getTime() - SWEEP_MILLISECONDS));
    const opened = await openRun(planned, options);
    if (!opened.ok) return opened;
    const { run, plan, resumed } = opened.value;
    options.listen({ kind: "run-started", run: run.run, plan: plan.id, steps: plan.stages.reduce((sum, stage) => sum + stage.steps.length, 0), skipped: plan.skipped.length, resumed });
    const gated = await runStages({ run, plan, options });
    if (!gated.ok) await releaseIdle(await ledger.events(run.run), options.engine);
    // Somebody who no longer looks does not end a run.
    if (!gated.ok && gated.problems.some((problem) => problem.code === "run-detached")) return gated;
    await options.engine.release?.(run.run);
    const finished = gated.ok ? await publishRun(gated.value, options) : gated;
    const problems = finished.ok ? [] : finished.problems;
    await ledger.record(run.run, { event: "finished", at: now().toISOString(), outcome: outcomeFor(problems), problems: [...problems] });
    return finished;
  } finally {
    await lock.value.release();
  }
}

interface OpenedRun {
  readonly run: RunRecord;
  readonly plan: Plan;
  readonly resumed: boolean;
}

/**
 * The unfinished run that this plan would go on with, or a new one. Unfinished runs of other plans are stopped and
 * closed; when the lake has more of them than the ledger knew, the plan is made again.
 */
async function openRun(planned: Plan, options: ExecuteOptions): Promise<Result<OpenedRun>> {
  const { ledger, now, owner, replan, resumes } = options;
  if (resumes !== undefined) {
    if (outcomeOf(await ledger.events(resumes.run)) !== undefined) await ledger.record(resumes.run, { event: "resumed", at: now().toISOString(), owner });
    return ok({ run: resumes, plan: planned, resumed: true });
  }
  const done = await ledger.done(planned.pipeline);
  const others: { readonly run: RunRecord; readonly plan: Plan }[] = [];
  for (const run of await unfinishedRuns(ledger, planned.pipeline)) {
    const plan = await ledger.plan(run.run);
    if (plan === undefined) continue;
    if (plan.id === planned.id || isRestOf(planned, plan, done)) return ok({ run, plan, resumed: true });
    others.push({ run, plan });
  }
  for (const other of others) await closeRun(other, options);
  // Another driver may have finished since the plan was made; its lock is gone and its work is in the ledger.
  const again = await replan();
  if (!again.ok) return again;
  return ok({ run: await ledger.startRun(again.value, { startedAt: now().toISOString(), owner }), plan: again.value, resumed: false });
}

/** What the earlier plan had to do is either in this one, to the letter, or done; and this one has nothing beyond it. */
function isRestOf(plan: Plan, earlier: Plan, done: readonly DoneStep[]): boolean {
  if (plan.carelake !== earlier.carelake || JSON.stringify(plan.publication) !== JSON.stringify(earlier.publication)) return false;
  const [left, all] = [workOf(plan), workOf(earlier)];
  const isDone = (work: string): boolean => done.some((step) => work === `${step.job}@${String(step.year)} ${step.fingerprint}` || work === `${step.job}@${String(step.year)}#export ${step.export?.fingerprint ?? ""}`);
  return left.every((work) => all.includes(work)) && all.every((work) => left.includes(work) || isDone(work));
}

const workOf = (plan: Plan): readonly string[] => plan.stages.flatMap(({ steps, exports }) => [...steps, ...exports].map(({ id, fingerprint }) => `${id} ${fingerprint}`));

async function closeRun({ run, plan }: Omit<OpenedRun, "resumed">, { engine, ledger, now }: ExecuteOptions): Promise<void> {
  for (const stage of plan.stages) {
    const submitted = (await ledger.events(run.run)).findLast((event) => event.event === "stage-submitted" && event.stage === stage.name);
    if (submitted?.event !== "stage-submitted") continue;
    await engine.cancel(submitted.handle);
    const report = await engine.report(submitted.handle);
    if (report !== undefined) await recordDone({ stage, report, run: run.run, pipeline: run.pipeline, at: now().toISOString(), ledger });
  }
  await releaseIdle(await ledger.events(run.run), engine);
  await engine.release?.(run.run);
  await ledger.record(run.run, { event: "finished", at: now().toISOString(), outcome: "abandoned", problems: [] });
}

async function runStages(running: Running): Promise<Result<GatedRun>> {
  const { run, plan } = running;
  const reports: StageReport[] = [];
  for (const stage of plan.stages) {
    const report = await runStage(stage, running);
    if (!report.ok) return report;
    reports.push(report.value);
  }
  return ok({ run, plan, reports });
}

async function publishRun(gated: GatedRun, options: ExecuteOptions): Promise<Result<FinishedRun>> {
  const { plan, run } = gated;
  if (options.publish === undefined || plan.publication.length === 0) return ok({ ...gated, published: undefined });
  const published = await options.publish(plan, run.run);
  if (!published.ok) return published;
  await recordPublished(options.ledger, { run: run.run, at: options.now().toISOString(), published: published.value });
  return ok({ ...gated, published: published.value });
}

export async function recordPublished(ledger: Ledger, { run, at, published }: { readonly run: string; readonly at: string; readonly published: Published }): Promise<void> {
  const tables = published.tables.map(({ table, rows, hash }) => ({ table, rows, hash }));
  await ledger.record(run, { event: "published", at, publication: published.publication, tables, outcome: published.outcome });
}

function outcomeFor(problems: readonly Problem[]): RunOutcome {
  if (problems.length === 0) return "succeeded";
  // Also when somebody stopped it on the service's own side, and nothing of it could say so.
  if (problems.some((problem) => problem.code === "run-cancelled" || (problem.code === "stage-ended" && problem.cause === "cancelled"))) return "cancelled";
  return problems.some((problem) => problem.code === "gate-failed") ? "gate-failed" : "failed";
}
