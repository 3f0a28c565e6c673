// A pipeline, its inputs and what is already done → the plan: which steps in which order, their SQL to the letter,
// what is skipped and why, what is exported. Pure: never touches network, clock or Spark.

import { canonicalJson, contentId } from "./canonical.js";
import type { Pipeline } from "./job.js";
import { onBranch, parseJobName, tableOf } from "./names.js";
import { PLAN_FORMAT } from "./plan.js";
import type { Plan, PlannedPublication, PlannedStage, PlannedStep, PlanRequest } from "./plan.js";
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
  const built = new Set(active.filter((each) => each.mode === "build").map((each) => each.draft.job.name));
  const table = (job: string): string => (built.has(job) ? onBranch(tableOf(job), branch) : tableOf(job));
  const problems: Problem[] = [];
  const steps: PlannedStep[] = [];
  for (const { draft, mode, reason } of active) {
    const step = finishStep({ draft, mode: mode === "check" ? "check" : "build", reason, branch, table, request });
    if (step.ok) steps.push(step.value);
    else problems.push(...step.problems);
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
      stages: stagesOf(request.pipeline, steps, exports),
      skipped: decided.flatMap((each) => (each.mode === "skip" ? [{ step: each.draft.id, reason: each.reason }] : [])),
      publication: publicationOf(decided, request),
    }),
  );
}

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

/** All stages in one application: on one machine a second session costs seconds and fits no better. */
function stagesOf(pipeline: Pipeline, steps: readonly PlannedStep[], exports: readonly StageExport[]): readonly PlannedStage[] {
  if (steps.length === 0 && exports.length === 0) return [];
  const zones = new Set(steps.map((step) => parseJobName(step.job)?.zone));
  const joins = pipeline.stages.filter((stage) => stage.zones.some((zone) => zones.has(zone)));
  const sizes = ["large", "medium", "small"] as const;
  return [
    {
      name: pipeline.name,
      joins: joins.map((stage) => stage.name),
      reason: "one Spark application: on one machine another session costs about 7 s and fits no better",
      size: sizes.find((size) => joins.some((stage) => stage.size === size)) ?? "small",
      steps,
      exports,
    },
  ];
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

