// Everything that can be known to fail later, asked before anything is made: server, settings, privileges, contract.
// In: a session and the tables. Out: all problems at once, or what the server is and what will change for readers.

import type { Session } from "../session.js";
import { settle, type Problem, type ProblemOf, type Result } from "../problems.js";
import { withControl } from "./control.js";
import { contractProblems, type ContractCheck } from "./contract.js";
import type { Database } from "./database.js";
import { COLLATION } from "./ddl.js";
import { cell, type Inventory } from "./inventory.js";
import { loadPath, type LoadPath } from "./load-path.js";
import { missingPrivileges } from "./privileges.js";
import type { PublishOptions } from "./set.js";

type SettingFailure = ProblemOf<"mysql-settings">["failures"][number];

export interface ServerFacts {
  /** "MySQL 9.7.4 (Debian)": for people. */
  readonly server: string;
  readonly settings: Readonly<Record<string, string>>;
  /** How rows will be loaded. */
  readonly path: LoadPath;
}

export interface Preflight extends ServerFacts {
  readonly contract: ContractCheck;
}

/** Read and put into the run's record; the ones with a demand are judged below. */
const ASKED = [
  "version", "version_comment", "aurora_version", "local_infile", "max_allowed_packet", "sql_mode", "character_set_server",
  "collation_server", "time_zone", "lock_wait_timeout", "innodb_buffer_pool_size", "innodb_flush_log_at_trx_commit", "sync_binlog",
  "log_bin", "binlog_format", "tmp_table_size", "read_only", "super_read_only", "innodb_read_only", "lower_case_table_names", "performance_schema",
] as const;

/** A chunk of a segment is at most 64 KiB; a row of the widest table fits as well. */
const LEAST_PACKET = 1 << 20;

export async function preflight(session: Session, options: PublishOptions, inventory: Inventory): Promise<Result<Preflight>> {
  const { facts, problems } = await judgeServer(session, options.connect);
  const contract = await contractProblems(session, options, inventory);
  return settle([...problems, ...contract.problems], () => ({ ...facts, contract }));
}

export interface JudgedServer {
  readonly facts: ServerFacts;
  /** What keeps this account from publishing to it. */
  readonly problems: readonly Problem[];
}

/** Asks a server whether anything could be published to it. Problems of the way there (TLS, password …) are the result's own. */
export function examineServer(connect: Database): Promise<Result<JudgedServer>> {
  return withControl({ connect, run: "", access: "read" }, (session) => judgeServer(session, connect));
}

async function judgeServer(session: Session, { user, database }: Database): Promise<JudgedServer> {
  const facts = await askServer(session);
  const failures = [...settingFailures(facts.settings), ...(await collationFailures(session, facts.server))];
  const missing = await missingPrivileges(session, database);
  const problems: Problem[] = [
    ...(failures.length === 0 ? [] : [{ code: "mysql-settings", failures } as const]),
    ...(missing.length === 0 ? [] : [{ code: "mysql-privileges", missing, user, database } as const]),
  ];
  return { facts, problems };
}

async function askServer(session: Session): Promise<ServerFacts> {
  const marks = ASKED.map(() => "?").join(", ");
  const rows = await session.query(`show global variables where variable_name in (${marks})`, [...ASKED]);
  const settings = Object.fromEntries(rows.map((row) => [cell(row, "Variable_name"), row["Value"] ?? ""]));
  const flavour = settings["aurora_version"] ? `Aurora ${settings["aurora_version"]}, ` : "";
  const name = /mariadb/i.test(settings["version"] ?? "") ? "MariaDB" : "MySQL";
  return { server: `${flavour}${name} ${settings["version"] ?? "?"} ${settings["version_comment"] ?? ""}`.trim(), settings, path: loadPath(session, settings) };
}

function settingFailures(settings: Readonly<Record<string, string>>): readonly SettingFailure[] {
  const failures: SettingFailure[] = [];
  const at = (setting: string): string => settings[setting] ?? "";
  if (Number(at("max_allowed_packet")) < LEAST_PACKET) {
    const fix = "as an administrator: SET PERSIST max_allowed_packet = 67108864";
    failures.push({ setting: "max_allowed_packet", found: at("max_allowed_packet"), needed: `at least ${LEAST_PACKET}`, fix });
  }
  for (const setting of ["read_only", "super_read_only", "innodb_read_only"]) {
    if (at(setting) !== "ON") continue;
    failures.push({ setting, found: "ON", needed: "OFF", fix: "publish to the writer of the cluster, not to a replica" });
  }
  return failures;
}

async function collationFailures(session: Session, server: string): Promise<readonly SettingFailure[]> {
  const rows = await session.query("select collation_name from information_schema.collations where collation_name = ?", [COLLATION]);
  if (rows.length > 0) return [];
  return [{ setting: "version", found: server, needed: `MySQL 8.0 or later, which has the collation ${COLLATION}`, fix: "publish to a MySQL server; MariaDB is not supported" }];
}
