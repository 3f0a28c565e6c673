// What the compiler cannot see of a pipeline definition, or what a JavaScript author was never told by it.

import type { Job, Pipeline } from "./job.js";
import { nearest } from "./nearest.js";
import { parseJobName } from "./names.js";
import type { Problem } from "./problems.js";

const TYPES = /^(string|int|bigint|boolean|date|timestamp|decimal\(\d{1,2},\d{1,2}\)|array<string>)$/;

/** Everything wrong with the definitions, at once. */
export function checkPipeline(pipeline: Pipeline): readonly Problem[] {
  const names = pipeline.jobs.map((job) => job.name);
  return pipeline.jobs.flatMap((job) => checkJob(job, pipeline, names));
}

function checkJob(job: Job, pipeline: Pipeline, names: readonly string[]): readonly Problem[] {
  const problems: Problem[] = [];
  const wrong = (message: string, suggestion?: string): void => {
    problems.push({ code: "job-invalid", job: job.name, message, ...(suggestion === undefined ? {} : { suggestion }) });
  };
  const parts = parseJobName(job.name);
  if (parts === undefined) wrong("its name has to be <pipeline>/<raw|cleansed|curated>/<table>, lower case");
  else if (parts.pipeline !== pipeline.name) wrong(`its name begins with ${parts.pipeline}, its pipeline is ${pipeline.name}`);
  else if (!pipeline.stages.some((stage) => stage.zones.includes(parts.zone))) wrong(`no stage of the pipeline has zone ${parts.zone}`);
  if (names.filter((name) => name === job.name).length > 1) wrong("two jobs have this name");
  const columns = Object.keys(job.columns);
  for (const column of job.grain) if (!columns.includes(column)) wrong(`its grain names \`${column}\`, which is no column`, nearest(column, columns));
  for (const [name, column] of Object.entries(job.columns)) {
    if (!TYPES.test(column.type)) wrong(`column ${name} has type ${column.type}, which no contract may use`);
    if (job.publish !== undefined && column.type === "string" && column.maxLength === undefined) wrong(`published column ${name} needs maxLength`);
  }
  if (job.gates.length === 0) wrong("it has no gates");
  if (parts?.zone === "raw" && job.source === undefined) wrong("a raw job needs a source");
  if (job.quarantines !== undefined && !names.includes(job.quarantines)) wrong(`it quarantines rows of ${job.quarantines}, which is no job`, nearest(job.quarantines, names));
  if (job.gates.some((gate) => gate.kind === "row") && job.quarantines === undefined) wrong("it has row rules and does not say whose rows go to quarantine (quarantines)");
  return problems;
}
