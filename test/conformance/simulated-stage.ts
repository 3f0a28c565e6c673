// Stands for Spark where only the driver is looked at: reads the stage.json that it is pointed to, takes a moment, keeps
// its "tables" as objects beside the lake's ledger, and writes events and report as emr/runtime/run_stage.py does. What is
// there under the same fingerprint is not built again, and a killed one leaves what it had committed and no report.

import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { NOTHING_DONE } from "../../driver/last-words.js";
import { placeOf } from "../../emr/s3/objects.js";
import type { StageEvent, StageFailure, StageFile, StageReport, StageStep, StatementMetrics, StepReport } from "../../driver/stage.js";
import { STAGE_EXIT } from "../../driver/stage.js";
import type { Exit, Run, Work } from "../endpoint/workplace.js";

export interface SimulatedWork {
  /** Folder of the attempt: StageHandle.ref. */
  readonly attempt: string;
  /** Steps that it built, and those that it found built. */
  readonly built: readonly string[];
  readonly found: readonly string[];
  readonly end: "reported" | "killed";
}

export interface Simulation {
  readonly run: Run;
  /** Every process that was started and is over. */
  readonly works: readonly SimulatedWork[];
}

/** `milliseconds`: what a stage takes; `now`: the clock that it tells its events by. */
export function simulation(client: S3Client, milliseconds: () => number, now = (): number => Date.now()): Simulation {
  const works: SimulatedWork[] = [];
  const run: Run = (work) => {
    const told = new AbortController();
    let isKilled = false;
    let finish: (exit: Exit) => void = () => undefined;
    const exit = new Promise<Exit>((resolve) => (finish = resolve));
    const process = new SimulatedStage({ client, told: told.signal, isKilled: () => isKilled, now: () => new Date(now()).toISOString() });
    void process.carryOut(work, milliseconds()).then(({ code, ...did }) => {
      works.push(did);
      finish(isKilled ? { code: null, signal: "SIGKILL" } : { code, signal: null });
    });
    const kill = (signal: "SIGTERM" | "SIGKILL"): void => {
      if (signal === "SIGKILL") isKilled = true;
      told.abort();
    };
    return { pid: undefined, exit, kill };
  };
  return { run, works };
}

const SNAPSHOT = "1";

class SimulatedStage {
  private events = 0;
  private readonly built: string[] = [];
  private readonly found: string[] = [];

  constructor(private readonly world: { readonly client: S3Client; readonly told: AbortSignal; readonly isKilled: () => boolean; readonly now: () => string }) {}

  async carryOut({ argv }: Work, milliseconds: number): Promise<SimulatedWork & { readonly code: number }> {
    const uri = argv.at(-1) ?? "";
    const attempt = uri.replace(/\/stage\.json$/, "");
    const stage = JSON.parse((await this.read(uri)) ?? "{}") as StageFile;
    if (stage.maintenance?.remove === true) for (const directory of stage.maintenance.exports) await this.remove(directory);
    const interrupted = await this.work(stage, milliseconds);
    if (this.world.isKilled()) return { attempt, built: this.built, found: this.found, end: "killed", code: 137 };
    const outcome = interrupted ? "failed" : "succeeded";
    await this.write(stage.report, JSON.stringify(this.report(stage, interrupted)));
    await this.emit(stage, { event: "stage-finished", at: this.world.now(), outcome });
    return { attempt, built: this.built, found: this.found, end: "reported", code: STAGE_EXIT[outcome] };
  }

  /** True when it was told to stop. */
  private async work(stage: StageFile, milliseconds: number): Promise<boolean> {
    await this.emit(stage, { event: "stage-started", at: this.world.now(), spark: "simulated", application: "simulated" });
    const toBuild: StageStep[] = [];
    for (const step of stage.steps) {
      await this.emit(stage, { event: "step-started", at: this.world.now(), step: step.id });
      await sleep(milliseconds / stage.steps.length, undefined, { signal: this.world.told }).catch(() => undefined);
      if (this.world.told.aborted) return true;
      if (step.rebuild !== true && (await this.read(tableOf(stage, step))) === step.fingerprint) this.found.push(step.id);
      else toBuild.push(step);
    }
    // As a stage does: nothing can be seen before everything is built.
    for (const step of toBuild) {
      await this.write(tableOf(stage, step), step.fingerprint);
      this.built.push(step.id);
      await this.emit(stage, { event: "forwarded", at: this.world.now(), table: step.table, snapshot: SNAPSHOT });
    }
    return false;
  }

