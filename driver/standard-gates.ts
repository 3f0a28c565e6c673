// Set rules that any table can have; their selects stand in templates/gates/. Ids G.. are those of the rule catalogue.

import type { SetRule } from "./job.js";

const set = (rule: Omit<SetRule, "kind">): SetRule => ({ kind: "set", ...rule });

/** Key columns identify a row: no key twice. `id` is the catalogue's id for this table's key. */
export function uniqueKey(id: string, key: readonly string[], baseRate: string): SetRule {
  return set({
    id,
    name: `${key.join("_and_")}_is_unique`,
    severity: "error",
    why: "A key that stands twice doubles every total built on the table.",
    baseRate,
    template: "gates/unique_key",
    args: { key },
  });
}

/** The partition holds rows: an empty result never replaces what readers have. */
export function hasRows(): SetRule {
  return set({
    id: "G16",
    name: "partition_has_rows",
    severity: "error",
    why: "An empty result is a lost input, not an empty year; it must not replace a partition that people read.",
    baseRate: "0 in published files",
    template: "gates/has_rows",
  });
}

/** Rows of this year lie within a band of last year's. Shares: 0.95 is five percent below. */
export function rowCountBand(id: string, band: { readonly severity: "error" | "warn"; readonly low: number; readonly high: number }, baseRate: string): SetRule {
  return set({
    id,
    name: band.severity === "warn" ? "row_count_is_near_last_year" : "row_count_is_plausible_against_last_year",
    severity: band.severity,
    why: "A file cut short or loaded twice shows first in its row count.",
    baseRate,
    template: "gates/row_count_band",
    args: { low: String(band.low), high: String(band.high) },
    comparesWithPreviousYear: true,
  });
}

/** Rows read from raw are all in the table or in its quarantine. */
export function allRowsKept(rawJob: string): SetRule {
  return set({
    id: "G06",
    name: "raw_rows_are_cleansed_or_quarantined",
    severity: "error",
    why: "A row that is in neither place was lost; removing duplicates on a wrong key once cost another pipeline 5.5 % of its rows.",
    baseRate: "0 by construction",
    template: "gates/all_rows_kept",
    args: { raw_job: rawJob },
  });
}

/**
 * Totals of the raw text equal those of table and quarantine together. `rawTotals` and `typedTotals` are SQL map
 * expressions with the same keys, over the raw columns and over the typed ones.
 */
export function totalsKept(rule: {
  readonly id: string;
  readonly name: string;
  readonly why: string;
  readonly rawJob: string;
  readonly rawTotals: string;
  readonly typedTotals: string;
}): SetRule {
  return set({
    id: rule.id,
    name: rule.name,
    severity: "error",
    why: rule.why,
    baseRate: "0 by construction",
    template: "gates/totals_kept",
    args: { raw_job: rule.rawJob, raw_totals: rule.rawTotals, typed_totals: rule.typedTotals },
  });
}

/** Share of rows in quarantine stays below a limit (0..1). */
export function quarantineShare(limit: number): SetRule {
  return set({
    id: "G12",
    name: "quarantine_share_is_small",
    severity: "error",
    why: "Single bad records are set aside; many mean a wrong layout or a broken load.",
    baseRate: "below 0.1 % in published files",
    template: "gates/quarantine_share",
    args: { limit: String(limit) },
  });
}
