import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isProcessAlive } from "../../../driver/local/processes.js";
import { findMySql } from "../../../driver/local/mysql-program.js";
import { startMySql, type MySqlServer } from "../../../driver/local/mysql.js";
import { testMachine } from "../../servers/machine.js";
import { connectAsRoot, startTestMySql } from "../../servers/mysql.js";
import { gone, startInChild } from "./orphan.js";

let server: MySqlServer;
beforeAll(async () => {
  server = await startTestMySql();
}, 120_000);
afterAll(() => server.stop());

async function ask(target: MySqlServer, sql: string): Promise<RowDataPacket> {
  const connection = await connectAsRoot(target);
  try {
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    const [row] = rows;
    if (row === undefined) throw new Error(`no row: ${sql}`);
    return row;
  } finally {
    await connection.end();
  }
}

describe("a private MySQL server", () => {
  it("is a MySQL that talks TLS verified by its own authority", async () => {
    const version = await ask(server, "select version() as version, @@version_comment as comment");
    expect(version["version"]).toContain(server.version);
    expect(`${version["version"]} ${version["comment"]}`).not.toMatch(/mariadb/i);
    expect((await ask(server, "show session status like 'Ssl_version'"))["Value"]).toMatch(/^TLSv1\.[23]$/);
  });

  it("is refused by a client that trusts another authority", async () => {
    const other = execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=other", "-days", "1"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const wrong = createConnection({ host: server.host, port: server.port, user: "root", password: server.rootPassword, ssl: { ca: other, rejectUnauthorized: true } });
    await expect(wrong).rejects.toThrow(/certificate/i);
  });

  it("lets nobody in without the password, and was never up without one", async () => {
    const bare = createConnection({ host: server.host, port: server.port, user: "root", password: "", ssl: { ca: readFileSync(server.caFile, "utf8") } });
    await expect(bare).rejects.toThrow(/Access denied/);
    const users = await ask(server, "select count(*) as n from mysql.user where user = '' or (authentication_string = '' and account_locked = 'N')");
    expect(Number(users["n"])).toBe(0);
  });

  it("listens on the loopback alone, loads local files, shows metadata locks, and has no file access of its own", async () => {
    const settings = await ask(server, "select @@bind_address as bind, @@local_infile as loads, @@performance_schema as ps, @@secure_file_priv as files, @@log_bin as binlog");
    expect(settings).toMatchObject({ bind: "127.0.0.1", loads: 1, ps: 1, files: "NULL", binlog: 0 });
    expect(Number((await ask(server, "select count(*) as n from performance_schema.metadata_locks"))["n"])).toBeGreaterThan(0);
  });

  it("keeps its data over stop and start, and a password with quotes in it", async () => {
    const program = await findMySql(testMachine());
    if (!program.ok) throw new Error("no MySQL");
    const folder = mkdtempSync(join(tmpdir(), "carelake-mysql-"));
    const options = { program: program.value, folder, rootPassword: `o'ne\\two"`, env: process.env, localInfile: false, performanceSchema: false };
    const first = await startTestMySql(options);
    const connection = await connectAsRoot(first);
    await connection.query("create database kept");
    await connection.end();
    const inUse = await startMySql(options);
    expect(inUse).toMatchObject({ ok: false, problems: [{ code: "setup-failed", output: [expect.stringContaining("in use")] }] });
    await first.stop();
    expect(isProcessAlive(first.pid)).toBe(false);
    expect(existsSync(first.socket)).toBe(false);
    const second = await startTestMySql(options);
    expect(await ask(second, "select schema_name as name, @@local_infile as loads from information_schema.schemata where schema_name = 'kept'")).toMatchObject({ name: "kept", loads: 0 });
    await second.kill();
    expect(isProcessAlive(second.pid)).toBe(false);
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  it("gives the server's own words when an argument is wrong", async () => {
    await expect(startTestMySql({ extraArgs: ["--no-such-setting=1"] })).rejects.toThrow(/unknown variable 'no-such-setting/);
  }, 120_000);

  it("goes down when the process that started it is killed with SIGKILL", async () => {
    const child = await startInChild("mysql");
    expect(isProcessAlive(child.serverPid)).toBe(true);
    child.process.kill("SIGKILL");
    await gone(child.serverPid);
    rmSync(child.folder, { recursive: true, force: true });
  }, 120_000);

  it("that lost its guard and its owner is ended by the next start in the same folder", async () => {
    const child = await startInChild("mysql");
    const guards = execFileSync("pgrep", ["-f", `sh ${child.folder}/server.pid`], { encoding: "utf8" }).trim().split("\n").map(Number);
    expect(guards.length).toBe(2);
    for (const guard of guards) process.kill(guard, "SIGKILL");
    child.process.kill("SIGKILL");
    await gone(child.process.pid ?? 0);
    expect(isProcessAlive(child.serverPid)).toBe(true);
    const next = await startTestMySql({ folder: child.folder, rootPassword: "secret" });
    expect(isProcessAlive(child.serverPid)).toBe(false);
    await next.stop();
    rmSync(child.folder, { recursive: true, force: true });
  }, 120_000);
});
