// The published tables of Part D and the lists they refer to.

import type { Dimension, Table } from "../model.js";

export const years: Dimension = { name: "data_year", label: "Year", meaning: "Calendar year in which prescriptions were filled.", from: "drug_report", key: "year" };
export const drugs: Dimension = { name: "drug", label: "Drug", meaning: "A pair of brand name and generic name.", from: "drug_report", key: "drug_key" };
export const states: Dimension = { name: "state", label: "State", meaning: "State, territory or CMS’s code for an address outside them.", from: "state", key: "state_code" };
export const specialties: Dimension = { name: "specialty_list", label: "Specialty", meaning: "Specialty as CMS names it.", from: "prescriber_report", key: "specialty" };

/** Both tables hold the same rows of CMS, added up in two ways: their sums of claims and cost are equal. */
export const drugUtilization: Table = {
  name: "drug_utilization",
  label: "Drug utilization",
  meaning: "One drug as ordered by the prescribers of one specialty in one state in a data year.",
  grain: ["drug_key", "state_code", "specialty"],
  dimensions: [years, drugs, states, specialties],
};

export const prescriberReport: Table = {
  name: "prescriber_report",
  label: "Prescriber",
  meaning: "A prescriber in one data year, over all drugs.",
  grain: ["prescriber_npi"],
  dimensions: [years, states, specialties],
};
