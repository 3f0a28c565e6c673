// A rule that no row ever broke may be a rule that no row can break: each row rule of each job has set a row aside, or
// warned of one, in a case of that job's own.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isRowRule } from "../../driver/statements.js";
import { pipelines } from "../../jobs/index.js";
import { readCsv } from "./csv.js";

/** Ids of the rules that some row of the job's cases is expected to break. */
function broken(job: string): ReadonlySet<string> {
  const folder = join(import.meta.dirname, job);
  const texts = readdirSync(folder).map((name) => readCsv(readFileSync(join(folder, name, "expect.csv"), "utf8")));
  const cells = texts.flatMap(({ header, rows }) => ["quarantine_reasons", "warnings"].flatMap((column) => rows.map((row) => row[header.indexOf(column)] ?? "")));
  return new Set(cells.flatMap((cell) => cell.split(" ")));
}

it("every row rule has a row that breaks it", () => {
  const rules = pipelines.flatMap(({ jobs }) => jobs.flatMap(({ name, gates }) => gates.filter(isRowRule).map(({ id }) => ({ name, id }))));
  expect(rules.length).toBeGreaterThan(50);
  expect(rules.filter(({ name, id }) => !broken(name).has(id)).map(({ name, id }) => `${name} ${id}`)).toEqual([]);
});
