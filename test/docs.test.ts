// The documentation against what it speaks of. Every code block says in a comment how it is checked; here those that
// need no Spark, in driver/cli/init.spark.test.ts and package.spark.test.ts the others. A block nobody checks fails.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseConfig } from "../driver/config.js";
import { carelake, PACKAGE } from "./carelake.js";
import { addReadmeJob, initCommands } from "./docs/added-job.js";
import { blocksOf, commandsIn, indentedBlocks } from "./docs/blocks.js";
import { diagnosisPage, readmeWithCommands, rulesPage } from "./docs/generated.js";

const FILES = ["README.md", "CHANGELOG.md", "jobs/part-d/sample/README.md", ...readdirSync(join(PACKAGE, "docs")).map((name) => `docs/${name}`)];
const CHECKS = ["output", "scripts", "demo", "picture", "usage", "config", "init", "report", "job", "template", "workflow", "shell", "generated"];
const text = (file: string): string => readFileSync(join(PACKAGE, file), "utf8");
const blocks = FILES.flatMap((file) => blocksOf(file, text(file)));
const blocksFor = (check: string) => blocks.filter((block) => block.check === check);
const scripts = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(text("package.json"))).scripts;

/** Of the workflow and the shell scripts. */
const ciCommands = [
  ...blocksFor("workflow").flatMap(({ text: yaml }) => [...yaml.matchAll(/run: npx (carelake .+)$/gm)].map((match) => match[1] ?? "")),
  ...blocksFor("shell").flatMap(({ text: lines }) => commandsIn(lines)),
];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "docs-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("every text", () => {
  it("has no block that nobody checks", () => {
    expect(blocks.length).toBeGreaterThan(10);
    expect(blocks.filter(({ check }) => check === undefined || !CHECKS.includes(check)).map(({ file, line }) => `${file}:${String(line)}`)).toEqual([]);
  });

  it.each(FILES)("%s names only files and links that are there", (file) => {
    const known = (path: string): boolean => existsSync(join(PACKAGE, path)) || existsSync(join(PACKAGE, file, "..", path));
    const links = [...text(file).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1] ?? "");
    const paths = [...text(file).matchAll(/`((?:driver|jobs|templates|emr|reports|sql|test|docs)\/[\w./-]+)`/g)].map((match) => match[1] ?? "");
    expect([...links, ...paths].filter((path) => !known(path))).toEqual([]);
  });

  it.each(FILES)("%s names only scripts that package.json has", (file) => {
    const named = [...text(file).matchAll(/npm (?:run ([\w:]+)|(test)\b)/g)].map((match) => match[1] ?? match[2] ?? "");
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe("README.md", () => {
  it("keeps to 200 lines", () => expect(text("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(200));
  it("lists the commands as --help does (npm run docs)", async () => expect(text("README.md")).toBe(await readmeWithCommands(text("README.md"))));

  it.each(blocksFor("output"))("shows what the command prints, line $line", async (block) => {
    const [command = "", ...output] = block.text.split("\n");
    const args = command.replace("$ carelake ", "").split(" ");
    const { code, stdout } = await carelake({ args: [...args, "--lake", join(folder, "no-lake")], cwd: PACKAGE });
    // A plan's id is a hash of every rule and template: the text stays true when one of them changes.
    const withoutId = (shown: string): string => shown.replace(/^plan [0-9a-f]{12}:/, "plan <id>:").trimEnd();
    expect([code, withoutId(stdout)]).toEqual([0, withoutId(output.join("\n"))]);
  });

  it.each(blocksFor("usage").flatMap((block) => commandsIn(block.text)))("uses words that the command has: %s", async (command) => {
    const [, verb = "", ...words] = command.split(/\s+/);
    const { stdout, code } = await carelake({ args: [verb, "--help"], cwd: folder });
    expect(code).toBe(0);
    expect(words.filter((word) => word.startsWith("--") && !stdout.includes(` ${word} `))).toEqual([]);
  });

  it.each(blocksFor("report"))("builds the Power BI project of $file, which its check passes until a field is gone", async ({ file, text: block }) => {
    const cwd = join(folder, basename(file));
    mkdirSync(cwd);
    const said = [];
    for (const command of commandsIn(block)) said.push(await carelake({ args: command.split(" ").slice(1), cwd }));
    const [built, checked] = said;
    expect([built?.code, existsSync(join(cwd, "power-bi/part-d.pbip")), checked?.code, checked?.stdout.trim()]).toEqual([0, true, 0, "nothing found"]);
    const table = join(cwd, "power-bi/part-d.SemanticModel/definition/tables/Drug utilization.tmdl");
    writeFileSync(table, readFileSync(table, "utf8").replace("SUM('Drug utilization'[claim_count])", "SUM('Drug utilization'[claims_of_all])"));
    const broken = await carelake({ args: ["report", "check", "power-bi"], cwd });
    expect([broken.code, broken.stdout]).toEqual([1, expect.stringMatching(/Drug utilization\.tmdl:33 .*claims_of_all/)]);
  });

  it("makes a project, and adds a job by the definition and the template shown", async () => {
    const [init = [], enter = [], plan = []] = initCommands();
    expect([init, enter, plan[1]]).toEqual([["carelake", "init", "clinics"], ["cd", "clinics"], "plan"]);
    await carelake({ args: init.slice(1), cwd: folder });
    const project = join(folder, "clinics");
    const job = addReadmeJob(project);
    const planned = await carelake({ args: plan.slice(1), cwd: project });
    expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining(`${job}@2024`)]);
  });
});

describe("docs", () => {
  it("have the rules of the jobs (npm run docs)", () => expect(text("docs/rules.md")).toBe(rulesPage()));

  it("have the classes of failures (npm run docs)", () => expect(text("docs/diagnosis.md")).toBe(diagnosisPage()));

  it.each(blocksFor("config"))("$file:$line is a carelake.yaml that parses", (block) => {
    const parsed = parseConfig(block.text, block.file);
    expect(parsed.ok ? [] : parsed.problems).toEqual([]);
    expect(parsed.ok ? Object.keys(parsed.value.profiles).length : 0).toBeGreaterThan(0);
  });

  it("show a workflow that parses", () => {
    const [workflow] = blocksFor("workflow");
    const { jobs } = z.object({ jobs: z.record(z.string(), z.object({ "runs-on": z.string(), permissions: z.object({ "id-token": z.literal("write") }), steps: z.array(z.object({ run: z.string().optional(), uses: z.string().optional() })) })) }).parse(parse(workflow?.text ?? ""));
    expect(jobs["part-d"]?.steps.filter(({ run, uses }) => (run === undefined) === (uses === undefined))).toEqual([]);
    expect(ciCommands.length).toBeGreaterThan(8);
  });

  it.each(ciCommands)("shows a command of CI that carelake takes: %s", async (command) => {
    const words = command.replace(/ > \S+$/, "").split(/\s+/).slice(1);
    // Nobody is called prod here: what is wrong with the words would be told first.
    const told = await carelake({ args: words.includes("--json") ? words : [...words, "--json"], cwd: folder });
    expect([told.code, JSON.parse(told.stdout)]).toEqual([2, { problems: [expect.objectContaining({ code: "unknown-profile", name: "prod" })] }]);
  });

  it("shows a plan of CI that plans", async () => {
    const plan = ciCommands.find((command) => command.startsWith("carelake plan")) ?? "";
    const words = plan.replace(/ > \S+$/, "").replace("--profile prod", `--input ${join(PACKAGE, "jobs/part-d/sample")}`).split(" ").slice(1);
    const told = await carelake({ args: words, cwd: folder });
    expect([told.code, JSON.parse(told.stdout)]).toMatchObject([0, { pipeline: "part-d" }]);
  });

  it("name every key of carelake.yaml, and no other", () => {
    const sections = text("docs/profiles.md").split(/\n## /);
    const told = (title: string): readonly string[] => {
      const section = sections.find((each) => each.startsWith(`${title}\n`)) ?? "";
      return [...section.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? "");
    };
    expect(told("Top level")).toEqual(keysAt("zzqqxx: 1"));
    expect(told("A profile")).toEqual(keysAt("profiles: { p: { zzqqxx: 1 } }"));
    expect(told("mysql")).toEqual(keysAt("profiles: { p: { mysql: { user: u, password: { env: P }, database: d, zzqqxx: 1 } } }"));
    expect(told("postgres")).toEqual(keysAt("profiles: { p: { postgres: { user: u, password: { env: P }, database: d, zzqqxx: 1 } } }"));
  });

  it("show folders of the lake that a run makes", () => {
    const names = ["warehouse", "exports", "ledger"];
    expect(blocksFor("picture").find((block) => basename(block.file) === "formats.md")?.text.match(/<lake>\/(\w+)/g)).toEqual(names.map((name) => `<lake>/${name}`));
  });
});

it("the project of init tells three commands that it has", async () => {
  const [commands = ""] = indentedBlocks(text("templates/init/README.md"));
  const [list = "", plan = "", run = ""] = commandsIn(commands);
  expect([list, plan, run].map((command) => command.split(/\s+/)[1])).toEqual(["list", "plan", "run"]);
  const made = join(folder, "three");
  await carelake({ args: ["init", made], cwd: folder });
  for (const command of [list, plan]) expect((await carelake({ args: command.split(/\s+/).slice(1), cwd: made })).code).toBe(0);
});

/** Keys that the config knows at a place, as its own refusal of an unknown key tells them. */
function keysAt(yaml: string): readonly string[] {
  const parsed = parseConfig(yaml, "carelake.yaml");
  const problem = parsed.ok ? undefined : parsed.problems.find((each) => each.code === "config-invalid");
  return problem?.code === "config-invalid" ? (problem.message.split("known are ")[1]?.split(", ") ?? []) : [];
}
