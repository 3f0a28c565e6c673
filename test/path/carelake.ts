// The command as a user starts it: bin.mjs in a project folder of its own. In: words, profile. Out: exit code, JSON, text.
// Never here: what a command should answer.

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { gateResult, stepReport, type GateResult, type StepReport } from "../../driver/stage.js";

const ROOT = resolve(import.meta.dirname, "../..");
export const SAMPLE = join(ROOT, "jobs/part-d/sample");

/** A folder with carelake.yaml; its lake is the folder `lake` in it. */
export interface Project {
  readonly folder: string;
  readonly lake: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A project whose profile `local` is `profile`. */
export function newProject(name: string, profile: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>> = {}): Project {
  const folder = mkdtempSync(join(tmpdir(), `carelake-${name}-`));
  writeFileSync(join(folder, "carelake.yaml"), stringify({ profiles: { local: { memory: "1536m", ...profile } } }));
  return { folder, lake: join(folder, "lake"), env };
}

const runAnswer = z.object({
  run: z.string(),
  steps: z.array(stepReport),
  gates: z.array(gateResult),
  published: z.object({ outcome: z.string(), tables: z.array(z.object({ table: z.string(), rows: z.number(), hash: z.string() })) }).nullable(),
});

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunAnswer extends Answer {
  readonly steps: readonly StepReport[];
  readonly gates: readonly GateResult[];
  readonly published: z.infer<typeof runAnswer>["published"];
}

export interface Options {
  /** Called with each piece of stderr and the process. */
  readonly onProgress?: (text: string, child: ChildProcess) => void;
}

export async function carelake(project: Project, words: readonly string[], options: Options = {}): Promise<Answer> {
  const child = spawn(process.execPath, [join(ROOT, "bin.mjs"), ...words], { cwd: project.folder, env: { ...process.env, ...project.env }, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.stderr += text;
    options.onProgress?.(text, child);
  });
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return { code, ...said };
}

/** A run that must succeed; its answer read. */
export async function run(project: Project, words: readonly string[], options: Options = {}): Promise<RunAnswer> {
  const answer = await carelake(project, ["run", "part-d", "--json", ...words], options);
  if (answer.code !== 0) throw new Error(`carelake run ended with ${String(answer.code)}\n${answer.stdout}\n${answer.stderr}`);
  return { ...answer, ...runAnswer.parse(JSON.parse(answer.stdout)) };
}

/** What the last run checked, by step and rule: a run that was stopped at a gate answers by its ledger. */
export async function gatesOfLastRun(project: Project): Promise<readonly GateResult[]> {
  const answer = await carelake(project, ["gates", "--json"]);
  return z.array(gateResult).parse(JSON.parse(answer.stdout));
}
