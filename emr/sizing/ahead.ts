// Which clusters are started before the stage that needs them: while the stage before still runs, so that the run does
// not wait for machines, and for how many dollars of machines that wait for the run. In: groups in their order.

import type { StageAhead } from "../../driver/plan.js";
import type { StageShape } from "../../driver/shape.js";
import { emr as emrShape } from "../../driver/profile.js";
import { BUILT_IN_PRICES } from "../facts/prices.js";
import { clusterCost, clusterUse } from "./cost.js";
import type { SizingPlace } from "./sizing.js";

/** Share of a stage's seconds by which a former run misses the next one, either way. */
const MISS = 0.15;
/** Idle machines may cost so much of what their stage costs: a fifth of its dollars more, at the most, for a run that does not wait. */
const WORTH = 0.2;

/** Undefined for the first stage, for what shares its machines, and where it does not pay. */
export function startAhead(before: StageShape | undefined, shape: StageShape, place: SizingPlace): StageAhead | undefined {
  const { profile, engine, prices = BUILT_IN_PRICES } = place;
  const isOwn = engine === "emr" && (profile.emr ?? emrShape.parse({})).cluster === "per-stage";
  // Without a former run nobody knows when the stage before is near its end.
  if (!isOwn || before === undefined || before.evidence !== "former run" || shape.cluster === undefined) return undefined;
  const start = prices.start_seconds.emr;
  const runs = Math.max(0, before.estimate.seconds - start);
  const idle = Math.round(MISS * runs);
  const idle_usd = clusterCost(clusterUse(shape.cluster, idle, prices), prices).usd;
  if (idle_usd > WORTH * shape.estimate.usd.emr) return undefined;
  const after_seconds = Math.max(0, Math.round(runs - start - idle));
  return {
    after_seconds,
    saves_seconds: Math.min(start, Math.round(runs)),
    idle_usd: Math.round(idle_usd * 10_000) / 10_000,
    reason: `its cluster is started ${after_seconds} s after the stage before has begun: that saves ${Math.min(start, Math.round(runs))} s of waiting, for at most $${idle_usd.toFixed(4)} of machines that wait`,
  };
}
