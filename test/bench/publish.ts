// Publication, by LOAD DATA and by INSERT, against the server's own LOAD DATA and Spark's JDBC writer: the same rows into
// tables of the same form on the same durable server, one after the other in one run. In: rows. Out: ratios, seconds, CPU
// of server and client.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import type { MySqlServer } from "../../driver/local/mysql.js";
import type { Toolchain } from "../../driver/local/toolchain.js";
import { addIndexes, createTable, loadLocal } from "../../driver/publish/ddl.js";
import type { NamedColumn, PublishTable } from "../../driver/publish/set.js";
import { writeSegments, type Value } from "../driver/publish-segments.js";
import { startTestMySql } from "../servers/mysql.js";
import { PACKAGE } from "./ours.js";
import { cpuSecondsOf, watch } from "./process-tree.js";

export interface PublishRequest {
  readonly rows: number;
  /** Carelake without a rival: what it needs when rows are many. */
  readonly alone: boolean;
  readonly scratch: string;
  readonly memory: string;
  readonly toolchain: Toolchain;
  readonly say: (line: string) => void;
}

/** Connections of every way. */
const PARALLEL = 4;
const ROWS_PER_SEGMENT = 250_000;
const DRIVER = "com.mysql:mysql-connector-j:9.1.0";
/** What a server that matters runs with: every commit on disk, and a binary log. */
const DURABLE = ["--innodb-flush-log-at-trx-commit=1", "--sync-binlog=1", "--log-bin=binlog", "--innodb-buffer-pool-size=1G", "--innodb-redo-log-capacity=1G", "--secure-file-priv="];

const column = (name: string, type: NamedColumn["type"], rest: Partial<NamedColumn> = {}): NamedColumn => ({ name, type, meaning: name, ...rest });
const text = (name: string, maxLength: number): NamedColumn => column(name, "string", { maxLength });
const money = (name: string): NamedColumn => column(name, "decimal(18,2)", { nullable: true });
const FORM = {
  name: "detail",
  meaning: "One row a prescriber and drug",
  columns: [column("year", "int"), column("prescriber_npi", "bigint"), text("drug_name", 60), text("generic_name", 80), text("state", 2), text("specialty", 60), column("claims", "int"), column("days", "int"), money("cost_usd"), money("cost_65_usd"), column("is_opioid", "boolean"), column("first_date", "date")],
  key: ["year", "prescriber_npi", "drug_name"],
  indexes: [["drug_name"], ["state", "specialty"]],
} as const;

export async function publishBench(request: PublishRequest) {
  mkdirSync(request.scratch, { recursive: true });
  const folder = mkdtempSync(join(request.scratch, "publish-"));
  const server = await startTestMySql({ extraArgs: DURABLE });
  try {
    request.say(`writing ${request.rows.toLocaleString("en-US")} rows as segments`);
    const table = tableOf(folder, request.rows);
    if (request.alone) {
      const way = await timed(server, () => ours(server, { table, folder, database: "ours" }));
      return { rows: request.rows, ways: { carelake: way }, text: lineOf("carelake", way) };
    }
    const ways = { server: await timed(server, () => rawLoad(server, table)), carelake: await timed(server, () => ours(server, { table, folder, database: "ours" })), inserts: await timed(server, () => byInserts(server, { table, folder })), jdbc: await timed(server, () => jdbc(server, { table, folder, request })) };
    for (const [name, way] of Object.entries(ways)) request.say(`${name}: ${way.seconds.toFixed(1)} s, server ${way.serverCpuSeconds.toFixed(1)} CPU s, client ${way.clientCpuSeconds.toFixed(1)} CPU s`);
    const ratios = { againstServer: ways.carelake.seconds / ways.server.seconds, insertsAgainstOurs: ways.inserts.seconds / ways.carelake.seconds, jdbcAgainstOurs: ways.jdbc.seconds / ways.carelake.seconds };
    const lines = Object.entries(ways).map(([name, way]) => lineOf(name, way));
    return { rows: request.rows, ratios, ways, text: [...lines, `against the server's own LOAD DATA ${ratios.againstServer.toFixed(2)}, carelake by INSERT against carelake ${ratios.insertsAgainstOurs.toFixed(2)}, JDBC against carelake ${ratios.jdbcAgainstOurs.toFixed(2)}`].join("\n") };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const lineOf = (name: string, way: Way): string =>
  `${name.padEnd(10)} ${way.seconds.toFixed(1).padStart(7)} s   server ${way.serverCpuSeconds.toFixed(1).padStart(6)} CPU s   client ${way.clientCpuSeconds.toFixed(1).padStart(6)} CPU s   peak ${(way.peakBytes / 1e6).toFixed(0)} MB`;

function tableOf(folder: string, rows: number): PublishTable {
  const directory = join(folder, "detail-2023");
  const manifest = writeSegments({ directory, table: FORM.name, year: 2023, columns: FORM.columns, rows: rowsOf(rows), rowsPerSegment: ROWS_PER_SEGMENT });
  return { ...FORM, manifests: [{ directory, manifest }] };
}

/** In the order of the key, as Spark exports them. */
function* rowsOf(count: number): Generator<readonly Value[]> {
  for (let at = 0; at < count; at++) {
    const [prescriber, drug] = [Math.floor(at / 20), at % 20];
    const cost = `${String(1000 + ((at * 7919) % 900_000))}.${String(at % 100).padStart(2, "0")}`;
    yield ["2023", String(1_000_000_000 + prescriber), `Drug ${String(drug).padStart(4, "0")}`, `Generic name of drug ${String(drug)}`, ["CA", "TX", "NY", "FL"][prescriber % 4] ?? "", `Specialty ${String(prescriber % 90)}`, String(11 + (at % 500)), String(30 * (at % 12)), cost, at % 3 === 0 ? null : cost, String(drug % 10 === 0 ? 1 : 0), `2023-${String(1 + (at % 12)).padStart(2, "0")}-01`];
  }
}

interface Client {
  readonly seconds: number;
  readonly clientCpuSeconds: number;
  /** Of the client's greatest process. */
  readonly peakBytes: number;
}

interface Way extends Client {
  readonly serverCpuSeconds: number;
}

async function timed(server: MySqlServer, work: () => Promise<Client>): Promise<Way> {
  const before = cpuSecondsOf(server.pid);
  const client = await work();
  return { ...client, serverCpuSeconds: cpuSecondsOf(server.pid) - before };
}

async function asRoot(server: MySqlServer, database: string) {
  const connection = await createConnection({ socketPath: server.socket, user: server.rootUser, password: server.rootPassword });
  await connection.query(`create database if not exists ${database}`);
  await connection.query(`use ${database}`);
  return connection;
}

const TAG = { set: "bench", publication: "p", run: "r", version: "v", at: "a", rows: 0, hash: "0", contract: "c", years: [], snapshots: {}, members: [] };

/** The limit: the server reads the same files by itself, over as many connections. */
async function rawLoad(server: MySqlServer, table: PublishTable): Promise<Client> {
  const first = await asRoot(server, "raw");
  const others = await Promise.all(Array.from({ length: PARALLEL - 1 }, () => asRoot(server, "raw")));
  const start = process.hrtime.bigint();
  await first.query(createTable(table, "detail", TAG));
  const files = table.manifests.flatMap(({ directory, manifest }) => manifest.segments.map(({ file }) => join(directory, file)));
  await Promise.all([first, ...others].map(async (connection) => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) await connection.query(loadLocal(table, "detail", file).replace("load data local infile", "load data infile"));
  }));
  await first.query(addIndexes(table, "detail") ?? "");
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  await Promise.all([first, ...others].map((connection) => connection.end()));
  return { seconds, clientCpuSeconds: 0, peakBytes: 0 };
}

