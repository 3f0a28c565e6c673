// One stage of a run, from its submission to its report: attached to an attempt that is there, or submitted anew, and
// tried again where the cause of a failure says that it helps.

import type { Engine, StageHandle, StageSettings } from "./engine.js";
import { aheadOf, costlyOf } from "./ahead.js";
import type { Budget, Held } from "./budget.js";
import { budgetRefusal, budgetWatch } from "./budget.js";
import type { EventSink } from "./events.js";
import type { Judged } from "./late-logs.js";
import { diagnoseLate } from "./late-logs.js";
import type { Ledger, RunRecord } from "./ledger.js";
import { pause } from "./pause.js";
import type { Plan, PlannedStage } from "./plan.js";
import type { Problem, ProblemOf, Result } from "./problems.js";
import { fail, ok } from "./problems.js";
import { recordDone } from "./record.js";
import { STAGE_FORMAT } from "./stage.js";
import type { StageFile, StageReport } from "./stage.js";
import type { Ended } from "./track.js";
import { track } from "./track.js";

export interface StageOptions {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly settings: (stage: Pick<PlannedStage, "shape">) => StageSettings;
  /** Folder or prefix of a stage attempt's files. */
  readonly stageFolder: (run: string, stage: string, attempt: number) => string;
  /** Judges a failed attempt: the stage to try next, or undefined to let it fail. */
  readonly retry?: (failed: FailedAttempt) => Retry | undefined;
  /** Above it no stage is submitted, and one that runs is stopped. */
  readonly budget?: Budget;
  /** What to do with the running stage when the user stops waiting. Without it the stage is cancelled. */
  readonly onStop?: () => Promise<"cancel" | "detach">;
  /** Submits a stage and leaves it: somebody else follows it later, or nobody. */
  readonly leaves?: boolean;
  readonly now: () => Date;
  readonly listen: EventSink;
  readonly signal: AbortSignal;
  /** Memory given to Spark, for messages. */
  readonly memory: (stage: PlannedStage) => string;
  /** 0 to 1, drawn anew each time. */
  readonly random: () => number;
  /** Real time unless a test moves its own. */
  readonly pause?: typeof pause;
}

/** Set by us and not by the platform: what they are differs between releases. */
export const SESSION = { "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC", "spark.sql.sources.partitionOverwriteMode": "static" } as const;

export interface FailedAttempt {
  readonly stage: PlannedStage;
  /** Counts from 1. */
  readonly attempt: number;
  readonly problem: Problem;
}

export interface Retry {
  readonly stage: PlannedStage;
  /** For the ledger and the terminal: what was seen and what is different now. */
  readonly reason: string;
  readonly waitSeconds: number;
}

export interface Running {
  readonly run: RunRecord;
  readonly plan: Plan;
  readonly options: StageOptions;
}

interface Submitted {
  readonly handle: StageHandle;
  readonly attempt: number;
}

export async function runStage(planned: PlannedStage, running: Running): Promise<Result<StageReport>> {
  let stage = planned;
  for (;;) {
    const submitted = await submitStage(stage, running);
    if (!submitted.ok) return submitted;
    if (running.options.leaves === true) return fail({ code: "run-detached", run: running.run.run });
    const report = await followStage(stage, submitted.value, running);
    if (report.ok) return report;
    const [problem] = report.problems;
    const { ledger, now, listen, signal } = running.options;
    const retry = signal.aborted ? undefined : running.options.retry?.({ stage, attempt: submitted.value.attempt, problem });
    if (retry === undefined) return report;
    // A larger shape is dearer than what the plan was allowed for.
    const tooDear = retry.stage === stage ? undefined : await overBudget(retry.stage, running);
    if (tooDear !== undefined) return fail(problem, { ...tooDear, retry: retry.reason });
    await ledger.record(running.run.run, { event: "stage-retried", at: now().toISOString(), stage: stage.name, attempt: submitted.value.attempt, reason: retry.reason });
    listen({ kind: "stage-retried", stage: stage.name, reason: retry.reason, waitSeconds: retry.waitSeconds });
    await (running.options.pause ?? pause)(retry.waitSeconds * 1000, signal);
    stage = retry.stage;
  }
}

