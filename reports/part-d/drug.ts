// The drug page of Part D: what was prescribed, one row a brand × generic pair and year.

import type { CardsTile, Field, Measure, Page, Table } from "../report.js";
import { brandRule, cost, drugList, suppression } from "./caveats.js";
import { sharedMeasures } from "./measures.js";

export const drugReport: Table = {
  name: "drug_report",
  meaning: "A pair of brand name and generic name in one data year, over all prescribers.",
  grain: ["drug_brand_name", "drug_generic_name"],
};

const generic: Field = { table: drugReport, column: "drug_generic_name", kind: "text", label: "Generic name", plural: "generic names", meaning: "Name of the active ingredient or ingredients." };
const brand: Field = { table: drugReport, column: "drug_brand_name", kind: "text", label: "Brand name", plural: "brand names", meaning: "Name the drug is sold under; the generic name where it has no brand." };

const drugType: Field = {
  table: drugReport, column: "drug_type", kind: "text", label: "Drug type", plural: "drug types",
  meaning: "Antibiotic or not, by CMS’s drug list in the input folder.",
  values: [{ value: "Antibiotic", label: "Antibiotic" }, { value: "Non-antibiotic", label: "Non-antibiotic" }],
};
const opioid: Field = {
  table: drugReport, column: "is_opioid", kind: "flag", label: "Opioid", plural: "kinds",
  meaning: "Opioid or not, by CMS’s drug list in the input folder.",
  values: [{ value: "1", label: "Opioid" }, { value: "0", label: "Not an opioid" }],
};
const isBrand: Field = {
  table: drugReport, column: "is_brand", kind: "flag", label: "Sold as", plural: "kinds",
  meaning: "Whether the brand name differs from the generic name.",
  values: [{ value: "1", label: "Own brand name" }, { value: "0", label: "Generic name" }],
};

const { claims, cost: costUsd, costPerClaim } = sharedMeasures(drugReport);
const genericNames: Measure = { table: drugReport, name: "generic_names", label: "Generic names", unit: "names", meaning: "Different generic names.", value: { kind: "distinct", field: generic } };
const brandNames: Measure = { table: drugReport, name: "brand_names", label: "Brand names", unit: "names", meaning: "Different brand names.", value: { kind: "distinct", field: brand } };
const pairs: Measure = { table: drugReport, name: "pairs", label: "Brand × generic pairs", unit: "pairs", meaning: "Different pairs of brand name and generic name.", value: { kind: "rows" } };

const cards: CardsTile = {
  id: "drug-totals", kind: "cards", title: "Totals over all drugs",
  meaning: "Claims are prescriptions filled, cost is in US dollars; a name sold for two ingredients makes two pairs",
  caveats: [suppression], measures: [claims, costUsd, genericNames, brandNames, pairs],
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
      id: "drug-types", kind: "split", title: "Antibiotics", by: drugType,
      meaning: "Share of antibiotics in percent: of claims first, then of brand × generic pairs and of cost",
      caveats: [drugList, suppression], measures: [claims, pairs, costUsd],
    },
    {
      id: "opioids", kind: "split", title: "Opioids", by: opioid,
      meaning: "Share of opioids in percent: of claims first, then of brand × generic pairs and of cost",
      caveats: [drugList, suppression], measures: [claims, pairs, costUsd],
    },
    {
      id: "brand-or-generic", kind: "split", title: "Brand names and generic names", by: isBrand,
      meaning: "Share sold under a brand name in percent: of claims first, then of brand × generic pairs and of cost",
      caveats: [brandRule, suppression], measures: [claims, pairs, costUsd],
    },
  ],
};
