// publish_log and carelake_tables: what is being done, what is live. And recovery: a publisher that died left an entry,
// and the tables themselves say whether its swap went through.

import { ProblemError } from "../problems.js";
import type { Session } from "../session.js";
import { AfterSwap } from "./faults.js";
import { cell, takeInventory, type Inventory, type OwnedTable } from "./inventory.js";
import { forgetSegments } from "./marks.js";
import { utc } from "./migrate.js";
import type { PublishEvent, PublishOptions, Tag } from "./set.js";

export interface Entry {
  readonly set: string;
  readonly action: "publish" | "rollback";
  readonly publication: string;
  readonly run: string;
  readonly version: string;
  readonly tables: readonly Member[];
}

/** A table of the generation that shall become live; `at` tells it from one of the same id made earlier. */
export interface Member {
  readonly table: string;
  readonly at: string;
}

/** In the place of a connection id for a publisher that has none of its own. MySQL counts from 1. */
export const NO_CONNECTION = 0;

export type EntryState = "loading" | "swapping" | "done" | "already-live" | "failed" | "abandoned";

/** Returns the entry's id. */
export function openEntry(session: Session, entry: Entry, now: Date): Promise<string> {
  return session.transaction(async () => {
    await session.run(
      "insert into publish_log (set_name, action, publication, run, state, tables_json, connection_id, carelake_version, started_at) " +
        "values (?, ?, ?, ?, 'loading', ?, ?, ?, ?)",
      [entry.set, entry.action, entry.publication, entry.run, JSON.stringify(entry.tables), session.id ?? NO_CONNECTION, entry.version, utc(now)],
    );
    const [row] = await session.query("select last_insert_id() as id");
    return cell(row, "id");
  });
}

/**
 * Written before the RENAME: from here on only the tables know what happened. Who was taken for dead meanwhile, because
 * nothing was heard for so long, finds the entry closed and has no right to swap any more.
 */
export async function markSwapping(session: Session, id: string, database: string): Promise<void> {
  if ((await session.run("update publish_log set state = 'swapping' where id = ? and state = 'loading'", [id])) > 0) return;
  throw new ProblemError({ code: "publish-in-progress", database, owner: CLOSED, left: NEXT_ONE_KNOWS });
}

/** One that somebody else has closed stays as that left it. */
export async function closeEntry(session: Session, id: string, end: { readonly state: EntryState; readonly now: Date; readonly detail?: string }): Promise<void> {
  await session.run(`update publish_log set state = ?, finished_at = ?, detail = ? where id = ? and ${IS_OPEN}`, [end.state, utc(end.now), end.detail?.slice(0, 1000) ?? null, id]);
}

/** After the RENAME: what stands now, once it is on record. Throws AfterSwap when it is not. */
export async function recordSwap(session: Session, id: string, { set, now, connect: { database } }: Pick<PublishOptions, "set" | "now" | "connect">): Promise<Inventory> {
  try {
    const after = await takeInventory(session);
    if (await recordLive(session, id, { set, live: after.owned.filter((each) => each.place === "live"), now: now() })) return after;
  } catch (cause) {
    throw new AfterSwap("the swap is not recorded", { cause });
  }
  const cause = new ProblemError({ code: "publish-in-progress", database, owner: CLOSED });
  throw new AfterSwap("the record was closed by somebody else", { cause }, NEXT_ONE_KNOWS);
}

interface LiveSet {
  readonly set: string;
  /** Of any set. */
  readonly live: readonly OwnedTable[];
  readonly now: Date;
}

/**
 * The entry is done and carelake_tables says what is live, in one transaction. False when somebody else has closed the
 * entry meanwhile: it is left as it is, for what is live since is not known here.
 */
export function recordLive(session: Session, id: string, live: LiveSet): Promise<boolean> {
  return session.transaction(async () => {
    const open = await session.query(`select id from publish_log where id = ? and ${IS_OPEN} for update`, [id]);
    if (open.length === 0) return false;
    await writeLive(session, live);
    await closeEntry(session, id, { state: "done", now: live.now });
    return true;
  });
}

const CLOSED = "its own turn ended, and the next publisher closed what it had begun";
const NEXT_ONE_KNOWS = "MySQL serves what the next publisher found or swapped in: carelake publications says which";

const IS_OPEN = "state in ('loading', 'swapping')";

