// `carelake report build` through the RDS Data API, where a profile has no route to the database: the files are those of
// a direct session, also where an answer is larger than the Data API gives.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import type { MySqlServer } from "../../../driver/local/mysql.js";
import { publishPartD } from "../../bench/published-part-d.js";
import { buildIfStale, carelake } from "../../carelake.js";
import { startDataApi, type StandIn } from "../../emr/data-api/stand-in.js";
import { openSampleSources } from "../../path/expected-part-d.js";
import { startTestMySql } from "../../servers/mysql.js";
import { makeDatabase, type Database } from "../publish-database.js";

const folder = mkdtempSync(join(tmpdir(), "carelake-report-data-api-"));
const FILES = ["part-d.html", "part-d-figures.md", "part-d-figures.sql"];

let server: MySqlServer;
let database: Database;
let standIn: StandIn;

beforeAll(async () => {
  buildIfStale();
  server = await startTestMySql();
  database = await makeDatabase(server, "report");
  const db = await (await DuckDBInstance.create()).connect();
  await openSampleSources(db);
  await db.run("delete from detail where npi::bigint % 7 <> 2");
  await prescribeEverywhere(db, "Apixaban");
  await publishPartD(database, db, 2023);
  standIn = await startDataApi({ server, account: { user: "report", password: database.password }, bucket: database.folder });
  const direct = { database: "report", host: server.host, port: server.port, user: "report", password: { env: "READER_PASSWORD" }, tls: "off" };
  const remote = { database: "report", data_api: { cluster: "arn:aws:rds:us-east-1:123456789012:cluster:serving", secret: "arn:aws:secretsmanager:us-east-1:123456789012:secret:reader-AbCdEf" } };
  writeFileSync(join(folder, "carelake.yaml"), stringify({ profiles: { direct: { lake: "./lake", mysql: direct }, remote: { lake: "./lake", mysql: remote } } }));
}, 240_000);

afterAll(async () => {
  await standIn?.end();
  await database?.end();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** One drug in every state by every specialty: so many rows of one key that no answer of the Data API holds them. */
async function prescribeEverywhere(db: DuckDBConnection, generic: string): Promise<void> {
  await db.run(`insert into detail (npi, state, specialty, brand, generic, claims, cost)
    select (1990000000 + row_number() over (order by state, specialty))::varchar, state, specialty, '${generic}', '${generic}', 11, 12.34
    from (select distinct state from detail) cross join (select distinct specialty || kind as specialty from detail cross join (values (''), (' (Inpatient)'), (' (Outpatient)')) as kinds (kind))`);
}

async function built(profile: "direct" | "remote"): Promise<readonly string[]> {
  const env = { READER_PASSWORD: database.password, AWS_ENDPOINT_URL_RDS_DATA: standIn.url, AWS_ACCESS_KEY_ID: "AKIDTEST", AWS_SECRET_ACCESS_KEY: "test" };
  const { code, stderr } = await carelake({ args: ["report", "build", "part-d", "--html", "--profile", profile, "--out", profile], cwd: folder, env });
  expect(code, stderr).toBe(0);
  return FILES.map((name) => readFileSync(join(folder, profile, name), "utf8"));
}

it("gives the files of a direct session, byte for byte, though one drug's rows are more than an answer holds", async () => {
  const [direct, remote] = [await built("direct"), await built("remote")];
  expect(standIn.findings).toEqual([]);
  expect(standIn.oversized.length).toBeGreaterThan(0);
  for (const [at, text] of direct.entries()) expect(remote[at] === text, FILES[at]).toBe(true);
}, 120_000);