  private report({ run, stage, steps, maintenance }: StageFile, interrupted: boolean): StageReport {
    const failure: StageFailure = { kind: "interrupted", message: "the stage was told to stop", condition: null, sql_state: null, step: null, statement: null, line: null, column: null, detail: {} };
    return {
      ...NOTHING_DONE,
      run,
      stage,
      outcome: interrupted ? "failed" : "succeeded",
      steps: steps.map((step) => this.stepReport(step)),
      statements: steps.map(statementReport),
      forwarded: steps.filter(({ id }) => this.built.includes(id)).map(({ table }) => table),
      maintenance: (maintenance?.tables ?? []).map((table) => ({ table, branches: [], snapshots: 0, orphan_files: 0, examples: [], removed: false })),
      failure: interrupted ? failure : null,
    };
  }

  private stepReport({ id, job, table, year, fingerprint }: StageStep): StepReport {
    const outcome = this.built.includes(id) ? "built" : this.found.includes(id) ? "already-built" : "not-reached";
    return { id, job, table, year, fingerprint, outcome, rows: outcome === "not-reached" ? null : 1, quarantined: null, snapshot: SNAPSHOT, seconds: SECONDS[zoneOf(job)] ?? 0, source: null };
  }

  private async emit({ events }: StageFile, event: StageEvent): Promise<void> {
    if (this.world.isKilled()) return;
    const number = String(++this.events).padStart(6, "0");
    await this.write(`${events.replace(/\.jsonl$/, "")}/${number}.jsonl`, `${JSON.stringify(event)}\n`);
  }

  private async write(uri: string, body: string): Promise<void> {
    await this.world.client.send(new PutObjectCommand({ ...placeOf(uri), Body: body }));
  }

  private async remove(directory: string): Promise<void> {
    const { Bucket, Key } = placeOf(`${directory}/`);
    const { Contents = [] } = await this.world.client.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
    for (const object of Contents) await this.world.client.send(new DeleteObjectCommand({ Bucket, Key: object.Key }));
  }

  private async read(uri: string): Promise<string | undefined> {
    try {
      return await (await this.world.client.send(new GetObjectCommand(placeOf(uri)))).Body?.transformToString("utf8");
    } catch (error) {
      if (error instanceof Error && error.name === "NoSuchKey") return undefined;
      throw error;
    }
  }
}

/**
 * What it says of itself: work that many cores make short, then work that none make shorter. Whoever sizes the next run
 * by it gives each stage machines of its own.
 */
const SECONDS: Readonly<Record<string, number>> = { raw: 300, cleansed: 300, curated: 3000 };
const TASK_SECONDS: Readonly<Record<string, number>> = { raw: 9000, cleansed: 9000, curated: 0 };
const zoneOf = (job: string): string => job.split("/")[1] ?? "";

function statementReport({ id, job }: StageStep): StatementMetrics {
  const seconds = TASK_SECONDS[zoneOf(job)] ?? 0;
  return { id: `${id}#insert`, seconds: seconds / 30, rows: 1, bytes: 1, files: 1, input_bytes: 1, input_rows: 1, shuffle_write_bytes: 0, memory_spilled_bytes: 0, disk_spilled_bytes: 0, peak_execution_memory_bytes: 0, executor_run_seconds: seconds, executor_cpu_seconds: seconds, tasks: 1000 };
}

/** Where the fingerprint of what readers see of a table's year stands. */
const tableOf = ({ report }: StageFile, { table, year }: StageStep): string => `${report.replace(/\/ledger\/.*$/, "")}/simulated/${table}/year=${String(year)}`;
