// Who may tidy up while somebody works: decided with real processes, a shell script in place of Spark.

import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { cleanLake, type CleanRequest } from "../../driver/clean.js";
import { folderExports } from "../../driver/exports.js";
import { ledgerIn } from "../../driver/ledger.js";
import { folderStore } from "../../driver/local/folder-store.js";
import { acquireLock, type Owner } from "../../driver/lock.js";
import { pipelines } from "../../jobs/index.js";
import { fakeSparkEngine, submitStage } from "./local/fake-spark.js";
import { newFolder } from "./local/fakes.js";

const REPORT = {
  format: 1, run: "clean", stage: "clean", outcome: "succeeded", spark: { version: "", application: "", iceberg: "" }, seconds: { session: 0, total: 0 },
  peak_memory_bytes: { driver_jvm: 0, driver_python: 0, executor_jvm: 0 }, steps: [], statements: [], gates: [], exports: [], forwarded: [], maintenance: [], failure: null,
};
/** Reports at once when it is asked to tidy up; any other stage goes on for ever, and so does tidying in a folder with `slow`. */
const SCRIPT = `for stage; do :; done
here=$(dirname "$stage")
if grep -q '"maintenance"' "$stage" && ! [ -e "$here/../../../slow" ]; then cp "$here/../../../report" "$here/report.json"; exit 0; fi
while :; do sleep 0.1; done`;

const dead: Owner = { host: "here", pid: 1, user: "ann" };
const alive: Owner = { host: "here", pid: 2, user: "ann" };

function lake() {
  const root = newFolder();
  writeFileSync(join(root, "report"), JSON.stringify(REPORT));
  let counter = 0;
  const store = folderStore(join(root, "ledger"), () => String(counter++));
  const [pipeline] = pipelines;
  if (pipeline === undefined) throw new Error("no pipeline");
  const stop = new AbortController();
  const engine = fakeSparkEngine(root, { script: SCRIPT });
  const stageFolder = (run: string, stage: string, attempt: number): string => join(root, "stages", run, `${stage}-${String(attempt)}`);
  const request: CleanRequest = {
    pipeline, engine, settings: { conf: {}, env: [] }, ledger: ledgerIn(store), lake: root, files: folderExports, removeFolder: (folder) => rm(folder, { recursive: true }), stageFolder, remove: true, signal: stop.signal,
    store, owner: alive, isAlive: (owner) => owner.pid !== dead.pid, now: () => new Date(),
  };
  return { store, request, engine, stageFolder, stop, slow: () => writeFileSync(join(root, "slow"), "") };
}

it("nothing is removed under a stage that outlived its driver, and all of it once the stage has ended", async () => {
  const { store, request, engine, stageFolder } = lake();
  const pipeline = request.pipeline.name;
  const run = { run: "7c1e0000-1", plan: "7c1e", pipeline, years: [2023], engine: "local", startedAt: "2026-01-01T00:00:00Z", owner: dead, carelake: "0.1.0" };
  await store.write("runs/7c1e0000-1/run.json", JSON.stringify(run));
  await acquireLock({ ...request, pipeline, run: "7c1e0000", owner: dead });
  const handle = await submitStage(engine, stageFolder("7c1e0000-1", "all", 1));
  await request.ledger.record("7c1e0000-1", { event: "stage-submitted", at: "2026-01-01T00:00:01Z", stage: "all", attempt: 1, handle });

  const refused = await cleanLake(request);
  expect(refused.ok ? [] : refused.problems).toEqual([{ code: "run-in-progress", pipeline, run: "7c1e0000-1", owner: "Spark, whose driver (ann@here, process 1) is gone", since: "2026-01-01T00:00:01Z" }]);
  expect(await engine.describe(handle)).toEqual({ state: "running" });

  await engine.cancel(handle);
  expect((await cleanLake(request)).ok).toBe(true);
});

it("a clean that died is stopped by the next driver before that one works", async () => {
  const { request, engine, stageFolder } = lake();
  await acquireLock({ ...request, pipeline: request.pipeline.name, run: "clean-20260101", owner: dead });
  const left = await submitStage(engine, stageFolder("clean-20260101", "clean", 1));
  expect(await engine.describe(left)).toEqual({ state: "running" });
  expect((await cleanLake(request)).ok).toBe(true);
  expect((await engine.describe(left)).state).toBe("finished");
});

it("Ctrl-C ends its Spark and is told as that", async () => {
  const { request, slow, stop } = lake();
  slow();
  const [cleaned] = await Promise.all([cleanLake(request), sleep(500).then(() => stop.abort())]);
  expect(cleaned.ok ? [] : cleaned.problems).toMatchObject([{ code: "run-cancelled", run: expect.stringMatching(/^clean-\d+$/), left: expect.stringContaining("Spark was stopped") }]);
});
