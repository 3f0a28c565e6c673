// A place to run real stages: a folder with its own warehouse, small builders of stage files, spark-submit.
// In: what `carelake setup` brought to this computer. Out: exit code, events, report, table refs.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { archiveOptions } from "../../../driver/local/class-archive.js";
import type { Machine } from "../../../driver/local/machine.js";
import { sparkSettings } from "../../../driver/local/spark-settings.js";
import { findToolchain, type Toolchain } from "../../../driver/local/toolchain.js";
import { testMachine } from "../../servers/machine.js";
import { warmMachine } from "../../servers/warm-spark.js";
import {
  exportManifest, stageEvent, stageReport, STAGE_FORMAT,
  type ExportManifest, type StageColumn, type StageEvent, type StageFile, type StageGate, type StageReport, type StageStep,
} from "../../../driver/stage.js";

export const RUNNER = resolve(import.meta.dirname, "../../../emr/runtime/run_stage.py");

/** Where every stage file of stageFile() writes. */
export const BRANCH = "branch_run_0123456789ab";

export interface Bench {
  readonly folder: string;
  readonly toolchain: Toolchain;
}

/** Throws with what is missing: a test that needs Spark is never skipped in silence. */
export async function newBench(name: string): Promise<Bench> {
  const toolchain = await toolchainOf(testMachine());
  const folder = mkdtempSync(join(tmpdir(), `carelake-${name}-`));
  mkdirSync(join(folder, "in"));
  return { folder, toolchain };
}

/** The same place for stages that nobody kills: they share the Spark that stays up. */
export const onWarm = async <B extends Bench>(bench: B): Promise<B> => ({ ...bench, toolchain: await toolchainOf(warmMachine()) });

async function toolchainOf(machine: Machine): Promise<Toolchain> {
  const toolchain = await findToolchain(machine);
  if (!toolchain.ok) throw new Error(`run carelake setup --for test: ${JSON.stringify(toolchain.problems)}`);
  return toolchain.value;
}

export function input(bench: Bench, name: string, bytes: string | Buffer): string {
  const path = join(bench.folder, "in", name);
  writeFileSync(path, bytes);
  return path;
}

export function column(name: string, type = "string", nullable = true): StageColumn {
  return { name, type, nullable, comment: `It's ${name}.` };
}

type StepParts = Partial<StageStep> & Pick<StageStep, "table" | "columns"> & { readonly sql: string };

/** A step that overwrites 2023 of a table; `sql` is its whole insert statement. */
export function step(parts: StepParts): StageStep {
  const { sql, ...rest } = parts;
  const year = parts.year ?? 2023;
  const id = `${parts.table.replace("lake.", "").replace(".", "/")}@${String(year)}`;
  return {
    id, job: id.split("@")[0] ?? id, fingerprint: "f1", year, mode: "build", write: "overwrite",
    statement: { id: `${id}#insert`, sql }, gates: [], ...rest,
  };
}

export function gate(parts: Partial<StageGate> & Pick<StageGate, "id" | "kind">): StageGate {
  return { name: `rule_${parts.id}`, severity: "error", tolerance: 0, ...parts };
}

export function stageFile(bench: Bench, parts: Partial<StageFile> & Pick<StageFile, "stage" | "steps">): StageFile {
  const at = join(bench.folder, "stages", parts.stage);
  return {
    format: STAGE_FORMAT, run: "run-1", plan: "plan-1", branch: "run_0123456789ab", exports: [],
    session: { "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "2" },
    events: join(at, "events.jsonl"), report: join(at, "report.json"), ...parts,
  };
}

export interface Outcome {
  readonly code: number | null;
  readonly events: readonly StageEvent[];
  readonly report: StageReport | undefined;
  readonly stderr: string;
}

interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly conf?: Readonly<Record<string, string>>;
  /** Behind everything else on the driver's class path, where they leave the class archive fit; first on an executor's. */
  readonly jars?: readonly string[];
  readonly stdout?: "ignore" | "pipe";
}

interface SubmitOptions extends StartOptions {
  /** Called with each new event and the process; may kill it. */
  readonly onEvent?: (event: StageEvent, child: ChildProcess) => void;
}

