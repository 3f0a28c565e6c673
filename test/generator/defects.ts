// In: which rules to break how often. Out: where: one prescriber a defect, so that no row gets two.
// Never here: how a defect looks (plant-detail.ts, plant-provider.ts).
import { z } from "zod";
import type { YearPlan } from "./plan.js";
import { shapeOf } from "./population.js";
import { PURPOSE, Stream } from "./random.js";

/** Rules broken in the by Provider and Drug file. Ids are those of the quality rules; CAST, UTF8 have no rule number; B09W is the warning part of B09. */
export const DETAIL_RULES = [
  "A01", "A02", "A14", "A18", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "B09W", "B10", "B11", "B12", "B13", "B14", "B16", "G03", "G09", "CAST", "UTF8",
] as const;
/** Rules broken in the by Provider file. */
export const PROVIDER_RULES = ["G08", "C01", "C02", "C05", "C06", "C07", "C09", "C10"] as const;

export type DetailRule = (typeof DETAIL_RULES)[number];
export type ProviderRule = (typeof PROVIDER_RULES)[number];
export type RuleId = DetailRule | ProviderRule;

/** A defect to plant: on which prescriber, in which of its rows, as which variant of the rule. */
export type Defect = { readonly index: number; readonly ordinal: number; readonly variant: number } & (
  | { readonly grain: "detail"; readonly rule: DetailRule }
  | { readonly grain: "provider"; readonly rule: ProviderRule }
);

/** A planted defect: `row` counts data rows of its file from 0 (inside the chunk, later inside the file). `also` = other rules the same row may break. */
export type Planted = {
  readonly rule: RuleId; readonly grain: "detail" | "provider"; readonly row: number | null; readonly npi: string; readonly brand: string; readonly generic: string;
  readonly what: string; readonly also: readonly string[];
};

const ruleIds: readonly RuleId[] = [...DETAIL_RULES, ...PROVIDER_RULES];

/** The defects file: how many of each rule, a year. */
export const defectSpec = z.strictObject({
  seed: z.int().default(1),
  plant: z.partialRecord(z.enum(ruleIds), z.int().min(0)),
});
export type DefectSpec = z.infer<typeof defectSpec>;

/** Presets: each rule once (variants alternate, so 2 of those with two forms), or 0.1 % of the rows. */
export function presetSpec(name: "each-once" | "dirty", rows: number): DefectSpec {
  const each = name === "each-once" ? 1 : Math.max(1, Math.round(rows / 1000 / ruleIds.length));
  return { seed: 1, plant: Object.fromEntries(ruleIds.map((rule) => [rule, each])) };
}

/** Fewest detail rows a prescriber needs for a defect of the rule; G09 and the totals need at least one. */
const LEAST_ROWS: Partial<Record<RuleId, number>> = { B02: 2, B16: 2 };

/**
 * Places the defects of a spec in a year. Rows are drawn evenly, so large prescribers are met more often.
 * Throws RangeError when the year has too few prescribers for so many defects.
 */
export function placeDefects(spec: DefectSpec, plan: YearPlan, seed: number): readonly Defect[] {
  const stream = new Stream().start(spec.seed, PURPOSE.defects, plan.year);
  const used = new Set<number>();
  const shape = { specialty: 0, volume: 0, rows: 0 };
  const last = plan.chunks[plan.chunks.length - 1];
  const end = last?.to ?? 0;
  const rowsOf = (index: number): number => (index === end - 1 ? (last?.lastRows ?? 0) : shapeOf(shape, { seed, year: plan.year }, index).rows);
  const find = (suits: (rows: number) => boolean, tries: number): number | null => {
    for (let n = 0; n < tries; n++) {
      const index = stream.below(end);
      if (!used.has(index) && suits(rowsOf(index))) return index;
    }
    return null;
  };
  const one = (rule: RuleId, variant: number): Defect => {
    // An unknown state on the only row of a prescriber does not also give the prescriber two states.
    const index = (rule === "A14" ? find((rows) => rows === 1, 4000) : null) ?? find((rows) => rows >= (LEAST_ROWS[rule] ?? 1), 20000);
    if (index === null) throw new RangeError(`too few prescribers in ${plan.rows} rows of ${plan.year} to plant the defects asked for; ${used.size} are placed, ${rule} is next`);
    used.add(index);
    const rows = rowsOf(index);
    const ordinal = rule === "B02" ? 1 + stream.below(rows - 1) : stream.below(rows);
    return isDetail(rule) ? { grain: "detail", rule, index, ordinal, variant } : { grain: "provider", rule, index, ordinal, variant };
  };
  return ruleIds.flatMap((rule) => Array.from({ length: spec.plant[rule] ?? 0 }, (_, variant) => one(rule, variant)));
}

const isDetail = (rule: RuleId): rule is DetailRule => DETAIL_RULES.some((known) => known === rule);
