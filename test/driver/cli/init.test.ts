// A pipeline that lives outside the repository: three files and no edit of the driver. Here without Spark.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carelake } from "../../carelake.js";

let folder = "";
let project = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "init-"));
  project = join(folder, "clinics");
  const made = await carelake({ args: ["init", "clinics"], cwd: folder });
  expect(made.stderr).toBe("");
  expect(made.code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = async (args: readonly string[]): Promise<unknown> => {
  const { stdout, stderr } = await carelake({ args: [...args, "--json"], cwd: project });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
};

describe("carelake init", () => {
  it("makes a project with config, pipeline, jobs, templates, input, a case and a README", () => {
    const files = ["carelake.yaml", "pipeline.ts", "README.md", ".gitignore", "input/visits_2024.csv", "jobs/raw-visit.ts", "templates/clinics/cleansed/visit.sql.hbs"];
    expect(files.filter((file) => !existsSync(join(project, file)))).toEqual([]);
    expect(existsSync(join(project, "gitignore"))).toBe(false);
  });

  it("refuses a folder with files in it, and leaves them as they were", async () => {
    const readme = readFileSync(join(project, "README.md"), "utf8");
    const again = await carelake({ args: ["init", "clinics"], cwd: folder });
    expect([again.code, again.stdout, again.stderr]).toEqual([2, "", expect.stringContaining("error[init-not-empty]: clinics is not empty")]);
    expect(readFileSync(join(project, "README.md"), "utf8")).toBe(readme);
  });

  it("takes an empty folder that is a clone already", async () => {
    const clone = join(folder, "clone");
    mkdirSync(join(clone, ".git"), { recursive: true });
    expect((await carelake({ args: ["init"], cwd: clone })).code).toBe(0);
    expect(existsSync(join(clone, "pipeline.ts"))).toBe(true);
  });
});

describe("a pipeline outside the repository", () => {
  it("is listed beside the built-in ones", async () => {
    const listed = (await json(["list"])) as { name: string }[];
    expect(listed.map((pipeline) => pipeline.name)).toEqual(["clinics", "part-d"]);
  });

  it("is planned: input found by its header, jobs in the order of what they read", async () => {
    const plan = (await json(["plan", "clinics", "--year", "2024"])) as { stages: { steps: { id: string; gates: unknown[] }[] }[] };
    expect(plan.stages.flatMap((stage) => stage.steps).map((step) => step.id)).toEqual(["clinics/raw/visit@2024", "clinics/cleansed/visit@2024"]);
  });

  it("takes another table by a definition and a template, named in pipeline.ts", async () => {
    writeFileSync(
      join(project, "jobs/curated-clinic.ts"),
      `import { defineJob, hasRows } from "carelake";
export default defineJob({
  name: "clinics/curated/clinic",
  meaning: "One clinic with its fees.",
  grain: ["clinic_name"],
  columns: { clinic_name: { type: "string", meaning: "Clinic" }, fee_usd: { type: "decimal(38,2)", meaning: "Sum of fees", unit: "usd", nullable: true } },
  gates: [hasRows()],
});
`,
    );
    mkdirSync(join(project, "templates/clinics/curated"));
    writeFileSync(join(project, "templates/clinics/curated/clinic.sql.hbs"), 'select clinic_name, sum(fee_usd) as fee_usd\nfrom {{table "clinics/cleansed/visit"}}\nwhere year = {{int year}}\ngroup by clinic_name\n');
    const pipeline = readFileSync(join(project, "pipeline.ts"), "utf8")
      .replace("import rawVisit", 'import curatedClinic from "./jobs/curated-clinic.js";\nimport rawVisit')
      .replace("[rawVisit, cleansedVisit]", "[curatedClinic, rawVisit, cleansedVisit]")
      .replace('zones: ["raw", "cleansed"]', 'zones: ["raw", "cleansed", "curated"]');
    writeFileSync(join(project, "pipeline.ts"), pipeline);
    const plan = (await json(["plan", "clinics", "--year", "2024"])) as { stages: { steps: { id: string }[] }[] };
    expect(plan.stages.flatMap((stage) => stage.steps).map((step) => step.id).at(-1)).toBe("clinics/curated/clinic@2024");
    const rendered = await carelake({ args: ["render", "clinics/curated/clinic", "--year", "2024"], cwd: project });
    expect(rendered.stdout).toContain("from lake.clinics_cleansed.visit.branch_run_");
  });

  it("is told where its module does not load", async () => {
    const broken = join(folder, "broken");
    await carelake({ args: ["init", broken], cwd: folder });
    writeFileSync(join(broken, "pipeline.ts"), "export default 1;\n");
    const { code, stderr } = await carelake({ args: ["list"], cwd: broken });
    expect([code, stderr]).toEqual([2, expect.stringContaining("error[pipeline-not-loaded]: the pipeline in pipeline.ts does not load")]);
  });
});
