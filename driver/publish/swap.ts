// One RENAME TABLE for everything that moves, tried again while readers hold the tables, up to a deadline.
// In: moves in order; out: milliseconds of the try that went through. Never here: what the tables hold.

import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "../session.js";
import { ProblemError } from "../problems.js";
import { blockersOf, blockerText, present } from "./blockers.js";
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

/** One try's; new readers wait behind it for as long. */
export const LOCK_WAIT_SECONDS = 3;
const LOCK_WAIT_TIMEOUT = 1205;
const PAUSES_MS = [250, 500, 1000, 2000, 4000];

/**
 * A waiting RENAME makes every new reader queue behind it, so a try waits only lockWaitSeconds, and between tries the
 * queue drains. Throws publish-locked with the readers in the way when the deadline has passed.
 */
export async function swap(session: Session, moves: readonly Move[], options: SwapOptions): Promise<number> {
  const { now, lockWaitSeconds = LOCK_WAIT_SECONDS, deadlineSeconds = 120 } = options;
  const begin = now().getTime();
  const statement = `rename table ${moves.map((move) => `${name(move.from)} to ${name(move.to)}`).join(", ")}`;
  await session.set("lock_wait_timeout", lockWaitSeconds);
  for (let attempt = 1; ; attempt++) {
    if (options.signal?.aborted === true) throw new Stopped();
    const start = now().getTime();
    if (await renamed(session, statement)) return now().getTime() - start;
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
