// Starts a server in a process of its own, so that a test can kill that process.
// Run as a program (node --import tsx orphan.ts mysql FOLDER) it starts the server, prints its pid and stays.

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isProcessAlive } from "../../../driver/local/processes.js";
import { findPostgres } from "../../../driver/local/programs.js";
import { testMachine } from "../../servers/machine.js";
import { startTestMySql } from "../../servers/mysql.js";
import { startPostgres } from "../../servers/postgres.js";

export interface ServerInChild {
  readonly process: ChildProcess;
  readonly serverPid: number;
  readonly folder: string;
}

export function startInChild(kind: "mysql" | "postgres"): Promise<ServerInChild> {
  const folder = mkdtempSync(join(tmpdir(), `carelake-${kind}-`));
  const child = spawn(process.execPath, ["--import", "tsx", fileURLToPath(import.meta.url), kind, folder], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the process around ${kind} ended with ${code}`)));
    child.stdout.once("data", (chunk: Buffer) => resolve({ process: child, serverPid: Number(chunk.toString()), folder }));
  });
}

/** Rejects when the process is still there after 20 seconds. */
export async function gone(pid: number): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 50) {
    if (!isProcessAlive(pid)) return;
    await sleep(50);
  }
  throw new Error(`process ${pid} still lives`);
}

async function main(kind: string | undefined, folder: string): Promise<void> {
  const pid = kind === "mysql" ? (await startTestMySql({ folder, rootPassword: "secret" })).pid : await postgresPid(folder);
  process.stdout.write(`${pid}\n`);
  setInterval(() => undefined, 60_000);
}

async function postgresPid(folder: string): Promise<number> {
  const machine = testMachine();
  const program = await findPostgres(machine);
  if (!program.ok) throw new Error("no PostgreSQL");
  return (await startPostgres({ program: program.value, folder, password: "secret", env: machine.env })).pid;
}

const [, program, kind, folder] = process.argv;
if (program === fileURLToPath(import.meta.url) && folder !== undefined) await main(kind, folder);
