// The classes of failed stages, as one closed union, and what each deserves: another try or none. Data only.
// The words for people are in driver/cli/failure-text.ts, the signs by which a class is known in driver/diagnosis/signs.ts.

/** In the order of docs/diagnosis.md: what the stage asks for, what it meets, what it runs on, what ends it. */
export const FAILURE_CLASSES = [
  "analysis", "missing-table", "data", "contract", "gate", "source",
  "access-denied", "s3-slow-down", "network", "jdbc", "commit-conflict", "damaged-data",
  "driver-memory", "executor-memory", "killed", "disk-full", "spark-limit",
  "release", "missing-part", "configuration",
  "bootstrap", "capacity", "quota", "instance-loss", "time-limit", "cancelled", "service", "gone", "unknown",
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/**
 * What the engine itself says of an end that is not the program's own doing; absent when the program just ended.
 * gone: it was submitted, and the service knows nothing of it any more.
 */
export type EndCause = Extract<FailureClass, "time-limit" | "cancelled" | "capacity" | "quota" | "bootstrap" | "instance-loss" | "configuration" | "service" | "gone">;

/** What comes after a failed attempt. `tries`: attempts in all; `waitSeconds`: before the second, each further wait twice as long. */
export type RetryRule =
  | { readonly again: "never" }
  | { readonly again: "after waiting"; readonly tries: number; readonly waitSeconds: number }
  /** Once, and only where the next size up is larger. */
  | { readonly again: "on more memory" }
  /** Once, and only where the engine takes a size of disk. */
  | { readonly again: "on more disk" };

const NEVER: RetryRule = { again: "never" };
const waiting = (tries: number, waitSeconds: number): RetryRule => ({ again: "after waiting", tries, waitSeconds });

/** What would fail again in the same way is never tried again. */
export const RETRY: Readonly<Record<FailureClass, RetryRule>> = {
  analysis: NEVER,
  "missing-table": NEVER,
  data: NEVER,
  contract: NEVER,
  gate: NEVER,
  source: NEVER,
  "access-denied": NEVER,
  "s3-slow-down": waiting(3, 120),
  network: waiting(2, 60),
  jdbc: NEVER,
  "commit-conflict": waiting(2, 30),
  "damaged-data": NEVER,
  "driver-memory": { again: "on more memory" },
  "executor-memory": { again: "on more memory" },
  killed: { again: "on more memory" },
  "disk-full": { again: "on more disk" },
  "spark-limit": NEVER,
  release: NEVER,
  "missing-part": NEVER,
  configuration: NEVER,
  bootstrap: waiting(2, 30),
  capacity: waiting(4, 120),
  quota: NEVER,
  "instance-loss": waiting(3, 10),
  "time-limit": NEVER,
  cancelled: NEVER,
  service: waiting(2, 60),
  gone: NEVER,
  unknown: NEVER,
};
