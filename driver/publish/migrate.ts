// The publisher's own tables in the serving database: sql/mysql/NNNN_*.sql in order, each once, forward only.
// In: a session that holds the publisher's lock. Never here: published tables.

import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Session } from "../session.js";
import { cell } from "./inventory.js";

const BOOK =
  "create table if not exists carelake_migrations (version int not null, file varchar(128) not null, applied_at datetime(3) not null, primary key (version)) " +
  "engine=InnoDB character set utf8mb4 collate utf8mb4_0900_as_cs comment='carelake: versions of its own tables'";

/** A column that is there already: its file was applied, and the crash came before the entry. */
const COLUMN_IS_THERE = 1060;

/** Applies what is missing. Every statement may be run again: a crash between a file and its entry is no harm. */
export async function migrate(session: Session, now: Date): Promise<readonly string[]> {
  await session.run(BOOK);
  const applied = new Set((await session.query("select version from carelake_migrations")).map((row) => Number(cell(row, "version"))));
  const folder = migrationsFolder();
  const files = (await readdir(folder)).filter((file) => /^\d{4}_.+\.sql$/.test(file)).sort();
  const missing = files.filter((file) => !applied.has(Number(file.slice(0, 4))));
  for (const file of missing) {
    for (const statement of statementsOf(await readFile(join(folder, file), "utf8"))) await session.run(statement).catch(unlessThere);
    await session.run("insert ignore into carelake_migrations values (?, ?, ?)", [Number(file.slice(0, 4)), file, utc(now)]);
  }
  return missing;
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Error && "errno" in error && error.errno === COLUMN_IS_THERE)) throw error;
}

/** Statements end with a semicolon at the end of a line; lines that begin with -- are comments. */
export function statementsOf(sql: string): readonly string[] {
  const lines = sql.split("\n").filter((line) => !line.trimStart().startsWith("--"));
  return lines.join("\n").split(/;[ \t]*(?:\n|$)/).map((statement) => statement.trim()).filter((statement) => statement !== "");
}

/** "2026-11-22 07:31:52.123": a datetime(3) literal, UTC. */
export const utc = (date: Date): string => date.toISOString().replace("T", " ").replace("Z", "");

/** sql/mysql of the package, from the sources as well as from dist/. */
function migrationsFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, "sql", "mysql");
    if (existsSync(found)) return found;
  }
  throw new Error("the package holds no sql/mysql");
}
