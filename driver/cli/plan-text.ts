// A plan as people read it: what will be written in which order, what is skipped and why, how long it took last time.

import type { Plan } from "../plan.js";
import { count, seconds, table } from "./present.js";

export function planText(plan: Plan): string {
  const blocks = [`plan ${plan.id.slice(0, 12)}: ${plan.pipeline}, ${plan.years.length === 1 ? "year" : "years"} ${plan.years.join(", ")}`];
  for (const stage of plan.stages) {
    const rows = stage.steps.map((step) => [
      step.mode,
      step.id,
      gateCounts(step.gates),
      step.last_seconds === null ? "–" : seconds(step.last_seconds),
      step.reason,
    ]);
    if (rows.length > 0) {
      blocks.push(`stage ${stage.name} (${stage.joins.join(" + ")}; ${stage.reason})`, table(["do", "table @ year", "gates", "last time", "because"], rows, [3]));
    }
    if (stage.exports.length > 0) blocks.push(`exports ${stage.exports.map((each) => each.id.replace("#export", "")).join(", ")}`);
  }
  if (plan.skipped.length > 0) blocks.push(`skipped ${count(plan.skipped.length)}:`, plan.skipped.map(({ step, reason }) => `  ${step}: ${reason}`).join("\n"));
  if (plan.stages.length === 0) blocks.push("Nothing to build: everything is done already (--force builds it again).");
  if (plan.publication.length > 0) blocks.push(`publishes ${plan.publication.map((each) => `${each.table} (${each.segments.map((segment) => segment.year).join(", ")})`).join(", ")}`);
  return blocks.join("\n");
}

function gateCounts(gates: Plan["stages"][number]["steps"][number]["gates"]): string {
  const off = gates.filter((gate) => gate.not_applicable !== undefined).length;
  return off === 0 ? String(gates.length) : `${String(gates.length - off)} (+${String(off)} not applicable)`;
}
