// The runner's report where it could not write it: one line of what it printed. In: logs. Out: the report.

import type { StageLogs } from "./engine.js";
import { LAST_WORDS } from "./log-lines.js";
import type { StageReport } from "./stage.js";
import { STAGE_FORMAT, stageFailure, stageReport } from "./stage.js";

/** Undefined where nothing was printed, or only a part of it. */
export function lastWordsIn({ parts }: Pick<StageLogs, "parts">, { run, stage }: { readonly run: string; readonly stage: string }): StageReport | undefined {
  for (const { text } of parts.flatMap(({ lines }) => lines)) {
    if (!text.startsWith(LAST_WORDS)) continue;
    const said = parsed(text.slice(LAST_WORDS.length));
    const report = stageReport.safeParse(said);
    if (report.success) return report.data;
    // A stage that could not even read what it is told knows its failure and nothing else.
    const failure = typeof said === "object" && said !== null && "failure" in said ? stageFailure.safeParse(said.failure) : undefined;
    if (failure?.success === true) return { ...NOTHING_DONE, run, stage, failure: failure.data };
  }
  return undefined;
}

/** A report of a stage that came to nothing, but for whose it is. */
export const NOTHING_DONE: Omit<StageReport, "run" | "stage"> = {
  format: STAGE_FORMAT,
  outcome: "failed",
  spark: { version: "", application: "", iceberg: "" },
  seconds: { session: 0, total: 0 },
  peak_memory_bytes: { driver_jvm: 0, driver_python: 0, executor_jvm: 0 },
  steps: [],
  statements: [],
  gates: [],
  exports: [],
  forwarded: [],
  maintenance: [],
  failure: null,
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