async function followStage(stage: PlannedStage, { handle, attempt }: Submitted, running: Running): Promise<Result<StageReport>> {
  const { run, options } = running;
  const { engine, ledger, listen, now } = options;
  const started = now().getTime();
  const [held, ahead] = [heldBudget(stage, running), aheadOf(stage, running)];
  const isSpent = held === undefined ? undefined : budgetWatch(held);
  const watch = async (): Promise<Problem | undefined> => {
    const spent = await isSpent?.();
    if (spent === undefined) await ahead?.look();
    return spent;
  };
  const ended = await track({ engine, handle, stage: stage.name, listen: ahead?.listen ?? listen, signal: options.signal, watch });
  if (ended.cancelled) {
    if (ended.stopped === undefined && (await options.onStop?.()) === "detach") return fail({ code: "run-detached", run: run.run });
    listen({ kind: "cancelling", run: run.run });
    await engine.cancel(handle);
  }
  const report = await engine.report(handle);
  await ledger.record(run.run, { event: "stage-finished", at: now().toISOString(), stage: stage.name, attempt, outcome: report?.outcome ?? "died" });
  const keep = async (kept: StageReport): Promise<void> => {
    await ledger.saveReport(run.run, kept);
    // What readers see is recorded whatever became of the rest.
    await recordDone({ stage, report: kept, run: run.run, pipeline: run.pipeline, at: now().toISOString(), ledger });
  };
  if (report !== undefined) await keep(report);
  if (!ended.cancelled) listen({ kind: "stage-finished", stage: stage.name, seconds: (now().getTime() - started) / 1000 });
  if (report?.outcome === "succeeded") return ok(report);
  const left = `Spark was stopped; ${changedFor(report)}`;
  if (ended.stopped !== undefined) return fail({ ...ended.stopped, left });
  if (ended.cancelled) return fail({ code: "run-cancelled", run: run.run, left: `${left}; run again to go on from what is finished` });
  const judged = await judge({ stage, handle, ended, report }, running);
  if (report === undefined && judged.report !== undefined) await keep(judged.report);
  return judged.report?.outcome === "succeeded" ? ok(judged.report) : fail(judged.problem);
}

interface Over {
  readonly stage: PlannedStage;
  readonly handle: StageHandle;
  readonly ended: Ended;
  readonly report: StageReport | undefined;
}

async function judge({ stage, handle, ended, report }: Over, { run, plan, options }: Running): Promise<Judged> {
  const { engine, listen, now, random, signal, memory } = options;
  const { events } = await engine.events(handle, 0);
  const { exitCode, cause, reason } = ended;
  const service = cause === undefined && reason === undefined ? {} : { service: { ...(cause === undefined ? {} : { cause }), reason: reason ?? "" } };
  return diagnoseLate({
    read: () => engine.logs(handle),
    failed: { run: run.run, branch: plan.branch, stage, report, events, exitCode, ...service, memory: memory(stage) },
    listen,
    now,
    random,
    pause: options.pause ?? pause,
    signal,
  });
}

function heldBudget(stage: PlannedStage, { run, plan, options }: Running): Held | undefined {
  const { budget, ledger, listen, now } = options;
  return budget === undefined ? undefined : { budget, run: run.run, plan, stage, attempts: async () => costlyOf(await ledger.events(run.run)), listen, now };
}

/** Before a submission; undefined without a budget. */
async function overBudget(stage: PlannedStage, running: Running): Promise<ProblemOf<"budget-exceeded"> | undefined> {
  const held = heldBudget(stage, running);
  return held === undefined ? undefined : budgetRefusal(held);
}

const changedFor = (report: StageReport | undefined): string =>
  report === undefined || report.forwarded.length === 0 ? "no table changed for readers" : `visible already: ${report.forwarded.join(", ")}`;

/** Re-attaches to an attempt that still runs or that succeeded while nobody looked; else starts the next one. */
async function submitStage(stage: PlannedStage, running: Running): Promise<Result<Submitted>> {
  const { run, plan, options } = running;
  const { engine, ledger, listen, now } = options;
  const events = await ledger.events(run.run);
  const earlier = events.findLast((event) => event.event === "stage-submitted" && event.stage === stage.name);
  /** Never submitted as far as anybody can tell: under the same key it cannot be submitted twice. */
  let isLost = false;
  if (earlier?.event === "stage-submitted") {
    const { handle, attempt } = earlier;
    const state = await engine.describe(handle);
    isLost = state.state === "lost";
    const report = state.state === "finished" ? await engine.report(handle) : undefined;
    if (state.state === "running" || report?.outcome === "succeeded") {
      listen({ kind: "stage-submitted", stage: stage.name, attempt, logs: handle.ref, attached: true });
      return ok({ handle, attempt });
    }
  }
  const refused = await overBudget(stage, running);
  if (refused !== undefined) return fail(refused);
  const attempt = (earlier?.event === "stage-submitted" ? earlier.attempt : 0) + (isLost ? 0 : 1);
  const folder = options.stageFolder(run.run, stage.name, attempt);
  // In the ledger before it starts: whoever looks after a crash finds it by its folder, started or not.
  if (!isLost) await ledger.record(run.run, { event: "stage-submitted", at: now().toISOString(), stage: stage.name, attempt, handle: { engine: engine.name, ref: folder } });
  const submitted = await engine.submit(stageFile(stage, { run, plan, folder }), options.settings(stage));
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
    session: SESSION,
    steps: stage.steps,
    exports: stage.exports,
    events: folder.startsWith("s3://") ? `${folder}/events` : `${folder}/events.jsonl`,
    report: `${folder}/report.json`,
  };
}
