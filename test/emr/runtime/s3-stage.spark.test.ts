// Stages on S3: the same tables and segments as on local paths, to the byte, with executors in JVMs of their own; and
// what is left when something goes wrong.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StageExport, StageFile } from "../../../driver/stage.js";
import { SMALL_INPUT_JAVA } from "../../../driver/local/spark-settings.js";
import { findStandIns } from "../../../driver/local/stand-ins.js";
import { testMachine } from "../../servers/machine.js";
import { ASIDE, asideExport, CLEAN, cleanExport, cleanStep, csv, RAW, rawExport, rawStep, TOTAL, totalExport, totalStep, trapFiles, type Put } from "./claim-stage.js";
import { gate, input, lines, manifest, newBench, onWarm, stageFile, submit, type Bench } from "./stage-bench.js";
import { folderOf, manifestAt, names, newS3Bench, put, s3Stage, segmentsAt, submitS3, text, type S3Bench, type S3Outcome } from "./s3-bench.js";

const TABLES = [RAW, CLEAN, ASIDE, TOTAL];
const exports = (folder: string): readonly StageExport[] => [rawExport(folder), cleanExport(folder), asideExport(folder), totalExport(folder)];
/** Two executors, each a JVM of its own. */
const EXECUTORS = { "spark.master": "local-cluster[2,1,1024]", "spark.executor.memory": "1g", "spark.executor.extraJavaOptions": SMALL_INPUT_JAVA, "spark.executor.metrics.pollingInterval": "200" };

