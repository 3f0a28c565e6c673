// A publication held in the middle of a statement that it sends, so that something may happen to it there.
// In: connections to its database, the statement. Out: the statement waits, the thing is done, the statement goes on.

import type { Connection } from "mysql2/promise";
import { duringStatement } from "./publish-database.js";

/** In the middle of a statement; the last one stands between the RENAME and its record. */
export const STATEMENTS = ["load data%", "rename table%", "delete from carelake_tables%"] as const;

/** Holds what the statement needs until `act` has been done while it waits. A load needs no holding: it is long enough. */
export async function inStatement(connect: () => Promise<Connection>, statement: string, act: () => void | Promise<void>): Promise<void> {
  const [holder, watcher] = await Promise.all([connect(), connect()]);
  for (const each of [holder, watcher]) each.on("error", () => undefined);
  await holder.query("start transaction");
  if (statement.startsWith("rename")) await holder.query("select count(*) from alpha");
  if (statement.startsWith("delete")) await holder.query("select * from carelake_tables for update");
  await duringStatement(watcher, statement, async () => act());
  for (const each of [holder, watcher]) each.destroy();
}
