// The prescriber page of Part D: who prescribed, one row a prescriber (NPI) and year.

import type { CardsTile, Field, Measure, Page, Table } from "../report.js";
import { address, comparison, cost, suppression } from "./caveats.js";
import { sharedMeasures } from "./measures.js";

export const prescriberReport: Table = {
  name: "prescriber_report",
  meaning: "A prescriber in one data year, over all drugs.",
  grain: ["prescriber_npi"],
};

const npi: Field = { table: prescriberReport, column: "prescriber_npi", kind: "text", label: "NPI", plural: "prescribers", meaning: "National Provider Identifier, ten digits." };
const name: Field = { table: prescriberReport, column: "prescriber_name", kind: "text", label: "Prescriber", plural: "prescribers", meaning: "Name as published.", missing: "name not published" };
const specialty: Field = { table: prescriberReport, column: "specialty", kind: "text", label: "Specialty", plural: "specialties", meaning: "Specialty with the most Part B services, else from the register; Unknown where CMS gives none." };
const city: Field = { table: prescriberReport, column: "city", kind: "text", label: "City", plural: "cities", meaning: "City of the prescriber’s address.", missing: "No city" };
const stateCode: Field = { table: prescriberReport, column: "state_code", kind: "text", label: "State code", plural: "states", meaning: "Postal code of the state or territory; XX where CMS gives none." };
const stateName: Field = { table: prescriberReport, column: "state_name", kind: "text", label: "State", plural: "states", meaning: "Name of the state or territory.", missing: "not in the state table" };
const prescriberType: Field = {
  table: prescriberReport, column: "prescriber_type", kind: "text", label: "Prescriber type", plural: "types",
  meaning: "Individual or organization, as registered.",
  values: [{ value: "Individual", label: "Individual" }, { value: "Organization", label: "Organization" }, { value: "Unknown", label: "Unknown" }],
};

const { claims, cost: costUsd, costPerClaim } = sharedMeasures(prescriberReport);
const prescribers: Measure = { table: prescriberReport, name: "prescribers", label: "Prescribers", unit: "prescribers", meaning: "Different NPIs.", value: { kind: "rows" } };

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
      id: "prescriber-by-claims", kind: "bars", title: "Ten prescribers with the most claims", by: npi, label: name, also: [specialty, city, stateCode], limit: 10,
      meaning: "Prescriptions filled, refills included, added over all published drugs",
      caveats: [comparison, suppression], measures: [claims, costUsd, costPerClaim],
    },
    {
      id: "prescriber-by-cost", kind: "bars", title: "Ten prescribers with the highest drug cost", by: npi, label: name, also: [specialty, city, stateCode], limit: 10,
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
