// Several queries, one publication: rows of tables that are swapped as a set are read as a set. In: a database, a set and
// the queries. Out: what they answered of one generation. A snapshot would not do: MySQL's do not span a RENAME.

import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "../session.js";
import { ProblemError, type Result } from "../problems.js";
import { withControl } from "./control.js";
import { sessionWith, type Database } from "./database.js";
import { generationsOf, takeInventory, type Generation } from "./inventory.js";
import { lastSwap } from "./log.js";

export interface LiveRead {
  readonly connect: Database;
  readonly set: string;
  /** How many to read with at the same time. Default 1. */
  readonly sessions?: number;
}

/** All show the same generation. Fewer than asked for when the server has no more to give. */
export type Sessions = readonly [Session, ...Session[]];

/** A publication takes seconds at least: who meets so many in a row has met something else. */
const TRIES = 5;
/** A replica that is behind takes a while. */
const PAUSES_MS = [250, 500, 1000, 2000];

/** What a session shows of the set; `swap` tells a generation that went and came back from one that stayed. */
interface Seen {
  readonly live: Generation | undefined;
  readonly swap: string | undefined;
}

/** Undefined when nothing of the set is live. Reads again when tables of the set were swapped meanwhile. */
export function readLive<T>({ connect, set, sessions = 1 }: LiveRead, read: (sessions: Sessions, live: Generation) => Promise<T>): Promise<Result<T | undefined>> {
  return withControl({ connect, run: "", access: "read" }, (first, progress) => {
    progress.step = "reading the published tables";
    return withOthers(first, { connect, sessions }, (all) =>
      readSteady({ database: connect.database, set, look: () => seenByAll(all, set), isSame }, async ({ live }) => (live === undefined ? undefined : read(all, live))),
    );
  });
}

export interface Steady<Seen> {
  readonly database: string;
  readonly set: string;
  /** Undefined when it shows nothing that could be read: look again. */
  readonly look: () => Promise<Seen | undefined>;
  /** False when tables were swapped between two looks. */
  readonly isSame: (before: Seen, after: Seen | undefined) => boolean;
  /** Milliseconds, before it is looked again. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** What was read while nothing was swapped. Throws publish-unsettled when that never is. */
export async function readSteady<Seen, T>({ database, set, look, isSame, pause = sleep }: Steady<Seen>, read: (seen: Seen) => Promise<T>): Promise<T> {
  let how: "differ" | "changed" = "differ";
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const before = await look();
    if (before === undefined) {
      const milliseconds = PAUSES_MS[attempt];
      if (milliseconds !== undefined) await pause(milliseconds);
      continue;
    }
    const found = await tried(() => read(before));
    // What failed while the tables were swapped may be nothing but that: a table or column that came or went.
    if (isSame(before, await look())) return found();
    how = "changed";
  }
  throw new ProblemError({ code: "publish-unsettled", database, set, how });
}

async function withOthers<T>(first: Session, { connect, sessions }: Required<Pick<LiveRead, "connect" | "sessions">>, work: (sessions: Sessions) => Promise<T>): Promise<T> {
  const opened = await Promise.allSettled(Array.from({ length: sessions - 1 }, () => sessionWith(connect)));
  // A server that has no more connections to give is asked with fewer.
  const others = opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  try {
    return await work([first, ...others]);
  } finally {
    await Promise.all(others.map((each) => each.close()));
  }
}

/** Undefined when the sessions do not show the same: behind one address can be several servers. */
async function seenByAll(sessions: Sessions, set: string): Promise<Seen | undefined> {
  const [first, ...others] = await Promise.all(sessions.map((session) => seenBy(session, set)));
  return first !== undefined && others.every((other) => isSame(first, other)) ? first : undefined;
}

async function seenBy(session: Session, set: string): Promise<Seen> {
  const live = generationsOf(await takeInventory(session), "live").find((each) => each.set === set);
  return { live, swap: live === undefined ? undefined : await lastSwap(session, set) };
}

const isSame = (before: Seen, after: Seen | undefined): boolean => after?.swap === before.swap && after?.live?.publication === before.live?.publication && after?.live?.at === before.live?.at;

/** The outcome, to be taken or thrown later. */
async function tried<T>(work: () => Promise<T>): Promise<() => T> {
  try {
    const value = await work();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
