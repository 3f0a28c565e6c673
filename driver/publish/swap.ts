// One RENAME TABLE for everything that moves, tried again while readers hold the tables, up to a deadline.
// In: moves in order; out: milliseconds of the try that went through. Never here: what the tables hold.

import { setTimeout as sleep } from "node:timers/promises";
import { Unheard, type Session } from "../session.js";
import { ProblemError } from "../problems.js";
import { blockersOf, blockerText, present } from "./blockers.js";
import { sessionWith, type Database } from "./database.js";
import { AfterSwap, NOT_SENT, SENT, Stopped, TurnEnded } from "./faults.js";
import { name } from "./names.js";
import type { PublishEvent } from "./set.js";

export interface Move {
  readonly from: string;
  readonly to: string;
}

export interface SwapOptions {
  readonly connect: Database;
  readonly now: () => Date;
  readonly lockWaitSeconds?: number;
  readonly deadlineSeconds?: number;
  readonly events?: (event: PublishEvent) => void;
  readonly signal?: AbortSignal;
}

/** What only the holder of the turn may have. */
export interface SwapWork {
  readonly moves: readonly Move[];
  /** Throws when it may end within so many seconds. */
  readonly confirmTurn: (seconds: number) => Promise<void>;
}

/** One try's; new readers wait behind it for as long. Through the Data API it is shared out among the tables, a second each at least. */
export const LOCK_WAIT_SECONDS = 3;
const LOCK_WAIT_TIMEOUT = 1205;
const STOPPED = 1317;
const PAUSES_MS = [250, 500, 1000, 2000, 4000];

/**
 * A waiting RENAME makes every new reader queue behind it, so a try waits only lockWaitSeconds, and between tries the
 * queue drains. Throws publish-locked with the readers in the way when the deadline has passed.
 */
export async function swap(session: Session, { moves, confirmTurn }: SwapWork, options: SwapOptions): Promise<number> {
  const { now, lockWaitSeconds = LOCK_WAIT_SECONDS, deadlineSeconds = 120 } = options;
  const begin = now().getTime();
  // A try without a connection cannot be stopped from beside it, and waits anew for each table.
  const tableWaitSeconds = session.id === undefined ? Math.max(1, Math.floor(lockWaitSeconds / moves.length)) : lockWaitSeconds;
  await session.set("lock_wait_timeout", tableWaitSeconds);
  for (let attempt = 1; ; attempt++) {
    if (options.signal?.aborted === true) throw new Stopped();
    const start = now().getTime();
    if (await inTime(session, { connect: options.connect, seconds: lockWaitSeconds }, () => renamed(session, { moves, confirmTurn: () => confirmTurn(2 * moves.length * tableWaitSeconds) }))) return now().getTime() - start;
    const held = await blockersOf(session, moves.flatMap((move) => [move.from, move.to]));
    const blockers = (held === undefined || held.length === 0 ? await present(session) : held).map(blockerText);
    options.events?.({ event: "publish-waits", attempt, blockers });
    const waited = (now().getTime() - begin) / 1000;
    if (waited >= deadlineSeconds) {
      throw new ProblemError({ code: "publish-locked", tables: moves.map((move) => move.to), blockers, waited: `${Math.round(waited)} s` });
    }
    await pause(PAUSES_MS[Math.min(attempt, PAUSES_MS.length) - 1] ?? 1000, options.signal);
  }
}

async function renamed(session: Session, { moves, confirmTurn }: { readonly moves: readonly Move[]; readonly confirmTurn: () => Promise<void> }): Promise<boolean> {
  const rename = { isSent: false, isOver: false };
  const statement = `rename table ${moves.map((move) => `${name(move.from)} to ${name(move.to)}`).join(", ")}`;
  try {
    if (session.id !== undefined) {
      await session.run(statement);
      return true;
    }
    // A turn without a connection may end between two calls: nothing stands between this look at it and the RENAME, and it
    // has more time left than the RENAME can wait, for up to ten tables.
    await session.transaction(async () => {
      await confirmTurn();
      rename.isSent = true;
      await session.run(statement);
      rename.isOver = true;
    });
    return await haveMoved(session, moves);
  } catch (error) {
    if (rename.isOver || error instanceof Unheard) throw new AfterSwap("nobody heard how the RENAME ended", { cause: error }, SENT);
    if (error instanceof TurnEnded && !rename.isSent) throw new TurnEnded(error.message, NOT_SENT);
    if (!(error instanceof Error) || !("errno" in error)) throw error;
    if (error.errno === LOCK_WAIT_TIMEOUT) return false;
    // Stopped late, it may have been done: the tables know.
    if (error.errno === STOPPED) return haveMoved(session, moves);
    throw error;
  }
}

/** Who only heard that the statement is over does not know how it ended. */
async function haveMoved(session: Session, moves: readonly Move[]): Promise<boolean> {
  const gone = moves.map(({ from }) => from).filter((from) => !moves.some(({ to }) => to === from));
  const standing = await session.query(`select 1 as found from information_schema.tables where table_schema = database() and table_name in (${gone.map(() => "?").join(", ")}) limit 1`, gone);
  return standing.length === 0;
}

/**
 * The server counts lock_wait_timeout anew for each table that it waits for, and readers of the first queue for all that
 * time: so a try is stopped from beside it. A session without a connection cannot be told to stop.
 */
async function inTime<T>({ id }: Session, { connect, seconds }: { readonly connect: Database; readonly seconds: number }, attempt: () => Promise<T>): Promise<T> {
  if (id === undefined) return attempt();
  let stopped: Promise<void> | undefined;
  const timer = setTimeout(() => {
    stopped = stop(connect, id);
  }, seconds * 1000);
  try {
    return await attempt();
  } finally {
    clearTimeout(timer);
    // What follows on this connection must not be what is stopped.
    await stopped;
  }
}

/**
 * Best effort: without it the server's own time-out ends the wait, later. Behind a balancer the same number may be
 * somebody else's on another server: only a RENAME is stopped.
 */
async function stop(connect: Database, id: number): Promise<void> {
  const beside = await sessionWith(connect).catch(() => undefined);
  if (beside === undefined) return;
  try {
    const [renaming] = await beside.query("select 1 as found from information_schema.processlist where id = ? and info like 'rename table%'", [id]);
    if (renaming !== undefined) await beside.run("kill query ?", [id]);
  } catch {
    // It has ended by itself, or nobody can be told.
  }
  await beside.close();
}

const pause = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {
    throw new Stopped();
  });
