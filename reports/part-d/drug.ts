// The drug pages of Part D: what was prescribed, over all drugs and for one generic name.

import type { CardsTile, GroupTile, Page } from "../report.js";
import { brandRule, cost, drugList, namesChange, suppression } from "./caveats.js";
import { antibiotic, brand, generic, opioid, soldAs, specialty, stateCode, stateName, year } from "./fields.js";
import { brandNames, brandShareOfClaims, brandShareOfCost, drug, genericNames, pairs } from "./measures.js";

const { claims, cost: costUsd, costPerClaim, costBefore, costRise, costChange, claimsBefore, claimsChange, costPerClaimBefore } = drug;

const cards: CardsTile = {
  id: "drug-totals", kind: "cards", title: "Totals over all drugs",
  meaning: "Claims are prescriptions filled, cost is in US dollars; a name sold for two ingredients makes two pairs",
  caveats: [suppression], measures: [claims, costUsd, costPerClaim, genericNames, brandNames, pairs],
};

export const drugTotals = { tile: cards, claims, cost: costUsd };

export const drugPage: Page = {
  id: "drugs",
  title: "Drugs",
  meaning: "What was prescribed: claims and cost of every brand and generic name, over all prescribers.",
  tiles: [
    cards,
    {
      id: "generic-by-claims", kind: "bars", title: "Ten generic names with the most claims", by: generic, limit: 10,
      meaning: "Prescriptions filled, refills included, added over all brands and prescribers",
      caveats: [suppression], measures: [claims, costUsd, costPerClaim],
    },
    {
      id: "generic-by-cost", kind: "bars", title: "Ten generic names with the highest cost", by: generic, limit: 10,
      meaning: "US dollars, added over all brands and prescribers",
      caveats: [cost, suppression], measures: [costUsd, claims, costPerClaim],
    },
    {
      id: "brand-by-claims", kind: "share", title: "Ten brand names with the most claims", by: brand, limit: 10,
      meaning: "Share of all claims in percent, where a drug sold under its generic name has that name as its brand",
      caveats: [suppression], measures: [claims, costUsd, costPerClaim],
    },
    {
      id: "brand-by-cost", kind: "bars", title: "Ten brand names with the highest cost", by: brand, limit: 10,
      meaning: "US dollars, added over all prescribers",
      caveats: [cost, suppression], measures: [costUsd, claims, costPerClaim],
    },
    {
      id: "drug-types", kind: "split", title: "Antibiotics", by: antibiotic,
      meaning: "Share of antibiotics in percent: of claims first, then of brand × generic pairs and of cost",
      caveats: [drugList, suppression], measures: [claims, pairs, costUsd],
    },
    {
      id: "opioids", kind: "split", title: "Opioids", by: opioid,
      meaning: "Share of opioids in percent: of claims first, then of brand × generic pairs and of cost",
      caveats: [drugList, suppression], measures: [claims, pairs, costUsd],
    },
    {
      id: "brand-or-generic", kind: "split", title: "Brand names and generic names", by: soldAs,
      meaning: "Share sold under a brand name in percent: of claims first, then of brand × generic pairs and of cost",
      caveats: [brandRule, suppression], measures: [claims, pairs, costUsd],
    },
  ],
};

/** States and specialties by what they order; the same on the page of one drug. */
function where(prefix: string, order: "claims" | "cost per claim"): readonly [GroupTile, GroupTile] {
  const measures = order === "claims" ? ([claims, costUsd, costPerClaim] as const) : ([brandShareOfCost, brandShareOfClaims, costPerClaim, claims] as const);
  const what = order === "claims" ? "by claims" : "by brand share of cost";
  const meaning = order === "claims" ? "Prescriptions filled, refills included" : "Drug cost under brand names in percent of all drug cost; only where there are 1,000 claims or more";
  const least = order === "claims" ? {} : { atLeast: { measure: claims, value: 1000 } };
  const caveats = order === "claims" ? [suppression] : [brandRule, cost, suppression];
  return [
    { id: `${prefix}-states`, kind: "bars", title: `States ${what}`, by: stateCode, label: stateName, limit: 10, meaning, caveats, measures, ...least },
    { id: `${prefix}-specialties`, kind: "bars", title: `Specialties ${what}`, by: specialty, limit: 10, meaning, caveats, measures, ...least },
  ];
}

export const brandPage: Page = {
  id: "brands",
  title: "Brand or generic",
  meaning: "How much of the money goes to drugs under a brand name, and who orders them.",
  tiles: [
    {
      id: "brand-shares", kind: "cards", title: "Share of brand names",
      meaning: "Percent of all drug cost and of all claims; cost per claim in US dollars",
      caveats: [brandRule, cost, suppression], measures: [brandShareOfCost, brandShareOfClaims, costPerClaim],
    },
    {
      id: "brand-share-by-year", kind: "trend", title: "Share of brand names by year", by: year,
      meaning: "Drug cost under brand names in percent of all drug cost, and claims in percent of all claims",
      caveats: [brandRule, cost, suppression], measures: [brandShareOfCost, brandShareOfClaims],
    },
    ...where("brand-share", "cost per claim"),
  ],
};

export const oneDrugPage: Page = {
  id: "drug",
  title: "One drug",
  meaning: "One generic name: its claims and cost, its brands, where and by whom it is ordered.",
  subject: { field: generic },
  tiles: [
    {
      id: "one-drug-totals", kind: "cards", title: "Totals of the drug",
      meaning: "Claims are prescriptions filled, cost is in US dollars, changes are in percent of the year before",
      caveats: [cost, suppression], measures: [claims, costUsd, costPerClaim, claimsChange, costChange],
    },
    {
      id: "one-drug-years", kind: "trend", title: "The drug by year", by: year,
      meaning: "Drug cost in US dollars, claims and cost per claim, of every year",
      caveats: [cost, suppression], measures: [costUsd, claims, costPerClaim],
    },
    {
      id: "one-drug-brands", kind: "bars", title: "Brands of the drug", by: brand, limit: 10,
      meaning: "Drug cost in US dollars by brand name",
      caveats: [cost, suppression], measures: [costUsd, claims, costPerClaim],
    },
    ...where("one-drug", "claims"),
  ],
};

export const drugYearsPage: Page = {
  id: "years",
  title: "Year over year",
  meaning: "What became more and what became less: claims and cost against the year before.",
  tiles: [
    {
      id: "year-changes", kind: "cards", title: "Against the year before",
      meaning: "Rise in US dollars, changes in percent of the year before; unknown for the first year",
      caveats: [cost, suppression], measures: [costUsd, costBefore, costRise, costChange, claimsChange, costPerClaim, costPerClaimBefore],
    },
    {
      id: "cost-by-year", kind: "trend", title: "Drug cost by year", by: year,
      meaning: "Drug cost in US dollars, claims and cost per claim, of every year",
      caveats: [cost, suppression], measures: [costUsd, claims, costPerClaim],
    },
    {
      id: "generic-rise", kind: "bars", title: "Ten generic names whose cost rose most", by: generic, limit: 10,
      meaning: "Rise in US dollars against the year before; a name that had no published row then is left out",
      caveats: [cost, namesChange, suppression], measures: [costRise, costUsd, costBefore, costChange],
    },
    {
      id: "state-change", kind: "bars", title: "Ten states whose claims rose most", by: stateCode, label: stateName, limit: 10,
      meaning: "Change in percent of the claims a year before; only states with 1,000 claims or more",
      caveats: [suppression], measures: [claimsChange, claims, claimsBefore], atLeast: { measure: claims, value: 1000 },
    },
  ],
};
