// Whose turn it is to publish to a database. In: a session; out: the turn, or a problem that names who has it.
// Never here: what is done with it.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ProblemError } from "../problems.js";
import type { Row, Session } from "../session.js";
import { sessionWith, type Database } from "./database.js";
import { Stopped } from "./faults.js";
import { cell } from "./inventory.js";
import { isLeased, takeLease } from "./lease.js";
import { NO_CONNECTION } from "./log.js";

export interface TurnRequest {
  readonly now: () => Date;
  /** How long to wait for another publisher to end. */
  readonly seconds: number;
  /** Called once when somebody else has it, with who that is. */
  readonly onWait?: (owner: string) => void;
  readonly signal?: AbortSignal;
}

/** Between two looks whether the run was told to stop. */
const TURN_STEP_SECONDS = 1;

export interface Turn {
  /** Gives it back. */
  readonly release: () => Promise<void>;
  /** Throws when it may end within so many seconds: asked right before what readers would notice. */
  readonly confirm: (seconds: number) => Promise<void>;
}

/**
 * One publisher of a database at a time: by a lock of the server, which ends with the session that holds it, or without
 * a connection by a lease.
 */
export async function takeTurn(session: Session, connect: Database, wanted: TurnRequest): Promise<Turn> {
  const { database } = connect;
  const attempt = session.id === undefined ? byLease(session, connect, wanted.now) : byLock(session, database);
  for (let waited = 0; ; waited += TURN_STEP_SECONDS) {
    if (wanted.signal?.aborted === true) throw new Stopped();
    // The first try does not wait.
    const turn = await attempt(waited === 0 ? 0 : TURN_STEP_SECONDS);
    if (turn !== undefined) return turn;
    const owner = waited === 0 || waited >= wanted.seconds ? ((await ownerWords(session, database)) ?? "unknown") : "";
    if (waited >= wanted.seconds) throw new ProblemError({ code: "publish-in-progress", database, owner });
    if (waited === 0) wanted.onWait?.(owner);
  }
}

/** Tries for so many seconds; undefined when somebody else has the turn. */
type Attempt = (seconds: number) => Promise<Turn | undefined>;

/** The server queues those that wait. */
function byLock(session: Session, database: string): Attempt {
  // Said aloud: the server ends a closed connection, and its lock, a moment later, and the next publisher may be quicker.
  const release: Turn["release"] = async () => void (await session.run("do release_all_locks()"));
  // Whatever this session is asked for, it has the lock as long as it answers.
  const confirm: Turn["confirm"] = () => Promise.resolve();
  return async (seconds) => {
    const [got] = await session.query("select coalesce(get_lock(?, ?), 0) as got", [lockName(database), seconds]);
    if (cell(got, "got") !== "1") return undefined;
    if (!(await isLeased(session))) return { release, confirm };
    await release();
    await sleep(seconds * 1000);
    return undefined;
  };
}

function byLease(session: Session, connect: Database, now: () => Date): Attempt {
  const owner = randomUUID();
  const alone = async (): Promise<boolean> => (await lockHolder(session, connect.database)) === undefined;
  return async (seconds) => {
    await sleep(seconds * 1000);
    return takeLease(session, { owner, now, renewer: await sessionWith(connect), alone });
  };
}

/** The publisher at work, for people: its connection and account where it has one. Undefined when nobody is. */
export async function ownerWords(session: Session, database: string): Promise<string | undefined> {
  const owner = await turnOwner(session, database);
  if (owner === undefined) return undefined;
  if (owner === String(NO_CONNECTION)) return "a publisher through the RDS Data API";
  const [seen] = await session.query("select user, host, time from information_schema.processlist where id = ?", [owner]).catch((): readonly Row[] => []);
  return `connection ${owner}${seen === undefined ? "" : ` of ${seen["user"] ?? seen["USER"] ?? "?"}@${seen["host"] ?? seen["HOST"] ?? "?"}`}`;
}

/** Connection id of the publisher at work, as its entry in publish_log has it, or nobody. */
export async function turnOwner(session: Session, database: string): Promise<string | undefined> {
  return (await lockHolder(session, database)) ?? ((await isLeased(session)) ? String(NO_CONNECTION) : undefined);
}

async function lockHolder(session: Session, database: string): Promise<string | undefined> {
  const [row] = await session.query("select is_used_lock(?) as owner", [lockName(database)]);
  return row?.["owner"] ?? undefined;
}

/** MySQL takes 64 characters; a database's name alone may have as many. */
const lockName = (database: string): string => `carelake:${database}`.slice(0, NAME_ROOM);
const NAME_ROOM = 64;
