// Every figure of Part D, once: what it means, its unit, how it is computed.

import type { Measure, Table } from "../model.js";
import { antibiotic, brand, drugKey, generic, opioid, soldAs, specialty, stateCode } from "./fields.js";
import { drugUtilization, prescriberReport } from "./tables.js";

type SharedMeasures = Readonly<Record<"claims" | "cost" | "costPerClaim" | "claimsBefore" | "costBefore" | "costPerClaimBefore" | "claimsRise" | "costRise" | "claimsChange" | "costChange", Measure>>;

const VOLUME = "Claims and cost";
const YEARS = "Year over year";
const RATES = "Rates against peers";
const COUNTS = "Counts";

/** Claims, cost, their quotient and what they were a year earlier, over one of the published tables. */
function sharedMeasures(table: Table): SharedMeasures {
  const claims: Measure = { table, name: "claims", label: "Claims", unit: "claims", folder: VOLUME, meaning: "Prescriptions filled, refills included.", synonyms: ["prescriptions", "fills"], value: { kind: "sum", column: "claim_count" } };
  const cost: Measure = { table, name: "cost_usd", label: "Drug cost", unit: "usd", folder: VOLUME, meaning: "Ingredient cost, dispensing fee, sales tax and vaccine fee, all payers, before rebates.", synonyms: ["spending", "total cost"], value: { kind: "sum", column: "drug_cost_usd" } };
  const costPerClaim: Measure = { table, name: "cost_per_claim", label: "Cost per claim", unit: "usd per claim", folder: VOLUME, meaning: "Drug cost divided by claims.", value: { kind: "ratio", of: cost, by: claims } };
  const before = { table, folder: YEARS } as const;
  const claimsBefore: Measure = { ...before, name: "claims_year_before", label: "Claims a year before", unit: "claims", meaning: "Claims of the same rows one data year earlier.", value: { kind: "year before", of: claims } };
  const costBefore: Measure = { ...before, name: "cost_usd_year_before", label: "Drug cost a year before", unit: "usd", meaning: "Drug cost of the same rows one data year earlier.", value: { kind: "year before", of: cost } };
  const costPerClaimBefore: Measure = { ...before, name: "cost_per_claim_year_before", label: "Cost per claim a year before", unit: "usd per claim", meaning: "Cost per claim of the same rows one data year earlier.", value: { kind: "year before", of: costPerClaim } };
  const claimsRise: Measure = { ...before, name: "claims_rise", label: "Rise in claims", unit: "claims", meaning: "Claims less claims a year before.", value: { kind: "difference", of: claims, less: claimsBefore } };
  const costRise: Measure = { ...before, name: "cost_usd_rise", label: "Rise in drug cost", unit: "usd", meaning: "Drug cost less drug cost a year before.", value: { kind: "difference", of: cost, less: costBefore } };
  const claimsChange: Measure = { ...before, name: "claims_change", label: "Change of claims", unit: "percent", meaning: "Rise in claims as a part of the claims a year before.", value: { kind: "ratio", of: claimsRise, by: claimsBefore } };
  const costChange: Measure = { ...before, name: "cost_usd_change", label: "Change of drug cost", unit: "percent", meaning: "Rise in drug cost as a part of the cost a year before.", value: { kind: "ratio", of: costRise, by: costBefore } };
  return { claims, cost, costPerClaim, claimsBefore, costBefore, claimsRise, costRise, claimsChange, costChange, costPerClaimBefore };
}

export const drug = sharedMeasures(drugUtilization);
export const genericNames: Measure = { table: drugUtilization, name: "generic_names", label: "Generic names", unit: "names", folder: COUNTS, meaning: "Different generic names.", value: { kind: "distinct", field: generic } };
export const brandNames: Measure = { table: drugUtilization, name: "brand_names", label: "Brand names", unit: "names", folder: COUNTS, meaning: "Different brand names.", value: { kind: "distinct", field: brand } };
export const pairs: Measure = { table: drugUtilization, name: "pairs", label: "Brand × generic pairs", unit: "pairs", folder: COUNTS, meaning: "Different pairs of brand name and generic name.", value: { kind: "distinct", field: drugKey, addsUpOver: [antibiotic, opioid, soldAs] } };

