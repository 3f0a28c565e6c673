// carelake clean of a lake on S3: what is listed, what goes with --yes, and what stays. The stage that looks at the tables
// and removes exports is a job run of the endpoint: what it is told is seen here, what it does where Spark is real.

import { afterEach, expect, it } from "vitest";
import type { CleanRequest } from "../../driver/clean.js";
import { cleanLake } from "../../driver/clean.js";
import type { ExportFiles } from "../../driver/exports.js";
import { folderExports } from "../../driver/exports.js";
import { ledgerIn } from "../../driver/ledger.js";
import { s3Store } from "../../emr/s3/store.js";
import { serverlessEngine } from "../../emr/serverless/serverless.js";
import { pipelines } from "../../jobs/index.js";
import type { AwsPlace } from "./aws-place.js";
import { awsPlace, LAKE, settingsOf } from "./aws-place.js";

let place: AwsPlace | undefined;
afterEach(async () => {
  await place?.stop();
  place = undefined;
});

const REPORT = {
  format: 1, run: "clean", stage: "clean", outcome: "succeeded", spark: { version: "", application: "", iceberg: "" }, seconds: { session: 0, total: 0 },
  peak_memory_bytes: { driver_jvm: 0, driver_python: 0, executor_jvm: 0 }, steps: [], statements: [], gates: [], exports: [], forwarded: [], maintenance: [], failure: null,
};
const JOB = "part-d/curated/drug_report";
const LIVING = `${LAKE}/exports/${JOB}/year=2023/1111111111111111`;
const STALE = `${LAKE}/exports/${JOB}/year=2023/2222222222222222`;

it("lists exports that nobody needs and stages of former cleanings, and removes them when asked to", async () => {
  const aws = (place = await awsPlace((work, objects) => {
    const stage = work.argv.find((word) => word.endsWith("/stage.json")) ?? "";
    void objects.put(stage.replace("stage.json", "report.json"), JSON.stringify(REPORT));
    return { ms: 1000 };
  }));
  const { objects, endpoint } = aws;
  const made = serverlessEngine(aws.options());
  const engine = { ...made, pace: 1, describe: async (handle: Parameters<typeof made.describe>[0]) => {
    await endpoint.clock.advance(1000);
    return made.describe(handle);
  } };
  const store = s3Store(objects, `${LAKE}/ledger`);
  const ledger = ledgerIn(store);
  const [pipeline] = pipelines;
  if (pipeline === undefined) throw new Error("no pipeline");
  await ledger.saveDone({ job: JOB, year: 2023, fingerprint: "f", gates: "g", run: "r-1", at: "2026-11-01T00:00:00Z", rows: 1, seconds: 1, snapshot: null, loads: 1, export: { directory: LIVING, fingerprint: "f" } });
  // A console makes such objects when somebody makes a folder.
  await objects.put(`${LAKE}/ledger/done/${JOB}/`, "");
  for (const folder of [LIVING, STALE]) for (const file of ["part-00000.txt", "manifest.json"]) await objects.put(`${folder}/${file}`, "x");
  for (const run of ["clean-20260101000000000", "abcd1234-1"]) await objects.put(`${LAKE}/ledger/stages/${run}/clean-1/report.json`, "{}");
  const files: ExportFiles = {
    ...folderExports,
    place: (directory, file) => `${directory}/${file}`,
    list: async (directory) => [...new Set((await objects.list(`${directory}/`)).map(({ uri }) => uri.slice(directory.length + 1).split("/")[0] ?? ""))].sort(),
  };
  const request: CleanRequest = {
    pipeline, engine, settings: settingsOf(), ledger, lake: LAKE, files, removeFolder: async (folder) => objects.remove((await objects.list(`${folder}/`)).map(({ uri }) => uri)), store, remove: false, signal: new AbortController().signal,
    stageFolder: (run, stage, attempt) => `${LAKE}/ledger/stages/${run}/${stage}-${String(attempt)}`,
    owner: { host: "here", pid: 1, user: "ann" }, isAlive: () => true, now: () => new Date(endpoint.clock.now()),
  };
  const leftovers = { tables: [], exports: [STALE], stages: [`${LAKE}/ledger/stages/clean-20260101000000000`] };
  expect(await cleanLake(request)).toEqual({ ok: true, value: leftovers });
  expect(objects.all.has(`${STALE}/manifest.json`)).toBe(true);
  expect(await cleanLake({ ...request, remove: true })).toEqual({ ok: true, value: leftovers });
  const left = [...objects.all.keys()];
  expect(left.filter((uri) => uri.includes("/clean-2026010100"))).toEqual([]);
  const told = left.filter((uri) => uri.endsWith("/clean-1/stage.json")).map((uri) => (JSON.parse(objects.all.get(uri)?.toString() ?? "") as { maintenance: unknown }).maintenance);
  expect(told).toMatchObject([{ exports: [STALE], remove: false }, { exports: [STALE], remove: true }]);
  expect(left.filter((uri) => uri.startsWith(LIVING) || uri.includes("abcd1234-1"))).toHaveLength(3);
  expect(await cleanLake(request)).toMatchObject({ ok: true, value: { stages: [] } });
});
