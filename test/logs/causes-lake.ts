// Failures of what Spark reads and writes: tables of the lake, S3, Glue, Secrets Manager, a source database.

import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { freePort } from "../../driver/local/guard.js";
import { findPostgres } from "../../driver/local/programs.js";
import type { JdbcTable, PasswordReference, StageStep } from "../../driver/stage.js";
import { BRANCH, column, input, stageFile, step, type Bench } from "../emr/runtime/stage-bench.js";
import { csv, rawStep } from "../emr/runtime/claim-stage.js";
import { testMachine } from "../servers/machine.js";
import { startMoto } from "../servers/moto.js";
import { startPostgres } from "../servers/postgres.js";
import { glueJars, s3aConf, s3aJars } from "../servers/s3a.js";
import { startSeaweed } from "../servers/seaweedfs.js";
import { TABLE } from "./case.js";
import type { Cause, Made } from "./cause.js";
import { fillStep, mkFolder, runSpark, type Treatment } from "./spark-run.js";

const real = (cause: Omit<Cause, "origin">): Cause => ({ ...cause, origin: "real" });

const KEYS = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "not-a-secret", AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-1", AWS_EC2_METADATA_DISABLED: "true" };
/** A lake on S3; one try, so that nobody waits for the tenth. */
const onS3 = (endpoint: string, bucket = "lake"): Treatment => ({
  jars: s3aJars(),
  env: KEYS,
  conf: { ...s3aConf({ endpoint }), "spark.hadoop.fs.s3a.attempts.maximum": "2", "spark.hadoop.fs.s3a.retry.limit": "1", "spark.hadoop.fs.s3a.retry.throttle.limit": "1", "spark.sql.catalog.lake.warehouse": `s3://${bucket}/warehouse` },
});

