// A pipeline, its inputs and what is already done → the plan: which steps in which order, their SQL to the letter,
// what is skipped and why, what is exported. Pure: never touches network, clock or Spark.

import { canonicalJson, contentId } from "./canonical.js";
import { onBranch, tableOf } from "./names.js";
import { PLAN_FORMAT } from "./plan.js";
import type { Plan, PlannedPublication, PlannedStage, PlannedStep, PlanRequest } from "./plan.js";
import { stageGroups } from "./plan-stages.js";
import { draftSteps, finishStep } from "./plan-steps.js";
import type { DraftStep } from "./plan-steps.js";
import type { Problem, Result } from "./problems.js";
import { settle } from "./problems.js";
import type { StageExport } from "./stage.js";

const SEGMENT_BYTES = 64 * 1024 * 1024;

export function plan(request: PlanRequest): Result<Plan> {
  const drafts = draftSteps(request);
  if (!drafts.ok) return drafts;
  const decided = drafts.value.map((draft) => decide(draft, request));
  const active = decided.filter((each) => each.mode !== "skip");
  const exports = exportsOf(decided, request);
  const id = contentId({
    format: PLAN_FORMAT,
    carelake: request.version,
    pipeline: request.pipeline.name,
    years: request.years,
    engine: request.engine,
    force: request.force,
    steps: active.map(({ draft, mode }) => ({ id: draft.id, mode, fingerprint: draft.fingerprint, gates: draft.gatesFingerprint })),
    exports: exports.map(({ id: table, fingerprint }) => ({ table, fingerprint })),
  });
  const branch = `run_${id.slice(0, 12)}`;
  const problems: Problem[] = [];
  const stages: PlannedStage[] = [];
  for (const group of stageGroups({ pipeline: request.pipeline, active: active.map(({ draft }) => draft), exports, sizing: request.sizing })) {
    const mine = active.filter(({ draft }) => group.has(draft.job.name));
    // A table of an earlier stage is on main by now; one of this stage is still on its branch.
    const built = new Set(mine.filter((each) => each.mode === "build").map((each) => each.draft.job.name));
    const table = (job: string): string => (built.has(job) ? onBranch(tableOf(job), branch) : tableOf(job));
    const steps: PlannedStep[] = [];
    for (const { draft, mode, reason } of mine) {
      const step = finishStep({ draft, mode: mode === "check" ? "check" : "build", reason, branch, table, request });
      if (step.ok) steps.push(step.value);
      else problems.push(...step.problems);
    }
    const shape = group.shape();
    if (!shape.ok) problems.push(...shape.problems);
    else stages.push({ ...group.head, ...(shape.value === undefined ? {} : { shape: shape.value }), steps, exports: exports.filter((each) => group.has(jobOfExport(each))) });
  }
  return settle(problems, () =>
    freeze({
      format: PLAN_FORMAT,
      carelake: request.version,
      id,
      pipeline: request.pipeline.name,
      years: request.years,
      engine: request.engine,
      branch,
      stages,
      skipped: decided.flatMap((each) => (each.mode === "skip" ? [{ step: each.draft.id, reason: each.reason }] : [])),
      publication: publicationOf(decided, request),
    }),
  );
}

const jobOfExport = ({ id }: StageExport): string => id.split("@")[0] ?? id;

interface Decision {
  readonly draft: DraftStep;
  readonly mode: "build" | "check" | "skip";
  readonly reason: string;
}

function decide(draft: DraftStep, request: PlanRequest): Decision {
  const done = request.done(draft.job.name, draft.year);
  if (done === undefined) return { draft, mode: "build", reason: "not in the lake yet" };
  if (request.force) return { draft, mode: "build", reason: "asked for by --force" };
  if (done.fingerprint !== draft.fingerprint) return { draft, mode: "build", reason: `its SQL, contract or inputs changed since run ${done.run}` };
  if (done.gates !== draft.gatesFingerprint) return { draft, mode: "check", reason: `its gates changed since run ${done.run}` };
  return { draft, mode: "skip", reason: `done by run ${done.run} on ${done.at.slice(0, 10)}; SQL, contract and inputs are the same` };
}

/** Exports of published tables whose segments do not stand in the lake for the data as it will be. */
function exportsOf(decided: readonly Decision[], request: PlanRequest): readonly StageExport[] {
  if (!request.publishes) return [];
  return decided.flatMap(({ draft, mode }) => {
    const { job, year, fingerprint } = draft;
    if (job.publish === undefined) return [];
    const done = request.done(job.name, year);
    if (mode !== "build" && done?.export?.fingerprint === fingerprint) return [];
    const columns = Object.entries(job.columns).map(([name, column]) => ({ name, type: column.type }));
    return [
      {
        id: `${draft.id}#export`,
        table: tableOf(job.name),
        year,
        columns: [{ name: "year", type: "int" }, ...columns],
        sort: job.grain,
        directory: exportDirectory(request.lake, job.name, draft),
        segment_bytes: SEGMENT_BYTES,
        fingerprint,
      },
    ];
  });
}

function publicationOf(decided: readonly Decision[], request: PlanRequest): readonly PlannedPublication[] {
  if (!request.publishes) return [];
  return request.pipeline.jobs.flatMap((job) => {
    if (job.publish === undefined) return [];
    const planned = decided.filter((each) => each.draft.job.name === job.name);
    const others = request.doneYears(job.name).filter((year) => !request.years.includes(year));
    const segments = [
      ...planned.map(({ draft }) => ({ year: draft.year, directory: exportDirectory(request.lake, job.name, draft), fingerprint: draft.fingerprint })),
      ...others.flatMap((year) => {
        const exported = request.done(job.name, year)?.export;
        return exported === undefined ? [] : [{ year, ...exported }];
      }),
    ].sort((a, b) => a.year - b.year);
    return [{ job: job.name, table: job.publish.table ?? tableOf(job.name).split(".").at(-1) ?? job.name, segments }];
  });
}

function exportDirectory(lake: string, job: string, draft: DraftStep): string {
  return `${lake}/exports/${job}/year=${draft.year}/${draft.fingerprint.slice(0, 16)}`;
}

function freeze(value: Plan): Plan {
  const text = canonicalJson(value);
  return Object.freeze(JSON.parse(text) as Plan);
}

