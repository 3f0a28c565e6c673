// One RENAME TABLE for everything that moves, tried again while readers hold the tables, up to a deadline.
// In: moves in order; out: milliseconds of the try that went through. Never here: what the tables hold.

import { setTimeout as sleep } from "node:timers/promises";
import type { Row, Session } from "../session.js";
import { ProblemError } from "../problems.js";
import { Stopped } from "./faults.js";
import { name } from "./names.js";
import type { PublishEvent } from "./set.js";

export interface Move {
  readonly from: string;
  readonly to: string;
}

export interface SwapOptions {
  readonly now: () => Date;
  readonly lockWaitSeconds?: number;
  readonly deadlineSeconds?: number;
  readonly events?: (event: PublishEvent) => void;
  readonly signal?: AbortSignal;
}

const LOCK_WAIT_TIMEOUT = 1205;
const PAUSES_MS = [250, 500, 1000, 2000, 4000];

/**
 * A waiting RENAME makes every new reader queue behind it, so a try waits only lockWaitSeconds, and between tries the
 * queue drains. Throws publish-locked with the readers in the way when the deadline has passed.
 */
export async function swap(session: Session, moves: readonly Move[], options: SwapOptions): Promise<number> {
  const { now, lockWaitSeconds = 3, deadlineSeconds = 120 } = options;
  const begin = now().getTime();
  const statement = `rename table ${moves.map((move) => `${name(move.from)} to ${name(move.to)}`).join(", ")}`;
  await session.set("lock_wait_timeout", lockWaitSeconds);
  for (let attempt = 1; ; attempt++) {
    if (options.signal?.aborted === true) throw new Stopped();
    const start = now().getTime();
    if (await renamed(session, statement)) return now().getTime() - start;
    const blockers = await blockersOf(session, moves);
    options.events?.({ event: "publish-waits", attempt, blockers });
    const waited = (now().getTime() - begin) / 1000;
    if (waited >= deadlineSeconds) {
      throw new ProblemError({ code: "publish-locked", tables: moves.map((move) => move.to), blockers, waited: `${Math.round(waited)} s` });
    }
    await pause(PAUSES_MS[Math.min(attempt, PAUSES_MS.length) - 1] ?? 1000, options.signal);
  }
}

async function renamed(session: Session, statement: string): Promise<boolean> {
  try {
    await session.run(statement);
    return true;
  } catch (error) {
    if (error instanceof Error && "errno" in error && error.errno === LOCK_WAIT_TIMEOUT) return false;
    throw error;
  }
}

const pause = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {
    throw new Stopped();
  });

/** Who holds the tables, as far as the account may see: locks if performance_schema tells, else everybody in the database. */
async function blockersOf(session: Session, moves: readonly Move[]): Promise<readonly string[]> {
  const names = moves.flatMap((move) => [move.from, move.to]);
  const locks =
    "select distinct p.id, p.user, p.host, p.time, p.command, p.info from performance_schema.metadata_locks l " +
    "join performance_schema.threads t on t.thread_id = l.owner_thread_id join information_schema.processlist p on p.id = t.processlist_id " +
    `where l.object_type = 'TABLE' and l.object_schema = database() and l.object_name in (${names.map(() => "?").join(", ")}) ` +
    "and l.lock_status = 'GRANTED' and p.id <> connection_id()";
  const held = await session.query(locks, names).catch((): readonly Row[] => []);
  if (held.length > 0) return held.map(describe);
  const present = "select id, user, host, time, command, info from information_schema.processlist where db = database() and id <> connection_id() order by time desc limit 10";
  return (await session.query(present).catch((): readonly Row[] => [])).map(describe);
}

function describe(row: Row): string {
  const at = (column: string): string => row[column] ?? row[column.toUpperCase()] ?? "";
  const statement = at("info").replace(/\s+/g, " ").slice(0, 100);
  return `connection ${at("id")} of ${at("user")}@${at("host")}, ${at("time")} s ${statement === "" ? `idle in a transaction (${at("command")})` : statement}`;
}
