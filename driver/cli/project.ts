// The user's project: carelake.yaml in the working folder, their pipelines beside it, and the built-in ones.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { pipelines as builtIn } from "../../jobs/index.js";
import type { Config } from "../config.js";
import { NO_CONFIG, parseConfig } from "../config.js";
import { DEFAULT_PROFILE } from "../profile.js";
import type { Profile } from "../profile.js";
import type { Pipeline } from "../job.js";
import { checkPipeline } from "../pipeline-check.js";
import type { Problem, Result } from "../problems.js";
import { fail, ok, settle } from "../problems.js";
import type { Templates } from "../templates.js";
import { templatesIn } from "../templates.js";

export interface Project {
  /** Folder of carelake.yaml, or the working folder. */
  readonly folder: string;
  readonly config: Config;
  readonly pipelines: readonly Pipeline[];
  readonly templates: Templates;
}

/** Root of the package: where package.json, templates/ and emr/runtime/ stand, in a clone and installed alike. */
export const PACKAGE = packageRoot(dirname(fileURLToPath(import.meta.url)));

/** Script that set-up makes the archive of Spark's classes with. */
export const WARM_UP = join(PACKAGE, "emr/runtime/warm_up.py");

export const VERSION = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"))).version;

function packageRoot(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : packageRoot(dirname(folder));
}

export async function loadProject(cwd: string, file = "carelake.yaml"): Promise<Result<Project>> {
  const path = resolve(cwd, file);
  const config = existsSync(path) ? parseConfig(readFileSync(path, "utf8"), file) : ok(NO_CONFIG);
  if (!config.ok) return config;
  const folder = dirname(path);
  const own = await loadPipelines(config.value.pipelines, folder);
  if (!own.ok) return own;
  const pipelines = [...own.value, ...builtIn.filter((each) => !own.value.some((mine) => mine.name === each.name))];
  const problems = own.value.flatMap((pipeline, index) => {
    const at = { file: config.value.pipelines[index] ?? file };
    return checkPipeline(pipeline).map((problem): Problem => ({ ...problem, at }));
  });
  const templates = templatesIn([...config.value.templates.map((each) => resolve(folder, each)), PACKAGE]);
  return settle(problems, () => ({ folder, config: config.value, pipelines, templates }));
}

async function loadPipelines(files: readonly string[], folder: string): Promise<Result<readonly Pipeline[]>> {
  if (files.length === 0) return ok([]);
  // Written in TypeScript by their authors; `carelake` in them means this very package, installed or not.
  const { createJiti } = await import("jiti");
  const jiti = createJiti(join(folder, "carelake.yaml"), { alias: { carelake: join(PACKAGE, "dist/bundle/index.js") }, fsCache: false });
  const loaded: Pipeline[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    try {
      const module: unknown = await jiti.import(resolve(folder, file), { default: true });
      loaded.push(pipelineShape.parse(module));
    } catch (error) {
      problems.push(notLoaded(error, { file, folder }));
    }
  }
  return settle(problems, () => loaded);
}

/** Parsers tell the place at the end of their message; the loader tells which import was not found. */
function notLoaded(error: unknown, { file, folder }: { readonly file: string; readonly folder: string }): Problem {
  const whole = error instanceof z.ZodError ? (error.issues[0]?.message ?? "") : error instanceof Error ? error.message : String(error);
  const [, path, line, column] = /(\S+?):(\d+):(\d+)/.exec(whole) ?? [];
  const message = (whole.split("\n")[0] ?? "").replaceAll(`${folder}/`, "").replace(/\s+\S+:\d+:\d+$/, "").trim();
  if (path === undefined) return { code: "pipeline-not-loaded", file, message, at: { file } };
  const shown = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
  return { code: "pipeline-not-loaded", file, message, at: { file: shown, line: Number(line), column: Number(column) + 1 } };
}

const pipelineShape = z.custom<Pipeline>(
  (value) => z.object({ name: z.string(), meaning: z.string(), jobs: z.array(z.object({ name: z.string() })).min(1), stages: z.array(z.unknown()).min(1) }).safeParse(value).success,
  "its default export is no pipeline: export default definePipeline({ … })",
);

export function findPipeline(project: Project, name: string): Result<Pipeline> {
  const found = project.pipelines.find((pipeline) => pipeline.name === name);
  return found === undefined ? fail({ code: "unknown-pipeline", name, known: project.pipelines.map((each) => each.name) }) : ok(found);
}

/** A profile by name; `local` needs no carelake.yaml. */
export function findProfile(project: Project, name: string): Result<Profile> {
  const { profiles } = project.config;
  const found = profiles[name] ?? (name === "local" ? DEFAULT_PROFILE : undefined);
  return found === undefined ? fail({ code: "unknown-profile", name, known: Object.keys(profiles) }) : ok(found);
}
