// A private MySQL server for demo and tests: loopback only, own data folder, ends with this process.
// In: a program (mysql-program.ts), a folder, a root password. Out: how to reach it, and its end.
// Never here: tables, users, anything of the publisher.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endLeftover, freePort, startGuarded, waitForLog, type Guarded } from "./guard.js";
import { runCommand, type Machine } from "./machine.js";
import type { MySqlProgram } from "./mysql-program.js";
import { fail, ok, type Result } from "../problems.js";

export interface MySqlOptions {
  readonly program: MySqlProgram;
  /** The server's own folder; made when absent, and used again with its data when it was there. */
  readonly folder: string;
  /** Password of root@localhost. A folder used again must be given the one it was made with. */
  readonly rootPassword: string;
  readonly env: Machine["env"];
  /** Server setting local_infile. Default true. */
  readonly localInfile?: boolean;
  /** Default true: who blocks a swap is read from performance_schema.metadata_locks. False saves 170 MB of memory. */
  readonly performanceSchema?: boolean;
  /** More mysqld arguments, later ones win. */
  readonly extraArgs?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface MySqlServer {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly socket: string;
  /**
   * The authority that signed the server's certificate, made by the server itself. The certificate names no host,
   * so clients verify the chain and not the name.
   */
  readonly caFile: string;
  readonly rootUser: "root";
  readonly rootPassword: string;
  readonly pid: number;
  readonly version: string;
  /** What the server says, for problems. */
  readonly log: string;
  readonly exited: Promise<number>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

const READY = /ready for connections.*port: (\d+)/;
const START_PATIENCE = 90_000;
const TRIES = 3;

/** Problem: setup-failed with the last lines of the server's log. */
export async function startMySql(options: MySqlOptions): Promise<Result<MySqlServer>> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  if (!(await endLeftover(options.folder))) return refuse(["mysqld"], [`${options.folder} is in use by a living server of another process`]);
  const made = await initialise(options);
  if (!made.ok) return made;
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted();
    const started = await startOnce(options);
    if (started.ok || attempt === TRIES || !started.portTaken) return started.ok ? ok(started.server) : refuse(started.command, started.output);
  }
}

type Start =
  | { readonly ok: true; readonly server: MySqlServer }
  | { readonly ok: false; readonly portTaken: boolean; readonly command: readonly string[]; readonly output: readonly string[] };

async function startOnce(options: MySqlOptions): Promise<Start> {
  const port = await freePort();
  const socketFolder = mkdtempSync("/tmp/carelake-"); // a socket's path may have 107 bytes only, and data folders lie deep
  const socket = join(socketFolder, "s");
  const data = join(options.folder, "data");
  const command = [
    ...mysqld(options),
    `--datadir=${data}`,
    "--bind-address=127.0.0.1",
    `--port=${port}`,
    `--socket=${socket}`,
    `--pid-file=${join(options.folder, "mysqld.pid")}`,
    "--mysqlx=OFF",
    "--disable-log-bin",
    `--local-infile=${options.localInfile === false ? "OFF" : "ON"}`,
    `--performance-schema=${options.performanceSchema === false ? "OFF" : "ON"}`,
    ...(options.extraArgs ?? []),
  ];
  const guarded = await startGuarded(command, { folder: options.folder, env: options.env, stopSignal: "TERM" });
  void guarded.exited.then(() => rmSync(socketFolder, { recursive: true, force: true }));
  if ((await waitForLog(guarded, READY, START_PATIENCE)) === undefined) {
    await guarded.kill();
    const output = readFileSync(guarded.log, "utf8").trim().split("\n");
    return { ok: false, portTaken: output.some((line) => line.includes("Address already in use")), command, output };
  }
  return { ok: true, server: describe(options, guarded, { port, socket, caFile: join(data, "ca.pem") }) };
}

function describe(options: MySqlOptions, guarded: Guarded, reach: Pick<MySqlServer, "port" | "socket" | "caFile">): MySqlServer {
  return {
    host: "127.0.0.1",
    ...reach,
    rootUser: "root",
    rootPassword: options.rootPassword,
    pid: guarded.pid,
    version: options.program.version,
    log: guarded.log,
    exited: guarded.exited,
    stop: guarded.stop,
    kill: guarded.kill,
  };
}

/** Makes the data folder under another name first: one that exists is whole. The server is never up without a password. */
async function initialise(options: MySqlOptions): Promise<Result<void>> {
  const data = join(options.folder, "data");
  if (existsSync(data)) return ok(undefined);
  const part = `${data}.part`;
  rmSync(part, { recursive: true, force: true });
  const first = join(options.folder, "first.sql");
  writeFileSync(first, `alter user 'root'@'localhost' identified by ${quote(options.rootPassword)};\n`, { mode: 0o600 });
  const [program, ...args] = [...mysqld(options), "--initialize-insecure", `--datadir=${part}`, `--init-file=${first}`];
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const { code, lines } = await runCommand(program, args, { env: options.env, timeout: START_PATIENCE, ...signal });
  rmSync(first, { force: true });
  // A statement of the init file that fails is an [ERROR] line, and the exit code stays 0.
  if (code !== 0 || lines.some((line) => line.includes("[ERROR]"))) return refuse([program, ...args], lines);
  renameSync(part, data);
  return ok(undefined);
}

/** What both runs of mysqld share. */
function mysqld(options: MySqlOptions): readonly string[] {
  // Files on the server's side are no part of what we do: NULL forbids them, and needs no folder of that name.
  const shared = ["--no-defaults", ...options.program.args, "--secure-file-priv=NULL"];
  // mysqld refuses to run as root unless told so; another user could not enter a cache folder below /root.
  return [...options.program.command, ...shared, ...(process.getuid?.() === 0 ? ["--user=root"] : [])];
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}

function refuse(command: readonly string[], lines: readonly string[]): Result<never> {
  return fail({ code: "setup-failed", part: "mysql server", command: command.join(" "), output: lines.slice(-15) });
}
