// A plan as people read it: what will be written in which order, what is skipped and why, how long it took last time;
// on AWS what each stage runs on, why, and the dollars on either engine.

import type { Finding } from "../../emr/sizing/limits.js";
import type { Plan, PlannedStage } from "../plan.js";
import type { ClusterShape, FleetShape } from "../shape.js";
import { count, seconds, table } from "./present.js";
import { plural } from "./problem-words.js";

export function planText(plan: Plan, findings: readonly Finding[] = []): string {
  const blocks = [`plan ${plan.id.slice(0, 12)}: ${plan.pipeline}, ${plan.years.length === 1 ? "year" : "years"} ${plan.years.join(", ")}${plan.engine === "local" ? "" : `, on ${plan.engine}`}`];
  for (const stage of plan.stages) {
    const rows = stage.steps.map((step) => [
      step.mode,
      step.id,
      gateCounts(step.gates),
      step.last_seconds === null ? "–" : seconds(step.last_seconds),
      step.reason,
    ]);
    if (rows.length > 0) {
      blocks.push(`stage ${stage.name} (${stage.joins.join(" + ")}; ${stage.reason})`, ...shapeLines(stage), table(["do", "table @ year", "gates", "last time", "because"], rows, [3]));
    }
    if (stage.exports.length > 0) blocks.push(`exports ${stage.exports.map((each) => each.id.replace("#export", "")).join(", ")}`);
  }
  if (plan.skipped.length > 0) blocks.push(`skipped ${count(plan.skipped.length)}:`, plan.skipped.map(({ step, reason }) => `  ${step}: ${reason}`).join("\n"));
  if (plan.stages.length === 0) blocks.push("Nothing to build: everything is done already (--force builds it again).");
  if (plan.publication.length > 0) blocks.push(`publishes ${plan.publication.map((each) => `${each.table} (${each.segments.map((segment) => segment.year).join(", ")})`).join(", ")}`);
  blocks.push(...costLines(plan), ...findings.map(findingText));
  return blocks.join("\n");
}

function shapeLines({ shape, ahead }: PlannedStage): readonly string[] {
  if (shape === undefined) return [];
  const { emr, "emr-serverless": serverless } = shape.estimate.usd;
  const fleets = fleetsOf(shape.cluster).map(([name, fleet]) => `  ${name}: ${plural(fleet.on_demand_units, "unit")} on demand${fleet.spot_units > 0 ? `, ${String(fleet.spot_units)} spot` : ""} of ${fleet.types.map(({ type, weight }) => `${type} (${String(weight)})`).join(", ")}`);
  return [`  ${shape.reason}`, ...fleets, `  about ${seconds(shape.estimate.seconds)}: ${money(emr)} on emr, ${money(serverless)} on emr-serverless`, ...(ahead === undefined ? [] : [`  ${ahead.reason}`])];
}

const fleetsOf = (cluster: ClusterShape | undefined): readonly (readonly [string, FleetShape])[] =>
  cluster === undefined ? [] : [["primary", cluster.primary], ["core", cluster.core], ...(cluster.task === undefined ? [] : [["task", cluster.task] as const])];

function costLines(plan: Plan): readonly string[] {
  const shapes = plan.stages.flatMap(({ shape }) => shape ?? []);
  if (shapes.length === 0) return [];
  const sum = (engine: "emr" | "emr-serverless"): number => shapes.reduce((total, { estimate }) => total + estimate.usd[engine], 0);
  const assumptions = [...new Set(shapes.flatMap(({ estimate }) => estimate.assumptions))];
  return [`estimate: ${money(sum("emr"))} on emr, ${money(sum("emr-serverless"))} on emr-serverless`, ...assumptions.map((each) => `  ${each}`)];
}

const money = (usd: number): string => `$${usd.toFixed(usd < 1 ? 3 : 2)}`;

const findingText = ({ severity, what, limit, found, help }: Finding): string => `${severity === "error" ? "refused" : "note"}: ${what}: ${found}; the limit is ${limit}\n  ${help}`;

function gateCounts(gates: Plan["stages"][number]["steps"][number]["gates"]): string {
  const off = gates.filter((gate) => gate.not_applicable !== undefined).length;
  return off === 0 ? String(gates.length) : `${String(gates.length - off)} (+${String(off)} not applicable)`;
}
