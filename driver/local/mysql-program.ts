// Finds a mysqld to run: the machine's own, else the one set-up put into the cache folder.
// In: the machine. Out: the command and its fixed arguments. Never here: starting it, fetching it.

import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { findProgram, isExecutable, runCommand, type Machine } from "./machine.js";
import { fail, ok, type Result } from "../problems.js";

export interface MySqlProgram {
  readonly version: string;
  /** Where it stands, for people. */
  readonly path: string;
  /** Program and what must stand before mysqld's own arguments. */
  readonly command: readonly string[];
  /** Arguments it always needs to find its own files. */
  readonly args: readonly string[];
}

/** Written last into the cached server's folder; names every file, so that a truncated copy is noticed. */
export const mysqlRecord = z.object({
  version: z.string(),
  loader: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.number() })),
});
export const MYSQL_RECORD = "carelake.json";

/** Places where packages put mysqld without PATH knowing. */
const USUAL = ["/usr/sbin/mysqld", "/usr/local/sbin/mysqld", "/usr/libexec/mysqld", "/usr/local/mysql/bin/mysqld", "/opt/homebrew/opt/mysql/bin/mysqld"];

/** Problem: server-not-found, with what was looked at and how to get one. */
export async function findMySql(machine: Machine, usual: readonly string[] = USUAL.map((file) => join(machine.system, file))): Promise<Result<MySqlProgram>> {
  const looked: string[] = ["mysqld on PATH", ...usual];
  const own = new Set([findProgram("mysqld", machine.env), ...usual.filter(isExecutable)]);
  for (const path of own) {
    if (path === undefined) continue;
    const { code, lines } = await runCommand(path, ["--version"], { env: machine.env, timeout: 20_000 });
    const text = lines.join(" ");
    const version = /Ver (\d+\.\d+\.\d+)/.exec(text)?.[1];
    // MariaDB calls itself mysqld too, and lacks what publication relies on.
    if (code === 0 && version !== undefined && Number(version.split(".")[0]) >= 8 && !/mariadb/i.test(text)) return ok({ version, path, command: [path], args: [] });
    looked.push(`${path} is not MySQL 8 or newer (${lines[0] ?? "no answer"})`);
  }
  const cached = findCached(machine.cache);
  looked.push(join(machine.cache, "mysql-*"));
  if (cached !== undefined) return ok(cached);
  return fail({ code: "server-not-found", server: "MySQL", looked, install: installMySql(machine) });
}

function installMySql(machine: Machine): string {
  if (machine.platform === "darwin") return "brew install mysql";
  if (machine.debian && machine.root) return "carelake setup --for demo";
  return "install MySQL 8.4 or newer (mysqld), or name a server of yours in the profile";
}

/** The newest whole server in the cache folder. */
function findCached(cache: string): MySqlProgram | undefined {
  if (!existsSync(cache)) return undefined;
  const folders = readdirSync(cache).filter((name) => /^mysql-\d/.test(name) && !name.endsWith(".part"));
  const byVersion = folders.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  for (const name of byVersion) {
    const program = readCached(join(cache, name));
    if (program !== undefined) return program;
  }
  return undefined;
}

/** It comes from a newer Debian than most machines have, so it runs on its own libraries with its own loader. */
export function readCached(folder: string): MySqlProgram | undefined {
  const record = readRecord(folder);
  if (record === undefined) return undefined;
  const whole = record.files.every(({ name, bytes }) => statSync(join(folder, name), { throwIfNoEntry: false })?.size === bytes);
  if (!whole) return undefined;
  const libraries = join(folder, "lib");
  return {
    version: record.version,
    path: folder,
    command: [join(libraries, record.loader), "--library-path", libraries, join(folder, "mysqld")],
    args: [`--basedir=${folder}`, `--lc-messages-dir=${join(folder, "share")}`, `--character-sets-dir=${join(folder, "share", "charsets")}`, `--plugin-dir=${join(folder, "plugin")}`],
  };
}

function readRecord(folder: string): z.infer<typeof mysqlRecord> | undefined {
  try {
    return mysqlRecord.parse(JSON.parse(readFileSync(join(folder, MYSQL_RECORD), "utf8")));
  } catch {
    return undefined;
  }
}
