// carelake runs: the runs of a lake, newest last, and who works on it now.

import { outcomeOf } from "../../ledger.js";
import { heldLock, ownerText } from "../../lock.js";
import { openLedger } from "../open-ledger.js";
import { command } from "../command.js";
import { answer, complain, table } from "../present.js";
import { lakeOptions } from "./words.js";

export const runs = command({
  command: "runs",
  describe: "the runs of the lake",
  builder: (yargs) => lakeOptions(yargs),
  handler: async (words, context) => {
    const opened = await openLedger(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const { ledger, store, root } = opened.value.lake;
    const rows = await Promise.all(
      (await ledger.runs()).map(async (run) => {
        const events = await ledger.events(run.run);
        const ended = outcomeOf(events);
        const held = await heldLock({ store, pipeline: run.pipeline, now: context.now, isAlive: context.isAlive });
        const runs = held.by !== undefined && run.run.startsWith(held.by.run);
        const state = ended?.outcome ?? (runs ? "running" : "interrupted");
        return { ...run, state, endedAt: ended?.at ?? null, published: events.some((event) => event.event === "published") };
      }),
    );
    const lines = rows.map((row) => [row.run, row.pipeline, row.years.join(", "), row.state, row.published ? "yes" : "no", row.startedAt.slice(0, 19).replace("T", " "), row.endedAt === null ? "–" : `${String(Math.round((Date.parse(row.endedAt) - Date.parse(row.startedAt)) / 1000))} s`, ownerText(row.owner)]);
    const text = rows.length === 0 ? `no run was made in ${root} yet` : table(["run", "pipeline", "years", "state", "published", "started (UTC)", "took", "by"], lines, [6]);
    answer({ json: rows, text }, words.json);
  },
});
