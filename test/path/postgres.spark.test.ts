// Part D from a PostgreSQL source through the command: a full load, then rows that arrive later, a Spark process killed
// in the middle of reading them, and the same again. The same rows as CSV files say what must come out.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findPostgres } from "../../driver/local/programs.js";
import { stageEvent } from "../../driver/stage.js";
import { generateFolder, generateInto, type GenerateRequest } from "../generator/generate.js";
import { detailFileName, providerFileName } from "../generator/layout.js";
import { copySourceTables, createTables, postgresTarget, type Client } from "../generator/postgres.js";
import { SAMPLE_SOURCES } from "../generator/sources.js";
import { testMachine } from "../servers/machine.js";
import { startPostgres, type PostgresServer } from "../servers/postgres.js";
import { onWarmSpark } from "../servers/warm-spark.js";
import { carelake, newProject, run, type Answer, type Project, type RunAnswer } from "./carelake.js";
import { CURATED, openSources } from "./expected-part-d.js";
import { branchesOf, columnsOf, contents, differences, openLake, tablesOf, valueOf } from "./lake.js";

const PASSWORD = "Pa'ss w0rd&=é#%";
const ROWS = 6_000;
const FIRST = 4_000;
const request: GenerateRequest = { rows: ROWS, years: [2023], seed: 11, threads: 0 };
const data = mkdtempSync(join(tmpdir(), "carelake-pg-data-"));
// The server's user must reach its folder: it cannot lie inside ours.
const serverFolder = mkdtempSync(join(tmpdir(), "carelake-pg-"));
let server: PostgresServer;
let client: Client;
let project: Project;
const answers: Answer[] = [];

/** Ten rows of each table once more as rows of another year: a run of 2023 that read them would find keys twice. */
const OTHER_YEAR = `do $$ declare t text; c text; begin foreach t in array array['prescriber_drug', 'prescriber', 'drug', 'state'] loop
  execute format('alter table %I add column data_year integer not null default 2023', t);
  select string_agg(quote_ident(column_name), ', ') into c from information_schema.columns where table_name = t and column_name not in ('id', 'data_year');
  execute format('insert into %I (%s, data_year) select %s, 2022 from %I order by id limit 10', t, c, c, t);
end loop; end $$`;

const sql = (text: string): string => {
  const ended = spawnSync(client.psql, ["-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", text], { encoding: "utf8", env: client.env });
  if (ended.status !== 0) throw new Error(ended.stderr);
  return ended.stdout.trim();
};

const load = async (): Promise<RunAnswer> => {
  const answer = await run(project, ["--year", "2023"]);
  answers.push(answer);
  return answer;
};

const rawStep = (answer: RunAnswer, table: string) => answer.steps.find((step) => step.job === `part-d/raw/${table}`);

/** Curated tables against the first `rows` lines of the CSV file that has the same rows. */
async function disagreements(rows: number): Promise<unknown> {
  const db = await openLake(project.lake);
  await openSources(db, {
    layout: "official", detail: join(data, detailFileName(2023, { number: 1, of: 1 })), provider: join(data, providerFileName(2023)), drugList: SAMPLE_SOURCES.drugList, cities: join(data, "us_cities.csv"),
    without: { detail: Array.from({ length: ROWS - rows }, (_, at) => rows + at + 2), provider: [] },
  });
  const found: Record<string, unknown> = {};
  for (const { table, key, sql: expected } of CURATED) {
    const columns = (await columnsOf(db, expected)).filter((column) => !key.includes(column));
    found[table] = await differences(db, { actual: `select * from ${table} where year = 2023`, expected, key, columns });
  }
  return found;
}
const AGREED = Object.fromEntries(CURATED.map(({ table }) => [table, []]));

/** Keys of the raw table: how many, how many different, the least and the greatest. */
async function keys(): Promise<string | null> {
  const db = await openLake(project.lake);
  return valueOf(db, "select concat_ws('|', count(*), count(distinct source_key), min(source_key), max(source_key)) from part_d_raw.prescriber_drug where year = 2023");
}

beforeAll(async () => {
  const machine = testMachine();
  const program = await findPostgres(machine);
  if (!program.ok) throw new Error(JSON.stringify(program.problems[0]));
  server = await startPostgres({ program: program.value, folder: serverFolder, password: PASSWORD, env: machine.env });
  client = { psql: server.psql, env: { ...process.env, PGHOST: server.host, PGPORT: String(server.port), PGUSER: server.user, PGPASSWORD: PASSWORD, PGDATABASE: server.database } };
  await generateFolder(request, data);
  await createTables(client, false);
  await copySourceTables(client, SAMPLE_SOURCES);
  await generateInto(request, () => postgresTarget(client));
  sql(OTHER_YEAR);
  // What arrives later waits in a table of its own.
  const waiting = `prescriber_drug where id > ${String(FIRST)} and data_year = 2023`;
  sql(`create table later as select * from ${waiting}; delete from ${waiting}`);
  const postgres = { host: server.host, port: server.port, database: server.database, user: server.user, password: { env: "SOURCE_PASSWORD" }, sslmode: "disable", year_column: "data_year" };
  project = newProject("postgres", { postgres }, { SOURCE_PASSWORD: PASSWORD, ...onWarmSpark() });
});

