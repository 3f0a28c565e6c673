// What a stage needs of AWS beside S3: Glue as the catalog with Iceberg's own file access, and a password of Secrets
// Manager, asked for by boto3 and by Java. Its segments are those of a local stage, and nothing tells the password.

import { chmodSync, readFileSync, readdirSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { findPostgres } from "../../../driver/local/programs.js";
import { findStandIns } from "../../../driver/local/stand-ins.js";
import type { JdbcTable, PasswordReference, StageStep } from "../../../driver/stage.js";
import { testMachine } from "../../servers/machine.js";
import { startMoto, type MotoServer } from "../../servers/moto.js";
import { startPostgres, type PostgresServer } from "../../servers/postgres.js";
import { ASIDE, asideExport, CLEAN, cleanExport, cleanStep, RAW, rawExport, rawStep, TOTAL, totalExport, totalStep, trapFiles } from "./claim-stage.js";
import { BRANCH, column, input, manifest, newBench, onWarm, stageFile, step, submit, type Bench } from "./stage-bench.js";
import { manifestAt, names, newS3Bench, put, s3Stage, submitS3, type S3Bench } from "./s3-bench.js";

const PASSWORD = "Pa'ss w0rd&=é";
const TABLES = [RAW, CLEAN, ASIDE, TOTAL];
const exports = (folder: string) => [rawExport(folder), cleanExport(folder), asideExport(folder), totalExport(folder)];

/** boto3 of the stand-ins, for a Python of the same version that has none. */
function boto3Path(bench: Bench): string {
  const standIns = findStandIns(testMachine());
  if (!standIns.ok) throw new Error(JSON.stringify(standIns.problems));
  return join(standIns.value.folder, "lib", `python${bench.toolchain.spark.pythonVersion.split(".").slice(0, 2).join(".")}`, "site-packages");
}

describe("a stage whose catalog is Glue", () => {
  let bench: S3Bench;
  let moto: MotoServer;
  beforeAll(async () => {
    bench = await onWarm(await newS3Bench("glue"));
    moto = await startMoto({ folder: join(bench.folder, "moto") });
  });
  afterAll(async () => {
    await moto.stop();
    await bench.server.stop();
  });

  const catalog = () => ({
    "spark.sql.catalog.lake.type": "glue",
    "spark.sql.catalog.lake.glue.endpoint": moto.endpoint,
    "spark.sql.catalog.lake.client.region": "us-east-1",
    "spark.sql.catalog.lake.warehouse": `${bench.lake}/glue`,
    "spark.sql.catalog.lake.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
    "spark.sql.catalog.lake.s3.endpoint": bench.server.endpoint,
    "spark.sql.catalog.lake.s3.path-style-access": "true",
  });

  it("builds, gates, forwards and exports as on a folder, and cleans up behind itself", async () => {
    const sent: Promise<void>[] = [];
    const files = trapFiles((name, bytes) => {
      sent.push(put(bench, `${bench.lake}/inputs/0f/${name}`, bytes));
      return `${bench.lake}/inputs/0f/${name}`;
    });
    await Promise.all(sent);
    const stage = s3Stage(bench, { stage: "glue", steps: [rawStep(files), cleanStep(), totalStep()], exports: exports(`${bench.lake}/exports`) });
    const options = { conf: catalog() };
    const first = await submitS3(bench, stage, options);
    expect(first.report?.failure, first.stderr.slice(-3000)).toBeNull();
    expect(first.report?.forwarded).toEqual([RAW, ASIDE, CLEAN, TOTAL]);

    const twin = await onWarm(await newBench("glue-twin"));
    const local = trapFiles((name, bytes) => input(twin, name, bytes));
    await submit(twin, stageFile(twin, { stage: "twin", steps: [rawStep(local), cleanStep(), totalStep()], exports: exports(join(twin.folder, "export")) }));
    for (const table of TABLES) {
      expect({ ...(await manifestAt(bench, `${bench.lake}/exports/${table}`)), snapshot: "" }).toEqual({ ...manifest(join(twin.folder, "export", table)), snapshot: "" });
    }

    const data = `${bench.lake}/glue/t_raw.db/claim/data`;
    await put(bench, `${data}/year=2023/left-over.parquet`, "nobody's");
    const kept = (await names(bench, data)).length - 1;
    const again = await submitS3(bench, { ...s3Stage(bench, { stage: "again", steps: [{ ...rawStep(files), rebuild: true }] }), maintenance: { tables: [RAW], exports: [`${bench.lake}/exports/${TOTAL}`], retain: 1, remove: true } }, options);
    expect(again.report?.failure, again.stderr.slice(-3000)).toBeNull();
    expect(again.report?.maintenance).toEqual([expect.objectContaining({ table: RAW, branches: [], snapshots: 2, orphan_files: 1, removed: true, examples: [expect.stringContaining("left-over.parquet")] })]);
    // Expired are the empty snapshot that a branch of a new table starts from, and the first write. What stays are the
    // rebuilt partition's files alone.
    expect(await names(bench, data)).toHaveLength(kept);
    expect(await names(bench, `${bench.lake}/exports/${TOTAL}`)).toEqual([]);
    expect(await names(bench, `${bench.lake}/exports/${RAW}`)).not.toEqual([]);
  });
});

describe("a password in Secrets Manager", () => {
  let bench: Bench;
  let warm: Bench;
  let moto: MotoServer;
  let server: PostgresServer;
  beforeAll(async () => {
    bench = await newBench("secret");
    warm = await onWarm(bench);
    chmodSync(bench.folder, 0o755);
    const program = await findPostgres(testMachine());
    if (!program.ok) throw new Error(JSON.stringify(program.problems[0]));
    server = await startPostgres({ program: program.value, folder: join(bench.folder, "pg"), password: PASSWORD, env: process.env });
    execFileSync(server.psql, ["-h", server.host, "-p", String(server.port), "-U", server.user, "-v", "ON_ERROR_STOP=1", "-qAt", server.database,
      "-c", "create table claim (id bigserial primary key, npi text); insert into claim (npi) select i::text from generate_series(1, 50) i"], { env: { ...process.env, PGPASSWORD: PASSWORD } });
    moto = await startMoto({ folder: join(bench.folder, "moto") });
    const client = new SecretsManagerClient({ endpoint: moto.endpoint, region: "us-east-1", credentials: { accessKeyId: "x", secretAccessKey: "y" } });
    await client.send(new CreateSecretCommand({ Name: "claims/reader", SecretString: JSON.stringify({ username: "postgres", password: PASSWORD }) }));
    await client.send(new CreateSecretCommand({ Name: "claims/plain", SecretString: PASSWORD }));
  });
  afterAll(async () => {
    await moto.stop();
    await server.stop();
  });

  const aws = () => ({ AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "y", AWS_REGION: "us-east-1", AWS_ENDPOINT_URL_SECRETS_MANAGER: moto.endpoint });

  function load(table: string, password: PasswordReference): StageStep {
    const source: JdbcTable & PasswordReference = { kind: "jdbc", view: "claim_source", url: server.jdbcUrl, user: server.user, ...password, table: "public.claim",
      key: "id", where: null, columns: ["npi"], absent: [], layout: "table", partitions: 2, incremental: false };
    return step({ table, columns: [column("npi")], source, sql: `insert overwrite ${table}.${BRANCH} partition (year = 2023) by name select npi from claim_source` });
  }
  const reference = (id: string, key: string | null): PasswordReference => ({ password_secret: { id, key } });

  it("is fetched by the AWS SDK for Java where there is no boto3, whole or by its key", async () => {
    const steps = [load("lake.s_raw.by_key", reference("claims/reader", "password")), load("lake.s_raw.whole", reference("claims/plain", null))];
    const outcome = await submit(warm, stageFile(bench, { stage: "java", steps }), { env: aws() });
    expect(outcome.report?.failure, outcome.stderr.slice(-3000)).toBeNull();
    expect(outcome.report?.steps.map((s) => s.rows)).toEqual([50, 50]);
  });

  it("is fetched by boto3 where there is one, and a key that is not there is said", async () => {
    const steps = [load("lake.s_raw.by_boto3", reference("claims/reader", "password")), load("lake.s_raw.no_key", reference("claims/reader", "pass"))];
    const outcome = await submit(warm, stageFile(bench, { stage: "boto3", steps }), { env: { ...aws(), PYTHONPATH: boto3Path(bench) } });
    expect(outcome.report?.steps.map((s) => s.rows), outcome.stderr.slice(-3000)).toEqual([50, null]);
    expect(outcome.report?.failure).toMatchObject({ kind: "source", message: "the secret claims/reader has no entry pass", detail: { secret: "claims/reader", key: "pass", cause: "entry" } });
  });

  it("that cannot be fetched is refused with the reason", async () => {
    const unknown = stageFile(bench, { stage: "unknown", steps: [load("lake.s_raw.unknown", reference("claims/writer", null))] });
    const absent = await submit(warm, unknown, { env: aws() });
    expect(absent.report?.failure).toMatchObject({ kind: "source", detail: { secret: "claims/writer", cause: "ResourceNotFoundException" } });
    // Without the SDK that the shared Spark has.
    const alone = await submit(bench, { ...unknown, ...stageFile(bench, { stage: "alone", steps: unknown.steps }) }, { env: aws() });
    expect(alone.report?.failure).toMatchObject({ kind: "source", detail: { cause: "no-client" } });
  });

  it("is told nowhere", () => {
    const told = readdirSync(join(bench.folder, "stages"), { recursive: true, withFileTypes: true }).filter((f) => f.isFile())
      .map((f) => readFileSync(join(f.parentPath, f.name), "utf8")).join("\n");
    expect(told).toContain("claims/reader");
    expect(told).not.toContain(PASSWORD);
    expect(told).not.toContain(JSON.stringify(PASSWORD).slice(1, -1));
  });
});
