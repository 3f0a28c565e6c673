// Who holds published tables: connection, account, since when, with which statement. Reads only; what the account may not
// see is left out. Never here: ending anybody.

import type { Row, Session } from "../session.js";

export interface Blocker {
  readonly connection: string;
  /** "bi@10.0.0.5:41522". */
  readonly account: string;
  /** Begin of its transaction, or of its statement where it has none: "2026-11-22 14:02:11", UTC. */
  readonly since: string;
  readonly seconds: number;
  /** The one at work, or the last one of a transaction that idles. Empty when the server keeps none. */
  readonly statement: string;
  readonly isIdle: boolean;
}

/** By the locks themselves when performance_schema tells this account (sql/mysql/accounts.sql); undefined when it does not. */
export async function blockersOf(session: Session, tables: readonly string[]): Promise<readonly Blocker[] | undefined> {
  if (tables.length === 0) return [];
  const sql =
    `${SEEN} from performance_schema.metadata_locks l join performance_schema.threads t on t.thread_id = l.owner_thread_id ` +
    "join information_schema.processlist p on p.id = t.processlist_id left join information_schema.innodb_trx x on x.trx_mysql_thread_id = p.id " +
    "left join performance_schema.events_statements_current s on s.thread_id = t.thread_id and coalesce(s.nesting_event_type, '') <> 'STATEMENT' " +
    `where l.object_type = 'TABLE' and l.object_schema = database() and l.object_name in (${tables.map(() => "?").join(", ")}) ` +
    "and l.lock_status = 'GRANTED' and p.id <> connection_id() order by since";
  return (await session.query(sql, tables).catch(() => undefined))?.map(blocker);
}

/** trx_started is in the time zone of the server's system, whatever that of the session is. */
const SINCE = "coalesce(convert_tz(x.trx_started, 'SYSTEM', '+00:00'), utc_timestamp() - interval p.time second)";

const SEEN =
  "select distinct p.id as id, p.user as user, p.host as host, p.command as command, coalesce(p.info, s.sql_text) as statement, " +
  `cast(${SINCE} as char(19)) as since, greatest(timestampdiff(second, ${SINCE}, utc_timestamp()), 0) as seconds`;

/** Everybody in the database, the longest first: the guess of an account that may not see locks. */
export async function present(session: Session): Promise<readonly Blocker[]> {
  const sql =
    "select id, user, host, command, info as statement, cast(utc_timestamp() - interval time second as char(19)) as since, time as seconds " +
    "from information_schema.processlist where db = database() and id <> connection_id() order by time desc limit 10";
  return (await session.query(sql).catch((): readonly Row[] => [])).map(blocker);
}

function blocker(row: Row): Blocker {
  const at = (column: string): string => row[column] ?? row[column.toUpperCase()] ?? "";
  return {
    connection: at("id"),
    account: `${at("user")}@${at("host")}`,
    since: at("since"),
    seconds: Number(at("seconds")),
    statement: at("statement").replace(/\s+/g, " ").slice(0, 100),
    isIdle: at("command") === "Sleep",
  };
}

export function blockerText({ connection, account, since, seconds, statement, isIdle }: Blocker): string {
  const doing = isIdle ? `idle in a transaction${statement === "" ? "" : ` after ${statement}`}` : statement;
  return `connection ${connection} of ${account}, since ${since} UTC (${String(seconds)} s): ${doing}`;
}
