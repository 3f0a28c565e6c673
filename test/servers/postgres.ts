// A private PostgreSQL for tests: loopback, scram passwords, own folder, ends with this process.
// In: the program found by set-up. Out: how to reach it, and its end.

import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endLeftover, freePort, startGuarded, waitForLog, type Guarded } from "../../driver/local/guard.js";
import { runCommand, type Machine } from "../../driver/local/machine.js";
import type { PostgresProgram } from "../../driver/local/programs.js";

export interface PostgresOptions {
  readonly program: PostgresProgram;
  /** Own folder, made when absent. When we are root, user postgres must be able to reach it. */
  readonly folder: string;
  /** Password of the superuser `postgres`. */
  readonly password: string;
  readonly env: Machine["env"];
  /** More server settings: `-c name=value`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresServer {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly socketFolder: string;
  readonly user: "postgres";
  readonly password: string;
  readonly database: "postgres";
  /** For Spark. */
  readonly jdbcUrl: string;
  readonly pid: number;
  readonly version: string;
  /** psql of the same version, where the package brings one. */
  readonly psql: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

const READY = /database system is ready to accept connections/;

/** Rejects with the server's log when it does not come up. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const user = await serverUser(options);
  if (!(await endLeftover(options.folder))) throw new Error(`${options.folder} is in use by a living server of another process`);
  await initialise(options, user);
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const socketFolder = mkdtempSync("/tmp/carelake-");
    if (user !== undefined) chownSync(socketFolder, user.uid, user.gid);
    const guarded = await startGuarded(command(options, port, socketFolder), {
      folder: options.folder,
      env: english(options.env),
      stopSignal: "INT", // "fast": does not wait for clients to leave
      ...(user === undefined ? {} : { user }),
    });
    void guarded.exited.then(() => rmSync(socketFolder, { recursive: true, force: true }));
    if ((await waitForLog(guarded, READY, 60_000)) !== undefined) return describe(options, guarded, { port, socketFolder });
    await guarded.kill();
    const output = readFileSync(guarded.log, "utf8");
    if (attempt === 3 || !output.includes("Address already in use")) throw new Error(`PostgreSQL did not start:\n${output}`);
  }
}

function command(options: PostgresOptions, port: number, socketFolder: string): readonly string[] {
  const settings = Object.entries({ listen_addresses: "127.0.0.1", unix_socket_directories: socketFolder, ...options.settings });
  return [join(options.program.folder, "postgres"), "-D", join(options.folder, "data"), "-p", String(port), ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}

function describe(options: PostgresOptions, guarded: Guarded, { port, socketFolder }: { readonly port: number; readonly socketFolder: string }): PostgresServer {
  return {
    host: "127.0.0.1",
    port,
    socketFolder,
    user: "postgres",
    password: options.password,
    database: "postgres",
    jdbcUrl: `jdbc:postgresql://127.0.0.1:${port}/postgres`,
    pid: guarded.pid,
    version: options.program.version,
    psql: join(options.program.folder, "psql"),
    stop: guarded.stop,
    kill: guarded.kill,
  };
}

async function initialise(options: PostgresOptions, user: User | undefined): Promise<void> {
  const data = join(options.folder, "data");
  if (existsSync(data)) return;
  const part = `${data}.part`;
  rmSync(part, { recursive: true, force: true });
  const secret = join(options.folder, "password");
  writeFileSync(secret, `${options.password}\n`, { mode: 0o600 });
  if (user !== undefined) chownSync(secret, user.uid, user.gid);
  const args = ["-D", part, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${secret}`, "--encoding=UTF8", "--locale=C", "--no-sync"];
  const { code, lines } = await runCommand(join(options.program.folder, "initdb"), args, { env: english(options.env), cwd: options.folder, ...(user === undefined ? {} : { user }) });
  rmSync(secret, { force: true });
  if (code !== 0) throw new Error(`initdb failed:\n${lines.join("\n")}`);
  renameSync(part, data);
}

/** PostgreSQL refuses to run as root: then it is the user its package made. */
async function serverUser(options: PostgresOptions): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8").split("\n").find((entry) => entry.startsWith("postgres:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) throw new Error("running as root, and there is no user postgres to run the server as");
  const user = { uid: Number(uid), gid: Number(gid) };
  chownSync(options.folder, user.uid, user.gid);
  // Without this, initdb's own message names a folder and no reason.
  const reach = await runCommand("/bin/sh", ["-c", 'cd "$1"', "sh", options.folder], { env: options.env, cwd: "/", user });
  if (reach.code !== 0) throw new Error(`user postgres cannot reach ${options.folder}: ${reach.lines.join(" ")}`);
  return user;
}

/** Messages that the code reads must not depend on the user's language. */
function english(env: Machine["env"]): Machine["env"] {
  return { ...env, LC_ALL: "C", LANGUAGE: undefined };
}
