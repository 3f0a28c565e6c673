// What publications left behind that nobody works on: staging tables and unfinished entries. Listed, and removed.
// Only tables whose own comment says that they are ours are ever dropped.

import type { Session } from "../session.js";
import type { Result } from "../problems.js";
import { withControl } from "./control.js";
import type { Database } from "./database.js";
import { generationsOf, takeInventory, type Generation, type Inventory, type OwnedTable } from "./inventory.js";
import { recover, unfinishedEntries, type Unfinished } from "./log.js";
import { migrate } from "./migrate.js";
import { name } from "./names.js";
import type { PublishEvent } from "./set.js";
import { turnOwner } from "./turn.js";

export interface Publications {
  /** One a set, as a rule; two when the server died within a swap of an old version. */
  readonly live: readonly Generation[];
  /** Newest first: what rollback can bring back. */
  readonly former: readonly Generation[];
}

export async function publications(connect: Database): Promise<Result<Publications>> {
  return withControl({ connect, run: "", access: "read" }, async (session) => {
    const inventory = await takeInventory(session);
    return { live: generationsOf(inventory, "live"), former: generationsOf(inventory, "former") };
  });
}

export interface Leftovers {
  readonly staging: readonly OwnedTable[];
  readonly unfinished: readonly Unfinished[];
  /** Connection of a publisher at work; its tables are not left over. */
  readonly working?: string;
}

export async function leftovers(connect: Database): Promise<Result<Leftovers>> {
  return withControl({ connect, run: "", access: "read" }, async (session) => {
    const owner = await turnOwner(session, connect.database);
    const inventory = await takeInventory(session);
    const unfinished = inventory.foreign.includes("publish_log") ? await unfinishedEntries(session, inventory, owner) : [];
    const busy = owner === undefined ? undefined : await publicationOf(session, owner);
    const staging = inventory.owned.filter((each) => each.place === "staging" && each.tag.publication !== busy);
    return { staging, unfinished, ...(owner === undefined ? {} : { working: owner }) };
  });
}

async function publicationOf(session: Session, connection: string): Promise<string | undefined> {
  const sql = "select publication from publish_log where connection_id = ? and state in ('loading', 'swapping') order by id desc limit 1";
  const [row] = await session.query(sql, [connection]).catch(() => []);
  return row?.["publication"] ?? undefined;
}

export interface CleanOptions {
  readonly connect: Database;
  readonly now: () => Date;
  readonly events?: (event: PublishEvent) => void;
}

/** Finishes or gives up unfinished publications and drops every staging table. Refuses while a publisher is at work. */
export async function clean(options: CleanOptions): Promise<Result<{ readonly dropped: readonly string[] }>> {
  return withControl({ connect: options.connect, run: "", access: { now: options.now, seconds: 0 } }, async (session, progress) => {
    progress.step = "tidy";
    const inventory = await recovered(session, options);
    const staging = inventory.owned.filter((each) => each.place === "staging");
    const { dropped } = await dropTables(session, staging);
    return { dropped };
  });
}

/** Whoever publishes may be done in a moment. */
const RECORD_SECONDS = 3;

/** Finishes or gives up unfinished publications, as the next one would. Problem: publish-in-progress while somebody publishes. */
export async function finishRecords(options: CleanOptions): Promise<Result<void>> {
  return withControl({ connect: options.connect, run: "", access: { now: options.now, seconds: RECORD_SECONDS } }, async (session, progress) => {
    progress.step = "the record of the swap";
    await recovered(session, options);
  });
}

async function recovered(session: Session, { now, events }: CleanOptions): Promise<Inventory> {
  const before = await takeInventory(session);
  if (!before.foreign.includes("publish_log")) return before;
  await migrate(session, now());
  return recover(session, now(), events);
}

/** One after the other, each with a short wait: what is in use stays, and is found again next time. */
export async function dropTables(session: Session, tables: readonly OwnedTable[]): Promise<{ readonly dropped: readonly string[]; readonly kept: readonly { readonly table: string; readonly why: string }[] }> {
  const dropped: string[] = [];
  const kept: { table: string; why: string }[] = [];
  await session.set("lock_wait_timeout", 10);
  for (const each of tables) {
    try {
      await session.run(`drop table if exists ${name(each.name)}`);
      dropped.push(each.name);
    } catch (error) {
      kept.push({ table: each.name, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { dropped, kept };
}
