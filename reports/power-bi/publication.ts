// How fresh the figures are: the serving database's own table of what is live, in the model. In: a set's name. Out: its table.

import { columnObject, partition } from "./table-parts.js";
import { uuid } from "./ids.js";
import { publicationM } from "./m.js";
import type { TmdlObject } from "./tmdl.js";

export const PUBLICATION = "Publication";

/** What people see of it, in the order of the table on the page of notes. */
export const PUBLICATION_COLUMNS = [
  { name: "Published table", source: "table_name", type: "string", description: "Table of the serving database." },
  { name: "Years in it", source: "years", type: "string", description: "Data years of the table, separated by commas." },
  { name: "Row count", source: "row_count", type: "int64", description: "Rows of the table when it was published.", format: "#,0" },
  { name: "Published", source: "published_at", type: "dateTime", description: "When the table became live, UTC.", format: "yyyy-mm-dd hh:nn" },
  { name: "Run", source: "run", type: "string", description: "Run of carelake that made the rows." },
] as const;

export const PUBLISHED_AT = "Published at (UTC)";

export function publicationTable(set: string): TmdlObject & { readonly name: string } {
  const [, , , published] = PUBLICATION_COLUMNS;
  return {
    kind: "table", name: PUBLICATION, description: "What is live in the serving database, one row a table.", properties: { lineageTag: uuid("table", PUBLICATION) },
    children: [
      {
        kind: "measure", name: PUBLISHED_AT, description: "When the figures became live, as of the last refresh.", expression: `MAX('${PUBLICATION}'[${published.name}])`,
        properties: { formatString: published.format, displayFolder: "Freshness", lineageTag: uuid("measure", PUBLICATION, PUBLISHED_AT) },
      },
      ...PUBLICATION_COLUMNS.map((column) => columnObject(PUBLICATION, column)),
      partition(PUBLICATION, publicationM(set, PUBLICATION_COLUMNS.map(({ source }) => source))),
    ],
  };
}
