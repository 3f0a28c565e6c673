// A cause that was known by a sign → the problem of its class, with the words, the statement and where the log says so.

import type { FailureClass } from "../failure-class.js";
import type { Place, Problem } from "../problems.js";
import type { Cause } from "./cause.js";
import type { Failed } from "./evidence.js";
import { templatePlace } from "./template-place.js";
import { firstSentence, saidIn, withoutClass } from "./words.js";

/** With less room than this, a stage that could not even leave its report died of it. */
const FULL_BYTES = 16 * 1024 * 1024;

/** The other causes would stop any statement: its template is not where they are mended. */
const ABOUT_SQL: ReadonlySet<FailureClass> = new Set<FailureClass>(["analysis", "missing-table", "data", "spark-limit"]);

export function bySign(failed: Failed, cause: Cause): Problem {
  const { run, logs, report, stage } = failed;
  const message = wordsOf(failed, cause);
  const seen = placeOf(cause);
  switch (cause.class) {
    case "driver-memory":
    case "executor-memory":
      return outOfMemory(failed, cause.class, message);
    case "disk-full":
      return diskFull(failed, message);
    case "cancelled":
      return { code: "run-cancelled", class: "cancelled", run, by: message };
    default: {
      const failure = report?.failure ?? undefined;
      // Who can still report was not killed itself.
      if (cause.class === "killed" && (failure === undefined || failure.detail["jvm_lost"] === true)) return died(failed, "killed");
      const at = failure === undefined || !ABOUT_SQL.has(cause.class) ? {} : templatePlace(failure, stage);
      return { code: "spark-failed", class: cause.class, message, log: logs.place, likely: [], run, ...stated(failed), ...seen, ...at };
    }
  }
}

export function outOfMemory(failed: Failed, of: Extract<FailureClass, "driver-memory" | "executor-memory">, message: string): Problem & { readonly code: "spark-out-of-memory" } {
  return { code: "spark-out-of-memory", class: of, message: withoutClass(message), memory: failed.memory, run: failed.run, ...stated(failed) };
}

/** The same words whether the stage could still report, only log, or neither: that is a matter of the last few bytes. */
export function diskFull({ logs, run }: Failed, message: string): Problem {
  if (!isFull(logs)) return { code: "disk-full", class: "disk-full", where: message, run };
  return { code: "disk-full", class: "disk-full", where: `the disk of ${logs.place}`, free: `${String(Math.floor((logs.freeBytes ?? 0) / 1024))} kB`, run };
}

export const isFull = ({ freeBytes }: Failed["logs"]): boolean => freeBytes !== undefined && freeBytes < FULL_BYTES;

export function died(failed: Failed, of: FailureClass, likely: readonly Place[] = []): Problem {
  const { exitCode, logs, run } = failed;
  const exit = exitCode === null ? (of === "killed" ? "was killed" : "ended") : `ended with exit code ${String(exitCode)}`;
  return { code: "spark-died", class: of, exit, log: logs.place, likely, run, ...stated(failed) };
}

/** The statement that was at work: by the report, else by the last event. */
export function statementOf({ report, events }: Pick<Failed, "report" | "events">): string | undefined {
  if (report?.failure != null) return report.failure.statement ?? undefined;
  const last = events.findLast(({ event }) => event === "statement-started" || event === "statement-finished");
  return last?.event === "statement-started" ? last.statement : undefined;
}

export function stated(failed: Pick<Failed, "report" | "events">): { readonly statement?: string } {
  const statement = statementOf(failed);
  return statement === undefined ? {} : { statement };
}

function wordsOf({ report }: Failed, { class: failure, evidence, line }: Cause): string {
  if (evidence.from !== "report" || report?.failure == null) return saidIn(line.text);
  const { message, detail } = report.failure;
  const exception = typeof detail["exception"] === "string" ? /\.(\w+)$/.exec(detail["exception"])?.[1] : undefined;
  // Spark's own sentences on SQL say all; others may be nothing but the name of a method.
  return exception === undefined || ABOUT_SQL.has(failure) ? firstSentence(message) : `${exception}: ${firstSentence(message)}`;
}

const placeOf = ({ evidence, line }: Cause): { readonly seen?: Place } => (evidence.place === undefined ? {} : { seen: { file: evidence.place, line: line.number } });
