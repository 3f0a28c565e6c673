// The real thing: steps and job runs start spark-submit with the arguments they were given, read their program from S3,
// write Iceberg tables there, and their logs are found where the services put them.

import { AddJobFlowStepsCommand, DescribeStepCommand, EMRClient, RunJobFlowCommand } from "@aws-sdk/client-emr";
import { CancelJobRunCommand, CreateApplicationCommand, EMRServerlessClient, GetJobRunCommand, StartJobRunCommand } from "@aws-sdk/client-emr-serverless";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSeaweed, type SeaweedServer } from "../servers/seaweedfs.js";
import { startEndpoint, type Endpoint } from "./endpoint.js";
import { APPLICATION, CLUSTER, ROLE, step } from "./place.js";
import { sparkHere } from "./spark-here.js";

const PROGRAM = `
import sys, time
from words import greeting
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
table, what = sys.argv[1], sys.argv[2]
spark.sql(f"create table lake.test.{table} (id bigint) using iceberg")
spark.range(0, 1000, 1, 4).writeTo(f"lake.test.{table}").append()
print(greeting(), table, spark.table(f"lake.test.{table}").count(), flush=True)
if what == "fail": spark.sql("select no_such_column from lake.test." + table).show()
if what == "wait": time.sleep(600)
`;
const WORDS = 'def greeting():\n    return "rows of"\n';
const CONF = {
  "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
  "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
  "spark.sql.catalog.lake.type": "glue",
  "spark.sql.catalog.lake.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
  "spark.sql.catalog.lake.warehouse": "s3://lake/warehouse",
  "spark.executor.instances": "2",
};
const conf = Object.entries(CONF).flatMap(([key, value]) => ["--conf", `${key}=${value}`]);
const files = ["--py-files", "s3://lake/code/words.py", "s3://lake/code/program.py"];

const folder = mkdtempSync(join(tmpdir(), "endpoint-real-"));
let s3: SeaweedServer;
let endpoint: Endpoint;
let emr: EMRClient;
let serverless: EMRServerlessClient;
const put = (Key: string, Body: string) => s3.client.send(new PutObjectCommand({ Bucket: "lake", Key, Body }));

beforeAll(async () => {
  s3 = await startSeaweed({ folder: join(folder, "s3") });
  await Promise.all([put("code/program.py", PROGRAM), put("code/words.py", WORDS)]);
  endpoint = await startEndpoint({ s3, limits: false, spark: await sparkHere({ driverMemory: "1g", executors: { count: 1, cores: 1, memoryMb: 600 } }), folder: join(folder, "work") });
  const client = { endpoint: endpoint.url, region: "us-east-1", credentials: { accessKeyId: "AKIDTEST", secretAccessKey: "secret" } };
  [emr, serverless] = [new EMRClient(client), new EMRServerlessClient(client)];
});
afterAll(async () => {
  await endpoint.stop();
  await s3.stop();
  await rm(folder, { recursive: true, force: true });
});

async function logs(prefix: string): Promise<Readonly<Record<string, string>>> {
  await endpoint.clock.advance(60_000);
  await endpoint.settled();
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: "lake", Prefix: prefix }));
  const read = async (Key: string): Promise<[string, string]> => {
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: "lake", Key }));
    return [Key.slice(prefix.length), gunzipSync(Buffer.from((await Body?.transformToByteArray()) ?? [])).toString("utf8")];
  };
  return Object.fromEntries(await Promise.all(Contents.map(({ Key = "" }) => read(Key))));
}

async function until<T>(look: () => Promise<T>, isDone: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (isDone(seen)) return seen;
    await sleep(1_000);
  }
}