const brandCost: Measure = { table: drugUtilization, name: "brand_cost_usd", label: "Drug cost under brand names", unit: "usd", folder: VOLUME, meaning: "Drug cost of drugs whose brand name differs from the generic name.", value: { kind: "sum", column: "drug_cost_usd", where: { kind: "is set", column: "is_brand" } } };
const brandClaims: Measure = { table: drugUtilization, name: "brand_claims", label: "Claims under brand names", unit: "claims", folder: VOLUME, meaning: "Claims for drugs whose brand name differs from the generic name.", value: { kind: "sum", column: "claim_count", where: { kind: "is set", column: "is_brand" } } };
export const brandShareOfCost: Measure = { table: drugUtilization, name: "brand_share_of_cost", label: "Brand share of cost", unit: "percent", folder: VOLUME, meaning: "Drug cost under brand names as a part of all drug cost.", value: { kind: "ratio", of: brandCost, by: drug.cost } };
export const brandShareOfClaims: Measure = { table: drugUtilization, name: "brand_share_of_claims", label: "Brand share of claims", unit: "percent", folder: VOLUME, meaning: "Claims under brand names as a part of all claims.", value: { kind: "ratio", of: brandClaims, by: drug.claims } };

export const prescriber = sharedMeasures(prescriberReport);
export const prescribers: Measure = { table: prescriberReport, name: "prescribers", label: "Prescribers", unit: "prescribers", folder: COUNTS, meaning: "Different NPIs.", synonyms: ["doctors", "providers"], value: { kind: "rows" } };

/**
 * claims: of the kind, as CMS gives them. allClaims: of the prescribers for whom it gives them. known: their number.
 * peers: the rate over all of the same specialty and state. knownPeers: how many of them it is made of.
 */
export type RateMeasures = Readonly<Record<"claims" | "allClaims" | "rate" | "peers" | "known" | "knownPeers", Measure>>;

/** A kind's claims as a part of all claims, over prescribers for whom CMS gives both, and the same of their peers. */
function rateMeasures(name: string, label: string): RateMeasures {
  const base = { table: prescriberReport, folder: RATES } as const;
  const column = `${name}_claim_count`;
  const where = { kind: "is known", column } as const;
  const claims: Measure = { ...base, name: `${name}_claims`, label: `${label} claims`, unit: "claims", meaning: `CMS’s own count of ${name} claims, where it is given.`, value: { kind: "sum", column } };
  const allClaims: Measure = { ...base, name: `claims_with_known_${name}`, label: `All claims where ${name} claims are given`, unit: "claims", meaning: `CMS’s own total of claims of prescribers whose ${name} claims are given.`, value: { kind: "sum", column: "provider_claim_count", where } };
  const rate: Measure = { ...base, name: `${name}_rate`, label: `${label} rate`, unit: "percent", meaning: `${label} claims as a part of all claims, over prescribers for whom CMS gives both.`, synonyms: [`${name} prescribing rate`], value: { kind: "ratio", of: claims, by: allClaims } };
  const peers: Measure = { ...base, name: `${name}_rate_of_peers`, label: `${label} rate of peers`, unit: "percent", meaning: `${label} rate over all prescribers of the same specialty and state, the one looked at included.`, value: { kind: "peers", of: rate, same: [specialty, stateCode] } };
  const known: Measure = { ...base, name: `prescribers_with_known_${name}`, label: `Prescribers whose ${name} claims are given`, unit: "prescribers", meaning: `Prescribers whose ${name} claims CMS gives; counts of 1 to 10 are withheld.`, value: { kind: "rows", where } };
  const knownPeers: Measure = { ...base, name: `peers_with_known_${name}`, label: `Peers whose ${name} claims are given`, unit: "prescribers", meaning: `Prescribers of the same specialty and state whose ${name} claims CMS gives, the one looked at included: the ${name} rate of peers is made of so many.`, value: { kind: "peers", of: known, same: [specialty, stateCode] } };
  return { claims, allClaims, rate, peers, known, knownPeers };
}

export const opioids = rateMeasures("opioid", "Opioid");
export const antibiotics = rateMeasures("antibiotic", "Antibiotic");
export const peers: Measure = { table: prescriberReport, name: "peers", label: "Peers", unit: "prescribers", folder: RATES, meaning: "Prescribers of the same specialty and state, the one looked at included.", value: { kind: "peers", of: prescribers, same: [specialty, stateCode] } };
export const costPerClaimOfPeers: Measure = { table: prescriberReport, name: "cost_per_claim_of_peers", label: "Cost per claim of peers", unit: "usd per claim", folder: RATES, meaning: "Cost per claim over all prescribers of the same specialty and state, the one looked at included.", value: { kind: "peers", of: prescriber.costPerClaim, same: [specialty, stateCode] } };

export const measures: readonly Measure[] = [
  ...Object.values<Measure>(drug), genericNames, brandNames, pairs, brandCost, brandClaims, brandShareOfCost, brandShareOfClaims,
  ...Object.values<Measure>(prescriber), prescribers, ...Object.values<Measure>(opioids), ...Object.values<Measure>(antibiotics), peers, costPerClaimOfPeers,
];
