// What a publication would meet, as people read it.

import type { Findings } from "../publish.js";
import { blockerText } from "../publish/blockers.js";
import { differenceText } from "../publish/verify.js";
import { placeOf } from "../publish/database.js";
import { rowsOf, type PublishOptions } from "../publish/set.js";
import { bytes, count } from "./present.js";

export function checkText(found: Findings, { connect, publication, tables }: PublishOptions): string {
  const { server, space, readers, contract, live, working, problems } = found;
  const rows = tables.reduce((sum, each) => sum + rowsOf(each), 0);
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ["server", [`${server} at ${placeOf(connect)}, database ${connect.database}, user ${connect.user}`]],
    ["rows", [`${count(rows)} in ${tables.map((each) => each.name).join(", ")}`]],
    ["space", [`about ${bytes(space.neededBytes)} needed, ${space.freeBytes === undefined ? `free is not known: ${space.source}` : `${bytes(space.freeBytes)} free`}`]],
    ["readers", readers === undefined ? ["not known: the account may not see locks (sql/mysql/accounts.sql)"] : readers.length === 0 ? ["none that the swap would wait for"] : readers.map(blockerText)],
    ["publisher", [working === undefined ? "nobody publishes at this moment" : `${working} publishes at this moment`]],
    ["live", liveText(live)],
    ["changes", contract.changes.length === 0 ? ["none that readers would see"] : contract.changes],
  ];
  const shown = lines.map(([head, [first = "", ...more]]) => [`${head.padEnd(11)}${first}`, ...more.map((each) => `${" ".repeat(11)}${each}`)].join("\n"));
  return [`publication ${publication}: ${problems.length === 0 ? "nothing stands in the way" : "it would be refused"}`, ...shown].join("\n");
}

/** What was compared is said with it. */
function liveText(live: Findings["live"]): readonly string[] {
  switch (live.is) {
    case "nothing":
      return ["nothing of these tables"];
    case "other":
      return [`publication ${live.publication}: other rows, content hash, years or definition, by what its tables say of themselves`];
    case "same":
      return [`publication ${live.publication} is the same: the server counted and hashed every year anew; nothing would be loaded`];
    case "spoiled":
      return [`publication ${live.publication} was the same and has been changed since: ${differenceText(live.difference)}`, "publishing loads it again"];
  }
}
