// carelake list: pipelines, jobs, params, and what each table means.

import { command } from "../command.js";
import { pipelineText } from "../list-text.js";
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
