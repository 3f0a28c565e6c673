// Pipelines as people read them: sources, tables, what a row means, params and (for one pipeline) columns.

import type { Job, Pipeline } from "../job.js";
import { tableOf } from "../names.js";

export function pipelineText(pipeline: Pipeline, withColumns: boolean): string {
  const sources = pipeline.jobs.flatMap((job) => (job.source === undefined ? [] : [`  source ${job.source.name}: ${job.source.meaning}; layouts ${job.source.layouts.map((layout) => layout.name).join(", ")}`]));
  return [`${pipeline.name}  ${pipeline.meaning}`, ...sources, ...pipeline.jobs.map((job) => jobText(job, withColumns))].join("\n");
}

function jobText(job: Job, withColumns: boolean): string {
  const params = Object.entries(job.params ?? {}).map(([name, spec]) => `    param ${name} (${spec.type}${spec.default === undefined ? ", required" : `, default ${String(spec.default)}`}): ${spec.meaning}`);
  const columns = withColumns ? Object.entries(job.columns).map(([name, column]) => `    ${name} ${column.type}: ${column.meaning}${column.unit === undefined ? "" : ` (${column.unit})`}`) : [];
  return [`  ${job.name} → ${tableOf(job.name)}${job.publish === undefined ? "" : ", published"}`, `    ${job.meaning} One row a ${job.grain.join(" + ")}.`, ...params, ...columns].join("\n");
}
