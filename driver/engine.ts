// The seam between the data path and the place where Spark runs. Every method may be called again after an
// unclear answer without doing the work twice. No engine's own words appear here.

import type { StageEvent, StageFile, StageReport } from "./stage.js";
import type { Result } from "./problems.js";

export type EngineName = "local" | "emr" | "emr-serverless";

/** How to find a submitted stage again, from any process. `ref` is readable by its engine only. */
export interface StageHandle {
  readonly engine: EngineName;
  readonly ref: string;
}

export type StageState =
  | { readonly state: "running" }
  | { readonly state: "finished"; readonly exitCode: number | null }
  /** The engine knows nothing of it: it never started, or its record is gone. */
  | { readonly state: "lost" };

export interface StageLogs {
  /** Where the log stands, for people. */
  readonly place: string;
  /** Its last lines, some hundreds. */
  readonly tail: readonly string[];
  /** Room on the disk that the stage wrote to, now; absent where nobody can tell. */
  readonly freeBytes?: number;
}

export interface StageSettings {
  /** Spark settings of the application: memory, cores, catalog. */
  readonly conf: Readonly<Record<string, string>>;
  /** Names of environment variables that the stage needs (passwords by reference). */
  readonly env: readonly string[];
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
  cancel(handle: StageHandle): Promise<void>;
}