async function ours(server: MySqlServer, { table, folder, database }: { readonly table: PublishTable; readonly folder: string; readonly database: string }): Promise<Client> {
  await (await asRoot(server, database)).end();
  const request = join(folder, `${database}.json`);
  writeFileSync(request, JSON.stringify({ table, connect: { socketPath: server.socket, user: server.rootUser, password: server.rootPassword, database }, parallel: PARALLEL }), { mode: 0o600 });
  return watched([process.execPath, "--import", "tsx", join(PACKAGE, "test/bench/publish-once.ts"), request], join(folder, `${database}.log`));
}

/** The way that is taken where the server takes no rows of LOAD DATA LOCAL. */
async function byInserts(server: MySqlServer, place: { readonly table: PublishTable; readonly folder: string }): Promise<Client> {
  const root = await asRoot(server, "inserts");
  await root.query("set global local_infile = 0");
  try {
    return await ours(server, { ...place, database: "inserts" });
  } finally {
    await root.query("set global local_infile = 1");
    await root.end();
  }
}

/** As Spark's documentation has it, with the one option that makes it bearable; indexes afterwards, as for the others. */
async function jdbc(server: MySqlServer, { table, folder, request }: { readonly table: PublishTable; readonly folder: string; readonly request: PublishRequest }): Promise<Client> {
  const root = await asRoot(server, "jdbc");
  await root.query(createTable(table, "detail", TAG));
  await root.query(`create user jdbc@'%' identified by 'jdbc'`);
  await root.query("grant all on jdbc.* to jdbc@'%'");
  const told = join(folder, "jdbc.json");
  const url = `jdbc:mysql://127.0.0.1:${String(server.port)}/jdbc?rewriteBatchedStatements=true&sslMode=DISABLED&allowPublicKeyRetrieval=true`;
  const script = join(PACKAGE, "test/bench/rivals/jdbc_publish.py");
  const argv = [request.toolchain.sparkSubmit, "--master", `local[${String(PARALLEL)}]`, "--driver-memory", request.memory, "--packages", DRIVER, script, table.manifests[0]?.directory ?? "", url, String(PARALLEL), told] as const;
  const spark = await watch({ argv: [...argv], env: request.toolchain.env, log: join(folder, "jdbc.log") });
  if (spark.code !== 0) throw new Error(readFileSync(join(folder, "jdbc.log"), "utf8").slice(-3000));
  const start = process.hrtime.bigint();
  await root.query(addIndexes(table, "detail") ?? "");
  const indexes = Number(process.hrtime.bigint() - start) / 1e9;
  const [[found]] = await root.query<{ n: number }[] & import("mysql2").RowDataPacket[]>("select count(*) n from detail");
  await root.end();
  if (found?.n !== request.rows) throw new Error(`JDBC wrote ${String(found?.n)} of ${String(request.rows)} rows`);
  const { seconds } = JSON.parse(readFileSync(told, "utf8")) as { seconds: number };
  return { seconds: seconds + indexes, clientCpuSeconds: spark.cpuSeconds, peakBytes: Math.max(...Object.values(spark.peakBytes)) };
}

async function watched(argv: readonly [string, ...string[]], log: string): Promise<Client> {
  const ended = await watch({ argv, cwd: PACKAGE, log });
  if (ended.code !== 0) throw new Error(readFileSync(log, "utf8").slice(-3000));
  const { seconds } = JSON.parse(ended.stdout) as { seconds: number };
  return { seconds, clientCpuSeconds: ended.cpuSeconds, peakBytes: Math.max(...Object.values(ended.peakBytes)) };
}