describe("a stage on S3", () => {
  let bench: S3Bench;
  let warm: S3Bench;
  let local: Bench;
  let stage: StageFile;
  let first: S3Outcome;
  const pending: Promise<void>[] = [];
  const putObject: Put = (name, bytes) => {
    const uri = `${bench.lake}/inputs/0f/${name}`;
    pending.push(put(bench, uri, bytes));
    return uri;
  };

  beforeAll(async () => {
    bench = await newS3Bench("s3");
    warm = await onWarm(bench);
    stage = s3Stage(bench, { stage: "first", steps: [rawStep(trapFiles(putObject)), cleanStep(), totalStep()], exports: exports(`${bench.lake}/exports`) });
    // What a killed attempt may have left.
    const raw = `${bench.lake}/exports/${RAW}`;
    for (const left of [`${raw}/part-00007.txt`, `${raw}/manifest.json`, `${raw}.part/part-00000-x.txt`, stage.report]) pending.push(put(bench, left, "{}"));
    await Promise.all(pending);
    first = await submitS3(bench, stage, { conf: EXECUTORS });
    local = await onWarm(await newBench("s3-twin"));
    const files = trapFiles((name, bytes) => input(local, name, bytes));
    const twin = await submit(local, stageFile(local, { stage: "first", steps: [rawStep(files), cleanStep(), totalStep()], exports: exports(join(local.folder, "export")) }));
    expect(twin.report?.failure).toBeNull();
  });
  afterAll(async () => {
    await bench.server.stop();
  });

  it("succeeds, with its report as one object and its events as numbered ones without a gap", () => {
    expect(first.report?.failure, first.stderr.slice(-3000)).toBeNull();
    expect(first.code).toBe(0);
    expect(first.objects.length).toBeGreaterThan(2);
    expect(first.objects).toEqual(first.objects.map((_, i) => `${String(i + 1).padStart(6, "0")}.jsonl`));
    expect(first.events[0]).toMatchObject({ event: "stage-started" });
    expect(first.events.at(-1)).toMatchObject({ event: "stage-finished", outcome: "succeeded" });
    const seconds = ((Date.parse(first.events.at(-1)?.at ?? "") - Date.parse(first.events[0]?.at ?? "")) / 1000) || 0;
    expect(first.objects.length).toBeLessThan(seconds / 2 + 4);
  });

  it("leaves the same rows, quarantine and segments as on local paths", async () => {
    expect(first.report?.steps.map((s) => [s.outcome, s.rows, s.quarantined])).toEqual([["built", 11, null], ["built", 7, 4], ["built", 7, null]]);
    for (const table of TABLES) {
      const [there, here] = [await manifestAt(bench, `${bench.lake}/exports/${table}`), manifest(join(local.folder, "export", table))];
      expect({ ...there, snapshot: "" }).toEqual({ ...here, snapshot: "" });
      expect((await segmentsAt(bench, `${bench.lake}/exports/${table}`)).split("\n").slice(0, -1)).toEqual(lines(join(local.folder, "export", table)));
    }
    const facts = first.report?.steps[0]?.source?.["files"];
    expect(facts).toEqual(expect.arrayContaining([expect.objectContaining({ name: "packed.csv.gz", lines: 2 }), expect.objectContaining({ name: "titles.csv", quoted_line_feeds: true })]));
  });

  it("leaves nothing but the segments and what belongs to the attempt", async () => {
    for (const table of TABLES) {
      const directory = `${bench.lake}/exports/${table}`;
      expect(await names(bench, directory)).toEqual(["manifest.json", ...(await manifestAt(bench, directory)).segments.map((s) => s.file)]);
      expect(await names(bench, `${directory}.part`)).toEqual([]);
    }
    expect((await names(bench, folderOf(stage))).filter((name) => !name.startsWith("events/"))).toEqual(["report.json", "stage.json"]);
  });

  it("measures across JVMs", () => {
    expect(first.report?.peak_memory_bytes.executor_jvm).toBeGreaterThan(20e6);
    expect(first.report?.peak_memory_bytes.driver_jvm).toBeGreaterThan(50e6);
    const insert = first.report?.statements.find((s) => s.id.startsWith("t_raw") && s.id.endsWith("#insert"));
    expect(insert).toMatchObject({ rows: 11 });
    for (const key of ["bytes", "files", "tasks", "executor_run_seconds", "seconds"] as const) expect(insert?.[key]).toBeGreaterThan(0);
  });

  it("does nothing twice, and goes on numbering events where an earlier start ended", async () => {
    const second = await submitS3(warm, stage);
    expect(second.report?.steps.map((s) => [s.outcome, s.rows, s.quarantined])).toEqual([["already-built", 11, null], ["already-built", 7, 4], ["already-built", 7, null]]);
    expect(second.report?.exports.map((e) => e.kept)).toEqual([true, true, true, true]);
    expect(second.report?.forwarded).toEqual([]);
    expect(second.objects.slice(0, first.objects.length)).toEqual(first.objects);
    expect(second.events.slice(0, first.events.length)).toEqual(first.events);
    expect(second.objects).toEqual(second.objects.map((_, i) => `${String(i + 1).padStart(6, "0")}.jsonl`));
  });

  it("says which gate failed, and which bytes are not UTF-8, and what is not there", async () => {
    const clean = cleanStep("f2");
    const failing = { ...clean, gates: [...clean.gates, gate({ id: "S9", kind: "set", statement: { id: "clean#S9", sql: `select npi from ${CLEAN}.branch_run_0123456789ab where year = 2023` } })] };
    await Promise.all(pending);
    const gated = await submitS3(warm, s3Stage(bench, { stage: "gate", steps: [rawStep(trapFiles(putObject), "f2"), failing] }));
    expect(gated.code).toBe(3);
    expect(gated.report).toMatchObject({ outcome: "gate-failed", failure: { kind: "gate", detail: { gates: ["S9"] } } });
    const latin = csv(putObject, "latin.csv", Buffer.concat([Buffer.from("npi,name,claims,cost\n1,é,11,1\n2,Ren"), Buffer.from([0xe9, 0x2c]), Buffer.from("11,1\n")]));
    await Promise.all(pending);
    const refused = await submitS3(warm, s3Stage(bench, { stage: "latin", steps: [rawStep([latin], "f5")] }));
    expect(refused.report?.failure).toMatchObject({ kind: "source", detail: { file: "latin.csv", byte: 36, line: 3 } });
    const absent = { ...latin, uri: `${bench.lake}/inputs/0f/absent.csv`, name: "absent.csv" };
    const missing = await submitS3(warm, s3Stage(bench, { stage: "absent", steps: [rawStep([absent], "f6")] }));
    expect(missing.report?.failure).toMatchObject({ kind: "source", detail: { file: "absent.csv", uri: absent.uri } });
  });

  it("reports by boto3 when Java is killed under it", async () => {
    const standIns = findStandIns(testMachine());
    if (!standIns.ok) throw new Error(JSON.stringify(standIns.problems));
    const packages = join(standIns.value.folder, "lib", `python${local.toolchain.spark.pythonVersion.split(".").slice(0, 2).join(".")}`, "site-packages");
    await Promise.all(pending);
    const killed = s3Stage(bench, { stage: "killed", steps: [rawStep(trapFiles(putObject), "f7"), cleanStep("f7")] });
    const seen = { killed: false };
    const outcome = await submitS3(bench, killed, {
      env: { PYTHONPATH: packages, AWS_ENDPOINT_URL: bench.server.endpoint },
      onEvent: (event, group) => {
        if (event.event === "stage-started" || seen.killed) return;
        seen.killed = true;
        process.kill(javaOf(group), "SIGKILL");
      },
    });
    expect(outcome.report).toMatchObject({ outcome: "failed", failure: { kind: "spark", detail: { jvm_lost: true } } });
    expect(await text(bench, `${folderOf(killed)}/report.json`)).toBeDefined();
  });

  // The last one: it ends the server.
  it("tells its report to the log when S3 has gone away", async () => {
    const lost = s3Stage(bench, { stage: "lost", steps: [rawStep(trapFiles(putObject), "f8")] });
    const impatient = { "spark.hadoop.fs.s3a.retry.limit": "1", "spark.hadoop.fs.s3a.attempts.maximum": "1", "spark.hadoop.fs.s3a.connection.establish.timeout": "2s" };
    const seen = { gone: false };
    const outcome = await submitS3(bench, lost, {
      conf: impatient,
      onEvent: (event) => {
        if (event.event !== "step-started" || seen.gone) return;
        seen.gone = true;
        void bench.server.kill();
      },
    });
    const said = outcome.stdout.split("\n").find((line) => line.startsWith("carelake-report: "))?.slice("carelake-report: ".length);
    expect(JSON.parse(said ?? "null"), outcome.stderr.slice(-3000)).toMatchObject({ stage: "lost", outcome: "failed", failure: { kind: "spark", message: expect.stringMatching(/onnect/) } });
  });
});

/** spark-submit execs Java, so the group's leader is the JVM that started Python. */
function javaOf(group: number): number {
  const command = readFileSync(`/proc/${String(group)}/cmdline`, "utf8");
  if (!command.includes("SparkSubmit")) throw new Error(`not Java: ${command}`);
  return group;
}
