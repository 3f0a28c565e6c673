// Several queries, one publication: rows of tables that are swapped as a set are read as a set. In: a database, a set and
// the queries. Out: what they answered of one generation. A snapshot would not do: MySQL's do not span a RENAME.

import type { Session } from "../session.js";
import { ProblemError, type Result } from "../problems.js";
import { withControl } from "./control.js";
import type { Database } from "./database.js";
import { generationsOf, takeInventory, type Generation } from "./inventory.js";

export interface LiveRead {
  readonly connect: Database;
  readonly set: string;
}

/** A publication takes seconds at least: who meets so many in a row has met something else. */
const TRIES = 5;

/** Undefined when nothing of the set is live. Reads again when another generation was swapped in meanwhile. */
export function readLive<T>({ connect, set }: LiveRead, read: (session: Session, live: Generation) => Promise<T>): Promise<Result<T | undefined>> {
  return withControl({ connect, run: "", access: "read" }, async (session, progress) => {
    progress.step = "reading the published tables";
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const before = await liveOf(session, set);
      if (before === undefined) return undefined;
      const found = await tried(() => read(session, before));
      // What failed while the tables were swapped may be nothing but that: a column that came or went.
      if (isSame(before, await liveOf(session, set))) return found();
    }
    throw new ProblemError({ code: "publish-in-progress", database: connect.database, owner: "publications follow each other faster than they can be read" });
  });
}

async function liveOf(session: Session, set: string): Promise<Generation | undefined> {
  return generationsOf(await takeInventory(session), "live").find((each) => each.set === set);
}

const isSame = (before: Generation, after: Generation | undefined): boolean => after?.publication === before.publication && after.at === before.at;

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
