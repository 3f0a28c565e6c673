// What a publication would meet, as people read it.

import type { Findings } from "../publish.js";
import { blockerText } from "../publish/blockers.js";
import { placeOf } from "../publish/database.js";
import { rowsOf, type PublishOptions } from "../publish/set.js";
import { bytes, count } from "./present.js";

export function checkText(found: Findings, { connect, publication, tables }: PublishOptions): string {
  const { server, space, readers, contract, working, problems } = found;
  const rows = tables.reduce((sum, each) => sum + rowsOf(each), 0);
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ["server", [`${server} at ${placeOf(connect)}, database ${connect.database}, user ${connect.user}`]],
    ["rows", [`${count(rows)} in ${tables.map((each) => each.name).join(", ")}`]],
    ["space", [`about ${bytes(space.neededBytes)} needed, ${space.freeBytes === undefined ? `free is not known: ${space.source}` : `${bytes(space.freeBytes)} free`}`]],
    ["readers", readers === undefined ? ["not known: the account may not see locks (sql/mysql/accounts.sql)"] : readers.length === 0 ? ["none that the swap would wait for"] : readers.map(blockerText)],
    ["publisher", [working === undefined ? "nobody publishes at this moment" : `connection ${working} publishes at this moment`]],
    ["changes", contract.changes.length === 0 ? ["none that readers would see"] : contract.changes],
  ];
  const shown = lines.map(([head, [first = "", ...more]]) => [`${head.padEnd(11)}${first}`, ...more.map((each) => `${" ".repeat(11)}${each}`)].join("\n"));
  return [`publication ${publication}: ${problems.length === 0 ? "nothing stands in the way" : "it would be refused"}`, ...shown].join("\n");
}
