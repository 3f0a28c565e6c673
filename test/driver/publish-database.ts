// One private MySQL for the publication tests: databases with a loader account each, and publications with defaults.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection, RowDataPacket } from "mysql2/promise";
import type { MySqlServer } from "../../driver/local/mysql.js";
import { folderExports } from "../../driver/exports.js";
import { openSession, type MySqlSettings } from "../../driver/mysql.js";
import type { Published, PublishEvent, PublishOptions } from "../../driver/publish.js";
import { publish } from "../../driver/publish.js";
import type { Problem, Result } from "../../driver/problems.js";
import type { Session, SessionSource } from "../../driver/session.js";
import { connectAsRoot } from "../servers/mysql.js";

export interface Database {
  readonly settings: MySqlSettings;
  readonly root: Connection;
  readonly folder: string;
  readonly password: string;
  readonly events: PublishEvent[];
  publish(options: Pick<PublishOptions, "tables" | "publication"> & Partial<PublishOptions>): Promise<Result<Published>>;
  rows(sql: string): Promise<RowDataPacket[]>;
  end(): Promise<void>;
}

const GRANTS = "select, insert, update, delete, create, drop, alter, index";

/** A database of its own with a loader that has the documented privileges and no more. */
export async function makeDatabase(server: MySqlServer, name: string, grants = GRANTS): Promise<Database> {
  const root = await connectAsRoot(server);
  root.on("error", () => undefined);
  const password = `pw-${randomBytes(12).toString("base64url")}`;
  await root.query(`create database \`${name}\``);
  await root.query(`create user '${name}'@'%' identified by '${password}'`);
  await root.query(`grant ${grants} on \`${name.replaceAll("_", "\\_")}\`.* to '${name}'@'%'`);
  await root.query(`use \`${name}\``);
  const folder = mkdtempSync(join(tmpdir(), "carelake-publish-"));
  const settings: MySqlSettings = { socketPath: server.socket, user: name, password, database: name };
  const events: PublishEvent[] = [];
  return {
    settings,
    root,
    folder,
    password,
    events,
    publish: (options) =>
      publish({ connect: settings, files: folderExports, set: "pair", run: `run-${options.publication}`, version: "0.0.1", now: () => new Date(), events: (event) => events.push(event), ...options }),
    rows: async (sql) => (await root.query<RowDataPacket[]>(sql))[0],
    end: async () => {
      await root.end().catch(() => root.destroy());
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function withDatabase(server: MySqlServer, name: string, work: (database: Database) => Promise<void>): Promise<void> {
  const database = await makeDatabase(server, name);
  try {
    await work(database);
  } finally {
    await database.end();
  }
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.value;
}

export function problemOf(result: Result<unknown>): Problem {
  if (result.ok) throw new Error(`no problem: ${JSON.stringify(result.value)}`);
  return result.problems[0];
}

/** The same database; `before` is done before each statement of any of its sessions, and queries are put in other words. */
export function watched(settings: MySqlSettings, before: (sql: string) => Promise<void> | void, worded: (sql: string) => string = (sql) => sql): SessionSource {
  const { user, database, socketPath = "" } = settings;
  const open = async (): Promise<Session> => {
    const real = await openSession(settings);
    const run: Session["run"] = async (sql, values) => (await before(sql), real.run(sql, values));
    return { ...real, run, query: async (sql, values) => (await before(sql), real.query(worded(sql), values)) };
  };
  return { address: socketPath, user, database, open };
}

export const tick = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Calls `act` with the connections of this database that are inside a LOAD DATA, as soon as there is one. */
export const duringLoad = ({ root }: Database, act: (ids: readonly number[]) => Promise<void>): Promise<void> => duringStatement(root, "load data%", act);

/** The same for another statement, in the database that `root` uses. */
export const duringStatement = async (root: Connection, statement: string, act: (ids: readonly number[]) => Promise<void>): Promise<void> => act(await atStatement(root, statement, (count) => count > 0));

/** The connections at a statement in the database that `root` uses, once there are as many as are waited for. */
export async function atStatement(root: Connection, statement: string, enough: (count: number) => boolean): Promise<readonly number[]> {
  let found: readonly number[] = [];
  for (let attempt = 0; attempt < 6000; attempt++) {
    const [rows] = await root.query<RowDataPacket[]>("select id from information_schema.processlist where info like ? and db = database() and id <> connection_id()", [statement]);
    found = rows.map((row) => Number(row["id"]));
    if (enough(found.length)) return found;
    await tick(5);
  }
  throw new Error(`at ${statement} were ${String(found.length)} in the end`);
}
