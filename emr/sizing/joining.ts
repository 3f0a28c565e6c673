// Which neighbouring stages share one cluster or job run, and at what pace each group runs: every way to cut the
// sequence is weighed, the cheapest one that ends in time wins, and of equally dear ones that with fewer starts.
// In: stages in their order. Out: groups with dollars and reason.

import type { Result } from "../../driver/problems.js";
import { ok } from "../../driver/problems.js";
import type { StageShape } from "../../driver/shape.js";
import { BUILT_IN_PRICES } from "../facts/prices.js";
import type { SizingPlace, StageDemand } from "./sizing.js";
import { sizeGroup } from "./sizing.js";

export interface Joinable extends StageDemand {
  readonly name: string;
}

export interface JoinOptions {
  /** Wall seconds in which the whole run shall end, starts included; no bound when absent. */
  readonly within?: number;
  /** Times of a stage's own target that may be tried; 1 alone when absent. A stage without a target keeps its size's. */
  readonly paces?: readonly number[];
}

export interface StageGroup {
  readonly stages: readonly string[];
  readonly shape: StageShape;
  /** Dollars of the group on one cluster or job run, and of its stages each on its own. */
  readonly usd: number;
  readonly usd_apart: number;
  readonly reason: string;
}

interface Candidate {
  readonly from: number;
  readonly to: number;
  readonly shape: StageShape;
  readonly usd: number;
  /** What the group adds to the run: a later cluster is started while the group before it runs. */
  readonly seconds: number;
}

interface Cut {
  readonly cost: number;
  readonly groups: readonly Candidate[];
}

export function joinStages(stages: readonly Joinable[], place: SizingPlace, options: JoinOptions = {}): Result<readonly StageGroup[]> {
  const candidates = candidatesOf(stages, place, options.paces ?? [1]);
  if (!candidates.ok) return candidates;
  const cut = cheapestWithin(candidates.value, stages.length, options.within ?? Infinity);
  return ok(cut.map((group) => groupOf({ stages, candidates: candidates.value, place, within: options.within }, group)));
}

function candidatesOf(stages: readonly Joinable[], place: SizingPlace, paces: readonly number[]): Result<readonly Candidate[]> {
  const { engine, prices = BUILT_IN_PRICES } = place;
  const found: Candidate[] = [];
  for (let to = 1; to <= stages.length; to++) {
    // The longest group first: of equally dear cuts the one that is found first stays.
    for (let from = 0; from < to; from++) {
      for (const pace of paces) {
        const group = stages.slice(from, to).map((stage) => (stage.targetSeconds === undefined ? stage : { ...stage, targetSeconds: stage.targetSeconds * pace }));
        const sized = sizeGroup(group, place);
        if (!sized.ok) return sized;
        const { usd, seconds } = sized.value.estimate;
        const ahead = engine === "emr" && from > 0 ? prices.start_seconds.emr : 0;
        found.push({ from, to, shape: sized.value, usd: usd[engine], seconds: seconds - ahead });
      }
    }
  }
  return ok(found);
}

/** The cut that is cheapest when a second of the run is worth so many dollars. */
function cheapest(candidates: readonly Candidate[], stages: number, usdPerSecond: number): readonly Candidate[] {
  const best: Cut[] = [{ cost: 0, groups: [] }];
  for (let to = 1; to <= stages; to++) {
    let found: Cut | undefined;
    for (const candidate of candidates) {
      const before = candidate.to === to ? best[candidate.from] : undefined;
      if (before === undefined) continue;
      const cost = before.cost + candidate.usd + usdPerSecond * candidate.seconds;
      if (found === undefined || cost < found.cost - 1e-9) found = { cost, groups: [...before.groups, candidate] };
    }
    if (found !== undefined) best.push(found);
  }
  return best.at(-1)?.groups ?? [];
}

const LEAST_WORTH = 1e-6;
const MOST_WORTH = 10;
const HALVINGS = 40;

/** A second is made dearer until the run ends in time, by halves; the fastest cut when none does. */
function cheapestWithin(candidates: readonly Candidate[], stages: number, within: number): readonly Candidate[] {
  const secondsOf = (cut: readonly Candidate[]): number => cut.reduce((sum, { seconds }) => sum + seconds, 0);
  const free = cheapest(candidates, stages, 0);
  if (secondsOf(free) <= within) return free;
  let [low, high] = [Math.log(LEAST_WORTH), Math.log(MOST_WORTH)];
  let best = cheapest(candidates, stages, MOST_WORTH);
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    const cut = cheapest(candidates, stages, Math.exp(middle));
    if (secondsOf(cut) <= within) [best, high] = [cut, middle];
    else low = middle;
  }
  return best;
}

interface Weighed {
  readonly stages: readonly Joinable[];
  readonly candidates: readonly Candidate[];
  readonly place: SizingPlace;
  readonly within: number | undefined;
}

function groupOf({ stages, candidates, place, within }: Weighed, { from, to, shape, usd }: Candidate): StageGroup {
  const { engine, prices = BUILT_IN_PRICES } = place;
  const least = (first: number, end: number): number => Math.min(...candidates.filter((each) => each.from === first && each.to === end).map((each) => each.usd));
  const names = stages.slice(from, to).map(({ name }) => name);
  const usd_apart = names.reduce((sum, _name, index) => sum + least(from + index, from + index + 1), 0);
  const on = engine === "emr" ? "cluster" : "job run";
  const bound = within === undefined ? "" : `; the run shall end within ${Math.round(within)} s`;
  if (names.length > 1) {
    const started = engine === "emr" ? `, each start being ${prices.start_seconds.emr} s that are paid for` : ", each with workers of its own";
    return { stages: names, shape, usd, usd_apart, reason: `${names.join(", ")} share one ${on}: ${money(usd)} together, ${money(usd_apart)} apart${started}${bound}` };
  }
  const weighed = [[from - 1, to], [from, to + 1]].flatMap(([first = 0, end = 0]) => {
    const neighbour = stages[first < from ? first : end - 1]?.name;
    if (first < 0 || end > stages.length || neighbour === undefined) return [];
    return [`${money(least(first, end))} with ${neighbour} against ${money(least(first, first + 1) + least(end - 1, end))} apart`];
  });
  const reason = weighed.length === 0 ? `${names.join()} is the only stage` : `${names.join()} has a ${on} of its own: ${weighed.join(", ")}${bound}`;
  return { stages: names, shape, usd, usd_apart, reason };
}

const money = (usd: number): string => `$${usd.toFixed(usd < 1 ? 3 : 2)}`;
