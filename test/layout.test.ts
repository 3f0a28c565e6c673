// The structure of the project, held by its real imports: design in README.md, rules in test/layout/rules.ts.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pipelines } from "../jobs/index.js";
import { arrowBreaches, breachText, budgetBreaches, cycleBreaches, doorBreaches, nameBreaches, worldBreaches } from "./layout/rules.js";
import { readSource, sourcesIn } from "./layout/source.js";

const ROOT = join(import.meta.dirname, "..");
const sources = sourcesIn(["driver", "jobs", "emr", "reports"]);
const texts = (breaches: readonly Parameters<typeof breachText>[0][]): string => breaches.map(breachText).join("\n");

describe("the sources", () => {
  it("are all seen, with their imports", () => {
    expect(sources.length).toBeGreaterThan(80);
    expect(sources.find(({ file }) => file === "driver/planner.ts")?.imports.map((each) => each.target)).toContain("driver/plan-steps.ts");
    const missing = sources.flatMap(({ file, imports }) => imports.filter((each) => each.isOurs && !existsSync(join(ROOT, each.target))).map((each) => `${file} → ${each.target}`));
    expect(missing).toEqual([]);
  });

  it("import along the arrows only", () => expect(texts(arrowBreaches(sources))).toBe(""));
  it("import every vendor through its one door", () => expect(texts(doorBreaches(sources))).toBe(""));
  it("get clock, environment, chance and console from driver/cli", () => expect(texts(worldBreaches(sources))).toBe(""));
  it("import nobody in a circle, type imports included", () => expect(texts(cycleBreaches(sources))).toBe(""));
  it("are named for stages and owners", () => expect(texts(nameBreaches(sources.map(({ file }) => file)))).toBe(""));
  it("keep the budgets", () => expect(texts(budgetBreaches(sources))).toBe(""));

  it("have a median of at most 80 lines", () => {
    const lines = sources.map((source) => source.lines).sort((a, b) => a - b);
    expect(lines[Math.floor(lines.length / 2)]).toBeLessThanOrEqual(80);
  });
});

describe("one name finds everything", () => {
  const jobs = pipelines.flatMap((pipeline) => pipeline.jobs);

  it.each(jobs.map((job) => job.name))("%s has its definition and its template", (name) => {
    expect(existsSync(join(ROOT, `jobs/${name}.ts`))).toBe(true);
    expect(existsSync(join(ROOT, `templates/${name}.sql.hbs`))).toBe(true);
  });
});

describe("the rules can be broken", () => {
  const broken = (file: string, text: string) => readSource(file, text);

  it("tells the arrow, the rule and the way out", () => {
    const source = broken("jobs/part-d/sources.ts", 'import type { Plan } from "../../driver/plan.js";\n');
    expect(texts(arrowBreaches([source]))).toBe(
      "jobs/part-d/sources.ts:1 → driver/plan.ts\n  rule: jobs/ are data: they import driver/job.ts and driver/standard-gates.ts only\n  way out: move what computes into the driver",
    );
  });

  it.each([
    ["driver/plan.ts", 'export { x } from "./cli/present.js";'],
    ["driver/plan.ts", 'const { x } = await import("../reports/sql.js");'],
    ["driver/plan.ts", 'type X = import("../jobs/index.js").X;'],
    ["reports/sql.ts", 'import { plan } from "../driver/plan.js";'],
    ["shared/x.ts", ""],
  ])("an arrow of %s by: %s", (file, text) => expect(arrowBreaches([broken(file, text)])).toHaveLength(1));

  it.each([
    ["driver/plan.ts", 'import mysql from "mysql2/promise";'],
    ["driver/publish.ts", 'import { spawn } from "node:child_process";'],
    ["driver/cli/project.ts", 'import Handlebars from "handlebars";'],
    ["driver/local/engine.ts", 'import { S3 } from "@aws-sdk/client-s3";'],
  ])("a door by %s: %s", (file, text) => expect(doorBreaches([broken(file, text)])).toHaveLength(1));

  it.each(["console.log(1)", "process.env.X", "Date.now()", "new Date()", "Math.random()"])("the world by %s", (text) =>
    expect(worldBreaches([broken("driver/plan.ts", text)])).toHaveLength(1),
  );

  it("a circle by a type", () => {
    const two = [broken("driver/a.ts", 'import type { B } from "./b.js";'), broken("driver/b.ts", 'import { a } from "./a.js";')];
    expect(cycleBreaches(two).map(({ what }) => what)).toEqual(["driver/a.ts → driver/b.ts → driver/a.ts"]);
  });

  it("a name, a length, a width, an any", () => {
    expect(nameBreaches(["driver/utils.ts", "driver/common/plan.ts", "driver/plan.ts"])).toHaveLength(2);
    const text = `function wide(a: any, b: string, c: string, d: string) {\n${"  f();\n".repeat(300)}}\n`;
    expect(budgetBreaches([broken("driver/plan.ts", text)]).map(({ rule }) => rule)).toEqual(["at most 250 lines", "a function has at most 60 lines", "at most 3 positional params", "no any"]);
  });
});
