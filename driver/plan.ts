// The frozen description of everything a run will do, and what it is made from. Data only.

import type { EngineName } from "./engine.js";
import type { Pipeline, Stage } from "./job.js";
import type { Result } from "./problems.js";
import type { StageShape } from "./shape.js";
import type { FileInput, InputFile, SourceInput } from "./source-input.js";
import type { StageExport, StageStep } from "./stage.js";
import type { Origin } from "./statements.js";
import type { Templates } from "./templates.js";

export const PLAN_FORMAT = 1;

/** A job × year that stands in the lake, as the ledger recorded it. */
export interface DoneStep {
  readonly job: string;
  readonly year: number;
  readonly fingerprint: string;
  readonly gates: string;
  readonly run: string;
  readonly at: string;
  readonly rows: number;
  readonly seconds: number;
  readonly snapshot: string | null;
  /** How many loads the partition is made of (growing key); 1 for files. */
  readonly loads: number;
  /** Where the loads came from, when they came from a database. */
  readonly origin?: string;
  readonly export?: { readonly directory: string; readonly fingerprint: string };
}

export interface PlanRequest {
  readonly version: string;
  readonly pipeline: Pipeline;
  readonly years: readonly number[];
  readonly params: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly templates: Templates;
  readonly inputs: readonly SourceInput[];
  readonly done: (job: string, year: number) => DoneStep | undefined;
  /** Years of a job that stand in the lake. */
  readonly doneYears: (job: string) => readonly number[];
  readonly engine: EngineName;
  /** Absent on this computer, where one application of one size does everything. */
  readonly sizing?: Sizing;
  /** Where the stage reads a source file, when that is not where it lies now. */
  readonly inputUri?: (input: FileInput, file: InputFile) => string;
  /** Root of the lake; exports go below it. */
  readonly lake: string;
  /** Export tables that are published. False when no database is named. */
  readonly publishes: boolean;
  /** Build again what is already done. */
  readonly force: boolean;
}

/** What an engine with machines to choose knows: which stages share an application, and on what each group runs. */
export type Sizing = (stages: readonly StageDraft[]) => Result<readonly SizedGroup[]>;

/** A stage of the pipeline with something to do, before it is known what it runs on. */
export interface StageDraft {
  readonly name: string;
  readonly size: Stage["size"];
  /** Bytes of text in the sources of the plan; null when nobody knows. */
  readonly input_bytes: number | null;
  readonly steps: readonly { readonly job: string; readonly year: number }[];
}

export interface SizedGroup {
  /** Names of neighbouring stages. */
  readonly stages: readonly string[];
  /** Why they are together, or alone. */
  readonly reason: string;
  readonly shape: StageShape;
  readonly ahead?: StageAhead | undefined;
}

export interface Plan {
  readonly format: typeof PLAN_FORMAT;
  readonly carelake: string;
  readonly id: string;
  readonly pipeline: string;
  readonly years: readonly number[];
  readonly engine: EngineName;
  readonly branch: string;
  readonly stages: readonly PlannedStage[];
  readonly skipped: readonly SkippedStep[];
  /** Tables of the set that goes to the serving database together; empty when none is named. */
  readonly publication: readonly PlannedPublication[];
}

/** Machines of a stage that are started while the stage before still runs, because that pays. */
export interface StageAhead {
  /** Seconds after the stage before has begun. */
  readonly after_seconds: number;
  /** Of waiting for machines, by estimate. */
  readonly saves_seconds: number;
  /** Most that machines cost while they wait for the stage before, by estimate. */
  readonly idle_usd: number;
  readonly reason: string;
}

export interface PlannedStage {
  readonly name: string;
  /** Stages of the pipeline that run in this Spark application, and why they are together. */
  readonly joins: readonly string[];
  readonly reason: string;
  readonly size: Stage["size"];
  /** What it runs on and what that costs; absent on this computer. */
  readonly shape?: StageShape;
  readonly ahead?: StageAhead;
  readonly steps: readonly PlannedStep[];
  readonly exports: readonly StageExport[];
}

export interface PlannedStep extends StageStep {
  readonly reason: string;
  readonly gates_fingerprint: string;
  readonly loads: number;
  readonly origin?: string;
  /** Origin of each statement's text by statement id. */
  readonly origins: Readonly<Record<string, Origin>>;
  /** Wall seconds that the same step took in its last run; null when it never ran. */
  readonly last_seconds: number | null;
}

export interface SkippedStep {
  readonly step: string;
  readonly reason: string;
}

export interface PlannedPublication {
  readonly job: string;
  readonly table: string;
  readonly segments: readonly { readonly year: number; readonly directory: string; readonly fingerprint: string }[];
}
