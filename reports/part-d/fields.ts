// What Part D's figures are grouped by and read beside.

import type { Field } from "../model.js";
import { drugs, drugUtilization, prescriberReport, specialties, states, years } from "./tables.js";

export const year: Field = { of: years, column: "year", kind: "whole number", label: "Year", plural: "years", meaning: "Calendar year in which prescriptions were filled.", synonyms: ["data year"] };

export const drugKey: Field = { of: drugs, column: "drug_key", kind: "whole number", label: "Drug key", plural: "pairs", meaning: "Key of a pair of brand name and generic name, the same in every year." };
export const generic: Field = { of: drugs, column: "drug_generic_name", kind: "text", label: "Generic name", plural: "generic names", meaning: "Name of the active ingredient or ingredients.", synonyms: ["ingredient", "chemical name", "drug"] };
export const brand: Field = { of: drugs, column: "drug_brand_name", kind: "text", label: "Brand name", plural: "brand names", meaning: "Name the drug is sold under; the generic name where it has no brand.", synonyms: ["brand", "trade name"] };

const kind = { of: drugUtilization, kind: "flag", plural: "kinds" } as const;
export const antibiotic: Field = {
  ...kind, column: "is_antibiotic", label: "Drug type", meaning: "Antibiotic or not, by CMS’s drug list in the input folder.",
  values: [{ value: "1", label: "Antibiotic" }, { value: "0", label: "Non-antibiotic" }],
};
export const opioid: Field = {
  ...kind, column: "is_opioid", label: "Opioid", meaning: "Opioid or not, by CMS’s drug list in the input folder.",
  values: [{ value: "1", label: "Opioid" }, { value: "0", label: "Not an opioid" }],
};
export const soldAs: Field = {
  ...kind, column: "is_brand", label: "Sold as", meaning: "Whether the brand name differs from the generic name.",
  values: [{ value: "1", label: "Own brand name" }, { value: "0", label: "Generic name" }],
};

export const stateCode: Field = { of: states, column: "state_code", kind: "text", label: "State code", plural: "states", meaning: "Postal code of the state or territory; XX where CMS gives none." };
export const stateName: Field = { of: states, column: "state_name", kind: "text", label: "State", plural: "states", meaning: "Name of the state or territory.", missing: "not in the state table", geography: "state", synonyms: ["territory"] };
export const specialty: Field = { of: specialties, column: "specialty", kind: "text", label: "Specialty", plural: "specialties", meaning: "Specialty with the most Part B services, else from the register; Unknown where CMS gives none.", synonyms: ["prescriber specialty", "provider type"] };

export const npi: Field = { of: prescriberReport, column: "prescriber_npi", kind: "text", label: "NPI", plural: "prescribers", meaning: "National Provider Identifier, ten digits.", synonyms: ["National Provider Identifier"] };
export const prescriberName: Field = { of: prescriberReport, column: "prescriber_name", kind: "text", label: "Prescriber", plural: "prescribers", meaning: "Name as published.", missing: "name not published", synonyms: ["doctor", "provider"] };
export const city: Field = { of: prescriberReport, column: "city", kind: "text", label: "City", plural: "cities", meaning: "City of the prescriber’s address.", missing: "No city", geography: "city" };
export const prescriberType: Field = {
  of: prescriberReport, column: "prescriber_type", kind: "text", label: "Prescriber type", plural: "types", meaning: "Individual or organization, as registered.",
  values: [{ value: "Individual", label: "Individual" }, { value: "Organization", label: "Organization" }, { value: "Unknown", label: "Unknown" }],
};

export const fields: readonly Field[] = [year, drugKey, generic, brand, antibiotic, opioid, soldAs, stateCode, stateName, specialty, npi, prescriberName, city, prescriberType];
