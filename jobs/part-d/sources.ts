// Where Part D's rows come from: the file families of CMS, their layouts by header, and the tables that a
// database source has for them. Layouts: CMS data dictionaries of the RY25/RY26 releases (data.cms.gov).

import { defineSource } from "../../driver/job.js";
import type { Layout } from "../../driver/job.js";
import { PROVIDER_COLUMNS, PROVIDER_DRUG_COLUMNS, GEOGRAPHY_DRUG_COLUMNS } from "./official-columns.js";

/** Header names that become raw columns under their own name in lower case. */
const sameNames = (headers: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(headers.map((header) => [header, header.toLowerCase()]));

const officialProviderDrug: Layout = { name: "official", columns: sameNames(PROVIDER_DRUG_COLUMNS) };

/** The first releases (2013 to 2015), tab-separated; says the same but has no state FIPS code. */
const originalProviderDrug: Layout = {
  name: "original",
  delimiter: "\t",
  columns: {
    npi: "prscrbr_npi",
    nppes_provider_last_org_name: "prscrbr_last_org_name",
    nppes_provider_first_name: "prscrbr_first_name",
    nppes_provider_city: "prscrbr_city",
    nppes_provider_state: "prscrbr_state_abrvtn",
    specialty_description: "prscrbr_type",
    description_flag: "prscrbr_type_src",
    drug_name: "brnd_name",
    generic_name: "gnrc_name",
    bene_count: "tot_benes",
    total_claim_count: "tot_clms",
    total_30_day_fill_count: "tot_30day_fills",
    total_day_supply: "tot_day_suply",
    total_drug_cost: "tot_drug_cst",
    bene_count_ge65: "ge65_tot_benes",
    bene_count_ge65_suppress_flag: "ge65_bene_sprsn_flag",
    total_claim_count_ge65: "ge65_tot_clms",
    ge65_suppress_flag: "ge65_sprsn_flag",
    total_30_day_fill_count_ge65: "ge65_tot_30day_fills",
    total_day_supply_ge65: "ge65_tot_day_suply",
    total_drug_cost_ge65: "ge65_tot_drug_cst",
  },
};

/** A public extract of the official file with eight renamed columns: no names, fills, beneficiaries or age group. */
const derivedProviderDrug: Layout = {
  name: "derived",
  columns: {
    npi: "prscrbr_npi",
    state: "prscrbr_state_abrvtn",
    zip5: "prscrbr_zip5",
    specialty: "prscrbr_type",
    drug: "gnrc_name",
    brand: "brnd_name",
    claims: "tot_clms",
    cost: "tot_drug_cst",
  },
};

export const prescriberDrugSource = defineSource({
  name: "prescriber_drug",
  meaning: "Medicare Part D Prescribers by Provider and Drug",
  files: [
    "^MUP_DPR_RY\\d{2}_P\\d{2}_V\\d{2}_DY(?<yy>\\d{2})_NPIBN.*\\.csv(\\.gz)?$",
    "^PartD_Prescriber_PUF_NPI_Drug_(?<yy>\\d{2})\\.txt(\\.gz)?$",
    "^provider_drug_(?<year>\\d{4})_.*\\.csv(\\.gz)?$",
  ],
  layouts: [officialProviderDrug, originalProviderDrug, derivedProviderDrug],
  table: "prescriber_drug",
});

const THIRD_PARTY = "computed by a third party, without a definition";
const REPEATS = "follows from other columns";

/** The same extract's prescribers. Its zeros in suppressed counts are unknown, not zero. */
const derivedProvider: Layout = {
  name: "derived",
  columns: {
    npi: "prscrbr_npi",
    name: "prscrbr_full_name",
    entityCode: "prscrbr_ent_cd",
    city: "prscrbr_city",
    state: "prscrbr_state_abrvtn",
    zip5: "prscrbr_zip5",
    specialty: "prscrbr_type",
    claims: "tot_clms",
    fills30: "tot_30day_fills",
    cost: "tot_drug_cst",
    daySupply: "tot_day_suply",
    benes: "tot_benes",
    brandClaims: "brnd_tot_clms",
    brandCost: "brnd_tot_drug_cst",
    genericClaims: "gnrc_tot_clms",
    genericCost: "gnrc_tot_drug_cst",
    opioidClaims: "opioid_tot_clms",
    opioidRate: "opioid_prscrbr_rate",
    antibioticClaims: "antbtc_tot_clms",
    antipsychGE65Claims: "antpsyct_ge65_tot_clms",
    avgAge: "bene_avg_age",
  },
  ignored: {
    credentials: "free text in 757 spellings",
    costPerBene: REPEATS,
    costPerClaim: REPEATS,
    brandPct: REPEATS,
    claimsPerBene: REPEATS,
    totalCost: REPEATS,
    opioidCost: "not read by any table",
    opioidBenes: "holds the opioid rate, not beneficiaries",
    opioidLAClaims: "not read by any table",
    opioidLARate: "not read by any table",
    femalePct: "not read by any table",
    avgRiskScore: "not read by any table",
    riskScore: THIRD_PARTY,
    riskLevel: THIRD_PARTY,
    isExcluded: THIRD_PARTY,
    exclusionInfo: THIRD_PARTY,
    anomalyScore: THIRD_PARTY,
    drugDiversity: REPEATS,
    prescribesOpioid: REPEATS,
    prescribesBenzo: THIRD_PARTY,
    opioidBenzoCombination: THIRD_PARTY,
    iraDrugCost: THIRD_PARTY,
    glp1Cost: THIRD_PARTY,
  },
};

export const prescriberSource = defineSource({
  name: "prescriber",
  meaning: "Medicare Part D Prescribers by Provider",
  files: ["^MUP_DPR_RY\\d{2}_P\\d{2}_V\\d{2}_DY(?<yy>\\d{2})_NPI\\.csv(\\.gz)?$", "^providers_(?<year>\\d{4})_.*\\.csv(\\.gz)?$"],
  layouts: [
    { name: "official", columns: sameNames(PROVIDER_COLUMNS), ignored: { Prscrbr_Gndr: "dropped by CMS in 2025" } },
    derivedProvider,
  ],
  table: "prescriber",
});

export const drugSource = defineSource({
  name: "drug",
  meaning: "Official flags of drugs: CMS's Drug List Summary, or Prescribers by Geography and Drug",
  files: ["^drug_lists_.*\\.csv(\\.gz)?$", "^MUP_DPR_RY\\d{2}_P\\d{2}_V\\d{2}_DY(?<yy>\\d{2})_Geo\\.csv(\\.gz)?$"],
  layouts: [
    {
      name: "drug-list",
      columns: {
        "Drug Name": "brnd_name",
        "Generic Name": "gnrc_name",
        "Opioid Flag": "opioid_drug_flag",
        "LA Opioid Flag": "opioid_la_drug_flag",
        "Antibiotic Flag": "antbtc_drug_flag",
        "Antipsychotic Flag": "antpsyct_drug_flag",
        "NDC Conflict Flag": "ndc_conflict_flag",
      },
    },
    { name: "geography", columns: sameNames(GEOGRAPHY_DRUG_COLUMNS) },
  ],
  table: "drug",
});

export const stateSource = defineSource({
  name: "state",
  meaning: "US cities with their state (simplemaps.com basic data, CC BY 4.0); populations are of urban areas",
  files: ["^us_cities.*\\.csv(\\.gz)?$"],
  layouts: [
    {
      name: "us-cities",
      columns: sameNames(["city", "city_ascii", "state_id", "state_name", "county_fips", "county_name", "lat", "lng", "population", "density", "timezone", "zips"]),
    },
  ],
  table: "state",
});
