// How long a failed stage's logs are waited for, what is said meanwhile, and who ends it.

import { describe, expect, it } from "vitest";
import type { Failed } from "../../driver/diagnose.js";
import type { StageLogs } from "../../driver/engine.js";
import type { RunEvent } from "../../driver/events.js";
import { diagnoseLate, LATE_LOGS_LIMIT_SECONDS } from "../../driver/late-logs.js";
import type { StageReport } from "../../driver/stage.js";
import { plannedStage } from "../logs/case.js";

const PLACE = "s3://lake/logs/j-1/steps/s-1/";
const logs = (complete: boolean, ...lines: readonly string[]): StageLogs => ({
  place: PLACE,
  tail: lines,
  parts: [{ place: `${PLACE}stderr.gz`, process: "driver", is: lines.length === 0 ? "not there yet" : "read", lines: lines.map((text, index) => ({ number: index + 1, text })) }],
  complete,
});

interface Waiting {
  /** Logs by seconds after the end of the stage. */
  readonly at: (seconds: number) => StageLogs;
  readonly failed?: Partial<Omit<Failed, "logs">>;
  readonly random?: () => number;
  /** Seconds after which the user presses Ctrl-C. */
  readonly stopAfter?: number;
}

async function waited({ at, failed = {}, random = () => 1, stopAfter = Infinity }: Waiting) {
  let now = 0;
  const stop = new AbortController();
  const waits: number[] = [];
  const events: RunEvent[] = [];
  const judged = await diagnoseLate({
    read: async () => at(now / 1000),
    failed: { run: "7c1e-1", branch: "run_7c1e", stage: plannedStage({}), report: undefined, events: [], exitCode: null, service: { reason: "Unknown Error." }, memory: "8 GB", ...failed },
    listen: (event) => events.push(event),
    now: () => new Date(now),
    random,
    pause: async (milliseconds) => {
      waits.push(milliseconds / 1000);
      now += milliseconds;
      if (now / 1000 >= stopAfter) stop.abort();
    },
    signal: stop.signal,
  });
  return { ...judged, waits, events, seconds: now / 1000 };
}

const late = (seconds: number) => logs(seconds >= 600, ...(seconds >= 600 ? ["java.lang.OutOfMemoryError: Java heap space"] : []));

describe("logs that come ten minutes late", () => {
  it("are waited for with longer and longer pauses, and then tell the cause", async () => {
    const { problem, waits, seconds } = await waited({ at: late });
    expect(problem).toMatchObject({ code: "spark-out-of-memory", class: "driver-memory" });
    expect(waits.slice(0, 6)).toEqual([5, 10, 20, 40, 60, 60]);
    expect(seconds).toBeGreaterThanOrEqual(600);
    expect(seconds).toBeLessThanOrEqual(660);
  });

  it("are asked for at moments of one's own", async () => {
    const { waits } = await waited({ at: late, random: () => 0.5 });
    expect(waits.slice(0, 5)).toEqual([3.75, 7.5, 15, 30, 45]);
    expect(Math.min(...(await waited({ at: late, random: () => 0 })).waits)).toBeGreaterThanOrEqual(2.5);
  });

  it("are told to be missing, with what is known so far and the limit", async () => {
    const { events } = await waited({ at: late });
    expect(events[0]).toMatchObject({ kind: "logs-awaited", stage: "all", place: PLACE, limitSeconds: LATE_LOGS_LIMIT_SECONDS, waitSeconds: 5, known: { code: "spark-died", class: "unknown" } });
  });

  it("are waited for 15 minutes at most", async () => {
    const { problem, seconds } = await waited({ at: () => logs(false) });
    expect(problem.class).toBe("unknown");
    expect(seconds).toBe(LATE_LOGS_LIMIT_SECONDS);
  });

  it("need not be waited for: whoever stops gets the result that stands by then", async () => {
    const { problem, seconds } = await waited({ at: late, stopAfter: 30 });
    expect(problem).toMatchObject({ code: "spark-died", class: "unknown" });
    expect(seconds).toBe(35);
  });
});

describe("nobody waits", () => {
  const report: StageReport = {
    format: 1, run: "7c1e-1", stage: "all", outcome: "failed", spark: { version: "", application: "", iceberg: "" }, seconds: { session: 0, total: 0 },
    peak_memory_bytes: { driver_jvm: 0, driver_python: 0, executor_jvm: 0 }, steps: [], statements: [], gates: [], exports: [], forwarded: [], maintenance: [],
    failure: { kind: "analysis", message: "no such column", condition: "UNRESOLVED_COLUMN.WITH_SUGGESTION", sql_state: null, step: null, statement: "logs/fill@2023#insert", line: null, column: null, detail: {} },
  };

  it("where the report names the cause", async () => {
    expect(await waited({ at: () => logs(false), failed: { report } })).toMatchObject({ waits: [], problem: { code: "spark-analysis" } });
  });

  it("where the service names the cause", async () => {
    expect(await waited({ at: () => logs(false), failed: { service: { cause: "bootstrap", reason: "" } } })).toMatchObject({ waits: [], problem: { class: "bootstrap" } });
  });

  it("where all logs are there, or the engine's logs are never late", async () => {
    expect((await waited({ at: () => logs(true, "hello") })).waits).toEqual([]);
    const { complete: _, ...local } = logs(true, "hello");
    expect((await waited({ at: () => local })).waits).toEqual([]);
  });

  it("where the runner printed the report that it could not write", async () => {
    const printed = `carelake-report: ${JSON.stringify(report)}`;
    expect(await waited({ at: () => logs(false, printed) })).toMatchObject({ waits: [], report: { outcome: "failed" }, problem: { code: "spark-analysis", statement: "logs/fill@2023#insert" } });
    const bare = `carelake-report: ${JSON.stringify({ place: "s3://lake/stage.json", outcome: "failed", failure: { ...report.failure, kind: "spark", message: "Access Denied (Service: S3, Status Code: 403)" } })}`;
    expect(await waited({ at: () => logs(false, bare) })).toMatchObject({ waits: [], problem: { class: "access-denied" } });
    expect((await waited({ at: () => logs(false, printed.slice(0, -9)) })).report).toBeUndefined();
  });
});
