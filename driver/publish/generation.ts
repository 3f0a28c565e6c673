// The generation a publication makes: its id, what its tables will say of themselves, and whether it is live already.
// The way there reads tables, and writes the entry that records that nothing had to be done. Never here: a table being made or moved.

import type { Session } from "../session.js";
import { crewSize, withCrew } from "./crew.js";
import { contractHash } from "./ddl.js";
import { takeInventory, type Inventory, type OwnedTable } from "./inventory.js";
import { closeEntry, lastSwap, openEntry } from "./log.js";
import { formerOf } from "./names.js";
import { readSteady } from "./read.js";
import type { Connections } from "./reconnect.js";
import { hashOf, rowsOf, snapshotsOf, yearsOf, type Published, type PublishedTable, type PublishOptions } from "./set.js";
import { beginOf } from "./staging.js";
import { differenceText, liveDifference, type Difference } from "./verify.js";

export interface NewGeneration {
  readonly publication: string;
  readonly tables: readonly PublishedTable[];
}

export function generationOf(options: PublishOptions, inventory: Inventory): NewGeneration {
  const published = inventory.owned.filter((each) => each.place !== "staging" && each.tag.set === options.set);
  const publication = freeId(options.publication, published);
  const tables = tagged(options, publication);
  const at = beginOf(tables, inventory) ?? beginAfter(published, options.now());
  return { publication, tables: tables.map((each) => ({ ...each, at })) };
}

/** A run may be published again with other content; its former generation keeps the id, and the tables' names that it makes. */
function freeId(wanted: string, published: readonly OwnedTable[]): string {
  const used = new Set(published.map((each) => formerOf("", each.tag.publication)));
  let id = wanted;
  for (let again = 2; used.has(formerOf("", id)); again++) id = `${wanted}-${again}`;
  return id;
}

/** Now, by the clock here; later than what was published before, whatever the clocks of those who did so say. */
function beginAfter(published: readonly OwnedTable[], now: Date): string {
  const newest = Math.max(...published.map((each) => Date.parse(each.tag.at)));
  return new Date(Math.max(now.getTime(), newest + 1)).toISOString();
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

/** What readers see now, against what shall be published. */
export type Live =
  | { readonly is: "nothing" }
  /** By what it says of itself. */
  | { readonly is: "other"; readonly publication: string }
  /** Rows, content hash, contract and years of every table; rows and hash as the server computes them now. */
  | { readonly is: "same"; readonly publication: string }
  /** It says that it is the same, and somebody has changed it since. */
  | { readonly is: "spoiled"; readonly publication: string; readonly difference: Difference };

interface Meant {
  readonly inventory: Inventory;
  readonly tables: readonly PublishedTable[];
  /** The ones that read rows are added to it. */
  readonly connections: Connections;
  /** Called before rows are read. */
  readonly enter: () => void;
}

/** Reads every row where the live tables say that they are the same, several years at once. */
async function compareLive(session: Session, options: PublishOptions, { inventory, tables, connections, enter }: Meant): Promise<Live> {
  const live = liveTables(options, inventory);
  const [first] = live;
  if (first === undefined) return { is: "nothing" };
  const { publication } = first.tag;
  const same = (table: PublishedTable): boolean =>
    live.some(
      ({ name, tag }) =>
        name === table.table && tag.rows === table.rows && tag.hash === table.hash && tag.contract === table.contract && tag.years.join() === table.years.join(),
    );
  if (live.length !== tables.length || !tables.every(same)) return { is: "other", publication };
  enter();
  const size = crewSize(options, options.tables.flatMap((table) => table.manifests).length);
  const difference = await withCrew(session, { ...options, size, connections }, (crew) => liveDifference(crew, options));
  return difference === undefined ? { is: "same", publication } : { is: "spoiled", publication, difference };
}

/** The same; another publisher may swap while rows are read, there and back as well, and then it is compared again. */
export function compareUnlocked(session: Session, options: PublishOptions, { connections, enter }: Pick<Meant, "connections" | "enter">): Promise<Live> {
  const look = async (): Promise<Looked> => {
    const inventory = await takeInventory(session);
    const live = liveTables(options, inventory);
    return { inventory, live: JSON.stringify(live), swap: live.length === 0 ? undefined : await lastSwap(session, options.set) };
  };
  const isSame = (before: Looked, after: Looked | undefined): boolean => before.live === after?.live && before.swap === after.swap;
  return readSteady({ database: options.connect.database, set: options.set, look, isSame }, ({ inventory }) =>
    compareLive(session, options, { inventory, tables: generationOf(options, inventory).tables, connections, enter }),
  );
}

interface Looked {
  readonly inventory: Inventory;
  readonly live: string;
  readonly swap: string | undefined;
}

const liveTables = ({ set }: PublishOptions, inventory: Inventory): readonly OwnedTable[] => inventory.owned.filter((each) => each.place === "live" && each.tag.set === set);

export interface Found {
  /** Undefined when something is to be published. */
  readonly live?: Pick<Published, "publication" | "tables">;
  /** The publication whose tables are not what they say: they are loaded again. */
  readonly spoiled?: string;
}

export async function alreadyLive(session: Session, options: PublishOptions, meant: Meant): Promise<Found> {
  const found = await compareLive(session, options, meant);
  if (found.is === "spoiled") {
    options.events?.({ event: "publish-repairs", publication: found.publication, difference: differenceText(found.difference) });
    return { spoiled: found.publication };
  }
  if (found.is !== "same") return {};
  const { publication } = found;
  const { set, run, version, now } = options;
  const id = await openEntry(session, { set, action: "publish", publication, run, version, tables: [] }, now());
  await closeEntry(session, id, { state: "already-live", now: now() });
  return { live: { publication, tables: liveTables(options, meant.inventory).map(({ name, tag }) => ({ table: name, ...tag })) } };
}
