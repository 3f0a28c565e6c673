import { defineJob } from "../../../driver/job.js";
import { hasRows, rowCountBand, uniqueKey } from "../../../driver/standard-gates.js";
import { NATIONAL_TOTALS } from "../national-totals.js";

const KEY = ["drug_brand_name", "drug_generic_name"] as const;

const officialTotals = `map(${NATIONAL_TOTALS.map(
  ({ year, claims, costUsd }) => `${year}, named_struct('claims', ${claims}L, 'cost_usd', ${costUsd}L)`,
).join(", ")})`;

export default defineJob({
  name: "part-d/curated/drug_report",
  meaning: "One drug, as brand and generic name, with what all prescribers ordered of it in the year.",
  grain: KEY,
  columns: {
    drug_key: { type: "bigint", meaning: "Number of the pair of names, the same in every year: the first 48 bits of the MD5 sum of brand, tab, generic" },
    drug_brand_name: { type: "string", meaning: "Brand name; equals the generic name for unbranded drugs", maxLength: 120 },
    drug_generic_name: { type: "string", meaning: "Chemical name", maxLength: 120 },
    drug_type: { type: "string", meaning: "Antibiotic or Non-antibiotic, by CMS's drug list", maxLength: 20 },
    is_brand: { type: "boolean", meaning: "The brand name differs from the generic name" },
    is_antibiotic: { type: "boolean", meaning: "An antibiotic by CMS's drug list" },
    is_opioid: { type: "boolean", meaning: "An opioid by CMS's drug list" },
    is_long_acting_opioid: { type: "boolean", meaning: "A long-acting opioid by CMS's drug list" },
    is_antipsychotic: { type: "boolean", meaning: "An antipsychotic by CMS's drug list" },
    has_flag_conflict: { type: "boolean", meaning: "CMS's lines for the drug differ in a flag" },
    prescriber_count: { type: "bigint", meaning: "Prescribers with a published row of the drug", unit: "prescribers" },
    claim_count: { type: "bigint", meaning: "Claims of the published rows", unit: "claims" },
    drug_cost_usd: { type: "decimal(18,2)", meaning: "Drug cost of the published rows, all payers, before rebates", unit: "usd" },
    fill_30day_count: { type: "decimal(18,1)", meaning: "Standardised 30-day fills", unit: "fills", nullable: true },
    day_supply_days: { type: "bigint", meaning: "Days supplied", unit: "days", nullable: true },
  },
  // Rows of drug_utilization find their drug by its key.
  publish: { indexes: [["drug_generic_name"], ["year", "drug_key"]] },
  gates: [
    hasRows(),
    uniqueKey("B02-report", KEY, "0 by construction"),
    uniqueKey("B02-key", ["drug_key"], "0; that two of 3,600 pairs share 48 bits has a chance of one in 40 million"),
    {
      kind: "set",
      id: "G10",
      name: "drug_total_within_national_row",
      severity: "error",
      why: "Published rows are a part of all claims: a sum above CMS's own national row counts something twice.",
      baseRate: "0",
      template: "part-d/gates/detail_within_national_drug_total",
      onlyWhen: { template: "part-d/gates/national_drug_totals_are_known", otherwise: "the drug list has no claims; CMS's geography file has them" },
    },
    {
      kind: "set",
      id: "G11",
      name: "year_total_within_official_total",
      severity: "error",
      why: "The official total includes suppressed rows: a sum above it counts something twice.",
      baseRate: "0; the gap is a few percent",
      template: "part-d/gates/within_national_total",
      args: { official_totals: officialTotals },
      onlyWhen: { template: "part-d/gates/year_has_official_total", otherwise: `official totals are known for ${NATIONAL_TOTALS[0]?.year} to ${NATIONAL_TOTALS.at(-1)?.year}` },
    },
    {
      kind: "set",
      id: "B17",
      name: "cost_per_claim_is_near_last_year",
      severity: "warn",
      why: "A drug's cost a claim moves slowly; a factor of three means a wrong unit or a mixed name.",
      baseRate: "few drugs a year, around patent ends",
      template: "part-d/gates/cost_per_claim_is_near_last_year",
      args: { factor: "3" },
      comparesWithPreviousYear: true,
    },
    rowCountBand("B19", { severity: "warn", low: 0.9, high: 1.15 }, "about 3,600 drugs each year"),
  ],
});
