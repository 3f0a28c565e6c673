// The measures both pages of Part D have: the published tables carry the same columns for them.

import type { Measure, Table } from "../report.js";

export interface SharedMeasures {
  readonly claims: Measure;
  readonly cost: Measure;
  readonly costPerClaim: Measure;
}

/** Claims, cost and their quotient, over one of the published tables. */
export function sharedMeasures(table: Table): SharedMeasures {
  const claims: Measure = {
    table, name: "claims", label: "Claims", unit: "claims",
    meaning: "Prescriptions filled, refills included.",
    value: { kind: "sum", column: "claim_count" },
  };
  const cost: Measure = {
    table, name: "cost_usd", label: "Drug cost", unit: "usd",
    meaning: "Ingredient cost, dispensing fee, sales tax and vaccine fee, all payers, before rebates.",
    value: { kind: "sum", column: "drug_cost_usd" },
  };
  const costPerClaim: Measure = {
    table, name: "cost_per_claim", label: "Cost per claim", unit: "usd per claim",
    meaning: "Drug cost divided by claims.",
    value: { kind: "ratio", of: cost, by: claims },
  };
  return { claims, cost, costPerClaim };
}
