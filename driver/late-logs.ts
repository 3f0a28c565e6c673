// Logs of a failed stage that services upload minutes late → a diagnosis from what is there in the end. Waits only while no
// cause is known and more may come, tells meanwhile what is known, and ends early when the user stops it: the result is
// then what is known by then.

import { diagnose } from "./diagnose.js";
import type { Failed } from "./diagnose.js";
import type { StageLogs } from "./engine.js";
import type { EventSink } from "./events.js";
import { lastWordsIn } from "./last-words.js";
import type { Problem } from "./problems.js";
import type { StageReport } from "./stage.js";

export interface LateLogs {
  /** Reads the logs as far as they are there. */
  readonly read: () => Promise<StageLogs>;
  /** Everything but the logs. */
  readonly failed: Omit<Failed, "logs">;
  readonly listen: EventSink;
  readonly now: () => Date;
  /** 0 to 1: nobody asks in step with others. */
  readonly random: () => number;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

export interface Judged {
  readonly problem: Problem;
  /** As the runner wrote it, or as it printed it where it could not. */
  readonly report: StageReport | undefined;
}

const FIRST_WAIT = 5000;
const LONGEST_WAIT = 60_000;
/** EMR needs 10 minutes at worst, by what mrjob waits for them; this covers it. */
export const LATE_LOGS_LIMIT_SECONDS = 900;

export async function diagnoseLate({ read, failed, listen, now, random, pause, signal }: LateLogs): Promise<Judged> {
  const started = now().getTime();
  for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * 2)) {
    const logs = await read();
    const report = failed.report ?? lastWordsIn(logs, { run: failed.run, stage: failed.stage.name });
    const problem = diagnose({ ...failed, report, logs });
    const left = LATE_LOGS_LIMIT_SECONDS * 1000 - (now().getTime() - started);
    if (logs.complete !== false || problem.class !== "unknown" || left <= 0 || signal.aborted) return { problem, report };
    const milliseconds = Math.min(left, wait * (0.5 + random() / 2));
    listen({ kind: "logs-awaited", stage: failed.stage.name, known: problem, place: logs.place, limitSeconds: LATE_LOGS_LIMIT_SECONDS, waitSeconds: milliseconds / 1000 });
    await pause(milliseconds, signal);
  }
}
