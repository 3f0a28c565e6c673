// What a run tells while it goes on. Data for any listener: the terminal's progress, JSON lines, a test.

import type { Problem } from "./problems.js";
import type { PublishEvent } from "./publish/set.js";
import type { RefreshEvent } from "./refresh/events.js";
import type { StageEvent } from "./stage.js";

export type RunEvent =
  | { readonly kind: "run-started"; readonly run: string; readonly plan: string; readonly steps: number; readonly skipped: number; readonly resumed: boolean }
  /** A source file on its way to the lake on S3. */
  | { readonly kind: "input-sent"; readonly file: string; readonly bytes: number; readonly of: number }
  | { readonly kind: "stage-submitted"; readonly stage: string; readonly attempt: number; readonly logs: string; readonly attached: boolean }
  /** Its machines are started while the stage before still runs. */
  | { readonly kind: "stage-prepared"; readonly stage: string; readonly reason: string }
  /** What it waits for, in the engine's words. */
  | { readonly kind: "stage-state"; readonly stage: string; readonly detail: string }
  | { readonly kind: "stage"; readonly stage: string; readonly event: StageEvent }
  /** The stage failed and nobody can say why before more of its logs has come. */
  | { readonly kind: "logs-awaited"; readonly stage: string; readonly known: Problem; readonly place: string; readonly limitSeconds: number; readonly waitSeconds: number }
  | { readonly kind: "stage-retried"; readonly stage: string; readonly reason: string; readonly waitSeconds: number }
  /** Dollars so far and by estimate to come, above the budget together. */
  | { readonly kind: "budget-forecast"; readonly budget: number; readonly spent: number; readonly toCome: number }
  /** The service does not tell what was used, so the budget is not held at the moment. */
  | { readonly kind: "cost-unknown"; readonly problem: Problem }
  | { readonly kind: "stage-finished"; readonly stage: string; readonly seconds: number }
  | { readonly kind: "publish"; readonly event: PublishEvent }
  | { readonly kind: "refresh"; readonly event: RefreshEvent }
  | { readonly kind: "cancelling"; readonly run: string };

export type EventSink = (event: RunEvent) => void;
