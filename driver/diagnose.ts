// A stage that did not succeed → one probable cause, at the place in the template where there is one.
// Comes in: the stage's report, or the last lines of its log when it died without one.

import type { EndCause, StageLogs } from "./engine.js";
import type { PlannedStage } from "./plan.js";
import type { Place, Problem } from "./problems.js";
import { placeOf } from "./render.js";
import { offsetOf } from "./sql-text.js";
import type { GateResult, StageEvent, StageFailure, StageReport } from "./stage.js";

export interface Failed {
  readonly run: string;
  readonly branch: string;
  readonly stage: PlannedStage;
  readonly report: StageReport | undefined;
  /** What the stage told while it ran: all there is when it died without a report. */
  readonly events: readonly StageEvent[];
  readonly exitCode: number | null;
  /** What the service says of an end that is not the program's own doing. */
  readonly service?: { readonly cause: EndCause; readonly reason: string };
  readonly logs: StageLogs;
  /** Memory given to Spark, for the message. */
  readonly memory: string;
}

const LOG_LINES = 8;
/** With less room than this, a stage that could not even leave its report died of it. */
const FULL_BYTES = 16 * 1024 * 1024;

export function diagnose(failed: Failed): Problem {
  const { report, run, logs } = failed;
  if (report === undefined) return died(failed);
  const left = leftOf(failed, report);
  if (report.outcome === "gate-failed") {
    const gates = report.gates.filter((gate) => gate.verdict === "failed").map((gate) => gateText(gate, report));
    return { code: "gate-failed", gates, run, left };
  }
  const { failure } = report;
  // What a full disk let through of the report is not concluded from, but for tables that readers already see.
  if (failure?.kind === "disk-full" && report.forwarded.length === 0) return { ...causeOf(failure, failed), left: "no table changed for readers" };
  if (failure === null) return { code: "spark-failed", message: "the stage failed and did not say why", log: logs.place, excerpt: lastLines(logs), run, left };
  return { ...causeOf(failure, failed), left };
}

function causeOf(failure: StageFailure, failed: Failed): Problem {
  const { run, logs, memory, stage } = failed;
  const statement = failure.statement === null ? {} : { statement: failure.statement };
  const at = templatePlace(failure, stage);
  const message = firstSentence(failure.message);
  switch (failure.kind) {
    case "analysis": {
      const proposal = failure.detail["proposal"];
      return {
        code: "spark-analysis",
        message,
        statement: failure.statement ?? "",
        run,
        ...(typeof proposal === "string" ? { proposal } : {}),
        ...(failure.line === null ? {} : { renderedLine: failure.line }),
        ...at,
      };
    }
    case "contract":
      return { code: "contract-mismatch", table: stage.steps.find((step) => step.id === failure.step)?.table ?? failure.step ?? "", message: message.replaceAll(/\.`?branch_run_[0-9a-f]{12}`?/g, ""), run, ...at };
    case "source":
      return sourceProblem(failure, failed);
    case "out-of-memory":
      return { code: "spark-out-of-memory", message: withoutClass(message), memory, run, ...statement };
    case "disk-full":
      return diskFull(failed, message);
    case "interrupted":
      return { code: "run-cancelled", run };
    case "gate":
    case "spark":
    case "internal":
      if (failure.detail["jvm_lost"] === true) {
        const cause = causeInLog(failed);
        if (cause !== undefined) return { ...cause, ...statement };
      }
      return { code: "spark-failed", message, log: logs.place, excerpt: at.at === undefined ? lastLines(logs) : [], run, ...statement, ...at };
  }
}

function sourceProblem(failure: StageFailure, { run, logs }: Failed): Problem {
  const { file, byte, line, bytes, duplicate } = failure.detail;
  if (typeof file === "string" && typeof byte === "number") {
    return { code: "source-not-utf8", file, byte, bytes: typeof bytes === "string" ? bytes : "", at: { file, ...(typeof line === "number" ? { line } : {}) } };
  }
  if (Array.isArray(duplicate)) return { code: "source-duplicate-file", files: duplicate.map(String) };
  const { connection, url, user } = failure.detail;
  if (typeof connection === "string" && typeof url === "string" && typeof user === "string") {
    const { host, pathname } = new URL(url.replace(/^jdbc:/, ""));
    const base = { address: host, user, message: firstSentence(failure.message), run };
    return connection === "denied" ? { code: "postgres-access-denied", database: decodeURIComponent(pathname.slice(1)), ...base } : { code: "postgres-unreachable", ...base };
  }
  return { code: "spark-failed", message: firstSentence(failure.message), log: logs.place, excerpt: [], run };
}

