import { defineJob } from "../../../driver/job.js";
import { allRowsKept, hasRows, quarantineShare, rowCountBand, totalsKept, uniqueKey } from "../../../driver/standard-gates.js";
import { identifierRules } from "../rules/identifiers.js";
import { providerDrugRules } from "../rules/provider-drug.js";

const GROWTH = "+2.5, +3.6, +4.6 % a year from 2021 to 2024";
const KEY = ["prescriber_npi", "drug_brand_name", "drug_generic_name"] as const;

/** Raw text column to typed column of every measure whose sum and whose blanks must survive the typing. */
const MEASURES = {
  tot_clms: "claim_count",
  tot_30day_fills: "fill_30day_count",
  tot_day_suply: "day_supply_days",
  tot_drug_cst: "drug_cost_usd",
  tot_benes: "beneficiary_count",
  ge65_tot_clms: "ge65_claim_count",
  ge65_tot_30day_fills: "ge65_fill_30day_count",
  ge65_tot_drug_cst: "ge65_drug_cost_usd",
  ge65_tot_day_suply: "ge65_day_supply_days",
  ge65_tot_benes: "ge65_beneficiary_count",
} as const;

/** Measures without a fraction: text becomes a whole number ten times faster than a decimal. */
const WHOLE: ReadonlySet<string> = new Set(["tot_clms", "tot_day_suply", "tot_benes", "ge65_tot_clms", "ge65_tot_day_suply", "ge65_tot_benes"]);

const mapOf = (entry: (raw: string, typed: string) => string): string =>
  `map(${Object.entries(MEASURES).map(([raw, typed]) => `'${raw}', ${entry(raw, typed)}`).join(", ")})`;

export default defineJob({
  name: "part-d/cleansed/prescriber_drug",
  meaning: "One drug that one prescriber ordered at least eleven times in the year.",
  grain: KEY,
  quarantines: "part-d/raw/prescriber_drug",
  columns: {
    prescriber_npi: { type: "string", meaning: "National Provider Identifier of the prescriber" },
    drug_brand_name: { type: "string", meaning: "Brand name, cut at 30 characters by CMS; equals the generic name for unbranded drugs" },
    drug_generic_name: { type: "string", meaning: "Chemical name, cut at 30 characters by CMS" },
    prescriber_last_or_organization_name: { type: "string", meaning: "Last name, or the organization's name", nullable: true },
    prescriber_first_name: { type: "string", meaning: "First name; blank for organizations", nullable: true },
    city: { type: "string", meaning: "City of the practice address, free text", nullable: true },
    state_code: { type: "string", meaning: "State of the practice address: postal code, territories, military, XX, ZZ", nullable: true },
    state_fips_code: { type: "string", meaning: "FIPS code of that state", nullable: true },
    specialty: { type: "string", meaning: "Specialty with the most Part B services, else from the taxonomy", nullable: true },
    specialty_source: { type: "string", meaning: "Where the specialty comes from", nullable: true },
    claim_count: { type: "bigint", meaning: "Prescription drug events, refills included", unit: "claims" },
    fill_30day_count: { type: "decimal(12,1)", meaning: "Standardised 30-day fills", unit: "fills", nullable: true },
    day_supply_days: { type: "bigint", meaning: "Days supplied", unit: "days", nullable: true },
    drug_cost_usd: { type: "decimal(14,2)", meaning: "Total drug cost, all payers, before rebates", unit: "usd" },
    beneficiary_count: { type: "bigint", meaning: "Distinct beneficiaries; unknown when 1 to 10", unit: "beneficiaries", nullable: true },
    ge65_suppression_flag: { type: "string", meaning: "* or # when the values of the age group are suppressed", nullable: true },
    ge65_claim_count: { type: "bigint", meaning: "Claims of beneficiaries of 65 and over", unit: "claims", nullable: true },
    ge65_fill_30day_count: { type: "decimal(12,1)", meaning: "Their standardised 30-day fills", unit: "fills", nullable: true },
    ge65_drug_cost_usd: { type: "decimal(14,2)", meaning: "Their total drug cost", unit: "usd", nullable: true },
    ge65_day_supply_days: { type: "bigint", meaning: "Their days supplied", unit: "days", nullable: true },
    ge65_beneficiary_suppression_flag: { type: "string", meaning: "* or # when the next column is suppressed", nullable: true },
    ge65_beneficiary_count: { type: "bigint", meaning: "Beneficiaries of 65 and over", unit: "beneficiaries", nullable: true },
  },
  gates: [
    hasRows(),
    ...identifierRules(["prescriber_last_or_organization_name", "prescriber_first_name", "city", "specialty", "drug_brand_name", "drug_generic_name"]),
    ...providerDrugRules,
    uniqueKey("B02", KEY, "0 duplicates in three years"),
    allRowsKept("part-d/raw/prescriber_drug"),
    quarantineShare(0.01),
    totalsKept({
      id: "G07",
      name: "sums_survive_typing",
      why: "Sums of the published text and of the typed columns are equal to the cent, or a cast lost values.",
      rawJob: "part-d/raw/prescriber_drug",
      rawTotals: mapOf((raw) => `cast(sum(try_cast(${raw} as ${WHOLE.has(raw) ? "bigint" : "decimal(18, 2)"})) as decimal(28, 2))`),
      typedTotals: mapOf((_, typed) => `cast(sum(${typed}) as decimal(28, 2))`),
    }),
    totalsKept({
      id: "B15",
      name: "suppressed_values_stay_unknown",
      why: "A blank filled with zero reads as a fact that CMS never published.",
      rawJob: "part-d/raw/prescriber_drug",
      // In this form Iceberg answers from the counts in its file metadata, without reading a row.
      rawTotals: mapOf((raw) => `cast(count(*) - count(${raw}) as decimal(28, 2))`),
      typedTotals: mapOf((_, typed) => `cast(count(*) - count(${typed}) as decimal(28, 2))`),
    }),
    {
      kind: "set",
      id: "B16",
      name: "prescriber_has_one_name_state_and_specialty",
      severity: "warn",
      why: "CMS describes a prescriber once a year; two descriptions mean mixed files.",
      baseRate: "0 in Physician 2023",
      template: "part-d/gates/one_description",
    },
    {
      kind: "set",
      id: "B18",
      name: "share_of_unknown_beneficiaries_is_near_last_year",
      severity: "warn",
      why: "The share of suppressed counts moves slowly; a jump means that blanks were filled or lost.",
      baseRate: "64.6 to 68.3 % in three years",
      needs: ["tot_benes"],
      template: "part-d/gates/null_share_is_near_last_year",
      args: { points: "0.05" },
      comparesWithPreviousYear: true,
    },
    rowCountBand("B19", { severity: "warn", low: 0.95, high: 1.08 }, GROWTH),
    rowCountBand("B19-block", { severity: "error", low: 0.8, high: 1.2 }, GROWTH),
  ],
});
