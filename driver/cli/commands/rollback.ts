// carelake rollback: a former publication back in the place of the live one, by one RENAME. No data is moved or lost.

import { command } from "../command.js";
import { openLedger } from "../open-ledger.js";
import { answer, complain, count, table } from "../present.js";
import { progress } from "../progress.js";
import { VERSION } from "../project.js";
import { servingDatabase } from "../serving.js";
import { lakeOptions } from "./words.js";

export const rollback = command({
  command: "rollback <set>",
  describe: "bring a former publication back; the way forward stays open",
  builder: (yargs) =>
    lakeOptions(yargs.positional("set", { type: "string", demandOption: true, describe: "what is published together: the pipeline's name" })).option("to", {
      type: "string",
      describe: "publication to bring back (carelake publications); the one before the live one without it",
    }),
  handler: async (words, context) => {
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const connect = await servingDatabase({ profile: opened.value.profile, named: words.profile, purpose: "to roll back" }, context);
    if (!connect.ok) return complain(connect.problems, words.json);
    const publisher = await import("../../publish.js");
    const listen = progress({ isTerminal: context.isTerminal, verbose: false });
    const { now, signal } = context;
    const to = words.to === undefined ? {} : { to: words.to };
    const done = await publisher.rollback({ connect: connect.value, set: words.set, ...to, version: VERSION, now, signal, events: (event) => listen({ kind: "publish", event }) });
    if (!done.ok) return complain(done.problems, words.json);
    const { from, tables, swapMilliseconds } = done.value;
    const rows = tables.map((each) => [each.table, each.years.join(", "), count(each.rows), each.hash]);
    const forward = from === undefined ? "" : `\n\ncarelake rollback ${words.set} --to ${from} goes back again`;
    answer({ json: done.value, text: `live again: ${done.value.to}, swapped in ${String(swapMilliseconds)} ms\n${table(["table", "years", "rows", "content hash"], rows, [2])}${forward}` }, words.json);
  },
});
