import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isProcessAlive } from "../../../driver/local/processes.js";
import { findPostgres } from "../../../driver/local/programs.js";
import { testMachine } from "../../servers/machine.js";
import { startPostgres, type PostgresServer } from "../../servers/postgres.js";
import { gone, startInChild } from "./orphan.js";

const folder = mkdtempSync(join(tmpdir(), "carelake-postgres-"));
const start = async (): Promise<PostgresServer> => {
  const machine = testMachine();
  const program = await findPostgres(machine);
  if (!program.ok) throw new Error(JSON.stringify(program.problems[0]));
  return startPostgres({ program: program.value, folder, password: "it's secret", env: machine.env, settings: { max_connections: "17" } });
};
let server: PostgresServer;
beforeAll(async () => {
  server = await start();
}, 60_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function psql(sql: string, password: string): { readonly out: string; readonly err: string } {
  const args = ["-X", "-At", "-h", server.host, "-p", String(server.port), "-U", server.user, "-d", server.database, "-c", sql];
  const { stdout, stderr } = spawnSync(server.psql, args, { encoding: "utf8", env: { ...process.env, PGPASSWORD: password } });
  return { out: stdout.trim(), err: stderr.trim() };
}

describe("a private PostgreSQL server", () => {
  it("answers with its password on the loopback, with the settings asked for", () => {
    expect(psql("select current_setting('listen_addresses'), current_setting('max_connections'), current_setting('server_version')", server.password).out).toMatch(new RegExp(`^127\\.0\\.0\\.1\\|17\\|${server.version}`));
  });

  it("refuses a wrong password and keeps the right one as scram", () => {
    expect(psql("select 1", "wrong").err).toMatch(/password authentication failed/);
    expect(psql("select left(rolpassword, 13) from pg_authid where rolname = 'postgres'", server.password).out).toBe("SCRAM-SHA-256");
  });

  it("keeps its data over stop and start in a folder nobody else reads", async () => {
    psql("create table kept as select 41 + 1 as answer", server.password);
    await server.stop();
    expect(isProcessAlive(server.pid)).toBe(false);
    expect(statSync(folder).mode & 0o077).toBe(0);
    server = await start();
    expect(psql("select answer from kept", server.password).out).toBe("42");
  }, 60_000);

  it("goes down when the process that started it is killed with SIGKILL", async () => {
    const child = await startInChild("postgres");
    expect(isProcessAlive(child.serverPid)).toBe(true);
    child.process.kill("SIGKILL");
    await gone(child.serverPid);
    rmSync(child.folder, { recursive: true, force: true });
  }, 60_000);
});