/** A service that gives one answer to everything. */
async function answering<T>(answer: (request: IncomingMessage, response: ServerResponse) => void, work: (endpoint: string) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  try {
    return await work(`http://127.0.0.1:${String(port)}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** S3 puts the code into the status line too: HEAD has nothing else. */
const s3Error = (status: number, code: string, message: string) => (_: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(status, status === 503 ? "Slow Down" : "Forbidden", { "content-type": "application/xml", "x-amz-request-id": "TX0001" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>TX0001</RequestId></Error>`);
};

/** Everything goes to the server behind, but for what is refused. */
const passing = (to: string, refuses: (request: IncomingMessage) => boolean) => (request: IncomingMessage, response: ServerResponse): void => {
  if (refuses(request)) {
    request.resume();
    return s3Error(403, "AccessDenied", "Access Denied")(request, response);
  }
  const onward = ask(new URL(request.url ?? "/", to), { method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  onward.once("error", () => response.destroy());
  request.pipe(onward);
};

const FILL = ["warehouse", "logs", "fill"];
const READ = `select name, claims\nfrom ${TABLE}`;
const totalStep = (): StageStep => step({ table: "lake.logs.total", columns: [column("name"), column("claims", "bigint")], sql: `insert overwrite lake.logs.total.${BRANCH} partition (year = 2023) by name\n${READ}` });

/** The table is built well, then something happens to it, then it is read. */
async function afterHarm(bench: Bench, harm: (table: string) => void): Promise<Made> {
  const first = await runSpark(bench, {});
  if (first.exitCode !== 0) throw new Error(first.stderr);
  harm(join(bench.folder, ...FILL));
  return runSpark(bench, { steps: [totalStep()] });
}

const filesBelow = (folder: string, ending: string): readonly string[] => readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(ending)).map((name) => join(folder, name));

/** A second writer that commits all the time. */
function alwaysCommitting(table: string): () => void {
  const folder = join(table, "metadata");
  return () => {
    const version = Math.max(...readdirSync(folder).flatMap((name) => /^v(\d+)\.metadata\.json$/.exec(name)?.[1] ?? []).map(Number));
    writeFileSync(join(folder, `v${String(version + 1)}.metadata.json`), readFileSync(join(folder, `v${String(version)}.metadata.json`)));
    writeFileSync(join(folder, "version-hint.text"), String(version + 1));
  };
}

async function commitConflict(bench: Bench): Promise<Made> {
  const first = await runSpark(bench, {});
  if (first.exitCode !== 0) throw new Error(first.stderr);
  const table = join(bench.folder, ...FILL);
  const [newest = ""] = [...filesBelow(join(table, "metadata"), ".metadata.json")].sort().reverse();
  // Snapshot ids are beyond what a number of JavaScript holds: the text stays as it is but for the property.
  writeFileSync(newest, readFileSync(newest, "utf8").replace(/"properties"\s*:\s*\{/, '"properties" : { "commit.retry.num-retries" : "0",'));
  rmSync(join(table, "metadata", `.${newest.split("/").at(-1) ?? ""}.crc`), { force: true });
  rmSync(join(table, "metadata", ".version-hint.text.crc"), { force: true });
  const commit = alwaysCommitting(table);
  let busy: NodeJS.Timeout | undefined;
  try {
    return await runSpark(bench, {
      steps: [{ ...fillStep("select 'b' as name, count(*) as claims from range(3000000)"), fingerprint: "f2" }],
      onEvent: ({ event }) => {
        if (event === "statement-started") busy ??= setInterval(commit, 4);
      },
    });
  } finally {
    clearInterval(busy);
  }
}

function jdbcStep(url: string, password: PasswordReference, parts: Partial<JdbcTable> = {}): StageStep {
  return step({
    table: "lake.logs.claim", columns: [column("npi")],
    source: { kind: "jdbc", view: "claim_source", url, user: "postgres", ...password, table: "public.claim", key: "id", where: null, columns: ["npi"], absent: [], layout: "table", partitions: 1, incremental: false, ...parts },
    sql: `insert overwrite lake.logs.claim.${BRANCH} partition (year = 2023) by name select npi from claim_source`,
  });
}

async function withPostgres(bench: Bench, work: (url: string) => Promise<Made>): Promise<Made> {
  chmodSync(bench.folder, 0o755);
  const program = await findPostgres(testMachine());
  if (!program.ok) throw new Error(JSON.stringify(program.problems[0]));
  const server = await startPostgres({ program: program.value, folder: join(bench.folder, "pg"), password: "right", env: process.env });
  try {
    execFileSync(server.psql, ["-h", server.host, "-p", String(server.port), "-U", server.user, "-qAt", server.database, "-c", "create table claim (id bigserial primary key, npi text)"], { env: { ...process.env, PGPASSWORD: "right" } });
    return { ...(await work(server.jdbcUrl)), places: [[`127.0.0.1:${String(server.port)}`, "127.0.0.1:5432"]] };
  } finally {
    await server.stop();
  }
}

const PASSWORD = { password_env: "CLAIM_PASSWORD" } as const;

export const lakeCauses: readonly Cause[] = [
  real({ name: "data_file_is_gone", class: "damaged-data", done: "a Parquet file of a table is deleted", select: READ, make: (bench) => afterHarm(bench, (table) => filesBelow(table, ".parquet").forEach((file) => rmSync(file))) }),
  real({ name: "data_file_is_cut_off", class: "damaged-data", done: "a Parquet file of a table loses its second half", select: READ, make: (bench) => afterHarm(bench, (table) => filesBelow(table, ".parquet").forEach((file) => (rmSync(file.replace(/([^/]+)$/, ".$1.crc"), { force: true }), truncateSync(file, 200)))) }),
  real({ name: "another_writer_commits", class: "commit-conflict", done: "a second writer commits to the table all the time, and Iceberg may not try again", make: commitConflict }),
  real({
    name: "s3_slow_down", class: "s3-slow-down", done: "S3 answers 503 SlowDown", make: (bench) =>
      answering(s3Error(503, "SlowDown", "Please reduce your request rate."), (endpoint) => runSpark(bench, onS3(endpoint))),
  }),
  real({
    name: "s3_access_denied", class: "access-denied", done: "S3 answers 403 AccessDenied", make: (bench) =>
      answering(s3Error(403, "AccessDenied", "Access Denied"), (endpoint) => runSpark(bench, onS3(endpoint))),
  }),
  real({
    name: "s3_keys_are_wrong", class: "access-denied", done: "keys that the S3 server does not know", make: async (bench) => {
      const server = await startSeaweed({ folder: mkFolder(join(bench.folder, "seaweedfs")) });
      try {
        return await runSpark(bench, onS3(server.endpoint));
      } finally {
        await server.stop();
      }
    },
  }),
  real({
    name: "s3_bucket_is_missing", class: "configuration", done: "a bucket that the S3 server does not have", make: async (bench) => {
      const server = await startSeaweed({ folder: mkFolder(join(bench.folder, "seaweedfs")) });
      try {
        const { env, ...rest } = onS3(server.endpoint, "nobodys-lake");
        return await runSpark(bench, { ...rest, env: { ...env, AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey } });
      } finally {
        await server.stop();
      }
    },
  }),
  real({ name: "s3_host_is_unknown", class: "network", done: "an S3 endpoint whose name nobody knows", make: (bench) => runSpark(bench, onS3("http://s3.nowhere.invalid")) }),
  real({ name: "s3_refuses_the_connection", class: "network", done: "an S3 endpoint on which nobody listens", make: async (bench) => runSpark(bench, onS3(`http://127.0.0.1:${String(await freePort())}`)) }),
  real({
    name: "report_that_cannot_be_written", class: "data", done: "a division by zero in a stage on S3 that may read everything and not write its report: it prints it", select: "select name,\n  cast(10 / claims as bigint) as claims\nfrom values ('a', 0L) as t (name, claims)", make: async (bench) => {
      const server = await startSeaweed({ folder: mkFolder(join(bench.folder, "seaweedfs")) });
      try {
        return await answering(passing(server.endpoint, ({ method, url }) => method === "PUT" && (url ?? "").includes("report.json")), async (endpoint) => {
          const { conf, env, ...rest } = onS3(endpoint);
          const at = "s3://lake/carelake/ledger/stages/run-1/all-1";
          const ran = await runSpark(bench, { ...rest, conf: { ...conf, "spark.sql.catalog.lake.warehouse": join(bench.folder, "warehouse") }, env: { ...env, AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey, AWS_ENDPOINT_URL_S3: endpoint }, select: "select name,\n  cast(10 / claims as bigint) as claims\nfrom values ('a', 0L) as t (name, claims)", stage: { events: `${at}/events`, report: `${at}/report.json` } });
          return ran;
        });
      } finally {
        await server.stop();
      }
    },
  }),
  real({
    name: "glue_access_denied", class: "access-denied", done: "Glue answers AccessDeniedException", make: (bench) =>
      answering((_, response) => {
        response.writeHead(400, { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "TX0001" });
        response.end(JSON.stringify({ __type: "AccessDeniedException", Message: "User: arn:aws:sts::123456789012:assumed-role/carelake-job/stage is not authorized to perform: glue:GetDatabase on resource: arn:aws:glue:us-east-1:123456789012:catalog" }));
      }, (endpoint) => runSpark(bench, {
        jars: [...glueJars(), ...s3aJars()],
        env: KEYS,
        conf: { "spark.sql.catalog.lake.type": "glue", "spark.sql.catalog.lake.glue.endpoint": endpoint, "spark.sql.catalog.lake.client.region": "us-east-1", "spark.sql.catalog.lake.warehouse": "s3://lake/glue", "spark.sql.catalog.lake.io-impl": "org.apache.iceberg.aws.s3.S3FileIO" },
      })),
  }),
  real({
    name: "secret_is_missing", class: "configuration", done: "a secret that Secrets Manager does not know", make: async (bench) => {
      const moto = await startMoto({ folder: join(bench.folder, "moto") });
      try {
        return await runSpark(bench, { jars: s3aJars(), env: { ...KEYS, AWS_ENDPOINT_URL_SECRETS_MANAGER: moto.endpoint }, steps: [jdbcStep("jdbc:postgresql://127.0.0.1:5432/postgres", { password_secret: { id: "claims/reader", key: null } })] });
      } finally {
        await moto.stop();
      }
    },
  }),
  real({ name: "database_is_down", class: "jdbc", done: "a PostgreSQL that is not there", make: (bench) => runSpark(bench, { env: { CLAIM_PASSWORD: "right" }, steps: [jdbcStep("jdbc:postgresql://127.0.0.1:1/postgres", PASSWORD)] }) }),
  real({ name: "database_password_is_wrong", class: "jdbc", done: "a wrong password for PostgreSQL", make: (bench) => withPostgres(bench, (url) => runSpark(bench, { env: { CLAIM_PASSWORD: "wrong" }, steps: [jdbcStep(url, PASSWORD)] })) }),
  real({ name: "database_table_is_missing", class: "jdbc", done: "a table that PostgreSQL does not have", make: (bench) => withPostgres(bench, (url) => runSpark(bench, { env: { CLAIM_PASSWORD: "right" }, steps: [jdbcStep(url, PASSWORD, { table: "public.nobodys" })] })) }),
  real({ name: "file_that_is_no_gzip", class: "source", done: "a text file that is called .gz", make: (bench) => runSpark(bench, { steps: [rawStep([csv((name, bytes) => input(bench, name, bytes), "claims.csv.gz", "npi,name,claims,cost\n1,a,1,1.00\n", { gzip: true })])] }) }),
  real({
    name: "a_rule_finds_offenders", class: "gate", done: "a set rule of severity error that finds a row", select: "select 'a' as name, 1L as claims", make: (bench) => {
      const [only] = stageFile(bench, { stage: "all", steps: [fillStep("select 'a' as name, 1L as claims")] }).steps;
      if (only === undefined) throw new Error("no step");
      return runSpark(bench, { steps: [{ ...only, gates: [{ id: "L01", name: "claims_are_many", severity: "error", kind: "set", tolerance: 0, statement: { id: "L01", sql: `select name, claims from ${TABLE}.${BRANCH} where claims < 11` } }] }] });
    },
  }),
];