describe("a job run of EMR Serverless", () => {
  let applicationId = "";
  const start = async (table: string, what: string) => {
    applicationId ||= (await serverless.send(new CreateApplicationCommand(APPLICATION))).applicationId ?? "";
    const sparkSubmit = { entryPoint: "s3://lake/code/program.py", entryPointArguments: [table, what], sparkSubmitParameters: [...conf, "--py-files", "s3://lake/code/words.py"].join(" ") };
    const configurationOverrides = { monitoringConfiguration: { s3MonitoringConfiguration: { logUri: "s3://lake/logs" } } };
    return (await serverless.send(new StartJobRunCommand({ applicationId, clientToken: table, executionRoleArn: ROLE, jobDriver: { sparkSubmit }, configurationOverrides }))).jobRunId ?? "";
  };
  const look = async (jobRunId: string) => (await serverless.send(new GetJobRunCommand({ applicationId, jobRunId }))).jobRun;
  const over = (run: string) => until(() => look(run), (seen) => ["SUCCESS", "FAILED", "CANCELLED"].includes(seen?.state ?? ""));

  it("writes its table, bills its workers and leaves the logs of driver and executor", async () => {
    const run = await start("fine", "end");
    const done = await over(run);
    const found = await logs(`logs/applications/${applicationId}/jobs/${run}/`);
    expect(done, found["SPARK_DRIVER/stdout.gz"]).toMatchObject({ state: "SUCCESS", billedResourceUtilization: { vCPUHour: expect.any(Number) } });
    expect(done?.billedResourceUtilization?.vCPUHour).toBeGreaterThanOrEqual(0.2);
    expect(found["SPARK_DRIVER/stdout.gz"]).toBe("rows of fine 1000\n");
    expect(found["SPARK_EXECUTOR/0/stderr.gz"]).toContain("Executor");
    expect(endpoint.submissions.at(-1)?.rewriting).toContainEqual({ what: "spark.sql.catalog.lake.type", from: "glue", to: "hadoop", why: expect.any(String) });
  });

  it("that fails says how it exited in few words, and its driver's log says why", async () => {
    const run = await start("bad", "fail");
    expect(await over(run)).toMatchObject({ state: "FAILED", stateDetails: expect.stringContaining("ExitCode: 1. Last few exceptions: ") });
    expect((await logs(`logs/applications/${applicationId}/jobs/${run}/`))["SPARK_DRIVER/stdout.gz"]).toMatch(/AnalysisException: \[UNRESOLVED_COLUMN/);
  });

  it("that is cancelled is gone, its processes too", async () => {
    const run = await start("cancelled", "wait");
    await until(async () => endpoint.submissions.find(({ id }) => id === run), (seen) => seen !== undefined);
    await sleep(5_000);
    await serverless.send(new CancelJobRunCommand({ applicationId, jobRunId: run }));
    expect((await over(run))?.state).toBe("CANCELLED");
    expect(endpoint.submissions.at(-1)?.exit?.code).not.toBe(0);
  });
});

describe("a step of EMR on EC2", () => {
  let cluster = "";
  const add = async (table: string, what: string): Promise<string> => {
    cluster ||= (await emr.send(new RunJobFlowCommand({ ...CLUSTER, Configurations: [{ Classification: "spark-defaults", Properties: { "spark.sql.ansi.enabled": "true" } }] }))).JobFlowId ?? "";
    const Args = ["spark-submit", "--deploy-mode", "client", ...conf, ...files, table, what];
    return (await emr.send(new AddJobFlowStepsCommand({ JobFlowId: cluster, Steps: [step(table, { HadoopJarStep: { Jar: "command-runner.jar", Args } })] }))).StepIds?.[0] ?? "";
  };
  const look = async (StepId: string) => (await emr.send(new DescribeStepCommand({ ClusterId: cluster, StepId }))).Step?.Status;
  const over = (id: string) => until(() => look(id), (seen) => ["COMPLETED", "FAILED", "CANCELLED"].includes(seen?.State ?? ""));

  it("completes, and has its logs by step and by container", async () => {
    const id = await add("steady", "end");
    const status = await over(id);
    const found = await logs(`logs/${cluster}/`);
    expect(status?.State, found[`steps/${id}/stdout.gz`]).toBe("COMPLETED");
    expect(found[`steps/${id}/stdout.gz`]).toBe("rows of steady 1000\n");
    expect(found[`steps/${id}/controller.gz`]).toContain("Step succeeded with exitCode 0");
    expect(Object.keys(found).filter((key) => /^containers\/application_\d+_0001\/container_\d+_0001_01_000002\/stderr\.gz$/.test(key))).toHaveLength(1);
  });

  it("that loses its machine fails, and the next one runs", async () => {
    const id = await add("lost", "wait");
    await until(async () => endpoint.submissions.find((each) => each.id === id), (seen) => seen !== undefined);
    await sleep(5_000);
    endpoint.loseSpot(cluster);
    expect((await over(id))?.State).toBe("FAILED");
    expect(endpoint.submissions.at(-1)?.exit).toMatchObject({ signal: "SIGKILL" });
  });
});
