// A former run for tests of sizes: one that is ordinary in everything that a test does not name.

import type { StageEvidence } from "../../../emr/sizing/evidence.js";

/** 2,400 task seconds on four executors of 4 vCPU and 16 GB, in 200 tasks: 150 s, and 50 s beside them. */
export function formerRun(rest: Omit<Partial<StageEvidence>, "ran"> & { readonly ran?: Partial<StageEvidence["ran"]> } = {}): StageEvidence {
  return {
    run: "1a2b3c4d-1",
    outcome: "succeeded",
    input_bytes: 10e9,
    seconds: 200,
    seconds_outside: 40,
    rows: 50_000_000,
    bytes_written: 1e9,
    shuffle_bytes: 2e9,
    spilled_bytes: 0,
    peak_task_bytes: 600e6,
    statements: [{ seconds: 160, run_seconds: 2400, cpu_seconds: 1900, tasks: 200 }],
    ...rest,
    ran: { engine: "emr-serverless", executors: 4, cores_per_executor: 4, memory_gb_per_core: 4, driver_gb: 8, ...rest.ran },
  };
}
