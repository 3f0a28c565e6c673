// One failing run of run_stage.py through spark-submit, on this computer. In: what is done to it. Out: everything it said.

import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { ChildProcess } from "node:child_process";
import type { StageEvent, StageFile, StageStep } from "../../driver/stage.js";
import { stageEvent } from "../../driver/stage.js";
import { executorOutputs, ownSparkHome } from "../endpoint/executors.js";
import { column, stageFile, startStage, step, type Bench } from "../emr/runtime/stage-bench.js";
import { HEAD, TABLE } from "./case.js";

export interface Treatment {
  /** The job's select; a good one when absent. */
  readonly select?: string;
  /** Instead of the one step of `select`. */
  readonly steps?: readonly StageStep[];
  readonly stage?: Partial<StageFile>;
  readonly conf?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Before everything else on the class path. */
  readonly jars?: readonly string[];
  /** Iceberg and the JDBC driver are left out. */
  readonly bare?: true;
  /** One executor in a JVM of its own, with so much memory in MB. */
  readonly executorMb?: number;
  /** In front of spark-submit, as a line of shell: a limit. */
  readonly before?: string;
  readonly program?: string;
  /** Place of stage.json, when it is not written to the bench's folder. */
  readonly told?: string;
  /** Called with each new event. */
  readonly onEvent?: (event: StageEvent, child: ChildProcess) => void;
}

export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly executors: readonly string[];
  readonly report: string | undefined;
  readonly events: string;
}

const GOOD = "select 'a' as name, 1L as claims";
const LIMIT_MILLISECONDS = 240_000;

export const fillStep = (select: string): StageStep => step({ table: TABLE, columns: [column("name"), column("claims", "bigint")], sql: HEAD + select });

export function stageOf(bench: Bench, { select = GOOD, steps, stage }: Treatment): StageFile {
  return stageFile(bench, { stage: "all", steps: steps ?? [fillStep(select)], ...stage });
}

export async function runSpark(given: Bench, treatment: Treatment): Promise<Ran> {
  const stage = stageOf(given, treatment);
  const folder = join(given.folder, "stages", stage.stage);
  for (const name of ["report.json", "events.jsonl"]) rmSync(join(folder, name), { force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "stage.json"), JSON.stringify(stage));
  const { executorMb, jars, program, conf = {}, env = {} } = treatment;
  const bench = benchOf(given, treatment);
  const home = executorMb === undefined ? {} : { SPARK_HOME: ownSparkHome({ sparkSubmit: given.toolchain.sparkSubmit, env: given.toolchain.env }, mkFolder(join(given.folder, `home-${String(Date.now())}`))) };
  const cluster = executorMb === undefined ? {} : { "spark.master": `local-cluster[1,1,${String(executorMb)}]`, "spark.executor.memory": `${String(executorMb)}m`, "spark.task.maxFailures": "1" };
  const child = startStage(bench, treatment.told ?? join(folder, "stage.json"), { conf: { ...cluster, ...conf }, env: { ...env, ...home }, ...(jars === undefined ? {} : { jars }), ...(program === undefined ? {} : { program }), stdout: "pipe" });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name]?.setEncoding("utf8").on("data", (text: string) => (said[name] += text));
  let seen = 0;
  const look = setInterval(() => {
    const events = eventsAt(folder).slice(seen);
    seen += events.length;
    for (const event of events) treatment.onEvent?.(event, child);
  }, 20);
  const limit = setTimeout(() => killGroup(child, "SIGKILL"), LIMIT_MILLISECONDS);
  const exitCode = await new Promise<number | null>((done) => child.on("close", (code, signal) => done(code ?? (signal === null ? null : 128 + constants.signals[signal]))));
  clearInterval(look);
  clearTimeout(limit);
  // When Java dies first, Python lives on for a moment to say why.
  for (let waited = 0; waited < 30 && exitCode !== 0 && !existsSync(join(folder, "report.json")); waited++) await new Promise((resolve) => setTimeout(resolve, 100));
  const text = (name: string): string | undefined => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : undefined);
  const executors = home.SPARK_HOME === undefined ? [] : executorOutputs(join(home.SPARK_HOME, "..")).map(({ stderr }) => stderr.toString("utf8"));
  return { exitCode, ...said, executors, report: text("report.json"), events: text("events.jsonl") ?? "" };
}

function benchOf(bench: Bench, { bare, before, jars, env }: Treatment): Bench {
  const { toolchain, folder } = bench;
  const isUsual = bare === undefined && before === undefined && jars === undefined && env?.["JAVA_HOME"] === undefined;
  let sparkSubmit = toolchain.sparkSubmit;
  if (before !== undefined) {
    sparkSubmit = join(folder, "limited-submit");
    writeFileSync(sparkSubmit, `#!/bin/sh\n${before}\nexec ${toolchain.sparkSubmit} "$@"\n`);
    chmodSync(sparkSubmit, 0o755);
  }
  // The archive of classes fits the usual class path and Java only.
  return { ...bench, toolchain: { ...toolchain, sparkSubmit, jars: bare === true ? [] : toolchain.jars, ...(isUsual ? {} : { archive: join(folder, "no-archive") }) } };
}

export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // Gone before the signal.
  }
}

function eventsAt(folder: string): readonly StageEvent[] {
  if (!existsSync(join(folder, "events.jsonl"))) return [];
  return readFileSync(join(folder, "events.jsonl"), "utf8").split("\n").slice(0, -1).map((line) => stageEvent.parse(JSON.parse(line)));
}

export function mkFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}
