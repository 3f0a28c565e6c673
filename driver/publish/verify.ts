// Rows and content of each staged table and year against the manifest Spark wrote. In: a crew; out: nothing, or a mismatch.

import { ProblemError } from "../problems.js";
import type { Crew } from "./crew.js";
import { countAndHash } from "./ddl.js";
import { cell } from "./inventory.js";
import { stagingOf } from "./names.js";
import type { PublishOptions } from "./set.js";

/** The server rebuilds every line from the row it stored: what it hashes is what readers will get. */
export async function verify(crew: Crew, options: PublishOptions, publication: string): Promise<void> {
  const tasks = options.tables.flatMap((table) => table.manifests.map(({ manifest }) => ({ table, manifest })));
  await crew.each(tasks, async (session, { table, manifest }) => {
    const [found] = await session.query(countAndHash(table, stagingOf(table.name, publication)), [manifest.year]);
    const rows = Number(cell(found, "rows_found"));
    const hash = cell(found, "hash_found");
    const mismatch = (what: string, expected: string, was: string): ProblemError =>
      new ProblemError({ code: "publish-mismatch", table: table.name, what: `${what} of ${manifest.year}`, expected, found: was });
    if (rows !== manifest.rows) throw mismatch("rows", String(manifest.rows), String(rows));
    if (hash !== manifest.hash) throw mismatch("content hash", manifest.hash, hash);
    options.events?.({ event: "publish-verified", table: table.name, year: manifest.year, rows, hash });
  });
}
