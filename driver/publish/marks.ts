// Which segments stand whole in which staging table: one row each, written with the segment's own rows.
// In: a session and segments. Never here: the rows themselves.

import type { Session } from "../session.js";
import { cell, type Inventory } from "./inventory.js";
import { stagingOf } from "./names.js";
import type { Segment } from "./segments.js";

/** In the transaction that loads the segment: the server has both or neither, also when the answer to commit is lost. */
export async function markLoaded(session: Session, as: string, segment: Segment): Promise<void> {
  await session.run("insert into carelake_segments (staging_table, segment, content_hash, loaded_at) values (?, ?, ?, utc_timestamp(3))", [as, segment.file, segment.hash]);
}

/** Segments of the list that still have to be loaded. */
export async function missingSegments(session: Session, segments: readonly Segment[], publication: string): Promise<readonly Segment[]> {
  const rows = await session.query("select staging_table, segment, content_hash from carelake_segments");
  const loaded = new Set(rows.map((row) => JSON.stringify([cell(row, "staging_table"), cell(row, "segment"), cell(row, "content_hash")])));
  return segments.filter(({ table, file, hash }) => !loaded.has(JSON.stringify([stagingOf(table.name, publication), file, hash])));
}

/** Of staging tables that stand no more, under their staging name. */
export async function forgetSegments(session: Session, inventory: Inventory): Promise<void> {
  const standing = inventory.owned.filter((each) => each.place === "staging").map((each) => each.name);
  const rest = standing.length === 0 ? "" : ` where staging_table not in (${standing.map(() => "?").join(", ")})`;
  await session.run(`delete from carelake_segments${rest}`, standing);
}
