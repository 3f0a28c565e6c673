// carelake cost: what a run cost stage by stage, as its service counts, beside what was estimated for either engine.

import { costlyOf } from "../../ahead.js";
import { answer, complain, seconds, table } from "../present.js";
import { pricesFor } from "../prices.js";
import { command } from "../command.js";
import { runCost } from "../run-cost.js";
import { dollars } from "../problem-words.js";
import { openRun } from "../open-run.js";
import { lakeOptions } from "./words.js";

export const cost = command({
  command: "cost [run]",
  describe: "what a run cost, by stage",
  builder: (yargs) => lakeOptions(yargs.positional("run", { type: "string", describe: "run id; the last one without it" })),
  handler: async (words, context) => {
    const opened = await openRun(words, context);
    if (!opened.ok) return complain(opened.problems, words.json);
    const { run, profile, project, plan, events, engine } = opened.value;
    if (profile.engine === "local") {
      return answer({ json: { run: run.run, engine: "local", usd: 0, stages: [] }, text: `run ${run.run} ran on this computer and cost nothing` }, words.json);
    }
    const prices = await pricesFor(profile, project.folder);
    if (!prices.ok) return complain(prices.problems, words.json);
    const found = await runCost({ plan, attempts: costlyOf(events), engine, profile, prices: prices.value });
    const rows = found.stages.map(({ stage, attempt, usd, seconds: took, estimate }) => [stage, String(attempt), took === null ? "–" : seconds(took), money(usd), money(estimate?.emr ?? null), money(estimate?.["emr-serverless"] ?? null)]);
    const lines = [`run ${run.run}: ${money(found.usd)} on ${run.engine}${found.final ? "" : " so far"}`, table(["stage", "attempt", "time", "cost", "estimate EMR", "estimate Serverless"], rows, [1, 2, 3, 4, 5]), ...found.notes];
    answer({ json: { run: run.run, engine: run.engine, ...found }, text: lines.join("\n") }, words.json);
  },
});

const money = (usd: number | null): string => (usd === null ? "–" : dollars(usd));
