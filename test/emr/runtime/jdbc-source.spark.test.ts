// A growing PostgreSQL table read by a stage while others write to it: nothing lost, nothing twice, no password told.

import { chmodSync, readFileSync, readdirSync } from "node:fs";
import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JdbcTable, StageStep } from "../../../driver/stage.js";
import { findPostgres } from "../../../driver/local/programs.js";
import { startPostgres, type PostgresServer } from "../../servers/postgres.js";
import { testMachine } from "../../servers/machine.js";
import { column, lines, newBench, onWarm, stageFile, step, submit, type Bench } from "./stage-bench.js";

const RAW = "lake.j_raw.claim";
const BRANCH = "branch_run_0123456789ab";
const PASSWORD = "Pa'ss w0rd&=é";

describe("a PostgreSQL source", () => {
  let bench: Bench;
  let server: PostgresServer;
  let writer: ChildProcessWithoutNullStreams;

  const psqlArgs = () => ["-h", server.host, "-p", String(server.port), "-U", server.user, "-v", "ON_ERROR_STOP=1", "-qAt", server.database];
  const env = () => ({ ...process.env, PGPASSWORD: PASSWORD });
  const sql = (text: string) => execFileSync(server.psql, [...psqlArgs(), "-c", text], { env: env(), encoding: "utf8" }).trim();

  beforeAll(async () => {
    bench = await newBench("jdbc");
    chmodSync(bench.folder, 0o755);
    const program = await findPostgres(testMachine());
    if (!program.ok) throw new Error(JSON.stringify(program.problems[0]));
    server = await startPostgres({ program: program.value, folder: join(bench.folder, "pg"), password: PASSWORD, env: process.env });
    sql(`create table claim (id bigserial primary key, npi text, cost numeric, is_new boolean, "Odd ""name" text);
         insert into claim (npi, cost, is_new, "Odd ""name") select lpad(i::text, 10, '0'), i / 4.0, i % 2 = 0, case when i % 3 = 0 then '' else 'tab' || chr(9) || (i % 3) end from generate_series(1, 1000) i`);
    writer = spawn(server.psql, psqlArgs(), { env: env() });
  });
  afterAll(async () => {
    writer.stdin.end();
    await server.stop();
  });

  function load(fingerprint: string, parts: Partial<JdbcTable> = {}, table = RAW): StageStep {
    const columns = ["npi", "cost", "is_new", 'Odd "name', ...(parts.columns ?? [])];
    return step({
      table, fingerprint, write: "append",
      columns: [...["npi", "cost", "is_new", "odd", "source_file", "layout", "unparsed_line"].map((n) => column(n)), column("source_key", "bigint")],
      source: { kind: "jdbc", view: "claim_source", url: server.jdbcUrl, user: server.user, password_env: "CLAIM_PASSWORD", table: "public.claim",
        key: "id", where: null, absent: ["note"], layout: "table", partitions: 3, incremental: true, ...parts, columns },
      sql: `insert into ${table}.${BRANCH} partition (year = 2023) by name select npi, cost, is_new, \`Odd "name\` as odd, source_file, layout, unparsed_line, source_key from claim_source`,
    });
  }

  it("waits for a smaller key that commits later, and leaves greater keys to the next load", async () => {
    writer.stdin.write("begin; insert into claim (npi) values ('open');\n");
    while (sql("select count(*) from pg_locks where mode = 'RowExclusiveLock' and relation = 'claim'::regclass") !== "1") await new Promise((r) => setTimeout(r, 50));
    sql("insert into claim (npi) values ('after')");
    const columns = ["year:int", "source_key:bigint", "npi:string", "cost:string", "is_new:string", "odd:string", "source_file:string"]
      .map((c) => ({ name: c.split(":")[0] ?? "", type: c.split(":")[1] ?? "" }));
    const stage = stageFile(bench, { stage: "load1", steps: [load("f1")], exports: [{ id: "x", table: RAW, year: 2023, columns, sort: ["source_key"],
      directory: join(bench.folder, "export"), segment_bytes: 1e9, fingerprint: "f1" }] });
    const outcome = await submit(bench, stage, { env: { CLAIM_PASSWORD: PASSWORD }, onEvent: (e) => {
      if (e.event !== "step-started") return;
      // By then the bound has been read, and the stage sits waiting for the open transaction.
      const poll = setInterval(() => {
        if (sql("select count(*) from pg_stat_activity where application_name = 'carelake' and query like '%pg_locks%'") === "0") return;
        clearInterval(poll);
        sql("insert into claim (npi) values ('too late')");
        writer.stdin.write("commit;\n");
      }, 200);
    } });
    expect(outcome.report?.failure).toBeNull();
    expect(outcome.report?.steps[0]).toMatchObject({ rows: 1002, source: { first: 1, upto: 1002, after: null } });
    const rows = lines(join(bench.folder, "export"));
    expect(rows.map((r) => Number(r.split("\t")[1]))).toEqual(Array.from({ length: 1002 }, (_, i) => i + 1));
    expect(rows[0]).toBe("2023\t1\t0000000001\t0.25000000000000000000\tfalse\ttab\\t1\tpublic.claim");
    // Empty text is unknown, as it is in a file.
    expect(rows[2]?.split("\t")[5]).toBe("\\N");
    expect(rows[1000]).toBe("2023\t1001\topen\t\\N\t\\N\t\\N\tpublic.claim");
  });

  it("reads only new keys the next time, none when there are none, and names a column that is not there", async () => {
    sql("insert into claim (npi) values ('new')");
    const [warm, known] = [await onWarm(bench), { env: { CLAIM_PASSWORD: PASSWORD } }];
    const second = await submit(warm, stageFile(bench, { stage: "load2", steps: [load("f2")] }), known);
    expect(second.report?.steps[0]).toMatchObject({ outcome: "built", rows: 1004, source: { after: 1002, first: 1003, upto: 1004 } });
    expect(second.report?.statements[0]).toMatchObject({ rows: 2 });
    const missing = load("f1", { columns: ["npl"] }, "lake.j_raw.other");
    const outcome = await submit(warm, stageFile(bench, { stage: "load3", steps: [load("f3"), missing] }), known);
    expect(outcome.report?.steps[0]).toMatchObject({ outcome: "built", rows: 1004, source: { after: 1004, first: null, upto: null } });
    expect(outcome.report?.statements[0]).toMatchObject({ rows: 0 });
    expect(outcome.report?.failure).toMatchObject({ kind: "source", detail: { missing: ["npl"] } });
  });

  it("tells the password nowhere", () => {
    const told = readdirSync(join(bench.folder, "stages"), { recursive: true, withFileTypes: true }).filter((f) => f.isFile())
      .map((f) => readFileSync(join(f.parentPath, f.name), "utf8")).join("\n");
    expect(told).not.toContain(PASSWORD);
  });
});
