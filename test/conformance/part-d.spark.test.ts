// Part D's sample on both services, published to MySQL, by the shell scripts of docs/ci.md as they stand there: the rows
// that the files say, computed a second time by DuckDB, and the content hash that the same year has when it is run on this
// computer (test/path/sample.spark.test.ts).

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { PACKAGE } from "../carelake.js";
import { blocksOf } from "../docs/blocks.js";
import { junitFaults, readXml } from "../driver/cli/junit-schema.js";
import { SAMPLE } from "../path/carelake.js";
import { CURATED, openSampleSources, SAMPLE_HASHES } from "../path/expected-part-d.js";
import { columnsOf, contents, differences, openLake } from "../path/lake.js";
import { startMoto, type MotoServer } from "../servers/moto.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { ROLE, startAws, type AwsPlace } from "./aws-project.js";
import { AWS_ENGINES, type AwsEngine } from "./history.js";
import { download } from "./scene.js";

const folder = mkdtempSync(join(tmpdir(), "part-d-"));
const answer = z.object({ published: z.object({ tables: z.array(z.object({ table: z.string(), hash: z.string() })) }) });
const TABLES = 16;
/** Submits and waits, with everything that a page of CI keeps; submits and leaves, for somebody to come back. */
const [WAITS = "", LEAVES = ""] = blocksOf("docs/ci.md", readFileSync(join(PACKAGE, "docs/ci.md"), "utf8")).filter(({ check }) => check === "shell").map(({ text }) => text);
/** In docs/ci.md a run has some id. */
const SOME_RUN = "1a2b3c4d-1";
let aws: AwsPlace;
let server: MySqlServer;
let moto: MotoServer;
const read: Partial<Record<AwsEngine, Readonly<Record<string, string>>>> = {};

beforeAll(async () => {
  [aws, server, moto] = await Promise.all([startAws({ folder, warm: true }), startTestMySql(), startMoto({ folder: join(folder, "moto") })]);
  const root = await connectAsRoot(server);
  for (const engine of AWS_ENGINES) {
    await root.query(`create database ${databaseOf(engine)}`);
    const mysql = { host: server.host, port: server.port, user: server.rootUser, password: { env: "MYSQL_PASSWORD" }, database: databaseOf(engine), tls: "off" };
    mkdirSync(join(folder, engine));
    writeFileSync(join(folder, engine, "carelake.yaml"), stringify({ profiles: { prod: { engine, lake: `${aws.root}/${engine}`, input: SAMPLE, mysql, ...aws.words(engine) } } }));
  }
  await root.end();
  const iam = new IAMClient({ endpoint: moto.endpoint, region: "us-east-1", credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" } });
  const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "emr-serverless.amazonaws.com" }, Action: "sts:AssumeRole" }] };
  await iam.send(new CreateRoleCommand({ RoleName: ROLE.replace(/^.*\//, ""), AssumeRolePolicyDocument: JSON.stringify(trust) }));
  iam.destroy();
  writeFileSync(join(folder, "carelake"), `#!/bin/sh\nexec '${process.execPath}' '${join(PACKAGE, "bin.mjs")}' "$@"\n`, { mode: 0o755 });
});
afterAll(async () => {
  await Promise.all([server.stop(), aws.stop(), moto.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const databaseOf = (engine: AwsEngine): string => `part_d_${engine.replace("-", "_")}`;

/** Runs a script in the project of an engine until a command fails. */
async function shell(script: string, engine: AwsEngine): Promise<{ readonly code: number | null; readonly said: string }> {
  const { PATH = "", HOME = "" } = process.env;
  const services = { AWS_ENDPOINT_URL: moto.endpoint };
  const child = spawn("/bin/sh", ["-ec", script], { cwd: join(folder, engine), env: { ...aws.env, ...services, PATH: `${folder}:${PATH}`, HOME, CI: "true", MYSQL_PASSWORD: server.rootPassword } });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return { code, said };
}
const left = (engine: AwsEngine, name: string): unknown => JSON.parse(readFileSync(join(folder, engine, name), "utf8"));
const published = (engine: AwsEngine): Readonly<Record<string, string>> => Object.fromEntries(answer.parse(left(engine, "run.json")).published.tables.map(({ table, hash }) => [table, hash]));

describe("Part D in CI", () => {
  it("is published by EMR Serverless while the script waits, and what CI keeps is there", async () => {
    const done = await shell(WAITS, "emr-serverless");
    expect(done.code, done.said).toBe(0);
    expect(published("emr-serverless")).toEqual(SAMPLE_HASHES);
    expect(left("emr-serverless", "plan.json")).toMatchObject({ pipeline: "part-d", engine: "emr-serverless" });
    expect(left("emr-serverless", "cost.json")).toMatchObject({ engine: "emr-serverless", usd: expect.any(Number) });
    const gates = readXml(readFileSync(join(folder, "emr-serverless", "gates.xml"), "utf8"));
    expect([junitFaults(gates), gates.attributes["failures"], gates.attributes["errors"]]).toEqual([[], "0", "0"]);
  });

  it("is submitted to a cluster and left, and published by whoever comes back", async () => {
    const [submit = "", ...later] = LEAVES.split("\n");
    const submitted = await shell(submit, "emr");
    expect(submitted.code, submitted.said).toBe(0);
    const { run } = z.object({ run: z.string(), submitted: z.literal(true) }).parse(left("emr", "submitted.json"));
    const done = await shell(later.join("\n").replaceAll(SOME_RUN, run), "emr");
    expect(done.code, done.said).toBe(0);
    expect(left("emr", "status.json")).toMatchObject({ run });
    expect(published("emr")).toEqual(SAMPLE_HASHES);
  });
});

describe.each(AWS_ENGINES)("Part D on %s", (engine) => {
  it("has the rows that the files say", async () => {
    const copy = join(folder, `copy-${engine}`);
    mkdirSync(copy);
    await download(aws.objects, `${aws.root}/${engine}/`, { only: "warehouse/", to: copy });
    const db = await openLake(copy);
    await openSampleSources(db);
    for (const { table, key, sql } of CURATED) {
      const columns = (await columnsOf(db, sql)).filter((column) => !key.includes(column));
      expect(await differences(db, { actual: `select * from ${table} where year = 2023`, expected: sql, key, columns }), table).toEqual([]);
    }
    read[engine] = await contents(copy, 2023);
  });
});

it("has every table alike on both services", () => {
  expect(Object.keys(read.emr ?? {}).length).toBeGreaterThanOrEqual(TABLES / 2);
  expect(read["emr-serverless"]).toEqual(read.emr);
});
