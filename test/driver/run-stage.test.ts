// A stage that failed, from its end to what comes of it: its late logs, another try or none, and what the ledger holds.

import { join } from "node:path";
import { expect, it } from "vitest";
import type { Engine, StageLogs } from "../../driver/engine.js";
import type { RunEvent } from "../../driver/events.js";
import { ledgerIn } from "../../driver/ledger.js";
import { folderStore } from "../../driver/local/folder-store.js";
import { problemText } from "../../driver/cli/problem-text.js";
import type { Plan, PlannedStage } from "../../driver/plan.js";
import { ok } from "../../driver/problems.js";
import { profile as profileShape } from "../../driver/profile.js";
import { runStage } from "../../driver/run-stage.js";
import type { StageReport } from "../../driver/stage.js";
import { nextTry } from "../../emr/sizing/retry.js";
import { sizeStage } from "../../emr/sizing/sizing.js";
import { plannedStage } from "../logs/case.js";
import { newFolder } from "./local/fakes.js";

const SUCCEEDED: StageReport = {
  format: 1, run: "7c1e-1", stage: "all", outcome: "succeeded", spark: { version: "", application: "", iceberg: "" }, seconds: { session: 0, total: 0 },
  peak_memory_bytes: { driver_jvm: 0, driver_python: 0, executor_jvm: 0 }, steps: [], statements: [], gates: [], exports: [], forwarded: [], maintenance: [], failure: null,
};
const LATE_SECONDS = 120;

const PROFILE = profileShape.parse({ engine: "emr-serverless", lake: "s3://lake", emr_serverless: { maximum_vcpu: 64 } });
const SIZING = { engine: "emr-serverless", release: "emr-spark-8.1.0", profile: PROFILE } as const;

interface PlaceOptions {
  readonly printed?: string;
  readonly stopsWhileWaiting?: boolean;
  readonly stage?: PlannedStage;
  /** Dollars that the run may cost; each attempt takes half a dollar. */
  readonly usd?: number;
}

/** The first attempt ends of what the log says `LATE_SECONDS` later; the second succeeds. */
function place(words: string, { printed = "", stopsWhileWaiting = false, stage = plannedStage({}), usd }: PlaceOptions = {}) {
  const store = folderStore(join(newFolder(), "ledger"), () => "x");
  const stop = new AbortController();
  const events: RunEvent[] = [];
  const calls: string[] = [];
  let now = 0;
  const logs = (): StageLogs => {
    const complete = now >= LATE_SECONDS * 1000;
    const lines = complete ? [words, printed].map((text, index) => ({ number: index + 1, text })) : [];
    return { place: "s3://lake/logs/", tail: [], parts: [{ place: "s3://lake/logs/stderr.gz", process: "driver", is: complete ? "read" : "not there yet", lines }], complete };
  };
  const isFirst = (ref: string): boolean => ref.endsWith("all-1");
  const engine: Engine = {
    name: "emr-serverless",
    submit: async ({ report }) => {
      calls.push("submit");
      return ok({ engine: "emr-serverless", ref: report.replace("/report.json", "") });
    },
    describe: async ({ ref }) => (isFirst(ref) ? { state: "finished", exitCode: null, reason: "Unknown Error." } : { state: "finished", exitCode: 0 }),
    events: async () => ({ events: [], next: 0 }),
    report: async ({ ref }) => (isFirst(ref) ? undefined : SUCCEEDED),
    logs: async () => logs(),
    cancel: async () => void calls.push("cancel"),
  };
  const ledger = ledgerIn(store);
  const run = () =>
    runStage(stage, {
      run: { run: "7c1e-1", plan: "7c1e", pipeline: "logs", years: [2023], engine: "emr-serverless", startedAt: "2026-01-01T00:00:00Z", owner: { host: "here", pid: 1, user: "ada" }, carelake: "0.1.0" },
      plan: { branch: "run_7c1e", id: "7c1e", engine: "emr-serverless", stages: [stage] } as unknown as Plan,
      options: {
        engine, ledger, listen: (event) => events.push(event), signal: stop.signal, random: () => 1, memory: () => "8 GB", now: () => new Date(now),
        settings: () => ({ conf: {}, env: [] }), stageFolder: (id, stage, attempt) => `s3://lake/ledger/stages/${id}/${stage}-${String(attempt)}`,
        retry: (failed) => nextTry(failed, SIZING),
        ...(usd === undefined ? {} : { budget: { usd, spent: async (_, attempts) => attempts.map((each) => ({ stage: each.stage, attempt: each.attempt, usd: 0.5 })) } }),
        pause: async (milliseconds) => {
          now += milliseconds;
          if (stopsWhileWaiting) stop.abort();
        },
      },
    });
  return { run, ledger, events, calls, seconds: () => now / 1000 };
}

