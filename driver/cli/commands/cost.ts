// carelake cost: what a run cost stage by stage, as its service counts, beside what was estimated for either engine.

import { answer, complain, seconds, table } from "../present.js";
import { command } from "../command.js";
import { runCost } from "../run-cost.js";
import { openRun } from "../open-run.js";
import { lakeOptions } from "./words.js";

export const cost = command({
  command: "cost [run]",
  describe: "what a run cost, by stage",
  builder: (yargs) => lakeOptions(yargs.positional("run", { type: "string", describe: "run id; the last one without it" })),
  handler: async (words, context) => {
    const opened = await openRun(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    if (opened.value.profile.engine === "local") {
      return answer({ json: { run: opened.value.run.run, engine: "local", usd: 0, stages: [] }, text: `run ${opened.value.run.run} ran on this computer and cost nothing` }, words.json);
    }
    const found = await runCost(opened.value);
    const rows = found.stages.map(({ stage, attempt, usd, seconds: took, estimate }) => [stage, String(attempt), took === null ? "–" : seconds(took), money(usd), money(estimate?.emr ?? null), money(estimate?.["emr-serverless"] ?? null)]);
    const lines = [`run ${found.run}: ${money(found.usd)} on ${found.engine}${found.final ? "" : " so far"}`, table(["stage", "attempt", "time", "cost", "estimate EMR", "estimate Serverless"], rows, [1, 2, 3, 4, 5]), ...found.notes];
    answer({ json: found, text: lines.join("\n") }, words.json);
  },
});

const money = (usd: number | null): string => (usd === null ? "–" : `$${usd.toFixed(usd < 1 ? 4 : 2)}`);