async function writeLive(session: Session, { set, live, now }: LiveSet): Promise<void> {
  await session.run("delete from carelake_tables where set_name = ?", [set]);
  for (const each of live.filter((one) => one.tag.set === set)) await session.run(...liveRow(each.name, each.tag, now));
}

/** Whether carelake_tables says of these live tables of a set that they, and no others, are live. */
export async function isRecorded(session: Session, set: string, live: readonly OwnedTable[]): Promise<boolean> {
  const rows = await session.query("select table_name as name, publication from carelake_tables where set_name = ?", [set]);
  const said = rows.map((row) => `${cell(row, "name")} ${cell(row, "publication")}`);
  const stand = live.filter((each) => each.tag.set === set).map((each) => `${each.name} ${each.tag.publication}`);
  return said.length === stand.length && stand.every((each) => said.includes(each));
}

function liveRow(table: string, tag: Tag, now: Date): [string, (string | number)[]] {
  const values = [table, tag.set, tag.publication, tag.run, tag.rows, tag.hash, tag.contract, tag.years.join(","), JSON.stringify(tag.snapshots), utc(now), tag.version];
  return [`replace into carelake_tables (table_name, set_name, publication, run, row_count, content_hash, contract, years, lake_snapshots, published_at, carelake_version) values (${values.map(() => "?").join(", ")})`, values];
}

/** The entry of the latest swap that went through or is being tried. Each swap has one of its own, written before it. */
export async function lastSwap(session: Session, set: string): Promise<string | undefined> {
  const [row] = await session.query("select max(id) as id from publish_log where set_name = ? and state in ('swapping', 'done')", [set]);
  return row?.["id"] ?? undefined;
}

export interface Unfinished {
  readonly id: string;
  readonly set: string;
  readonly publication: string;
  readonly state: string;
  readonly startedAt: string;
  /** The swap went through: only the record is missing. */
  readonly live: boolean;
}

/** Entries nobody works on. The caller holds the publishers' lock, or passes the connection that does. */
export async function unfinishedEntries(session: Session, inventory: Inventory, owner?: string): Promise<readonly Unfinished[]> {
  const rows = await session.query(
    "select id, set_name, publication, state, tables_json, started_at from publish_log " +
      `where ${IS_OPEN}${owner === undefined ? "" : " and connection_id <> ?"} order by id`,
    owner === undefined ? [] : [owner],
  );
  return rows.map((row) => ({
    id: cell(row, "id"),
    set: cell(row, "set_name"),
    publication: cell(row, "publication"),
    state: cell(row, "state"),
    startedAt: cell(row, "started_at"),
    live: isLive(row, inventory),
  }));
}

function isLive(row: Readonly<Record<string, string | null>>, inventory: Inventory): boolean {
  const members: unknown = JSON.parse(cell(row, "tables_json"));
  if (!Array.isArray(members) || members.length === 0) return false;
  return members.every((member: unknown) =>
    inventory.owned.some((each) => each.place === "live" && isSame(member, each.name, each.tag.at) && each.tag.publication === row["publication"]),
  );
}

const isSame = (member: unknown, table: string, at: string): boolean =>
  typeof member === "object" && member !== null && "table" in member && "at" in member && member.table === table && member.at === at;

/**
 * Finishes the record of swaps that went through, gives up what did not get that far. RENAME is whole or not at all. A
 * publisher that was given up may have swapped after all: so carelake_tables is held against the tables themselves.
 */
export async function recover(session: Session, now: Date, events?: (event: PublishEvent) => void): Promise<Inventory> {
  const inventory = await takeInventory(session);
  const live = inventory.owned.filter((each) => each.place === "live");
  for (const entry of await unfinishedEntries(session, inventory)) {
    if (entry.live) await recordLive(session, entry.id, { set: entry.set, live, now });
    else await closeEntry(session, entry.id, { state: "abandoned", now, detail: "the publisher ended before its tables were swapped in" });
    events?.({ event: "publish-recovered", publication: entry.publication, state: entry.live ? "done" : "abandoned" });
  }
  for (const set of new Set(live.map((each) => each.tag.set))) {
    if (!(await isRecorded(session, set, live))) await session.transaction(() => writeLive(session, { set, live, now }));
  }
  await forgetSegments(session, inventory);
  return inventory;
}