it("what passes by itself is tried again once its late logs have told so, and every attempt is in the ledger", async () => {
  const { run, ledger, events, seconds } = place("com.amazonaws.SdkClientException: Please reduce your request rate. (Service: S3, Status Code: 503)");
  expect(await run()).toMatchObject({ ok: true, value: { outcome: "succeeded" } });
  expect((await ledger.events("7c1e-1")).map((event) => (event.event === "stage-retried" ? `${event.event}: ${event.reason}` : event.event))).toEqual([
    "stage-submitted", "stage-finished", "stage-retried: S3 asked for fewer requests (attempt 1 of 3)", "stage-submitted", "stage-finished",
  ]);
  expect(events.map(({ kind }) => kind)).toContain("logs-awaited");
  expect(seconds()).toBeLessThan(LATE_SECONDS + 60 + 121);
});

it("what would fail again is not tried again", async () => {
  const { run, calls } = place("pyspark.errors.exceptions.captured.AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `clams` cannot be resolved");
  expect(await run()).toMatchObject({ ok: false, problems: [{ class: "analysis" }] });
  expect(calls).toEqual(["submit"]);
});

it("Ctrl-C while its logs are awaited ends the waiting: it has failed all the same, is not cancelled and not tried again", async () => {
  const { run, calls, seconds } = place("Please reduce your request rate", { stopsWhileWaiting: true });
  expect(await run()).toMatchObject({ ok: false, problems: [{ code: "spark-died", class: "unknown" }] });
  expect(seconds()).toBeLessThan(LATE_SECONDS);
  expect(calls).toEqual(["submit"]);
});

it("a stage that succeeded and could only print its report has succeeded", async () => {
  const { run, ledger } = place("", { printed: `carelake-report: ${JSON.stringify(SUCCEEDED)}` });
  expect(await run()).toMatchObject({ ok: true });
  expect(await ledger.reports("7c1e-1")).toMatchObject([{ outcome: "succeeded" }]);
});

it("a larger shape is tried under a budget that has room for its dollars, and refused by one that has not", async () => {
  const shape = sizeStage({ ...SIZING, size: "medium", inputBytes: 4e9, history: [] });
  if (!shape.ok) throw new Error("no shape");
  const stage = { ...plannedStage({}), shape: shape.value };
  const full = "java.io.IOException: No space left on device";
  const first = 0.5 + shape.value.estimate.usd["emr-serverless"];
  const wide = place(full, { stage, usd: first * 2 });
  expect(await wide.run()).toMatchObject({ ok: true });
  // Enough for the same shape once more, not for a larger one.
  const narrow = place(full, { stage, usd: first + 0.0001 });
  const ended = await narrow.run();
  expect(ended).toMatchObject({ ok: false, problems: [{ class: "disk-full" }, { code: "budget-exceeded", stage: stage.name, stopped: false, spent: [{ attempt: 1, usd: 0.5 }] }] });
  const [, refused] = ended.ok ? [] : ended.problems;
  expect(refused === undefined ? "" : problemText(refused)).toMatch(/so it was not submitted again\n {2}note: another try would have helped: its disk was full; once more on 80 GB an executor\n/);
  expect(narrow.calls).toEqual(["submit"]);
  expect((await narrow.ledger.events("7c1e-1")).map(({ event }) => event)).not.toContain("stage-retried");
});
