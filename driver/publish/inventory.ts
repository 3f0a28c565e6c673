// What of ours stands in the database: live tables, former generations, staging. Read from the tables' own comments.
// Reads only.

import type { Row, Session } from "../session.js";
import { formerOf, stagingOf, tagOf } from "./names.js";
import type { Tag } from "./set.js";

export interface OwnedTable {
  /** Name in the database now. */
  readonly name: string;
  /** Name readers know it by when live. */
  readonly table: string;
  readonly place: "live" | "former" | "staging";
  readonly tag: Tag;
}

export interface Inventory {
  readonly owned: readonly OwnedTable[];
  /** Tables and views of others: never touched. */
  readonly foreign: readonly string[];
}

export async function takeInventory(session: Session): Promise<Inventory> {
  const rows = await session.query("select table_name as name, table_comment as words from information_schema.tables where table_schema = database() order by table_name");
  const owned: OwnedTable[] = [];
  const foreign: string[] = [];
  for (const row of rows) {
    const found = cell(row, "name");
    const tag = tagOf(cell(row, "words"));
    const place = tag === undefined ? undefined : placed(found, tag);
    // CREATE TABLE … LIKE copies the comment: somebody's copy under a name of their own is not ours.
    if (tag === undefined || place === undefined || !tag.members.includes(place.table)) foreign.push(found);
    else owned.push({ ...place, tag });
  }
  return { owned, foreign };
}

/** Where a table stands follows from its name and from the publication it says it belongs to. */
function placed(found: string, tag: Tag): Pick<OwnedTable, "name" | "table" | "place"> {
  const [table = found] = found.split("__");
  if (found === formerOf(table, tag.publication)) return { name: found, table, place: "former" };
  if (found === stagingOf(table, tag.publication)) return { name: found, table, place: "staging" };
  return { name: found, table: found, place: "live" };
}

/** A generation: all tables of one publication of a set that stand in the same place. Newest first. */
export interface Generation {
  readonly set: string;
  readonly publication: string;
  readonly place: OwnedTable["place"];
  readonly at: string;
  readonly tables: readonly OwnedTable[];
}

export function generationsOf(inventory: Inventory, place: OwnedTable["place"]): readonly Generation[] {
  const found = new Map<string, OwnedTable[]>();
  for (const each of inventory.owned.filter((owned) => owned.place === place)) {
    const key = JSON.stringify([each.tag.set, each.tag.publication]);
    found.set(key, [...(found.get(key) ?? []), each]);
  }
  const generations = [...found.values()].flatMap((tables) => {
    const [first] = tables;
    return first === undefined ? [] : [{ set: first.tag.set, publication: first.tag.publication, place, at: first.tag.at, tables }];
  });
  return generations.sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** A cell that is never null by the statement it came from. */
export function cell(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value !== "string") throw new TypeError(`the server gave no ${column}`);
  return value;
}
