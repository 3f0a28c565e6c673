// Part D's sample on both services, published to MySQL: the rows that the files say, computed a second time by DuckDB, and
// the content hash that the same year has when it is run on this computer (test/path/sample.spark.test.ts).

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { carelake } from "../carelake.js";
import { SAMPLE } from "../path/carelake.js";
import { CURATED, openSampleSources, SAMPLE_HASHES } from "../path/expected-part-d.js";
import { columnsOf, contents, differences, openLake } from "../path/lake.js";
import { connectAsRoot, startTestMySql } from "../servers/mysql.js";
import { startAws, type AwsPlace } from "./aws-project.js";
import { AWS_ENGINES, type AwsEngine } from "./history.js";
import { download } from "./scene.js";

const folder = mkdtempSync(join(tmpdir(), "part-d-"));
const answer = z.object({ published: z.object({ tables: z.array(z.object({ table: z.string(), hash: z.string() })) }) });
const TABLES = 16;
let aws: AwsPlace;
let server: MySqlServer;
const read: Partial<Record<AwsEngine, Readonly<Record<string, string>>>> = {};

beforeAll(async () => {
  [aws, server] = await Promise.all([startAws({ folder, spark: { driverMemory: "1536m" } }), startTestMySql()]);
  const root = await connectAsRoot(server);
  for (const engine of AWS_ENGINES) await root.query(`create database ${databaseOf(engine)}`);
  await root.end();
  const profiles = AWS_ENGINES.map((engine) => {
    const mysql = { host: server.host, port: server.port, user: server.rootUser, password: { env: "MYSQL_PASSWORD" }, database: databaseOf(engine), tls: "off" };
    return [engine, { engine, lake: `${aws.root}/${engine}`, input: SAMPLE, mysql, ...aws.words(engine) }];
  });
  writeFileSync(join(folder, "carelake.yaml"), stringify({ profiles: Object.fromEntries(profiles) }));
});
afterAll(async () => {
  await server.stop();
  await aws.stop();
  rmSync(folder, { recursive: true, force: true });
});

const databaseOf = (engine: AwsEngine): string => `part_d_${engine.replace("-", "_")}`;

describe.each(AWS_ENGINES)("Part D on %s", (engine) => {
  it("is published with the content that it has when it is run on this computer", async () => {
    const done = await carelake({ args: ["run", "part-d", "--year", "2023", "--profile", engine, "--json"], cwd: folder, env: { ...aws.env, MYSQL_PASSWORD: server.rootPassword } });
    expect(done.code, done.stderr).toBe(0);
    expect(Object.fromEntries(answer.parse(JSON.parse(done.stdout)).published.tables.map(({ table, hash }) => [table, hash]))).toEqual(SAMPLE_HASHES);
  });

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
