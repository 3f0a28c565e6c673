// Measures of groups. In: sums of rows. Out: the exact value of any measure for any group, to the digits that MySQL gives
// in the select of a tile. Never here: an order, text.

import { divide, round, subtract, type Exact } from "../exact.js";
import type { Measure } from "../model.js";
import type { Groups } from "./groups.js";
import type { Facts } from "./rows.js";
import { unitAt } from "./units.js";

/** The value for a group by its number; null when nothing is known. */
export type ValueOf = (group: number) => Exact | null;

export interface Figured {
  readonly facts: Facts;
  /** By `year`, and by whatever else a tile shows. */
  readonly groups: Groups;
  /** Columns that, with the year, say which group of the year before is meant. */
  readonly keys: readonly string[];
}

/** Digits that MySQL gives a quotient whose dividend has ten. */
const DIVIDEND = 10;
const QUOTIENT = 14;

export function valueOf(measure: Measure, at: Figured): ValueOf {
  const { value } = measure;
  switch (value.kind) {
    case "sum":
    case "rows":
    case "distinct": {
      const [sums, scale] = [at.groups.sums(measure), at.facts.scale(measure)];
      return (group) => {
        const units = unitAt(sums, group);
        return units === null ? null : { units, scale };
      };
    }
    case "ratio":
      return ofBoth(valueOf(value.of, at), valueOf(value.by, at), (part, whole) => divide(round(part, DIVIDEND), whole, QUOTIENT));
    case "difference":
      return ofBoth(valueOf(value.of, at), valueOf(value.less, at), subtract);
    case "year before":
      return elsewhere(value.of, at, before(at));
    case "peers":
      return elsewhere(value.of, at, coarser(at, ["year", ...value.same.map(({ column }) => column)]));
  }
}

function ofBoth(left: ValueOf, right: ValueOf, compute: (left: Exact, right: Exact) => Exact | null): ValueOf {
  return (group) => {
    const [one, other] = [left(group), right(group)];
    return one === null || other === null ? null : compute(one, other);
  };
}

/** Other groups, and which of them is meant for a group: undefined when it is not there. */
interface Elsewhere {
  readonly groups: Groups;
  readonly of: (group: number) => number | undefined;
}

function elsewhere(measure: Measure, at: Figured, { groups, of }: Elsewhere): ValueOf {
  const there = valueOf(measure, { ...at, groups });
  return (group) => {
    const other = of(group);
    return other === undefined ? null : there(other);
  };
}

function coarser({ facts, groups }: Figured, columns: readonly string[]): Elsewhere {
  const of = facts.within(groups, columns);
  return { groups: facts.by(columns), of: (group) => of[group] };
}

function before({ facts, groups, keys }: Figured): Elsewhere {
  const { groups: keyed, of } = coarser({ facts, groups, keys }, ["year", ...keys]);
  const [years, alike, texts] = [keyed.columns.get("year"), facts.within(keyed, keys), facts.texts("year")];
  const yearNumbers = new Map(Array.from({ length: texts.count() }, (_, number) => [Number(texts.textOf(number)), number]));
  const earlier = Array.from({ length: texts.count() }, (_, number) => yearNumbers.get(Number(texts.textOf(number)) - 1));
  const named = (group: number, year: number): number => (alike[group] ?? 0) * texts.count() + year;
  const known = new Map(Array.from({ length: keyed.size }, (_, group) => [named(group, years?.[group] ?? 0), group]));
  return {
    groups: keyed,
    of: (group) => {
      const own = of(group) ?? 0;
      const year = earlier[years?.[own] ?? 0];
      return year === undefined ? undefined : known.get(named(own, year));
    },
  };
}
