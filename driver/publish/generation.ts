// The generation a publication makes: its id, what its tables will say of themselves, and whether it is live already.
// Pure, but for the entry that records that nothing had to be done. Never here: a table being made or moved.

import type { Session } from "../session.js";
import { contractHash } from "./ddl.js";
import type { Inventory } from "./inventory.js";
import { closeEntry, openEntry } from "./log.js";
import { hashOf, rowsOf, snapshotsOf, yearsOf, type Published, type PublishedTable, type PublishOptions } from "./set.js";
import { beginOf } from "./staging.js";

export interface NewGeneration {
  readonly publication: string;
  readonly tables: readonly PublishedTable[];
}

export function generationOf(options: PublishOptions, inventory: Inventory): NewGeneration {
  const publication = freeId(options, inventory);
  const tables = tagged(options, publication);
  const at = beginOf(tables, inventory);
  return { publication, tables: at === undefined ? tables : tables.map((each) => ({ ...each, at })) };
}

/** A run may be published again with other content; its former generation keeps the id. */
function freeId(options: PublishOptions, inventory: Inventory): string {
  const used = new Set(inventory.owned.filter((each) => each.place !== "staging" && each.tag.set === options.set).map((each) => each.tag.publication));
  let id = options.publication;
  for (let again = 2; used.has(id); again++) id = `${options.publication}-${again}`;
  return id;
}

function tagged(options: PublishOptions, publication: string): readonly PublishedTable[] {
  const { set, run, version } = options;
  const members = options.tables.map((table) => table.name);
  const shared = { set, publication, run, version, at: options.now().toISOString(), members };
  return options.tables.map((table) => ({
    table: table.name,
    ...shared,
    rows: rowsOf(table),
    hash: hashOf(table),
    contract: contractHash(table),
    years: yearsOf(table),
    snapshots: snapshotsOf(table),
  }));
}

/** Rows, content, contract and years of every table are those that readers see now. */
export async function alreadyLive(session: Session, options: PublishOptions, { inventory, tables }: { readonly inventory: Inventory; readonly tables: readonly PublishedTable[] }): Promise<Pick<Published, "publication" | "tables"> | undefined> {
  const live = inventory.owned.filter((each) => each.place === "live" && each.tag.set === options.set);
  const same = (table: PublishedTable): boolean =>
    live.some(
      ({ name, tag }) =>
        name === table.table && tag.rows === table.rows && tag.hash === table.hash && tag.contract === table.contract && tag.years.join() === table.years.join(),
    );
  const [first] = live;
  if (first === undefined || live.length !== tables.length || !tables.every(same)) return undefined;
  const { set, run, version, now } = options;
  const id = await openEntry(session, { set, action: "publish", publication: first.tag.publication, run, version, tables: [] }, now());
  await closeEntry(session, id, { state: "already-live", now: now() });
  return { publication: first.tag.publication, tables: live.map(({ name, tag }) => ({ table: name, ...tag })) };
}
