// carelake publications: what readers of the serving database see now, and what is kept to go back to.

import { command } from "../command.js";
import { openLedger } from "../open-ledger.js";
import { answer, complain, count, table } from "../present.js";
import { servingDatabase } from "../serving.js";
import { lakeOptions } from "./words.js";

export const publications = command({
  command: "publications",
  describe: "what is live in the database, and what is kept for a way back",
  builder: (yargs) => lakeOptions(yargs),
  handler: async (words, context) => {
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const connect = await servingDatabase({ profile: opened.value.profile, named: words.profile, purpose: "to look at" }, context);
    if (!connect.ok) return complain(connect.problems, words.json);
    const publisher = await import("../../publish.js");
    const found = await publisher.publications(connect.value);
    if (!found.ok) return complain(found.problems, words.json);
    const { live, former } = found.value;
    const all = [...live, ...former].sort((a, b) => (a.set === b.set ? (a.at < b.at ? 1 : -1) : a.set < b.set ? -1 : 1));
    const shown = all.map(({ set, publication, place, at, tables }) => {
      const rows = tables.reduce((sum, each) => sum + each.tag.rows, 0);
      const years = [...new Set(tables.flatMap((each) => each.tag.years))].sort((a, b) => a - b);
      return { set, publication, state: place === "live" ? "live" : "kept", run: tables[0]?.tag.run ?? "", loadedAt: at, years, rows, tables: tables.map((each) => each.table) };
    });
    const lines = shown.map((each) => [each.set, each.publication, each.state, each.loadedAt.slice(0, 19).replace("T", " "), each.years.join(", "), count(each.rows), each.tables.join(", ")]);
    const text = shown.length === 0 ? "nothing is published in this database" : table(["set", "publication", "state", "loaded (UTC)", "years", "rows", "tables"], lines, [5]);
    answer({ json: shown, text }, words.json);
  },
});
