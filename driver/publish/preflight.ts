// Everything that can be known to fail later, asked before anything is made: server, settings, privileges, contract.
// In: a session and the tables. Out: all problems at once, or what the server is and what will change for readers.

import { settle, type Problem, type Result } from "../problems.js";
import type { Row, Session } from "../session.js";
import { blockersOf, type Blocker } from "./blockers.js";
import { withControl } from "./control.js";
import { contractProblems, type ContractCheck } from "./contract.js";
import { placeOf, type Database } from "./database.js";
import { flavourFailures, flavourText, READ_ONLY, SESSION_SETTINGS, sessionFailures, type SettingFailure, type Settings } from "./flavour.js";
import { compareUnlocked, type Live } from "./generation.js";
import { cell, takeInventory, type Inventory } from "./inventory.js";
import { loadPath, type LoadPath } from "./load-path.js";
import { missingPrivileges } from "./privileges.js";
import type { Connections } from "./reconnect.js";
import { segmentsOf } from "./segments.js";
import type { PublishOptions } from "./set.js";
import { spaceFor, type Space } from "./space.js";
import { LOCK_WAIT_SECONDS } from "./swap.js";
import { ownerWords } from "./turn.js";

export interface ServerFacts {
  /** "MySQL 9.7.4 (Debian)": for people. */
  readonly server: string;
  readonly settings: Settings;
  /** How rows will be loaded. */
  readonly path: LoadPath;
}

export interface Preflight extends ServerFacts {
  readonly contract: ContractCheck;
  readonly space: Space;
  /** Who has held a live table of the set for longer than a try of the swap waits. Undefined when this account may not see locks. */
  readonly readers: readonly Blocker[] | undefined;
}

/** Read and put into the run's record; the ones with a demand are judged below. */
const ASKED = [
  "version", "version_comment", "aurora_version", "basedir", "datadir", "local_infile", "max_allowed_packet", "sql_mode", "character_set_server",
  "collation_server", "time_zone", "lock_wait_timeout", "innodb_buffer_pool_size", "innodb_flush_log_at_trx_commit", "sync_binlog",
  "log_bin", "binlog_format", "tmp_table_size", "lower_case_table_names", "performance_schema", ...READ_ONLY,
];

/** A chunk of a segment is at most 64 KiB; a row of the widest table fits as well. */
const LEAST_PACKET = 1 << 20;

export async function preflight(session: Session, options: PublishOptions, inventory: Inventory): Promise<Result<Preflight>> {
  const { problems, ...facts } = await look(session, options, inventory);
  return settle(problems, () => facts);
}

async function look(session: Session, options: PublishOptions, inventory: Inventory): Promise<Preflight & { readonly problems: readonly Problem[] }> {
  const { facts, problems } = await judgeServer(session, options.connect);
  const contract = await contractProblems(session, options, inventory);
  const segmentBytes = options.tables.flatMap((table) => segmentsOf(table, options.files)).reduce((sum, each) => sum + each.bytes, 0);
  const space = await spaceFor(session, facts.settings, segmentBytes);
  const live = inventory.owned.filter((each) => each.place === "live" && each.tag.set === options.set).map((each) => each.name);
  const readers = (await blockersOf(session, live))?.filter((each) => each.seconds >= (options.lockWaitSeconds ?? LOCK_WAIT_SECONDS));
  return { ...facts, contract, space, readers, problems: [...problems, ...contract.problems, ...spaceProblems(space, options.connect)] };
}

function spaceProblems({ neededBytes, freeBytes, source }: Space, connect: Database): readonly Problem[] {
  if (freeBytes === undefined || freeBytes >= neededBytes) return [];
  return [{ code: "mysql-space", address: placeOf(connect), free: freeBytes, needed: neededBytes, source }];
}

/** What a publication would meet, found out without one. */
export interface Findings extends Preflight {
  /** What keeps it from being published. */
  readonly problems: readonly Problem[];
  readonly live: Live;
  /** The publisher at work, for people. */
  readonly working?: string;
}

/** Changes nothing, and waits for nobody. Problems of the way there, and of the exported files, are the result's own. */
export function check(options: PublishOptions): Promise<Result<Findings>> {
  const { connect, run, signal } = options;
  const connections: Connections = { ids: new Set() };
  return withControl({ connect, run, access: "read", connections, ...(signal && { signal }) }, async (session, progress) => {
    progress.step = "preflight";
    const working = await ownerWords(session, connect.database);
    const found = await look(session, options, await takeInventory(session));
    const enter = (): void => {
      progress.step = "compare";
      options.events?.({ event: "publish-step", step: "compare" });
    };
    return { ...found, live: await compareUnlocked(session, options, { connections, enter }), ...(working === undefined ? {} : { working }) };
  });
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
  const unfit = flavourFailures(facts.settings);
  // Where each statement may meet another connection, each brings its own surroundings.
  const surroundings = unfit.length > 0 || session.id === undefined ? [] : sessionFailures(await sessionSettings(session));
  const failures = unfit.length > 0 ? unfit : [...settingFailures(facts.settings), ...surroundings];
  const missing = await missingPrivileges(session);
  const problems: Problem[] = [
    ...(failures.length === 0 ? [] : [{ code: "mysql-settings", failures } as const]),
    ...(missing.length === 0 ? [] : [{ code: "mysql-privileges", missing, user, database } as const]),
  ];
  return { facts, problems };
}

async function askServer(session: Session): Promise<ServerFacts> {
  const marks = ASKED.map(() => "?").join(", ");
  const rows = await session.query(`show global variables where variable_name in (${marks})`, ASKED);
  const settings = Object.fromEntries(rows.map((row) => [cell(row, "Variable_name"), row["Value"] ?? ""]));
  return { server: flavourText(settings), settings, path: loadPath(session, settings) };
}

async function sessionSettings(session: Session): Promise<Row> {
  const [row] = await session.query(`select ${SESSION_SETTINGS.map((setting) => `@@session.${setting} as ${setting}`).join(", ")}`);
  return row ?? {};
}

function settingFailures(settings: Settings): readonly SettingFailure[] {
  const failures: SettingFailure[] = [];
  const at = (setting: string): string => settings[setting] ?? "";
  if (Number(at("max_allowed_packet")) < LEAST_PACKET) {
    const fix = "as an administrator: SET PERSIST max_allowed_packet = 67108864";
    failures.push({ setting: "max_allowed_packet", found: at("max_allowed_packet"), needed: `at least ${LEAST_PACKET}`, fix });
  }
  for (const setting of READ_ONLY) {
    if (at(setting) !== "ON") continue;
    failures.push({ setting, found: "ON", needed: "OFF", fix: "publish to the writer of the cluster, not to a replica" });
  }
  return failures;
}