afterAll(async () => {
  await server.stop();
  for (const folder of [project.folder, data, serverFolder]) rmSync(folder, { recursive: true, force: true });
});

describe("the first load", () => {
  let answer: RunAnswer;
  beforeAll(async () => {
    answer = await load();
  });

  it("reads every row once, inside the bounds of the key", async () => {
    expect(rawStep(answer, "prescriber_drug")).toMatchObject({ rows: FIRST, source: { after: null, first: 1, upto: FIRST } });
    expect(await keys()).toBe(`${String(FIRST)}|${String(FIRST)}|1|${String(FIRST)}`);
    expect(answer.gates.filter((gate) => gate.verdict === "failed" || gate.verdict === "warned")).toEqual([]);
  });

  it("gives the same curated tables as the same rows from CSV files", async () => {
    expect(await disagreements(FIRST)).toEqual(AGREED);
  });
});

describe("rows that arrive later", () => {
  it("survive a Spark process killed after they were read and before they could be seen", async () => {
    const before = await contents(project.lake, 2023);
    sql("insert into prescriber_drug overriding system value select * from later");
    let killed = "";
    const answer = await carelake({ ...project, env: { SOURCE_PASSWORD: PASSWORD } }, ["run", "part-d", "--year", "2023"], {
      onProgress: (text) => {
        const folder = /logs in ([^)]+)\)/.exec(text)?.[1];
        if (folder === undefined) return;
        const watch = setInterval(() => {
          if (!existsSync(join(folder, "events.jsonl")) || !/"step-finished"/.test(readFileSync(join(folder, "events.jsonl"), "utf8"))) return;
          clearInterval(watch);
          process.kill(-Number(readFileSync(join(folder, "pid"), "utf8")), "SIGKILL");
          killed = folder;
        }, 20);
      },
    });
    answers.push(answer);
    expect(answer.code, answer.stderr).not.toBe(0);
    const events = readFileSync(join(killed, "events.jsonl"), "utf8").split("\n").flatMap((line) => (line.includes('"step-finished"') ? [stageEvent.parse(JSON.parse(line))] : []));
    // It had read the new rows, and those alone.
    expect(events[0]).toMatchObject({ report: { job: "part-d/raw/prescriber_drug", outcome: "built", source: { after: FIRST, first: FIRST + 1, upto: ROWS } } });
    expect(await contents(project.lake, 2023)).toEqual(before);
  });

  it("are there after the next run, none twice and none lost, and the later zones see the whole year", async () => {
    const answer = await load();
    const step = rawStep(answer, "prescriber_drug");
    // What the killed process had read stands on the run's branch and is not read again.
    expect(step).toMatchObject({ outcome: "already-built", rows: ROWS });
    expect(await keys()).toBe(`${String(ROWS)}|${String(ROWS)}|1|${String(ROWS)}`);
    expect(answer.steps.find((each) => each.job === "part-d/cleansed/prescriber_drug")?.rows).toBe(ROWS);
    expect(await disagreements(ROWS)).toEqual(AGREED);
    for (const table of tablesOf(project.lake)) expect(branchesOf(project.lake, table), table).toEqual([]);
  });
});

it("is told with host and user when the password is wrong", async () => {
  const before = await contents(project.lake, 2023);
  const answer = await carelake({ ...project, env: { ...project.env, SOURCE_PASSWORD: "not-the-password" } }, ["run", "part-d", "--year", "2023"]);
  answers.push(answer);
  expect(answer.code, answer.stderr).toBe(3);
  expect(answer.stderr).toContain(`error[postgres-access-denied]: PostgreSQL at ${server.host}:${String(server.port)} refuses user ${server.user} for database ${server.database}\n`);
  expect(answer.stderr).toContain("check the password's environment variable");
  expect(answer.stderr).not.toContain("not-the-password");
  expect(await contents(project.lake, 2023)).toEqual(before);
});

it("tells the password in no file of the lake and on no stream", () => {
  const secrets = [PASSWORD, encodeURIComponent(PASSWORD), JSON.stringify(PASSWORD).slice(1, -1)];
  const files = readdirSync(project.folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter((file) => secrets.some((secret) => readFileSync(file).includes(secret)))).toEqual([]);
  for (const { stdout, stderr } of answers) for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
});
