import { describe, expect, it } from "vitest";
import { defineJob, definePipeline, defineSource, rawColumns } from "../../driver/job.js";
import type { Pipeline } from "../../driver/job.js";
import type { DoneStep, Plan, PlanRequest, Sizing } from "../../driver/plan.js";
import type { StageShape } from "../../driver/shape.js";
import { plan } from "../../driver/planner.js";
import type { FileInput } from "../../driver/source-input.js";
import { hasRows, uniqueKey } from "../../driver/standard-gates.js";

const source = defineSource({ name: "visit", meaning: "visits", files: ["x"], table: "visit", layouts: [{ name: "full", columns: { Id: "id", Cost: "cost", Note: "note" } }, { name: "short", columns: { Id: "id", Cost: "cost" } }] });
const needsNote = { kind: "row", id: "N1", name: "note_is_short", severity: "warn", violates: "length(note) > 5", needs: ["note"], why: "w", baseRate: "0" } as const;

const pipeline = definePipeline({
  name: "clinic",
  meaning: "visits",
  jobs: [
    defineJob({ name: "clinic/curated/total", meaning: "total", grain: ["visit_id"], columns: { visit_id: { type: "string", meaning: "id", maxLength: 9 } }, gates: [hasRows(), uniqueKey("K1", ["visit_id"], "0")], publish: {} }),
    defineJob({ name: "clinic/cleansed/visit", meaning: "visit", grain: ["visit_id"], columns: { visit_id: { type: "string", meaning: "id" } }, quarantines: "clinic/raw/visit", gates: [hasRows(), needsNote] }),
    defineJob({ name: "clinic/raw/visit", meaning: "line", grain: ["id"], columns: rawColumns(source), source, gates: [hasRows()] }),
  ],
  stages: [{ name: "all", zones: ["raw", "cleansed", "curated"], size: "small" }],
});

const TEXTS: Readonly<Record<string, string>> = {
  "clinic/raw/visit": 'select {{idents columns}}, source_file, layout, {{string load_id}} as load_id, source_key, unparsed_line from {{source "visit"}}',
  "clinic/cleansed/visit": 'select raw.*, raw.id as visit_id from {{table "clinic/raw/visit"}} as raw where raw.year = {{int year}}',
  "clinic/curated/total": 'select visit_id from {{table "clinic/cleansed/visit"}} where year = {{int year}}',
  "gates/has_rows": "select count(*) from {{table job}} where year = {{int year}} having count(*) = 0",
  "gates/unique_key": "select {{idents key}} from {{table job}} where year = {{int year}} group by {{idents key}} having count(*) > 1",
};

function input(year: number, over: Partial<FileInput> = {}): FileInput {
  return { kind: "files", source: "visit", year, layout: "full", delimiter: ",", files: [{ path: `/data/v${year}.csv`, name: `v${year}.csv`, bytes: 1, gzip: false, skipLines: 1, fields: ["id", "cost", "note"] }], fingerprint: `f${year}`, ...over };
}

interface Given {
  readonly years?: readonly number[];
  readonly done?: readonly DoneStep[];
  readonly texts?: Readonly<Record<string, string>>;
  readonly inputs?: readonly FileInput[];
  readonly pipeline?: Pipeline;
  readonly force?: boolean;
  readonly sizing?: Sizing;
}

function planned(given: Given = {}): Plan {
  const { years = [2023], done = [], texts = TEXTS, force = false } = given;
  const request: PlanRequest = {
    version: "1.0.0",
    pipeline: given.pipeline ?? pipeline,
    years,
    params: {},
    templates: (name) => (texts[name] === undefined ? undefined : { file: `templates/${name}.sql.hbs`, text: texts[name] }),
    inputs: given.inputs ?? years.map((year) => input(year)),
    done: (job, year) => done.find((step) => step.job === job && step.year === year),
    doneYears: (job) => done.filter((step) => step.job === job).map((step) => step.year),
    engine: "local",
    lake: "/lake",
    publishes: true,
    force,
    ...(given.sizing === undefined ? {} : { sizing: given.sizing }),
  };
  const made = plan(request);
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return made.value;
}

const stepsOf = (made: Plan) => made.stages.flatMap((stage) => stage.steps);
const doing = (made: Plan) => stepsOf(made).map((step) => `${step.mode} ${step.id}`);

/** The ledger after the plan was carried out. */
function doneBy(made: Plan): readonly DoneStep[] {
  const exports = made.stages.flatMap((stage) => stage.exports);
  return stepsOf(made).map((step) => {
    const exported = exports.find((each) => each.id === `${step.id}#export`);
    const base = { job: step.job, year: step.year, fingerprint: step.fingerprint, gates: step.gates_fingerprint, run: "r-1", at: "2026-01-01T00:00:00Z", rows: 1, seconds: 2, snapshot: "1", loads: step.loads };
    return exported === undefined ? base : { ...base, export: { directory: exported.directory, fingerprint: exported.fingerprint } };
  });
}

