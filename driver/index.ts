// What a library user imports: `import { defineJob, definePipeline, plan, execute } from "carelake"`.

export { defineJob, definePipeline, defineSource, rawColumns } from "./job.js";
export type { Column, Columns, ColumnType, Gate, Job, Layout, ParamSpec, Pipeline, Publish, RowRule, SetRule, Severity, Source, Stage, Zone } from "./job.js";
export { allRowsKept, hasRows, quarantineShare, rowCountBand, totalsKept, uniqueKey } from "./standard-gates.js";
export { plan } from "./planner.js";
export type { DoneStep, Plan, PlannedStep, PlanRequest } from "./plan.js";
export { execute } from "./execute.js";
export type { ExecuteOptions, FinishedRun } from "./execute.js";
export { findInputs } from "./inputs.js";
export { templatesIn } from "./templates.js";
export { ledgerIn } from "./ledger.js";
export type { Engine } from "./engine.js";
export type { RunEvent } from "./events.js";
export type { Problem, Result } from "./problems.js";
