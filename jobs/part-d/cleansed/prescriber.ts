import { defineJob } from "../../../driver/job.js";
import { allRowsKept, hasRows, quarantineShare, rowCountBand, uniqueKey } from "../../../driver/standard-gates.js";
import { identifierRules } from "../rules/identifiers.js";
import { providerRules } from "../rules/provider.js";

export default defineJob({
  name: "part-d/cleansed/prescriber",
  meaning: "One prescriber with CMS's own totals of the year, which include drugs below the publication threshold.",
  grain: ["prescriber_npi"],
  quarantines: "part-d/raw/prescriber",
  columns: {
    prescriber_npi: { type: "string", meaning: "National Provider Identifier" },
    prescriber_name: { type: "string", meaning: "First and last name, or the organization's name", nullable: true },
    entity_code: { type: "string", meaning: "I individual, O organization", nullable: true },
    city: { type: "string", meaning: "City of the practice address, free text", nullable: true },
    state_code: { type: "string", meaning: "State of the practice address", nullable: true },
    zip_code: { type: "string", meaning: "Five-digit ZIP code of the practice address", nullable: true },
    specialty: { type: "string", meaning: "Specialty with the most Part B services, else from the taxonomy", nullable: true },
    claim_count: { type: "bigint", meaning: "All Part D claims, suppressed drugs included", unit: "claims", nullable: true },
    fill_30day_count: { type: "decimal(12,2)", meaning: "Standardised 30-day fills", unit: "fills", nullable: true },
    day_supply_days: { type: "bigint", meaning: "Days supplied", unit: "days", nullable: true },
    drug_cost_usd: { type: "decimal(16,2)", meaning: "Total drug cost, all payers, before rebates", unit: "usd", nullable: true },
    beneficiary_count: { type: "bigint", meaning: "Distinct beneficiaries; unknown when 1 to 10", unit: "beneficiaries", nullable: true },
    brand_claim_count: { type: "bigint", meaning: "Claims of brand drugs", unit: "claims", nullable: true },
    brand_drug_cost_usd: { type: "decimal(16,2)", meaning: "Cost of brand drugs", unit: "usd", nullable: true },
    generic_claim_count: { type: "bigint", meaning: "Claims of generic drugs", unit: "claims", nullable: true },
    generic_drug_cost_usd: { type: "decimal(16,2)", meaning: "Cost of generic drugs", unit: "usd", nullable: true },
    other_claim_count: { type: "bigint", meaning: "Claims of other products", unit: "claims", nullable: true },
    other_drug_cost_usd: { type: "decimal(16,2)", meaning: "Cost of other products", unit: "usd", nullable: true },
    opioid_claim_count: { type: "bigint", meaning: "Claims of opioids; unknown when 1 to 10", unit: "claims", nullable: true },
    opioid_long_acting_claim_count: { type: "bigint", meaning: "Claims of long-acting opioids", unit: "claims", nullable: true },
    opioid_claim_pct: { type: "decimal(6,2)", meaning: "Opioid claims among all claims", unit: "percent", nullable: true },
    antibiotic_claim_count: { type: "bigint", meaning: "Claims of antibiotics; unknown when 1 to 10", unit: "claims", nullable: true },
    beneficiary_average_age_years: { type: "decimal(6,2)", meaning: "Average age of the beneficiaries", unit: "years", nullable: true },
    beneficiary_average_risk_score: { type: "decimal(8,4)", meaning: "Average HCC risk score of the beneficiaries", nullable: true },
  },
  gates: [
    hasRows(),
    ...identifierRules(["prescriber_name", "city", "specialty"]),
    ...providerRules,
    uniqueKey("C01", ["prescriber_npi"], "0"),
    allRowsKept("part-d/raw/prescriber"),
    quarantineShare(0.01),
    rowCountBand("B19", { severity: "warn", low: 0.95, high: 1.08 }, "+2.5 to +3.7 % a year from 2019 to 2024"),
  ],
});
