// A PostgreSQL source with its password in Secrets Manager: the first rows are loaded by a cluster, those that came later
// by EMR Serverless, in the same lake, and each reads what is new alone. Then everything that was written, asked for or
// told anywhere is searched for the password, for what else lies in the secret, and for a token of whoever ran it.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, inflateRawSync } from "node:zlib";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { findPostgres } from "../../driver/local/programs.js";
import { stepReport } from "../../driver/stage.js";
import { carelake, type Ended } from "../carelake.js";
import { testMachine } from "../servers/machine.js";
import { startMoto, type MotoServer } from "../servers/moto.js";
import { startPostgres, type PostgresServer } from "../servers/postgres.js";
import { awsProject, startAws, type AwsPlace } from "./aws-project.js";

const PASSWORD = "Pa'ss w0rd&=é#%";
const TOKEN = "tok_9f8e7d6c5b4a39281706";
const folder = mkdtempSync(join(tmpdir(), "secrets-"));
const lake = "s3://lake/source";
const project = join(folder, "project");
let aws: AwsPlace;
let moto: MotoServer;
let server: PostgresServer;
const told: Ended[] = [];

const sql = (text: string): string =>
  execFileSync(server.psql, ["-h", server.host, "-p", String(server.port), "-U", server.user, "-v", "ON_ERROR_STOP=1", "-qAtc", text, server.database], { encoding: "utf8", env: { ...process.env, PGPASSWORD: PASSWORD } });

async function said(...words: readonly string[]): Promise<Ended> {
  const ended = await carelake({ args: words, cwd: project, env: { ...aws.env, GITHUB_TOKEN: TOKEN } });
  told.push(ended);
  expect(ended.code, ended.stderr).toBe(0);
  return ended;
}

/** What the raw step read of the source. */
async function loaded(engine: string): Promise<unknown> {
  const { stdout } = await said("run", "fills", "--year", "2023", "--profile", engine, "--json");
  return z.object({ steps: z.array(stepReport) }).parse(JSON.parse(stdout)).steps.find(({ job }) => job === "fills/raw/fill");
}

beforeAll(async () => {
  const program = await findPostgres(testMachine());
  if (!program.ok) throw new Error(JSON.stringify(program.problems[0]));
  chmodSync(folder, 0o711);
  [moto, server] = await Promise.all([startMoto({ folder: join(folder, "moto") }), startPostgres({ program: program.value, folder: join(folder, "pg"), password: PASSWORD, env: process.env })]);
  aws = await startAws({ folder: join(folder, "aws"), sparkEnv: { AWS_ENDPOINT_URL_SECRETS_MANAGER: moto.endpoint } });
  const secrets = new SecretsManagerClient({ endpoint: moto.endpoint, region: "us-east-1", credentials: { accessKeyId: "x", secretAccessKey: "y" } });
  await secrets.send(new CreateSecretCommand({ Name: "fills/reader", SecretString: JSON.stringify({ password: PASSWORD, token: TOKEN }) }));
  secrets.destroy();
  sql("create table fill (id bigserial primary key, pharmacy text, drug text, fills text, drug_cost text); insert into fill (pharmacy, drug, fills, drug_cost) select 'P' || i, 'Insulin', '1', '2.50' from generate_series(1, 40) i");
  const postgres = { host: server.host, port: server.port, database: server.database, user: server.user, password: { secret: "fills/reader", key: "password" }, sslmode: "disable" };
  const profile = (engine: "emr" | "emr-serverless") => ({ engine, lake, more: { ...aws.words(engine), input: undefined, postgres } });
  awsProject(project, { emr: profile("emr"), "emr-serverless": profile("emr-serverless") });
});
afterAll(async () => {
  await aws.stop();
  await server.stop();
  await moto.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a source that grows", () => {
  it("is read whole by the first run, and what is new alone by the next one, on another engine", async () => {
    expect(await loaded("emr")).toMatchObject({ rows: 40, source: { after: null, first: 1, upto: 40 } });
    sql("insert into fill (pharmacy, drug, fills, drug_cost) select 'P' || i, 'Insulin', '1', '2.50' from generate_series(41, 50) i");
    expect(await loaded("emr-serverless")).toMatchObject({ rows: 50, source: { after: 40, first: 41, upto: 50 } });
  });
});

describe("a password and a token", () => {
  const secrets = [PASSWORD, encodeURIComponent(PASSWORD), JSON.stringify(PASSWORD).slice(1, -1), TOKEN];
  const tells = (text: string | Buffer): boolean => secrets.some((secret) => text.includes(secret));

  it("stand in no plan, on no stream and in no argument of a step or job run", async () => {
    for (const engine of ["emr", "emr-serverless"]) {
      await said("plan", "fills", "--year", "2023", "--profile", engine, "--json", "--force");
      await said("status", "--profile", engine, "--json");
    }
    // Of the last run, which was on Serverless.
    await said("logs", "--profile", "emr-serverless");
    for (const { stdout, stderr } of told) expect(tells(stdout + stderr)).toBe(false);
    expect(aws.endpoint.calls.filter(({ input }) => tells(JSON.stringify(input)))).toEqual([]);
    expect(aws.endpoint.submissions.length).toBeGreaterThan(1);
    expect(aws.endpoint.submissions.filter(({ given, argv }) => tells([...given, ...argv].join("\n")))).toEqual([]);
  });

  it("stand in no object on S3: ledger, stages, code, tables, and logs unpacked", async () => {
    await aws.endpoint.settled();
    const objects = await aws.objects.list("s3://lake/");
    expect(objects.length).toBeGreaterThan(50);
    expect(objects.filter(({ uri }) => uri.endsWith(".gz")).length).toBeGreaterThan(3);
    const telling: string[] = [];
    for (const { uri } of objects) if (unpacked(uri, await whole(uri)).some(tells)) telling.push(uri);
    expect(telling).toEqual([]);
    // The search would find them.
    await aws.objects.put("s3://lake/planted.txt", `before ${PASSWORD} after`);
    expect(unpacked("planted.txt", await whole("s3://lake/planted.txt")).some(tells)).toBe(true);
  });

  it("stand in no file that Spark or the project left on this machine", () => {
    const files = [join(folder, "aws", "endpoint"), project].flatMap((from) => readdirSync(from, { recursive: true, withFileTypes: true }).filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name)));
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => tells(readFileSync(file)))).toEqual([]);
  });
});

async function whole(uri: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of (await aws.objects.stream(uri)) ?? []) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** The bytes, and what they are the packed form of. */
function unpacked(uri: string, bytes: Buffer): readonly Buffer[] {
  if (uri.endsWith(".gz")) return [bytes, gunzipSync(bytes)];
  return uri.endsWith(".zip") ? [bytes, ...zipEntries(bytes)] : [bytes];
}

/** Contents of a ZIP archive whose local headers tell the sizes, as ours do. */
function zipEntries(bytes: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 30 <= bytes.length && bytes.readUInt32LE(at) === 0x04034b50; ) {
    const [method, size] = [bytes.readUInt16LE(at + 8), bytes.readUInt32LE(at + 18)];
    const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    const content = bytes.subarray(from, from + size);
    found.push(method === 8 ? inflateRawSync(content) : content);
    at = from + size;
  }
  return found;
}
