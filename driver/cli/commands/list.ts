// carelake list: pipelines, jobs, params, and what each table means.

import type { Job, Pipeline } from "../../job.js";
import { tableOf } from "../../names.js";
import { command } from "../command.js";
import { answer, complain } from "../present.js";
import { loadProject } from "../project.js";

export const list = command({
  command: "list [pipeline]",
  describe: "pipelines, jobs, params, and what each table means",
  builder: (yargs) => yargs.positional("pipeline", { type: "string", describe: "only this one, with its columns" }),
  handler: async ({ pipeline: name, json }, context) => {
    const project = await loadProject(context.cwd);
    if (!project.ok) return complain(project.problems, json);
    const { pipelines } = project.value;
    const chosen = name === undefined ? pipelines : pipelines.filter((pipeline) => pipeline.name === name);
    if (chosen.length === 0 && name !== undefined) return complain([{ code: "unknown-pipeline", name, known: pipelines.map((each) => each.name) }], json);
    answer({ json: chosen, text: chosen.map((pipeline) => pipelineText(pipeline, name !== undefined)).join("\n\n") }, json);
  },
});

function pipelineText(pipeline: Pipeline, withColumns: boolean): string {
  const sources = pipeline.jobs.flatMap((job) => (job.source === undefined ? [] : [`  source ${job.source.name}: ${job.source.meaning}; layouts ${job.source.layouts.map((layout) => layout.name).join(", ")}`]));
  return [`${pipeline.name}  ${pipeline.meaning}`, ...sources, ...pipeline.jobs.map((job) => jobText(job, withColumns))].join("\n");
}

function jobText(job: Job, withColumns: boolean): string {
  const params = Object.entries(job.params ?? {}).map(([name, spec]) => `    param ${name} (${spec.type}${spec.default === undefined ? ", required" : `, default ${String(spec.default)}`}): ${spec.meaning}`);
  const columns = withColumns ? Object.entries(job.columns).map(([name, column]) => `    ${name} ${column.type}: ${column.meaning}${column.unit === undefined ? "" : ` (${column.unit})`}`) : [];
  return [`  ${job.name} → ${tableOf(job.name)}${job.publish === undefined ? "" : ", published"}`, `    ${job.meaning} One row a ${job.grain.join(" + ")}.`, ...params, ...columns].join("\n");
}
