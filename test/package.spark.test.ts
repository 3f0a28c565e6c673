// The package as its users get it: packed, installed into an empty folder, and used there, from the command and from
// code. Needs the packages it depends on from npm's cache or registry, and the tools in the cache folder.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE } from "./carelake.js";
import { blocksOf } from "./docs/blocks.js";
import { notPrinted } from "./docs/demo-output.js";

let folder = "";
let tarball = "";
const bundle = join(PACKAGE, "dist/bundle");
const filesOfTheBuild = (): Readonly<Record<string, number>> => Object.fromEntries(readdirSync(bundle).map((name) => [name, statSync(join(bundle, name)).ino]));
let builtBefore: Readonly<Record<string, number>> = {};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pack-"));
  builtBefore = filesOfTheBuild();
  run(PACKAGE, ["npm", "pack", "--silent", "--pack-destination", folder]);
  tarball = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "");
  mkdirSync(join(folder, "user"));
  writeFileSync(join(folder, "user/package.json"), '{ "name": "user", "version": "1.0.0", "type": "module", "private": true }\n');
  run(join(folder, "user"), ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", tarball]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

function run(cwd: string, [program = "", ...args]: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", CI: "1" }, maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${String(status)}\n${stdout}${stderr}`);
  return stdout;
}
const user = (...words: readonly string[]): string => run(join(folder, "user"), words);
const installed = (path: string): string => join(folder, "user/node_modules/carelake", path);

describe("the package", () => {
  it("holds what it needs and nothing else, in less than 4 MB", () => {
    const files = run(folder, ["tar", "-tzf", tarball]).trim().split("\n").map((file) => file.replace(/^package\//, ""));
    const needed = ["bin.mjs", "LICENSE", "README.md", "CHANGELOG.md", "docs/formats.md", "dist/driver/index.d.ts", "emr/runtime/run_stage.py", "templates/part-d/curated/drug_report.sql.hbs", "templates/init/gitignore", "sql/mysql/0001_publications.sql", "jobs/part-d/sample/README.md"];
    expect(needed.filter((file) => !files.includes(file))).toEqual([]);
    expect(files.filter((file) => /(^|\/)(test|__pycache__|\.tsbuildinfo|\.stamp|node_modules)(\/|$)|\.pyc$/.test(file))).toEqual([]);
    expect(statSync(tarball).size).toBeLessThan(4_000_000);
  });

  it("is packed, which builds, without taking a file away from the commands that run meanwhile", () => expect(filesOfTheBuild()).toEqual(builtBefore));

  it("says its version and lists its pipelines", () => {
    expect(user("npx", "carelake", "--version").trim()).toBe((JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { version: string }).version);
    expect(user("npx", "carelake", "list")).toContain("part-d/curated/drug_report");
  });

  it("plans its sample", () => {
    expect(user("npx", "carelake", "plan", "part-d", "--year", "2023", "--input", installed("jobs/part-d/sample"))).toContain("build  part-d/curated/prescriber_report@2023");
  });

  it("plans from code what the command plans", () => {
    writeFileSync(
      join(folder, "user/plan.mjs"),
      `import { definePipeline, defineJob, hasRows, plan } from "carelake";
const job = defineJob({ name: "one/curated/row", meaning: "One row.", grain: ["id"], columns: { id: { type: "int", meaning: "Id" } }, gates: [hasRows()] });
const pipeline = definePipeline({ name: "one", meaning: "One.", jobs: [job], stages: [{ name: "all", zones: ["curated"], size: "small" }] });
const texts = { "one/curated/row": "select 1 as id", "gates/has_rows": "select 1 where not exists (select * from {{table job}} where year = {{int year}})" };
const made = plan({ version: "1", pipeline, years: [2023], params: {}, templates: (name) => (texts[name] === undefined ? undefined : { file: name, text: texts[name] }), inputs: [], done: () => undefined, doneYears: () => [], engine: "local", lake: "lake", publishes: false, force: false });
console.log(JSON.stringify(made.ok ? made.value.stages[0].steps.map((step) => step.id) : made.problems));
`,
    );
    expect(user("node", "plan.mjs").trim()).toMatch(/one\/curated\/row@2023/);
  });

  it("has types that a strict project compiles against, the project of init included", () => {
    user("npx", "carelake", "init", "clinics");
    const compiler = join(PACKAGE, "node_modules/typescript/bin/tsc");
    const flags = ["--noEmit", "--strict", "--module", "nodenext", "--moduleResolution", "nodenext", "--target", "es2023", "--typeRoots", join(PACKAGE, "node_modules/@types"), "--types", "node"];
    user("node", compiler, ...flags, "clinics/pipeline.ts");
    writeFileSync(join(folder, "user/wrong.ts"), 'import { defineJob, hasRows } from "carelake";\nexport default defineJob({ name: "a/curated/b", meaning: "x", grain: ["nope"], columns: { id: { type: "int", meaning: "Id" } }, gates: [hasRows()] });\n');
    expect(() => user("node", compiler, ...flags, "wrong.ts")).toThrow(/nope/);
  });

  it("runs the demo to a report, and prints what README.md shows", () => {
    const output = user("npx", "carelake", "demo", "--out", "demo");
    const report = /report: (.+)$/m.exec(output)?.[1] ?? "";
    expect(existsSync(report)).toBe(true);
    const [shown] = blocksOf("README.md", readFileSync(join(PACKAGE, "README.md"), "utf8")).filter((block) => block.check === "demo");
    expect(notPrinted(shown?.text ?? "nothing shown", output.replaceAll("/demo/report/", "/carelake-demo/report/"))).toEqual([]);
  });
});
