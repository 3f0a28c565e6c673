// carelake render: the SQL of one job or gate, to the letter as it would run.

import type { PlannedStep } from "../../plan.js";
import { makePlan } from "../plan-request.js";
import { command } from "../command.js";
import { answer, complain } from "../present.js";
import { lakeOptions, planOptions } from "./words.js";

export const render = command({
  command: "render <job>",
  describe: "the SQL of one job, as it would run",
  builder: (yargs) =>
    lakeOptions(planOptions(yargs.positional("job", { type: "string", demandOption: true, describe: "name of the job, for example part-d/curated/drug_report" })))
      .hide("force")
      .option("gate", { type: "string", describe: "only the gate with this id or name" }),
  handler: async (words, context) => {
    const [pipeline = ""] = words.job.split("/");
    const planned = await makePlan({ ...words, pipeline, force: true, anyInput: true }, context);
    if (!planned.ok) return complain(planned.problems, words.json);
    const steps = planned.value.plan.stages.flatMap((stage) => stage.steps).filter((step) => step.job === words.job);
    if (steps.length === 0) return complain([{ code: "unknown-job", name: words.job, known: planned.value.pipeline.jobs.map((job) => job.name) }], words.json);
    const { gate } = words;
    const gates = [...new Set(steps.flatMap((step) => step.gates.map((each) => each.id)))];
    if (gate !== undefined && !steps.some((step) => step.gates.some((each) => each.id === gate || each.name === gate))) {
      return complain([{ code: "usage", message: `job ${words.job} has no gate \`${gate}\``, at: { file: `--gate ${gate}` }, suggestion: `its gates are ${gates.join(", ")}` }], words.json);
    }
    const statements = steps.flatMap((step) => statementsOf(step, gate));
    answer({ json: statements, text: statements.map(({ id, template, sql }) => `-- ${id}${template === undefined ? "" : `, from ${template}`}\n${sql.trimEnd()};`).join("\n\n") }, words.json);
  },
});

function statementsOf(step: PlannedStep, gate: string | undefined): readonly { id: string; template: string | undefined; sql: string }[] {
  const gates = step.gates.filter((each) => gate === undefined || each.id === gate || each.name === gate).map((each) => each.statement);
  const writes = [step.rows?.statement, step.statement, step.quarantine?.statement];
  const shown = gate === undefined ? writes : gates;
  return shown.flatMap((statement) => (statement === undefined ? [] : [{ id: statement.id, template: step.origins[statement.id]?.file, sql: statement.sql }]));
}