/** The failing place in the executed SQL, told in the template's own lines. */
function templatePlace(failure: StageFailure, stage: PlannedStage): { at?: Place } {
  if (failure.statement === null) return {};
  for (const step of stage.steps) {
    const origin = step.origins[failure.statement];
    if (origin === undefined) continue;
    if (failure.line === null) return { at: { file: origin.file } };
    const texts = [step.statement, step.rows?.statement, step.quarantine?.statement, ...step.gates.map((gate) => gate.statement)];
    const sql = texts.find((text) => text?.id === failure.statement)?.sql ?? "";
    const offset = offsetOf(sql, failure.line, failure.column ?? 1);
    const text = /^(`[^`]*`|[\w.]+)/.exec(sql.slice(offset))?.[0];
    return { at: { ...placeOf(origin.map, offset, origin.file), ...(text === undefined ? {} : { text }) } };
  }
  return {};
}

function died(failed: Failed): Problem {
  const { run, logs, exitCode, service } = failed;
  const left = leftByEvents(failed);
  if (service !== undefined) return { code: "stage-ended", ...service, log: logs.place, excerpt: lastLines(logs), run, left };
  const cause = causeInLog(failed);
  // The runner may still say so itself before it goes; either way the answer is the same.
  if (cause?.code === "spark-out-of-memory") return { ...cause, ...statementByEvents(failed), left };
  // On a full disk the last events are lost too: nothing is concluded from them, but for tables that readers already see.
  if (cause !== undefined) return { ...cause, left: failed.events.some((event) => event.event === "forwarded") ? left : "no table changed for readers" };
  return { code: "spark-died", exit: exitCode === null ? "was killed" : `ended with exit code ${exitCode}`, log: logs.place, excerpt: lastLines(logs), run, left };
}

/** The statement that was at work when nothing more was told. */
function statementByEvents({ events }: Failed): { readonly statement?: string } {
  const last = events.findLast((event) => event.event === "statement-started" || event.event === "statement-finished");
  return last?.event === "statement-started" ? { statement: last.statement } : {};
}

function leftByEvents({ events, branch }: Failed): string {
  const forwarded = events.flatMap((event) => (event.event === "forwarded" ? [event.table] : []));
  if (forwarded.length > 0) return `visible already: ${forwarded.join(", ")}; run again to finish the others`;
  const built = events.some((event) => event.event === "step-finished" && event.report.outcome !== "failed" && event.report.outcome !== "not-reached");
  return built ? `no table changed for readers; what was written stays on branch ${branch} for a look` : "nothing was written";
}

/** What the log says of a process that could not say it itself. */
function causeInLog(failed: Failed): Problem | undefined {
  const { run, logs, exitCode, memory } = failed;
  const tail = logs.tail.join("\n");
  if (/OutOfMemoryError|Cannot allocate memory|GC overhead limit/.test(tail) || exitCode === 137) {
    return { code: "spark-out-of-memory", message: exitCode === 137 ? "the process was killed, most likely for its memory (exit code 137)" : withoutClass(lineWith(logs, /OutOfMemoryError|Cannot allocate memory|GC overhead limit/)), memory, run };
  }
  if (/No space left on device|Disk quota exceeded/.test(tail)) return diskFull(failed, lineWith(logs, /No space left|Disk quota/));
  // On a full disk there is no room for the log's last words either.
  if (isFull(logs)) return diskFull(failed, "");
  return undefined;
}

const isFull = (logs: StageLogs): boolean => logs.freeBytes !== undefined && logs.freeBytes < FULL_BYTES;

/** The same words whether the stage could still report, only log, or neither: that is a matter of the last few bytes. */
function diskFull({ logs, run }: Failed, message: string): Problem {
  if (!isFull(logs)) return { code: "disk-full", where: message, run };
  return { code: "disk-full", where: `the disk of ${logs.place}`, free: `${String(Math.floor((logs.freeBytes ?? 0) / 1024))} kB`, run };
}

function gateText(gate: GateResult, report: StageReport) {
  const step = report.steps.find((each) => each.id === gate.step);
  return {
    id: gate.id,
    name: gate.name,
    table: step?.table ?? gate.step,
    year: step?.year ?? 0,
    offenders: gate.offenders,
    rows: gate.rows,
    why: gate.reason ?? "",
    samples: gate.samples.map((sample) => Object.entries(sample).map(([name, value]) => `${name}=${String(value)}`).join(" ")),
  };
}

function leftOf({ branch }: Failed, report: StageReport): string {
  if (report.forwarded.length > 0) return `visible already: ${report.forwarded.join(", ")}; run again to finish the others`;
  const built = report.steps.filter((step) => step.outcome === "built" || step.outcome === "gate-failed" || step.outcome === "already-built");
  return built.length === 0 ? "nothing was written" : `no table changed for readers; what was written stays on branch ${branch} for a look`;
}

const firstSentence = (message: string): string => (message.split("\n")[0] ?? message).replace(/^\[[A-Z_.0-9]+\]\s*/, "").replace(/\s*SQLSTATE: \w+.*$/, "").replace(/ If necessary set .* to bypass this error/, "").replace(/ Did you mean one of the following\?.*$/, "").replace(/\.+$/, "");
const SMALL_TALK = /^\S+ \S+ (INFO|WARN) |^\s+(at |\.\.\. \d+ more)|^WARNING: Using incubator|^Using Spark's default log4j/;
/** The last lines that are neither Spark's small talk nor a stack. */
const lastLines = (logs: StageLogs): readonly string[] => logs.tail.filter((line) => !SMALL_TALK.test(line)).slice(-LOG_LINES);
const lineWith = (logs: StageLogs, pattern: RegExp): string => logs.tail.find((line) => pattern.test(line)) ?? "";
/** The runner tells the words alone, a log the class before them. */
const withoutClass = (message: string): string => message.replace(/^.*OutOfMemoryError:\s*/, "");
