// A MySQL of its own for a test file, in a new folder that goes with it.

import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection, type Connection } from "mysql2/promise";
import { startMySql, type MySqlOptions, type MySqlServer } from "../../driver/local/mysql.js";
import { findMySql, type MySqlProgram } from "../../driver/local/mysql-program.js";
import { findOlderMySql } from "../../driver/local/older-mysql.js";
import { testMachine } from "./machine.js";

/** Set for the tests of vitest.config.ts's project older-mysql: the same files, on the other server. */
export const isOlderMySql = process.env["CARELAKE_TEST_MYSQL"] === "older";

async function testMySqlProgram(): Promise<MySqlProgram> {
  const machine = testMachine();
  const program = await (isOlderMySql ? findOlderMySql(machine) : findMySql(machine));
  if (!program.ok) throw new Error(`no MySQL (carelake setup --for test): ${JSON.stringify(program.problems[0])}`);
  return program.value;
}

/** Rejects with the problem when there is no MySQL or it does not start. `stop` also removes the folder. */
export async function startTestMySql(options: Partial<MySqlOptions> = {}): Promise<MySqlServer> {
  const program = await testMySqlProgram();
  const folder = mkdtempSync(join(tmpdir(), "carelake-mysql-"));
  const rootPassword = randomBytes(18).toString("base64url");
  const server = await startMySql({ program, folder, rootPassword, env: testMachine().env, ...options });
  if (!server.ok) throw new Error(JSON.stringify(server.problems[0], null, 2));
  const stop = async (): Promise<void> => {
    await server.value.stop();
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  };
  return { ...server.value, stop };
}

/** As root, over TLS with the server's certificate checked against its own authority. */
export function connectAsRoot(server: MySqlServer): Promise<Connection> {
  return createConnection({
    host: server.host,
    port: server.port,
    user: server.rootUser,
    password: server.rootPassword,
    ssl: { ca: readFileSync(server.caFile, "utf8"), rejectUnauthorized: true },
  });
}
