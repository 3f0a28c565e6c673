// Staging tables: those of an earlier try of the same publication, that broke off, are gone on with; else they are made anew. In: the tables with their tags. Never here: a row, or a table that readers know.

import { contentId } from "../canonical.js";
import type { Session } from "../session.js";
import { createTable } from "./ddl.js";
import { generationsOf, type Inventory, type OwnedTable } from "./inventory.js";
import { dropTables } from "./leftovers.js";
import { stagingOf } from "./names.js";
import type { PublishedTable, PublishTable, Tag } from "./set.js";

/**
 * When the loading of tables like these began, if staging tables of it still stand. What was swapped in since is newer
 * than they would say they are: then they are not gone on with, for generations are ordered by that time.
 */
export function beginOf(wanted: readonly PublishedTable[], inventory: Inventory): string | undefined {
  const found = inventory.owned.find((each) => wanted.some((tag) => isOf(each, tag)));
  const newest = generationsOf(inventory, "live").find((each) => each.set === found?.tag.set);
  return found === undefined || (newest !== undefined && newest.at >= found.tag.at) ? undefined : found.tag.at;
}

/** A staging table of the same publication, content and contract. */
function isOf({ place, name, tag }: OwnedTable, { table, at: _, ...wanted }: PublishedTable): boolean {
  const { at: __, ...held } = tag;
  return place === "staging" && name === stagingOf(table, wanted.publication) && contentId(held) === contentId(wanted);
}

export interface StagingRequest {
  readonly tables: readonly PublishTable[];
  readonly tags: readonly PublishedTable[];
  readonly inventory: Inventory;
}

/** Afterwards each table has its staging table, whole segments or none in it; others of the set are gone. */
export async function makeStaging(session: Session, { tables, tags, inventory }: StagingRequest): Promise<void> {
  const isKept = (each: OwnedTable): boolean => tags.some((tag) => isOf(each, tag) && each.tag.at === tag.at);
  const ofSet = inventory.owned.filter((each) => each.place === "staging" && each.tag.set === tags[0]?.set);
  const useless = ofSet.filter((each) => !isKept(each));
  await dropTables(session, useless);
  const kept = new Set(ofSet.filter(isKept).map((each) => each.name));
  for (const table of tables) {
    const tag = tags.find((each) => each.table === table.name);
    if (tag === undefined) throw new TypeError(`no tag for ${table.name}`);
    const as = stagingOf(table.name, tag.publication);
    if (kept.has(as)) continue;
    await session.run("delete from carelake_segments where staging_table = ?", [as]);
    await session.run(createTable(table, as, markOf(tag)));
  }
}

function markOf({ table: _, ...tag }: PublishedTable): Tag {
  return tag;
}
