// Which steps share a Spark application: all of them on this computer, those of a stage of the pipeline where an engine
// chooses machines. Pure: sizes and prices come in as functions.

import type { Job, Pipeline, Stage } from "./job.js";
import { zoneOf } from "./names.js";
import type { PlannedStage, Sizing, StageDraft } from "./plan.js";
import type { Result } from "./problems.js";
import { ok } from "./problems.js";
import type { SourceInput } from "./source-input.js";
import type { StageExport } from "./stage.js";

export interface StagesRequest {
  readonly pipeline: Pipeline;
  /** What the plan builds or checks, in order. */
  readonly active: readonly { readonly job: Job; readonly year: number }[];
  readonly exports: readonly StageExport[];
  /** Of the whole plan: what the first stage reads, the later ones read in another form. */
  readonly inputs: readonly SourceInput[];
  readonly sizing: Sizing | undefined;
}

/** A planned stage before its steps are written. */
export interface ShapedGroup {
  readonly head: Pick<PlannedStage, "name" | "joins" | "reason" | "size" | "shape" | "ahead">;
  readonly has: (job: string) => boolean;
}

const SIZES = ["large", "medium", "small"] as const;
/** A gzip file of text grows to about so much. */
const GZIP_FACTOR = 8;

export function stageGroups(request: StagesRequest): Result<readonly ShapedGroup[]> {
  const { pipeline, active, exports, sizing } = request;
  if (active.length === 0 && exports.length === 0) return ok([]);
  const drafts = pipeline.stages.flatMap((stage) => draftOf(stage, request));
  if (sizing === undefined) {
    const reason = "one Spark application: on one machine another session costs about 7 s and fits no better";
    return ok([{ head: { name: pipeline.name, joins: drafts.map(({ name }) => name), reason, size: largest(drafts) }, has: () => true }]);
  }
  const groups = sizing(drafts);
  if (!groups.ok) return groups;
  return ok(
    groups.value.map(({ stages: names, reason, shape, ahead }) => {
      const stages = pipeline.stages.filter(({ name }) => names.includes(name));
      const jobs = new Set(stages.flatMap((stage) => jobsOf(stage, pipeline)));
      return { head: { name: names.join("-"), joins: names, reason, size: largest(stages), shape, ...(ahead === undefined ? {} : { ahead }) }, has: (job: string) => jobs.has(job) };
    }),
  );
}

const largest = (stages: readonly Pick<Stage, "size">[]): Stage["size"] => SIZES.find((size) => stages.some((stage) => stage.size === size)) ?? "small";

const jobsOf = (stage: Stage, { jobs }: Pipeline): readonly string[] => jobs.filter((job) => stage.zones.includes(zoneOf(job))).map((job) => job.name);

/** None when the stage has nothing to do. */
function draftOf(stage: Stage, { pipeline, active, exports, inputs }: StagesRequest): readonly StageDraft[] {
  const jobs = jobsOf(stage, pipeline);
  const mine = active.filter(({ job }) => jobs.includes(job.name));
  const exported = exports.some(({ id }) => jobs.includes(id.split("@")[0] ?? id));
  if (mine.length === 0 && !exported) return [];
  return [{ name: stage.name, size: stage.size, input_bytes: bytesRead(inputs), steps: mine.map(({ job, year }) => ({ job: job.name, year })) }];
}

/** Bytes of text in source files; null when a database is among the inputs. */
export function bytesRead(inputs: readonly SourceInput[]): number | null {
  if (inputs.some((input) => input.kind === "table")) return null;
  return inputs.flatMap((input) => (input.kind === "files" ? input.files : [])).reduce((sum, file) => sum + file.bytes * (file.gzip ? GZIP_FACTOR : 1), 0);
}
