// Generated data in a real PostgreSQL: the same rows as in the files, ids that grow in their order.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPostgres } from "../../driver/local/programs.js";
import { testMachine } from "../servers/machine.js";
import type { PostgresServer } from "../servers/postgres.js";
import { startPostgres } from "../servers/postgres.js";
import { generateFolder, generateInto } from "./generate.js";
import type { Client } from "./postgres.js";
import { copySourceTables, createTables, postgresTarget } from "./postgres.js";
import { count, openData } from "./rules.js";
import { SAMPLE_SOURCES } from "./sources.js";

const folder = mkdtempSync(join(tmpdir(), "carelake-generator-"));
// The server's user must reach its folder: it cannot lie inside ours.
const serverFolder = mkdtempSync(join(tmpdir(), "carelake-generator-pg-"));
let server: PostgresServer;
let client: Client;

beforeAll(async () => {
  const machine = testMachine();
  const program = await findPostgres(machine);
  if (!program.ok) throw new Error(JSON.stringify(program.problems[0]));
  server = await startPostgres({ program: program.value, folder: serverFolder, password: "it's secret", env: machine.env });
  client = { psql: server.psql, env: { ...process.env, PGHOST: server.host, PGPORT: String(server.port), PGUSER: server.user, PGPASSWORD: server.password, PGDATABASE: server.database } };
}, 60_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  rmSync(serverFolder, { recursive: true, force: true });
});

const ask = (sql: string): string => spawnSync(client.psql, ["-X", "-At", "-c", sql], { encoding: "utf8", env: client.env }).stdout.trim();

test("PostgreSQL gets the rows of the files, in their order, planted defects included", async () => {
  const request = { rows: 25_000, years: [2023], seed: 4, threads: 0, defects: { seed: 1, plant: { B04: 3, B02: 2 } } };
  await createTables(client, false);
  await copySourceTables(client, SAMPLE_SOURCES);
  const [made] = await generateInto(request, () => postgresTarget(client));
  await generateFolder(request, join(folder, "files"));
  const files = await openData(join(folder, "files"));
  expect(ask("select count(*), min(id), max(id) from prescriber_drug")).toBe("25000|1|25000");
  expect(ask("select sum(tot_clms), sum(tot_benes), count(ge65_sprsn_flag) from prescriber_drug")).toBe(
    [await count(files, "select sum(Tot_Clms) from detail"), await count(files, "select sum(Tot_Benes) from detail"), await count(files, "select count(flag) from detail")].join("|"),
  );
  expect(Number(ask("select sum(tot_drug_cst) from prescriber_drug"))).toBe(await count(files, "select sum(Tot_Drug_Cst) from detail"));
  expect(Number(ask("select count(*) from prescriber"))).toBe(made?.providers);
  const planted = made?.planted.filter((item) => item.rule === "B04").map((item) => (item.line ?? 0) - 1).sort((a, b) => a - b);
  expect(ask("select id from prescriber_drug where tot_clms < 11 order by id").split("\n").map(Number)).toEqual(planted);
  expect(ask("select count(*), count(*) filter (where antbtc_drug_flag = 'Y') from drug")).toBe("472|264");
  expect(ask("select count(*), count(distinct state_id) from state")).toBe("28338|52");
  expect(readFileSync(join(folder, "files", "defects.json"), "utf8")).toContain('"B02"');
});

test("tables that are there already are left alone unless told to replace them", async () => {
  await expect(createTables(client, false)).rejects.toThrow(/already exists/);
  expect(ask("select count(*) from prescriber_drug")).toBe("25000");
  await createTables(client, true);
  expect(ask("select count(*) from prescriber_drug")).toBe("0");
});

test("a server that is not there is said in psql's words", async () => {
  await expect(createTables({ ...client, env: { ...client.env, PGPORT: "1" } }, false)).rejects.toThrow(/psql ended with 2: .*port 1 failed/s);
});