describe("a plan", () => {
  it("orders jobs by what they read, not by how they are listed", () => {
    expect(doing(planned())).toEqual(["build clinic/raw/visit@2023", "build clinic/cleansed/visit@2023", "build clinic/curated/total@2023"]);
  });

  it("skips everything that is done, and says by which run", () => {
    const again = planned({ done: doneBy(planned()) });
    expect([doing(again), again.skipped.length, again.skipped[0]?.reason]).toEqual([[], 3, "done by run r-1 on 2026-01-01; SQL, contract and inputs are the same"]);
    expect(again.publication[0]?.segments).toHaveLength(1);
  });

  it("builds again what reads a changed template, and nothing above it", () => {
    const texts = { ...TEXTS, "clinic/cleansed/visit": `${TEXTS["clinic/cleansed/visit"]} and raw.id is not null` };
    expect(doing(planned({ done: doneBy(planned()), texts }))).toEqual(["build clinic/cleansed/visit@2023", "build clinic/curated/total@2023"]);
  });

  it("does not build again for a comment or layout", () => {
    const texts = { ...TEXTS, "clinic/raw/visit": `-- why\n${TEXTS["clinic/raw/visit"]?.replace(" from ", "\n  from ")}` };
    expect(doing(planned({ done: doneBy(planned()), texts }))).toEqual([]);
  });

  it("builds everything again when a source file changed, in its year only", () => {
    const done = doneBy(planned({ years: [2022, 2023] }));
    const changed = planned({ years: [2022, 2023], done, inputs: [input(2022), input(2023, { fingerprint: "new" })] });
    expect(doing(changed)).toEqual(["build clinic/raw/visit@2023", "build clinic/cleansed/visit@2023", "build clinic/curated/total@2023"]);
  });

  it("only checks again when a gate changed", () => {
    const texts = { ...TEXTS, "gates/unique_key": `${TEXTS["gates/unique_key"]} and true` };
    expect(doing(planned({ done: doneBy(planned()), texts }))).toEqual(["check clinic/curated/total@2023"]);
  });

  it("builds again on --force, under another id", () => {
    const done = doneBy(planned());
    expect([doing(planned({ done, force: true })).length, stepsOf(planned({ done, force: true })).every((step) => step.rebuild === true)]).toEqual([3, true]);
  });

  it("reads this run's branch for tables it builds and the visible table for those it skips", () => {
    const texts = { ...TEXTS, "clinic/curated/total": `${TEXTS["clinic/curated/total"]} and true` };
    const [step] = stepsOf(planned({ done: doneBy(planned()), texts }));
    expect(step?.statement.sql).toMatch(/insert overwrite table lake\.clinic_curated\.total\.branch_run_[0-9a-f]{12}\npartition \(year = 2023\) by name/);
    expect(step?.statement.sql).toContain("from lake.clinic_cleansed.visit where");
  });

  it("has a name for its content: equal for equal inputs, whatever folder they lie in", () => {
    const moved = input(2023, { files: [{ ...input(2023).files[0]!, path: "/elsewhere/v2023.csv" }] });
    expect(planned({ inputs: [moved] }).id).toBe(planned().id);
    expect(planned({ inputs: [input(2023, { fingerprint: "other" })] }).id).not.toBe(planned().id);
  });

  it("says that a rule is not applicable when the layout lacks its column, and leaves it out of the SQL", () => {
    const made = planned({ inputs: [input(2023, { layout: "short" })] });
    const step = stepsOf(made).find((each) => each.job === "clinic/cleansed/visit");
    expect(step?.gates.find((gate) => gate.id === "N1")?.not_applicable).toBe("layout short has no note");
    expect(step?.rows?.statement.sql).not.toContain("length(note)");
    expect(stepsOf(planned()).find((each) => each.job === "clinic/cleansed/visit")?.rows?.statement.sql).toContain("length(note) > 5");
  });

  it("keeps other years' segments in the publication", () => {
    const done = doneBy(planned({ years: [2021, 2022] }));
    expect(planned({ years: [2023], done }).publication[0]?.segments.map((segment) => segment.year)).toEqual([2021, 2022, 2023]);
  });

  it("exports a year again that stands in the lake without its segments, so that the set keeps it", () => {
    const done = doneBy(planned({ years: [2022, 2023] })).map(({ export: exported, ...step }) => (step.year === 2022 || exported === undefined ? step : { ...step, export: exported }));
    const again = planned({ years: [2023], done });
    expect(doing(again)).toEqual([]);
    expect(again.stages.flatMap((stage) => stage.exports.map(({ id }) => id))).toEqual(["clinic/curated/total@2022#export"]);
    expect(again.publication[0]?.segments.map(({ year }) => year)).toEqual([2022, 2023]);
  });

  it("puts the stages of the pipeline on machines of their own, and reads from main what an earlier stage made", () => {
    const shape = { engine: "emr-serverless", reason: "r", evidence: "rules" } as unknown as StageShape;
    const apart = definePipeline({ ...pipeline, stages: [{ name: "load", zones: ["raw"], size: "large" }, { name: "rest", zones: ["cleansed", "curated"], size: "small" }] });
    const made = planned({ years: [2022, 2023], pipeline: apart, sizing: (stages) => ({ ok: true, value: stages.map(({ name }) => ({ stages: [name], reason: "alone", shape })) }) });
    expect(made.stages.map(({ name, size, steps, exports }) => [name, size, steps.length, exports.length])).toEqual([["load", "large", 2, 0], ["rest", "small", 4, 2]]);
    const cleansed = made.stages[1]?.steps.find((step) => step.id === "clinic/cleansed/visit@2023");
    expect(cleansed?.rows?.statement.sql).toContain("from lake.clinic_raw.visit as raw");
    expect(made.stages[1]?.steps.find((step) => step.id === "clinic/curated/total@2023")?.statement.sql).toContain(`lake.clinic_cleansed.visit.branch_${made.branch}`);
  });

  it("refuses jobs that read each other in a circle, hop by hop", () => {
    const texts = { ...TEXTS, "clinic/cleansed/visit": 'select raw.*, raw.id as visit_id from {{table "clinic/raw/visit"}} as raw left join {{table "clinic/curated/total"}} on true where raw.year = {{int year}}' };
    expect(() => planned({ texts })).toThrow(/job-cycle.*clinic\/curated\/total.*clinic\/cleansed\/visit.*clinic\/curated\/total/);
  });
});
