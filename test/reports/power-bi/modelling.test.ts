// The built project before Microsoft's own parser of models, where its user names the program that has it:
// CARELAKE_POWERBI_MODELING (npm: @microsoft/powerbi-modeling-mcp, preview, never a part of carelake).

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadModel } from "../../../driver/local/modeling-server.js";
import { readProject } from "../../../reports/power-bi/check/project.js";
import type { ProjectFiles } from "../../../reports/power-bi/files.js";
import { buildIfStale, carelake } from "../../carelake.js";
import { project, writeProject } from "./built.js";

const program = process.env["CARELAKE_POWERBI_MODELING"] ?? "";
if (program === "") console.warn("skipped, because CARELAKE_POWERBI_MODELING names no program: the project before Microsoft's parser of models");

const MODEL = "part-d.SemanticModel";
const { tables, relationships } = readProject(project).project.model;
const held = { tables: tables.length, measures: tables.flatMap((each) => each.measures).length, relationships: relationships.length };
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "carelake-modelling-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(program === "")("Microsoft's parser", () => {
  const load = (more: { readonly exportTo?: string } = {}) => loadModel({ program, folder: join(folder, MODEL), env: process.env, ...more });

  it("loads every table, measure and relation of the built project", async () => {
    writeProject(project, folder);
    expect(await load()).toEqual({ ok: true, value: held });
  });

  it("writes the model again to the byte as it was built", async () => {
    writeProject(project, folder);
    const exportTo = join(folder, "exported");
    expect(await load({ exportTo })).toMatchObject({ ok: true });
    const files = readdirSync(exportTo, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".tmdl"));
    const built = [...project].filter(([path]) => path.endsWith(".tmdl"));
    expect(new Map(files.map((path) => [`${MODEL}/definition/${path}`, readFileSync(join(exportTo, path), "utf8")]))).toEqual(new Map(built));
  });

  it.each([
    ["a property that there is not", "tables/State", "\tlineageTag:", "\tlineageTags:", { document: "tables/State", line: 3, refused: expect.stringContaining("lineageTags is not a supported property") }],
    ["a type that is none", "tables/State", "dataType: string", "dataType: money", { document: "tables/State", line: 7, refused: expect.stringContaining("'money'") }],
    ["a relation to a column that is not there", "relationships", "State.'State code'", "State.Code", { refused: expect.stringContaining("refers to an object which cannot be found") }],
    ["a column twice", "tables/Drug utilization", "column drug_cost_usd", "column claim_count", { refused: expect.stringContaining("both declare the same property") }],
  ])("refuses %s, with its place", async (_, document, from, to, refusal) => {
    writeProject(changed(document, from, to), folder);
    expect(await load()).toEqual({ ok: true, value: refusal });
  });

  it("is asked by carelake report check --modeling, and its refusal stands among the findings", async () => {
    buildIfStale();
    const check = () => carelake({ args: ["report", "check", folder, "--modeling", program], cwd: folder });
    writeProject(project, folder);
    expect(await check()).toMatchObject({ code: 0, stdout: `Microsoft's parser loads ${MODEL}: ${String(held.tables)} tables, ${String(held.measures)} measures, ${String(held.relationships)} relationships\nnothing found\n` });
    writeProject(changed("tables/State", "\tlineageTag:", "\tlineageTags:"), folder);
    expect(await check()).toMatchObject({ code: 1, stdout: expect.stringContaining(`${MODEL}/definition/tables/State.tmdl:3 microsoft-parser: Unsupported property`) });
  });
});

function changed(document: string, from: string, to: string): ProjectFiles {
  const path = `${MODEL}/definition/${document}.tmdl`;
  const text = project.get(path) ?? "";
  expect(text).toContain(from);
  return new Map([...project, [path, text.replace(from, to)]]);
}
