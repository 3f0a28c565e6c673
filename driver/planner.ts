// A pipeline, its inputs and what is already done → the plan: which steps in which order, their SQL to the letter,
// what is skipped and why, what is exported. Pure: never touches network, clock or Spark.

import { canonicalJson, contentId } from "./canonical.js";
import type { Job } from "./job.js";
import { onBranch, stepId, tableOf } from "./names.js";
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
  const published = publishedYears(decided, request);
  const exports = published.filter((each) => !each.isExported).map(exportOf);
  const id = contentId({
    format: PLAN_FORMAT,
    carelake: request.version,
    pipeline: request.pipeline.name,
    years: request.years,
    engine: request.engine,
    force: request.force,
    steps: active.map(({ draft, mode }) => ({ id: draft.id, mode, fingerprint: draft.fingerprint, gates: draft.gatesFingerprint })),
    exports: exports.map(({ id: table, fingerprint }) => ({ table, fingerprint })),
    publication: published.map(({ job, year, fingerprint }) => ({ job: job.name, year, fingerprint })),
  });
  const branch = `run_${id.slice(0, 12)}`;
  const problems: Problem[] = [];
  const stages: PlannedStage[] = [];
  const groups = stageGroups({ pipeline: request.pipeline, active: active.map(({ draft }) => draft), exports, inputs: request.inputs, sizing: request.sizing });
  if (!groups.ok) return groups;
  for (const group of groups.value) {
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
    stages.push({ ...group.head, steps, exports: exports.filter((each) => group.has(jobOfExport(each))) });
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
      publication: publicationOf(published),
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

/** One year of a published table as it will stand in the lake. */
interface PublishedYear {
  readonly job: Job;
  readonly year: number;
  readonly fingerprint: string;
  /** Segments of that very data stand in the lake. */
  readonly isExported: boolean;
  readonly directory: string;
}

/** Every year that the lake holds or will hold: a set that lost a year on the way would take it from its readers. */
function publishedYears(decided: readonly Decision[], request: PlanRequest): readonly PublishedYear[] {
  if (!request.publishes) return [];
  return request.pipeline.jobs
    .filter((job) => job.publish !== undefined)
    .flatMap((job) => {
      const planned = decided.flatMap(({ draft, mode }) => (draft.job.name === job.name ? [{ year: draft.year, fingerprint: draft.fingerprint, isBuilt: mode === "build" }] : []));
      const others = request.doneYears(job.name).filter((year) => !request.years.includes(year));
      const kept = others.map((year) => ({ year, fingerprint: request.done(job.name, year)?.fingerprint ?? "", isBuilt: false }));
      return [...planned, ...kept].map(({ year, fingerprint, isBuilt }) => {
        const exported = request.done(job.name, year)?.export;
        const isExported = !isBuilt && exported?.fingerprint === fingerprint;
        const directory = isExported ? exported.directory : `${request.lake}/exports/${job.name}/year=${year}/${fingerprint.slice(0, 16)}`;
        return { job, year, fingerprint, isExported, directory };
      });
    });
}

const exportOf = ({ job, year, fingerprint, directory }: PublishedYear): StageExport => ({
  id: `${stepId(job.name, year)}#export`,
  table: tableOf(job.name),
  year,
  columns: [{ name: "year", type: "int" }, ...Object.entries(job.columns).map(([name, column]) => ({ name, type: column.type }))],
  sort: job.grain,
  directory,
  segment_bytes: SEGMENT_BYTES,
  fingerprint,
});

function publicationOf(published: readonly PublishedYear[]): readonly PlannedPublication[] {
  const jobs = [...new Set(published.map(({ job }) => job))];
  return jobs.map((job) => {
    const mine = published.filter((each) => each.job === job).sort((a, b) => a.year - b.year);
    return { job: job.name, table: job.publish?.table ?? tableOf(job.name).split(".").at(-1) ?? job.name, segments: mine.map(({ year, directory, fingerprint }) => ({ year, directory, fingerprint })) };
  });
}

function freeze(value: Plan): Plan {
  const text = canonicalJson(value);
  return Object.freeze(JSON.parse(text) as Plan);
}

