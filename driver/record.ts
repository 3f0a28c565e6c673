// A stage's report → what stands in the lake now, job by job and year by year, so that the next plan can skip it.

import type { Ledger } from "./ledger.js";
import type { DoneStep, PlannedStage, PlannedStep } from "./plan.js";
import type { StageExport, StageReport } from "./stage.js";

export interface Recording {
  readonly stage: PlannedStage;
  readonly report: StageReport;
  /** Run and pipeline that the report belongs to. */
  readonly run: string;
  readonly pipeline: string;
  readonly at: string;
  readonly ledger: Ledger;
}

/** Of a stage that failed, only what its readers see all the same; of one that succeeded, everything. */
export async function recordDone(recording: Recording): Promise<readonly DoneStep[]> {
  const { stage, report, pipeline, ledger } = recording;
  const before = await ledger.done(pipeline);
  const isWhole = report.outcome === "succeeded";
  const done: DoneStep[] = [];
  for (const step of stage.steps) {
    if (isWhole || report.forwarded.includes(step.table)) done.push(...doneStep(step, recording, before));
  }
  if (isWhole) done.push(...laterExports(stage, before));
  for (const step of done) await ledger.saveDone(step);
  return done;
}

function doneStep(step: PlannedStep, { stage, report, run, at }: Recording, before: readonly DoneStep[]): readonly DoneStep[] {
  const found = report.steps.find((each) => each.id === step.id);
  if (found === undefined) return [];
  const earlier = before.find((each) => each.job === step.job && each.year === step.year);
  const { fingerprint, gates_fingerprint: gates, job, year, loads, origin } = step;
  const exported = report.outcome === "succeeded" ? stage.exports.find((each) => each.id === `${step.id}#export`) : undefined;
  const kept = exported === undefined ? (earlier?.fingerprint === fingerprint ? earlier.export : undefined) : { directory: exported.directory, fingerprint };
  const facts = { job, year, fingerprint, gates, run, at, rows: found.rows ?? earlier?.rows ?? 0, seconds: found.seconds, snapshot: found.snapshot, loads };
  return [{ ...facts, ...(origin === undefined ? {} : { origin }), ...(kept === undefined ? {} : { export: kept }) }];
}

/** Exports of data that an earlier run built. */
function laterExports(stage: PlannedStage, before: readonly DoneStep[]): readonly DoneStep[] {
  const isBuilt = (exported: StageExport): boolean => stage.steps.some((step) => exported.id === `${step.id}#export`);
  return stage.exports.filter((each) => !isBuilt(each)).flatMap(({ id, directory, fingerprint }) => {
    const earlier = before.find((each) => `${each.job}@${each.year}#export` === id);
    return earlier === undefined ? [] : [{ ...earlier, export: { directory, fingerprint } }];
  });
}