/** spark-submit of the runner; `told` is the place of stage.json. */
export function startStage(bench: Bench, told: string, { env, conf, jars = [], stdout = "ignore" }: StartOptions): ChildProcess {
  const { toolchain } = bench;
  const settings = sparkSettings({ profile: { cores: 2, memory: "1g", spark: {} }, lake: bench.folder, inputBytes: 0 });
  const all = {
    ...settings, ...conf,
    "spark.driver.extraClassPath": toolchain.jars.join(":"), "spark.executor.extraClassPath": [...jars, ...toolchain.jars].join(":"),
    "spark.driver.extraJavaOptions": [settings["spark.driver.extraJavaOptions"], ...archiveOptions(toolchain.archive)].join(" "),
  };
  const args = [...Object.entries(all).flatMap(([k, v]) => ["--conf", `${k}=${v}`]), RUNNER, told];
  // A process group of its own: a kill must reach Java and Python, as the death of a machine would.
  return spawn(toolchain.sparkSubmit, args, {
    cwd: bench.folder, detached: true, stdio: ["ignore", stdout, "pipe"],
    env: { ...process.env, ...toolchain.env, SPARK_DIST_CLASSPATH: jars.join(":"), ...env },
  });
}

export async function submit(bench: Bench, stage: StageFile, options: SubmitOptions = {}): Promise<Outcome> {
  const child = startStage(bench, tell(bench, stage), options);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const start = eventsSoFar(stage).length;
  let seen = start;
  const follow = setInterval(() => {
    const events = eventsSoFar(stage);
    for (const event of events.slice(seen)) options.onEvent?.(event, child);
    seen = events.length;
  }, 5);
  const code = await new Promise<number | null>((done) => child.on("close", done));
  clearInterval(follow);
  // When Java dies first, Python lives on for a moment to say why.
  if (code !== null && !existsSync(stage.report)) for (let i = 0; i < 50 && !existsSync(stage.report); i++) await new Promise((r) => setTimeout(r, 100));
  return { code, events: eventsSoFar(stage).slice(start), report: reportOf(stage), stderr };
}

function tell(bench: Bench, stage: StageFile): string {
  const folder = join(bench.folder, "stages", stage.stage);
  mkdirSync(folder, { recursive: true });
  const told = join(folder, "stage.json");
  writeFileSync(told, JSON.stringify(stage));
  return told;
}

const reportOf = (stage: StageFile): StageReport | undefined => (existsSync(stage.report) ? stageReport.parse(JSON.parse(readFileSync(stage.report, "utf8"))) : undefined);
const eventsSoFar = (stage: StageFile): readonly StageEvent[] => (existsSync(stage.events) ? readEvents(stage.events) : []);

/** Whole lines only: a killed writer may leave half a line, which the next attempt closes with a line feed. */
function readEvents(path: string): readonly StageEvent[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.flatMap((line) => {
    try {
      return [stageEvent.parse(JSON.parse(line))];
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  });
}

const metadata = z.object({
  refs: z.record(z.string(), z.object({ "snapshot-id": z.number() })).default({}),
  "current-schema-id": z.number(),
  schemas: z.array(z.object({ "schema-id": z.number(), fields: z.array(z.object({ name: z.string(), type: z.unknown() })) })),
});

/** Branches and columns of a table, from the newest metadata file of the Hadoop catalog. */
export function tableState(bench: Bench, table: string): { readonly refs: Record<string, string>; readonly columns: readonly string[] } {
  const folder = join(bench.folder, "warehouse", ...table.split(".").slice(1), "metadata");
  const version = Math.max(...readdirSync(folder).flatMap((f) => /^v(\d+)\.metadata\.json$/.exec(f)?.[1] ?? []).map(Number));
  // Snapshot ids are beyond what a JavaScript number holds: keep their digits, as text.
  const text = readFileSync(join(folder, `v${String(version)}.metadata.json`), "utf8");
  const ids = [...text.matchAll(/"([^"]+)"\s*:\s*\{\s*"snapshot-id"\s*:\s*(\d+)/g)].map((m) => [m[1] ?? "", m[2] ?? ""] as const);
  const parsed = metadata.parse(JSON.parse(text));
  const schema = parsed.schemas.find((s) => s["schema-id"] === parsed["current-schema-id"]);
  return { refs: Object.fromEntries(ids.filter(([name]) => name in parsed.refs)), columns: schema?.fields.map((f) => f.name) ?? [] };
}

export function manifest(directory: string): ExportManifest {
  return exportManifest.parse(JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")));
}

/** Lines of all segments in order. */
export function lines(directory: string): readonly string[] {
  return manifest(directory).segments.flatMap((s) => readFileSync(join(directory, s.file), "utf8").split("\n").slice(0, -1));
}
