// Which neighbouring stages share one cluster or job run: every way to cut the sequence is weighed, the cheapest wins,
// and of equally cheap ones the one with fewer starts. In: stages in their order. Out: groups with dollars and reason.

import type { Result } from "../driver/problems.js";
import { ok } from "../driver/problems.js";
import type { StageShape } from "../driver/shape.js";
import { BUILT_IN_PRICES } from "./prices.js";
import type { SizingPlace, StageDemand } from "./sizing.js";
import { sizeGroup } from "./sizing.js";

export interface Joinable extends StageDemand {
  readonly name: string;
}

export interface StageGroup {
  readonly stages: readonly string[];
  readonly shape: StageShape;
  /** Dollars of the group on one cluster or job run, and of its stages each on its own. */
  readonly usd: number;
  readonly usd_apart: number;
  readonly reason: string;
}

interface Cut {
  readonly usd: number;
  readonly groups: readonly { readonly from: number; readonly to: number; readonly shape: StageShape }[];
}

export function joinStages(stages: readonly Joinable[], place: SizingPlace): Result<readonly StageGroup[]> {
  const { engine } = place;
  const alone: StageShape[] = [];
  /** The cheapest way to run the first n stages. */
  const best: Cut[] = [{ usd: 0, groups: [] }];
  for (let to = 1; to <= stages.length; to++) {
    let cheapest: Cut | undefined;
    // From the longest group on: of equally dear cuts the first, with fewer starts, stays.
    for (let from = 0; from < to; from++) {
      const sized = sizeGroup(stages.slice(from, to), place);
      if (!sized.ok) return sized;
      if (from === to - 1) alone.push(sized.value);
      const before = best[from];
      if (before === undefined) continue;
      const usd = before.usd + sized.value.estimate.usd[engine];
      if (cheapest === undefined || usd < cheapest.usd - 1e-9) cheapest = { usd, groups: [...before.groups, { from, to, shape: sized.value }] };
    }
    if (cheapest !== undefined) best.push(cheapest);
  }
  const groups = best.at(-1)?.groups ?? [];
  return ok(groups.map(({ from, to, shape }) => groupOf({ stages, alone, place }, { from, to, shape })));
}

interface Weighed {
  readonly stages: readonly Joinable[];
  readonly alone: readonly StageShape[];
  readonly place: SizingPlace;
}

function groupOf({ stages, alone, place }: Weighed, { from, to, shape }: Cut["groups"][number]): StageGroup {
  const { engine, prices = BUILT_IN_PRICES } = place;
  const names = stages.slice(from, to).map(({ name }) => name);
  const usd = shape.estimate.usd[engine];
  const usd_apart = alone.slice(from, to).reduce((sum, each) => sum + each.estimate.usd[engine], 0);
  const on = engine === "emr" ? "cluster" : "job run";
  if (names.length > 1) {
    const started = engine === "emr" ? `, each start being ${prices.start_seconds.emr} s that are paid for` : ", each with workers of its own";
    return { stages: names, shape, usd, usd_apart, reason: `${names.join(", ")} share one ${on}: ${money(usd)} together, ${money(usd_apart)} apart${started}` };
  }
  const neighbours = [from - 1, to].flatMap((index) => {
    const [neighbour, other] = [stages[index], alone[index]];
    const [stage] = stages.slice(from, to);
    if (neighbour === undefined || other === undefined || stage === undefined) return [];
    const both = sizeGroup(index < from ? [neighbour, stage] : [stage, neighbour], place);
    return both.ok ? [`${money(both.value.estimate.usd[engine])} with ${neighbour.name} against ${money(usd + other.estimate.usd[engine])} apart`] : [];
  });
  const reason = neighbours.length === 0 ? `${names.join()} is the only stage` : `${names.join()} has a ${on} of its own: ${neighbours.join(", ")}`;
  return { stages: names, shape, usd, usd_apart, reason };
}

const money = (usd: number): string => `$${usd.toFixed(usd < 1 ? 3 : 2)}`;
