// Golden cases: test/cases/<job>/<case>/ holds params.json and rendered.sql, every statement of the job as Spark gets
// it. `npm run golden` writes them anew; the difference is read like code.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { findInputs } from "../driver/inputs.js";
import type { Source } from "../driver/job.js";
import { plan } from "../driver/planner.js";
import type { Plan, PlannedStep, PlanRequest } from "../driver/plan.js";
import type { SourceInput } from "../driver/source-input.js";
import { templatesIn } from "../driver/templates.js";
import { pipelines } from "../jobs/index.js";
import partD from "../jobs/part-d/pipeline.js";

const ROOT = join(import.meta.dirname, "..");
const CASES = join(import.meta.dirname, "cases");
const shape = z.strictObject({ year: z.number().int(), layout: z.string() });

const folders = readdirSync(CASES, { recursive: true, encoding: "utf8" })
  .filter((name) => basename(name) === "params.json")
  .map(dirname)
  .sort();

const base: Omit<PlanRequest, "pipeline" | "years" | "inputs"> = {
  version: "0.0.0",
  params: {},
  templates: templatesIn([ROOT]),
  done: () => undefined,
  doneYears: () => [],
  engine: "local",
  lake: "/lake",
  publishes: true,
  force: false,
};

describe("rendered as before", () => {
  it.each(folders)("%s", async (folder) => {
    const job = dirname(folder);
    const { year, layout } = shape.parse(JSON.parse(readFileSync(join(CASES, folder, "params.json"), "utf8")));
    const pipeline = pipelines.find((each) => job.startsWith(`${each.name}/`));
    if (pipeline === undefined) throw new Error(`no pipeline of ${job}`);
    const inputs = pipeline.jobs.flatMap((each) => (each.source === undefined ? [] : [inputIn(each.source, year, layout)]));
    const made = planned({ ...base, pipeline, years: [year], inputs });
    const steps = made.stages.flatMap((stage) => stage.steps).filter((step) => step.job === job);
    expect(steps).toHaveLength(1);
    await expect(steps.map(stepText).join("\n").replaceAll(made.branch, "run_000000000000")).toMatchFileSnapshot(join(CASES, folder, "rendered.sql"));
  });

  it("has a case for every job", () => {
    const missing = pipelines.flatMap((pipeline) => pipeline.jobs.map((job) => job.name)).filter((name) => !folders.some((folder) => dirname(folder) === name));
    expect(missing).toEqual([]);
  });

  it("keeps no rendered SQL of a case that is gone", () => {
    const golden = readdirSync(CASES, { recursive: true, encoding: "utf8" }).filter((name) => basename(name) === "rendered.sql");
    expect(golden.filter((name) => !existsSync(join(CASES, dirname(name), "params.json")))).toEqual([]);
  });
});

it("plans the sample as before", async () => {
  const sources = partD.jobs.flatMap((job) => (job.source === undefined ? [] : [job.source]));
  const inputs = await findInputs(join(ROOT, "jobs/part-d/sample"), sources, [2023]);
  if (!inputs.ok) throw new Error(JSON.stringify(inputs.problems));
  const made = planned({ ...base, pipeline: partD, years: [2023], inputs: inputs.value });
  const readable = JSON.stringify({ ...made, stages: made.stages.map((stage) => ({ ...stage, steps: stage.steps.map(withoutMaps) })) }, null, 2);
  await expect(`${readable.replaceAll(ROOT, "<package>")}\n`).toMatchFileSnapshot(join(CASES, "part-d/plan.json"));
});

function planned(request: PlanRequest): Plan {
  const made = plan(request);
  if (!made.ok) throw new Error(JSON.stringify(made.problems, null, 2));
  return made.value;
}

/** A source of which only the layout matters. */
function inputIn(source: Source, year: number, name: string): SourceInput {
  const layout = source.layouts.find((each) => each.name === name) ?? source.layouts[0];
  return { kind: "files", source: source.name, year, layout: layout.name, delimiter: layout.delimiter ?? ",", files: [], fingerprint: "case" };
}

function stepText(step: PlannedStep): string {
  const writes = [step.rows?.statement, step.statement, step.quarantine?.statement].filter((each) => each !== undefined);
  const gates = step.gates.map((gate) => {
    if (gate.not_applicable !== undefined) return `-- gate ${gate.id} ${gate.name}: not applicable, ${gate.not_applicable}\n`;
    const when = gate.applicable_when === undefined ? "" : `-- only when this returns a row, else: ${gate.applicable_when.else_reason}\n${gate.applicable_when.sql.trimEnd()};\n`;
    const found = gate.statement === undefined ? "" : `${gate.statement.sql.trimEnd()};\n`;
    return `-- gate ${gate.id} ${gate.name}, ${gate.severity}${gate.kind === "row" ? `, offenders: ${gate.offenders ?? ""}` : ""}\n${when}${found}`;
  });
  return [...writes.map((each) => `-- ${each.id}\n${each.sql.trimEnd()};\n`), ...gates].join("\n");
}

/** The way back to the template is offsets: true or false, never readable. */
const withoutMaps = (step: PlannedStep) => ({ ...step, origins: Object.fromEntries(Object.entries(step.origins).map(([id, origin]) => [id, origin.file])) });
