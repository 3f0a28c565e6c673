// Rows and content of tables against the manifest Spark wrote: staged ones before readers get them, live ones before it is
// said that they are right. In: sessions. Out: nothing, or what differs.

import { ProblemError } from "../problems.js";
import type { Session } from "../session.js";
import type { Crew } from "./crew.js";
import { countAndHash, countRows } from "./ddl.js";
import { cell } from "./inventory.js";
import { stagingOf } from "./names.js";
import { rowsOf, type PublishOptions, type PublishTable } from "./set.js";

export interface Difference {
  readonly table: string;
  /** "rows of 2023", "content hash of 2023". */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

export const differenceText = ({ table, what, expected, found }: Difference): string => `${what} in ${table}: ${found}, published were ${expected}`;

interface YearOf {
  readonly table: PublishTable;
  readonly manifest: PublishTable["manifests"][number]["manifest"];
  /** Name in the database. */
  readonly as: string;
}

const yearsOf = (table: PublishTable, as: string): readonly YearOf[] => table.manifests.map(({ manifest }) => ({ table, manifest, as }));

/** The server rebuilds every line from the row it stored: what it hashes is what readers get. */
async function yearDifference(session: Session, { table, manifest, as }: YearOf): Promise<Difference | undefined> {
  // A transaction, for its surroundings: the hash is taken of text that they shape.
  const [row] = await session.transaction(() => session.query(countAndHash(table, as), [manifest.year]));
  const [rows, hash] = [cell(row, "rows_found"), cell(row, "hash_found")];
  const differs = (what: string, expected: string, found: string): Difference => ({ table: table.name, what: `${what} of ${manifest.year}`, expected, found });
  if (Number(rows) !== manifest.rows) return differs("rows", String(manifest.rows), rows);
  return hash === manifest.hash ? undefined : differs("content hash", manifest.hash, hash);
}

export async function verify(crew: Crew, options: PublishOptions, publication: string): Promise<void> {
  const tasks = options.tables.flatMap((table) => yearsOf(table, stagingOf(table.name, publication)));
  await crew.each(tasks, async (session, year) => {
    const difference = await yearDifference(session, year);
    if (difference !== undefined) throw new ProblemError({ code: "publish-mismatch", ...difference });
    const { year: number, rows, hash } = year.manifest;
    options.events?.({ event: "publish-verified", table: year.table.name, year: number, rows, hash });
  });
}

const BAD_FIELD = 1054;

/** Somebody dropped or renamed one: no row can be what was published. */
function missingColumn({ name, columns }: PublishTable, error: unknown): Difference {
  if (!(error instanceof Error) || !("errno" in error) || error.errno !== BAD_FIELD) throw error;
  return { table: name, what: "columns", expected: columns.map((each) => each.name).join(", "), found: error.message };
}

/** Tables under their readers' names: one that has not, or not only, what the manifests say. No more is read once it is found. */
export async function liveDifference(crew: Crew, { tables, events }: Pick<PublishOptions, "tables" | "events">): Promise<Difference | undefined> {
  const found: Difference[] = [];
  const totalRows = tables.reduce((sum, table) => sum + rowsOf(table), 0);
  let doneRows = 0;
  const each = (session: Session, year: YearOf): Promise<Difference | undefined> => yearDifference(session, year).catch((error: unknown) => missingColumn(year.table, error));
  await crew.each(tables.flatMap((table) => yearsOf(table, table.name)), async (session, year) => {
    const difference = found.length > 0 ? undefined : await each(session, year);
    if (difference !== undefined) found.push(difference);
    doneRows += year.manifest.rows;
    if (found.length === 0) events?.({ event: "publish-compared", table: year.table.name, year: year.manifest.year, doneRows, totalRows });
  });
  // Only where the years are right: rows of others are what is left to find.
  await crew.each(found.length > 0 ? [] : tables, async (session, table) => {
    const [row] = await session.query(countRows(table.name));
    const [expected, rows] = [String(rowsOf(table)), cell(row, "rows_found")];
    if (rows !== expected) found.push({ table: table.name, what: "rows of all years", expected, found: rows });
  });
  return found[0];
}
