// After a refresh: does the model hold as many rows of each table as were published? One DAX query.

import type { Problem } from "../problems.js";
import type { LiveTable } from "./request.js";
import type { PowerBi } from "./service.js";

/** A table whose number of rows in the model is known beforehand. */
export type CountedTable = LiveTable & { readonly rows: number };

export const countedTables = (tables: readonly LiveTable[]): readonly CountedTable[] => tables.filter((each): each is CountedTable => each.rows !== undefined);

/** The problem when a table differs. Throws the service's ProblemError where it answers no queries. */
export async function rowsDiffer(tables: readonly CountedTable[], service: PowerBi): Promise<Problem | undefined> {
  if (tables.length === 0) return undefined;
  const row = await service.row(countQuery(tables));
  const different = tables.flatMap(({ table, model, rows: published }, index) => {
    // DAX counts an empty table as blank.
    const shown = Number(row[`[${columnOf(index)}]`] ?? 0);
    return shown === published ? [] : [{ table, model, published, shown }];
  });
  return different.length === 0 ? undefined : { code: "refresh-mismatch", tables: different };
}

const columnOf = (index: number): string => `rows${String(index)}`;

/** A quote in a table's name is written twice. */
const countQuery = (tables: readonly CountedTable[]): string =>
  `EVALUATE ROW(${tables.map(({ model }, index) => `"${columnOf(index)}", COUNTROWS('${model.replaceAll("'", "''")}')`).join(", ")})`;
