// carelake demo: Part D on the sample of the package, from nothing to a report.

import { resolve } from "node:path";
import { command } from "../command.js";
import { answer, complain, count, table } from "../present.js";
import type { Demo } from "../run-demo.js";
import { runDemo } from "../run-demo.js";

export const demo = command({
  command: "demo",
  describe: "run Part D on the sample in the package, from files to a report",
  builder: (yargs) => yargs.option("out", { type: "string", default: "carelake-demo", describe: "folder of the demo's lake, database and report" }),
  handler: async ({ out, json }, context) => {
    const done = await runDemo(resolve(context.cwd, out), context);
    if (!done.ok) return complain(done.problems, json);
    answer({ json: done.value, text: demoText(done.value) }, json);
  },
});

function demoText({ drugs, run, built, skipped, report }: Demo): string {
  const rows = drugs.map(({ generic, brand, claims, cost_usd }) => [generic, brand, count(claims), cost_usd.replace(/\B(?=(\d{3})+(?=\.))/g, ",")]);
  return [
    table(["ten drugs with the highest cost in the sample, 2023", "brand", "claims", "cost (USD)"], rows, [2, 3]),
    `run ${run}; ${String(built)} tables built, ${String(skipped)} were done already`,
    `report: ${report}`,
  ].join("\n\n");
}
