// How stages are sized on AWS: from their inputs, and from what former runs of the same pipeline in the ledger tell.

import type { Prices } from "../../emr/facts/prices.js";
import type { Joinable } from "../../emr/sizing/joining.js";
import type { StageEvidence } from "../../emr/sizing/evidence.js";
import type { Pipeline } from "../job.js";
import type { Ledger } from "../ledger.js";
import { outcomeOf } from "../ledger.js";
import { parseJobName } from "../names.js";
import type { Sizing } from "../plan.js";
import type { Result } from "../problems.js";
import { ok } from "../problems.js";
import type { StageShape } from "../shape.js";
import type { Profile } from "../profile.js";
import type { StageReport } from "../stage.js";

export interface SizingRequest {
  readonly profile: Profile;
  readonly pipeline: Pipeline;
  readonly ledger: Ledger;
  readonly prices: Prices;
  /** All stages in one application: for a run that nobody follows from stage to stage. */
  readonly together: boolean;
}

/** Runs that are looked back at. */
const LOOK_BACK = 5;

/** Undefined on this computer, where there is nothing to choose. */
export async function sizingFor({ profile, pipeline, ledger, prices, together }: SizingRequest): Promise<Sizing | undefined> {
  const { engine, release } = profile;
  if (engine === "local") return undefined;
  const [{ joinStages }, { sizeGroup }, { startAhead }] = await Promise.all([import("../../emr/sizing/joining.js"), import("../../emr/sizing/sizing.js"), import("../../emr/sizing/ahead.js")]);
  const history = await formerStages(pipeline, ledger);
  const place = { engine, profile, release, prices };
  return (stages) => {
    const demands: readonly Joinable[] = stages.map(({ name, size, input_bytes: inputBytes }) => ({ name, size, inputBytes, history: history.get(name) ?? [] }));
    if (!together) {
      const groups = joinStages(demands, place);
      return groups.ok ? ok(groups.value.map((group, index) => ({ ...group, ahead: startAhead(groups.value[index - 1]?.shape, group.shape, place) }))) : groups;
    }
    const shape = sizeGroup(demands, place);
    const names = stages.map(({ name }) => name);
    return shape.ok ? ok([{ stages: names, shape: shape.value, reason: `${names.join(", ")} share one application, because nobody follows the run to submit the next` }]) : shape;
  };
}

/** For work that no table's size decides; undefined on this computer. */
export async function smallShape(profile: Profile): Promise<Result<StageShape | undefined>> {
  const { engine, release } = profile;
  if (engine === "local") return ok(undefined);
  const { sizeStage } = await import("../../emr/sizing/sizing.js");
  return sizeStage({ engine, profile, release, size: "small", inputBytes: null, history: [] });
}

/** Evidence by stage of the pipeline, oldest run first. */
async function formerStages(pipeline: Pipeline, ledger: Ledger): Promise<ReadonlyMap<string, readonly StageEvidence[]>> {
  const { evidenceOf, ranOn } = await import("../../emr/sizing/evidence.js");
  const found = new Map<string, StageEvidence[]>();
  const mine = (await ledger.runs()).filter((run) => run.pipeline === pipeline.name).slice(-LOOK_BACK);
  for (const { run } of mine) {
    const [plan, reports, events] = await Promise.all([ledger.plan(run), ledger.reports(run), ledger.events(run)]);
    if (outcomeOf(events) === undefined) continue;
    for (const planned of plan?.stages ?? []) {
      const report = reports.find(({ stage }) => stage === planned.name);
      if (report === undefined || planned.shape === undefined) continue;
      const bytes = textBytes(report);
      for (const name of planned.joins) {
        const part = partOf(report, name, pipeline);
        const evidence = evidenceOf(part, ranOn(planned.shape), bytes);
        if (evidence !== undefined) found.set(name, [...(found.get(name) ?? []), evidence]);
      }
    }
  }
  return found;
}

const textBytes = (report: StageReport): number | null => {
  const bytes = report.steps.reduce((sum, { source }) => sum + (typeof source?.["bytes"] === "number" ? source["bytes"] : 0), 0);
  return bytes === 0 ? null : bytes;
};

/** A report cut down to the steps of one stage of the pipeline, where several shared an application. */
function partOf(report: StageReport, stage: string, pipeline: Pipeline): StageReport {
  const zones = pipeline.stages.find(({ name }) => name === stage)?.zones ?? [];
  const isMine = (id: string): boolean => zones.some((zone) => zone === parseJobName(id.split("@")[0] ?? "")?.zone);
  const steps = report.steps.filter(({ id }) => isMine(id));
  const total = report.seconds.session + steps.reduce((sum, step) => sum + step.seconds, 0);
  return { ...report, steps, statements: report.statements.filter(({ id }) => isMine(id)), seconds: { ...report.seconds, total } };
}
