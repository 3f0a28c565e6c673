// A publication held in the middle of a statement that it sends, so that something may happen to it there.
// In: connections to its database, the statement. Out: the statement waits, the thing is done, the statement goes on.

import type { Connection } from "mysql2/promise";
import { duringStatement, tick } from "./publish-database.js";

/** In the middle of a statement: of loading, indexing, verifying, swapping, and between the RENAME and its record. */
export const STATEMENTS = ["load data%", "alter table%", "select count(*) as rows_found%", "rename table%", "delete from carelake_tables%"] as const;

interface Held {
  readonly statement: string;
  readonly publication: string;
}

/** Holds what the statement needs until `act` has been done while it waits. A load needs no holding: it is long enough. */
export async function inStatement(connect: () => Promise<Connection>, held: Held, act: () => void | Promise<void>): Promise<void> {
  const [holder, follower, watcher] = await Promise.all([connect(), connect(), connect()]);
  for (const each of [holder, follower, watcher]) each.on("error", () => undefined);
  const isAt = (statement: string): Promise<void> => duringStatement(watcher, statement, async () => undefined);
  const staged = `alpha__${held.publication}`;
  await holder.query("start transaction");
  if (held.statement.startsWith("rename")) await holder.query("select count(*) from alpha");
  if (held.statement.startsWith("delete")) await holder.query("select * from carelake_tables for update");
  if (held.statement.startsWith("alter")) await readOnceThere(holder, staged);
  if (held.statement.startsWith("select")) {
    // Who waits behind the ALTER has the table after it, and before it is read.
    await readOnceThere(holder, staged);
    await isAt("alter table%");
    const locked = follower.query(`lock tables ${staged} write`);
    await isAt("lock tables%");
    await holder.query("commit");
    await locked;
  }
  await duringStatement(watcher, held.statement, async () => act());
  for (const each of [holder, follower, watcher]) each.destroy();
}

const NO_SUCH_TABLE = 1146;

/** From then on its definition cannot change before the transaction ends; rows can still be loaded. */
async function readOnceThere(holder: Connection, table: string): Promise<void> {
  for (let attempt = 0; attempt < 6000; attempt++) {
    const isRead = await holder.query(`select 1 from ${table} limit 0`).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && "errno" in error && error.errno === NO_SUCH_TABLE) return false;
        throw error;
      },
    );
    if (isRead) return;
    await tick(2);
  }
  throw new Error(`${table} was never created`);
}
