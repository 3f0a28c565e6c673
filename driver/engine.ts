// The seam between the data path and the place where Spark runs. Every method may be called again after an
// unclear answer without doing the work twice. No engine's own words appear here.

import type { StageEvent, StageFile, StageReport } from "./stage.js";
import type { EndCause, Result } from "./problems.js";
import type { StageShape } from "./shape.js";

export type { EndCause };

export type EngineName = "local" | "emr" | "emr-serverless";

/** How to find a submitted stage again, from any process. `ref` is readable by its engine only. */
export interface StageHandle {
  readonly engine: EngineName;
  readonly ref: string;
}


export type StageState =
  /** `detail`: what it does or waits for, in the engine's words ("waits for the cluster: BOOTSTRAPPING"). */
  | { readonly state: "running"; readonly detail?: string }
  | { readonly state: "finished"; readonly exitCode: number | null; readonly cause?: EndCause; readonly reason?: string }
  /** It was never submitted, as far as anybody can tell: the same attempt may be submitted again. */
  | { readonly state: "lost" };

/** Used so far or in the end, as the service counts. Prices are not the engine's business. */
export type StageUsage =
  /** `final`: the service has said what it bills. */
  | { readonly engine: "emr-serverless"; readonly final: boolean; readonly billed: { readonly vCPUHour: number; readonly memoryGBHour: number; readonly storageGBHour: number }; readonly seconds: number }
  /** `shared`: the cluster served other stages too. `seconds`: of the step; of an instance from its order to its end, or to now. */
  | { readonly engine: "emr"; readonly final: boolean; readonly cluster: string; readonly shared: boolean; readonly seconds: number; readonly instances: readonly { readonly type: string; readonly market: "ON_DEMAND" | "SPOT"; readonly seconds: number }[] };

/** `number` counts from 1 in its own file. */
export interface LogLine {
  readonly number: number;
  readonly text: string;
}

/** One log file, or one that is looked for. */
export interface LogPart {
  readonly place: string;
  /** Whose words these are: the controller starts what runs on a cluster, the node is a machine that was being set up. */
  readonly process: "controller" | "driver" | "executor" | "node";
  readonly is: "read" | "empty" | "not there yet" | "not permitted" | "unreadable";
  /** Its last lines, and of what comes before them those that speak of trouble. */
  readonly lines: readonly LogLine[];
}

export interface StageLogs {
  /** Where the log stands, for people. */
  readonly place: string;
  /** Its last lines, some hundreds. */
  readonly tail: readonly string[];
  /** Room on the disk that the stage wrote to, now; absent where nobody can tell. */
  readonly freeBytes?: number;
  /** What `tail` was put together from, and what is still missing, in the order in which a cause is looked for. */
  readonly parts: readonly LogPart[];
  /** False while more may come: services upload logs minutes late. */
  readonly complete?: boolean;
}

export interface StageSettings {
  /** Spark settings of the application: memory, cores, catalog. */
  readonly conf: Readonly<Record<string, string>>;
  /** Names of environment variables that the stage needs (passwords by reference). */
  readonly env: readonly string[];
  /** What it runs on, where the engine has machines to choose. */
  readonly shape?: StageShape;
}

export interface Engine {
  readonly name: EngineName;
  /** Starts the stage. The caller has `handle` in the ledger before it waits for anything. */
  submit(stage: StageFile, settings: StageSettings): Promise<Result<StageHandle>>;
  describe(handle: StageHandle): Promise<StageState>;
  /** Events from `offset` (opaque, starts at 0) on. */
  events(handle: StageHandle, offset: number): Promise<{ readonly events: readonly StageEvent[]; readonly next: number }>;
  report(handle: StageHandle): Promise<StageReport | undefined>;
  logs(handle: StageHandle): Promise<StageLogs>;
  /** Returns when it is over. Throws a ProblemError (cancel-unfinished) when it still runs after a set time. */
  cancel(handle: StageHandle): Promise<void>;
  /** Milliseconds between two looks at a stage that the engine's limits allow; absent where looking costs nothing. */
  readonly pace?: number;
  /** Starts what the stage will run on ahead of its submission. May be called again; `submit` takes what is there. */
  prepare?(handle: StageHandle, settings: StageSettings): Promise<Result<void>>;
  /** The run is over: what was kept for its next stage is given back. */
  release?(run: string): Promise<void>;
  usage?(handle: StageHandle): Promise<StageUsage | undefined>;
}
