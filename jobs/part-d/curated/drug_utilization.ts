import { defineJob } from "../../../driver/job.js";
import { hasRows, uniqueKey } from "../../../driver/standard-gates.js";

const KEY = ["drug_key", "state_code", "specialty"] as const;

export default defineJob({
  name: "part-d/curated/drug_utilization",
  meaning: "One drug as ordered by the prescribers of one specialty in one state in the year.",
  grain: KEY,
  columns: {
    drug_key: { type: "bigint", meaning: "The drug: its number in drug_report" },
    state_code: { type: "string", meaning: "State of the prescribers, as in prescriber_report", maxLength: 2 },
    specialty: { type: "string", meaning: "Specialty of the prescribers, as in prescriber_report", maxLength: 120 },
    is_brand: { type: "boolean", meaning: "The brand name differs from the generic name" },
    is_antibiotic: { type: "boolean", meaning: "An antibiotic by CMS's drug list" },
    is_opioid: { type: "boolean", meaning: "An opioid by CMS's drug list" },
    prescriber_count: { type: "bigint", meaning: "Prescribers of the group with a published row of the drug; add up over states and specialties, not over drugs", unit: "prescribers" },
    claim_count: { type: "bigint", meaning: "Claims of the published rows", unit: "claims" },
    drug_cost_usd: { type: "decimal(18,2)", meaning: "Drug cost of the published rows, all payers, before rebates", unit: "usd" },
    fill_30day_count: { type: "decimal(18,1)", meaning: "Standardised 30-day fills", unit: "fills", nullable: true },
    day_supply_days: { type: "bigint", meaning: "Days supplied", unit: "days", nullable: true },
  },
  publish: { indexes: [["year", "state_code"], ["year", "specialty"]] },
  gates: [
    hasRows(),
    uniqueKey("B02-utilization", KEY, "0 by construction"),
    {
      kind: "set",
      id: "R02",
      name: "groups_add_up_to_both_reports",
      severity: "error",
      why: "People slice drugs by state and specialty and compare with the reports: each drug, and each specialty in each state, has the same claims, cost and prescribers in both.",
      baseRate: "0 by construction",
      template: "part-d/gates/groups_add_up_to_both_reports",
    },
  ],
});
