// A report → the folder of a Power BI project. Needs no database: Power BI loads the data itself.

import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Finding } from "../../reports/power-bi/check/finding.js";
import type { Report } from "../../reports/report.js";
import type { Result } from "../problems.js";
import { askParser, type Parsed } from "./ask-parser.js";
import type { Context } from "./context.js";
import { fail, ok } from "../problems.js";

export interface PowerBiProject {
  /** The file that Desktop opens. */
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

/** Writes the project, in place of what an earlier build wrote there. What Desktop keeps in `.pbi` stays. */
export async function buildPowerBi(report: Report, out: string): Promise<PowerBiProject> {
  const { powerBiProject, projectFolders } = await import("../../reports/power-bi/project.js");
  const files = powerBiProject(report);
  for (const folder of Object.values(projectFolders(report))) await rm(join(out, folder, "definition"), { recursive: true, force: true });
  for (const folder of new Set([...files.keys()].map((path) => dirname(join(out, path))))) await mkdir(folder, { recursive: true });
  for (const [path, text] of files) await writeFile(join(out, path), text);
  return { path: join(out, `${report.name}.pbip`), files: files.size, bytes: [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0) };
}

/** What the check may ask beside its own rules. */
export interface CheckWords {
  /** Folder with a copy of the published schemas: the shape of JSON files. */
  readonly schemas?: string | undefined;
  /** Program of Microsoft's modelling server: its parser of models. */
  readonly modeling?: string | undefined;
}

export interface Checked {
  readonly findings: readonly Finding[];
  /** Undefined where the parser was not asked. */
  readonly loaded: Parsed["loaded"] | undefined;
}

/** What breaks the rules of a project in the folder. */
export async function checkPowerBi(folder: string, { schemas, modeling }: CheckWords, env: Context["env"]): Promise<Result<Checked>> {
  const files = await projectFiles(folder);
  const found = await ownFindings(files, folder, schemas);
  if (!found.ok || modeling === undefined) return found.ok ? ok({ findings: found.value, loaded: undefined }) : found;
  const models = [...new Set([...files.keys()].flatMap((path) => /^(?:.*\/)?[^/]+\.SemanticModel(?=\/definition\/)/.exec(path)?.[0] ?? []))];
  const parsed = await askParser({ folder, models }, modeling, env);
  return parsed.ok ? ok({ findings: [...found.value, ...parsed.value.findings], loaded: parsed.value.loaded }) : parsed;
}

async function ownFindings(files: ReadonlyMap<string, string>, folder: string, schemas: string | undefined): Promise<Result<readonly Finding[]>> {
  if (![...files.keys()].some((path) => path.endsWith(".tmdl") || path.endsWith(".pbir"))) return fail({ code: "no-power-bi-project", folder });
  const [{ checkProject }, { schemaRules }] = await Promise.all([import("../../reports/power-bi/check/check.js"), import("../../reports/power-bi/check/schemas.js")]);
  if (schemas === undefined) return ok(await checkProject(files));
  const published = await publishedSchemas(schemas);
  return published.size === 0 ? fail({ code: "no-json-schemas", folder: schemas }) : ok(await checkProject(files, await schemaRules(published)));
}

const PROJECT_FILE = /\.(pbip|pbir|pbism|json|tmdl)$|(^|\/)\.platform$|(^|\/)\.pbi\//;

/** Files of the project by their path from the folder, with `/`. A folder that is not there has none. */
async function projectFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = found.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name).slice(join(folder, "/").length).replaceAll("\\", "/"));
  const texts = paths.filter((path) => PROJECT_FILE.test(path)).sort().map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const);
  return new Map(await Promise.all(texts));
}

/** Schemas of reports, models and what they share, by their path below the folder, which is that of their URL. */
export async function publishedSchemas(folder: string): Promise<ReadonlyMap<string, unknown>> {
  const names = (await readdir(join(folder, "fabric"), { recursive: true }).catch(() => [])).map((name) => `fabric/${name.replaceAll("\\", "/")}`);
  const wanted = names.filter((name) => /^fabric\/(item\/(report|semanticModel)|gitIntegration|pbip)\/.*\.json$/.test(name));
  return new Map(await Promise.all(wanted.map(async (name): Promise<[string, unknown]> => [name, JSON.parse(await readFile(join(folder, name), "utf8"))])));
}
