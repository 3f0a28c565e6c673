// The prescriber pages of Part D: who prescribed, over all prescribers, against their peers, and one NPI alone.

import type { CardsTile, GroupTile, Page } from "../report.js";
import { address, comparison, cost, fewPeers, peers, suppression, withheld } from "./caveats.js";
import { city, npi, prescriberName, prescriberType, specialty, stateCode, stateName, year } from "./fields.js";
import { antibiotics, costPerClaimOfPeers, opioids, peers as peerCount, prescriber, prescribers, type RateMeasures } from "./measures.js";

const { claims, cost: costUsd, costPerClaim, costPerClaimBefore, claimsChange, costChange } = prescriber;
const also = [specialty, city, stateCode] as const;

const cards: CardsTile = {
  id: "prescriber-totals", kind: "cards", title: "Totals over all prescribers",
  meaning: "Prescribers are counted by NPI, claims are prescriptions filled, cost is in US dollars",
  caveats: [suppression], measures: [prescribers, claims, costUsd, costPerClaim],
};

export const prescriberTotals = { tile: cards, claims, cost: costUsd };

export const prescriberPage: Page = {
  id: "prescribers",
  title: "Prescribers",
  meaning: "Who prescribed: claims and cost of every prescriber, over all drugs.",
  tiles: [
    cards,
    {
      id: "prescriber-by-claims", kind: "bars", title: "Ten prescribers with the most claims", by: npi, label: prescriberName, also, limit: 10,
      meaning: "Prescriptions filled, refills included, added over all published drugs",
      caveats: [comparison, suppression], measures: [claims, costUsd, costPerClaim],
    },
    {
      id: "prescriber-by-cost", kind: "bars", title: "Ten prescribers with the highest drug cost", by: npi, label: prescriberName, also, limit: 10,
      meaning: "US dollars, added over all published drugs",
      caveats: [cost, suppression], measures: [costUsd, claims, costPerClaim],
    },
    {
      id: "states", kind: "share", title: "States with the most prescribers", by: stateCode, label: stateName, draw: 5,
      meaning: "Share of all prescribers in percent, the first five drawn and all in the table",
      caveats: [address], measures: [prescribers, claims, costUsd, costPerClaim],
    },
    {
      id: "prescriber-types", kind: "split", title: "Individuals and organizations", by: prescriberType,
      meaning: "Share in percent: of prescribers first, then of claims and of cost",
      caveats: [suppression], measures: [prescribers, claims, costUsd],
    },
    {
      id: "specialties", kind: "treemap", title: "Specialties", by: specialty, draw: 16,
      meaning: "Area is the number of different prescribers; the greatest are drawn, the others are one area, and all are in the table",
      caveats: [suppression], measures: [prescribers, claims, costUsd, costPerClaim],
    },
  ],
};

/** Specialties with the highest rate, and the prescribers who lie highest beside their peers. */
function highest(name: string, { claims: kindClaims, allClaims, rate, peers: ofPeers, known, knownPeers }: RateMeasures): readonly [GroupTile, GroupTile] {
  const atLeast = { measure: allClaims, value: 500 };
  return [
    {
      id: `${name}-specialties`, kind: "bars", title: `Specialties with the highest ${name} rate`, by: specialty, limit: 10, atLeast: { measure: known, value: 20 },
      meaning: `Percent of all claims; only specialties with 20 prescribers or more whose ${name} claims are given`,
      caveats: [withheld], measures: [rate, kindClaims, allClaims, known],
    },
    {
      id: `${name}-prescribers`, kind: "bars", title: `Prescribers with the highest ${name} rate`, by: npi, label: prescriberName, also, limit: 10, against: ofPeers, behind: knownPeers, atLeast,
      meaning: "Percent of all claims, beside the rate of all prescribers of the same specialty and state; only prescribers with 500 claims or more",
      caveats: [peers, fewPeers, withheld, comparison], measures: [rate, ofPeers, knownPeers, kindClaims, allClaims],
    },
  ];
}

export const ratesPage: Page = {
  id: "rates",
  title: "Opioids and antibiotics",
  meaning: "How much of what prescribers order is an opioid or an antibiotic, and how they stand beside their peers.",
  tiles: [
    {
      id: "rate-totals", kind: "cards", title: "Rates over all prescribers",
      meaning: "Percent of all claims, over prescribers whose claims of the kind are given",
      caveats: [withheld], measures: [opioids.rate, opioids.known, antibiotics.rate, antibiotics.known],
    },
    ...highest("opioid", opioids),
    ...highest("antibiotic", antibiotics),
  ],
};

export const onePrescriberPage: Page = {
  id: "prescriber",
  title: "One prescriber",
  meaning: "One NPI: claims, cost and rates, beside all prescribers of the same specialty and state.",
  subject: { field: npi, label: prescriberName },
  tiles: [
    {
      id: "one-prescriber-totals", kind: "cards", title: "Totals of the prescriber",
      meaning: "Claims are prescriptions filled, cost is in US dollars, changes are in percent of the year before",
      caveats: [cost, suppression], measures: [claims, costUsd, costPerClaim, costPerClaimBefore, claimsChange, costChange],
    },
    {
      id: "one-prescriber-years", kind: "trend", title: "The prescriber by year", by: year,
      meaning: "Drug cost in US dollars, claims and cost per claim, of every year",
      caveats: [cost, suppression], measures: [costUsd, claims, costPerClaim],
    },
    {
      id: "one-prescriber-cost", kind: "bars", title: "Cost per claim beside peers", by: npi, label: prescriberName, also, against: costPerClaimOfPeers, behind: peerCount,
      meaning: "US dollars per claim, beside all prescribers of the same specialty and state",
      caveats: [peers, fewPeers, cost, comparison], measures: [costPerClaim, costPerClaimOfPeers, peerCount],
    },
    {
      id: "one-prescriber-opioids", kind: "bars", title: "Opioid rate beside peers", by: npi, label: prescriberName, also, against: opioids.peers, behind: opioids.knownPeers,
      meaning: "Percent of all claims, beside all prescribers of the same specialty and state",
      caveats: [peers, fewPeers, withheld, comparison], measures: [opioids.rate, opioids.peers, opioids.knownPeers, opioids.claims],
    },
    {
      id: "one-prescriber-antibiotics", kind: "bars", title: "Antibiotic rate beside peers", by: npi, label: prescriberName, also, against: antibiotics.peers, behind: antibiotics.knownPeers,
      meaning: "Percent of all claims, beside all prescribers of the same specialty and state",
      caveats: [peers, fewPeers, withheld, comparison], measures: [antibiotics.rate, antibiotics.peers, antibiotics.knownPeers, antibiotics.claims],
    },
  ],
};
