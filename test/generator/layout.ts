// In: nothing. Out: the official file names and headers of Part D, letter by letter.
// Never here: values, writing.

/** The 22 columns of "by Provider and Drug", in CMS's order (data years 2013 on, current layout). */
export const DETAIL_COLUMNS = [
  "Prscrbr_NPI", "Prscrbr_Last_Org_Name", "Prscrbr_First_Name", "Prscrbr_City", "Prscrbr_State_Abrvtn",
  "Prscrbr_State_FIPS", "Prscrbr_Type", "Prscrbr_Type_Src", "Brnd_Name", "Gnrc_Name",
  "Tot_Clms", "Tot_30day_Fills", "Tot_Day_Suply", "Tot_Drug_Cst", "Tot_Benes",
  // CMS's own order trap: in the 65+ block cost stands before day supply.
  "GE65_Sprsn_Flag", "GE65_Tot_Clms", "GE65_Tot_30day_Fills", "GE65_Tot_Drug_Cst", "GE65_Tot_Day_Suply",
  "GE65_Bene_Sprsn_Flag", "GE65_Tot_Benes",
] as const;

/** The 84 columns of "by Provider"; the first name is upper case in this file alone. */
export const PROVIDER_COLUMNS = [
  "PRSCRBR_NPI", "Prscrbr_Last_Org_Name", "Prscrbr_First_Name", "Prscrbr_MI", "Prscrbr_Crdntls", "Prscrbr_Ent_Cd",
  "Prscrbr_St1", "Prscrbr_St2", "Prscrbr_City", "Prscrbr_State_Abrvtn", "Prscrbr_State_FIPS", "Prscrbr_zip5",
  "Prscrbr_RUCA", "Prscrbr_RUCA_Desc", "Prscrbr_Cntry", "Prscrbr_Type", "Prscrbr_Type_src",
  "Tot_Clms", "Tot_30day_Fills", "Tot_Drug_Cst", "Tot_Day_Suply", "Tot_Benes",
  "GE65_Sprsn_Flag", "GE65_Tot_Clms", "GE65_Tot_30day_Fills", "GE65_Tot_Drug_Cst", "GE65_Tot_Day_Suply",
  "GE65_Bene_Sprsn_Flag", "GE65_Tot_Benes",
  "Brnd_Sprsn_Flag", "Brnd_Tot_Clms", "Brnd_Tot_Drug_Cst", "Gnrc_Sprsn_Flag", "Gnrc_Tot_Clms", "Gnrc_Tot_Drug_Cst",
  "Othr_Sprsn_Flag", "Othr_Tot_Clms", "Othr_Tot_Drug_Cst",
  "MAPD_Sprsn_Flag", "MAPD_Tot_Clms", "MAPD_Tot_Drug_Cst", "PDP_Sprsn_Flag", "PDP_Tot_Clms", "PDP_Tot_Drug_Cst",
  "LIS_Sprsn_Flag", "LIS_Tot_Clms", "LIS_Drug_Cst", "NonLIS_Sprsn_Flag", "NonLIS_Tot_Clms", "NonLIS_Drug_Cst",
  "Opioid_Tot_Clms", "Opioid_Tot_Drug_Cst", "Opioid_Tot_Suply", "Opioid_Tot_Benes", "Opioid_Prscrbr_Rate",
  "Opioid_LA_Tot_Clms", "Opioid_LA_Tot_Drug_Cst", "Opioid_LA_Tot_Suply", "Opioid_LA_Tot_Benes", "Opioid_LA_Prscrbr_Rate",
  "Antbtc_Tot_Clms", "Antbtc_Tot_Drug_Cst", "Antbtc_Tot_Benes",
  "Antpsyct_GE65_Sprsn_Flag", "Antpsyct_GE65_Tot_Clms", "Antpsyct_GE65_Tot_Drug_Cst",
  "Antpsyct_GE65_Bene_Suprsn_Flag", "Antpsyct_GE65_Tot_Benes",
  "Bene_Avg_Age", "Bene_Age_LT_65_Cnt", "Bene_Age_65_74_Cnt", "Bene_Age_75_84_Cnt", "Bene_Age_GT_84_Cnt",
  "Bene_Feml_Cnt", "Bene_Male_Cnt",
  "Bene_Race_Wht_Cnt", "Bene_Race_Black_Cnt", "Bene_Race_Api_Cnt", "Bene_Race_Hspnc_Cnt", "Bene_Race_Natind_Cnt",
  "Bene_Race_Othr_Cnt", "Bene_Dual_Cnt", "Bene_Ndual_Cnt", "Bene_Avg_Risk_Scre",
] as const;

export type DetailColumn = (typeof DETAIL_COLUMNS)[number];
export type ProviderColumn = (typeof PROVIDER_COLUMNS)[number];

const detailPosition = new Map<string, number>(DETAIL_COLUMNS.map((name, at) => [name, at]));
const providerPosition = new Map<string, number>(PROVIDER_COLUMNS.map((name, at) => [name, at]));

/** Position of a column in a by Provider and Drug line. */
export const detailAt = (column: DetailColumn): number => detailPosition.get(column) ?? -1;

/** Position of a column in a by Provider line. */
export const providerAt = (column: ProviderColumn): number => providerPosition.get(column) ?? -1;

const twoDigits = (n: number): string => String(n).padStart(2, "0");

/** Release part of CMS's file names: years to 2022 came together, later ones two years after the data year. */
function release(year: number, revisionOfOldYears: string): string {
  const dataYear = `DY${twoDigits(year % 100)}`;
  return year <= 2022 ? `${revisionOfOldYears}_${dataYear}` : `RY${twoDigits((year + 2) % 100)}_P04_V10_${dataYear}`;
}

/** Name of one by Provider and Drug file; `part` counts from 1 and is left out when the year is one file. */
export function detailFileName(year: number, part: { readonly number: number; readonly of: number }): string {
  const suffix = part.of === 1 ? "" : `_${String(part.number).padStart(String(part.of).length, "0")}`;
  return `MUP_DPR_${release(year, "RY24_P04_V10")}_NPIBN${suffix}.csv`;
}

/** Name of the by Provider file of a year. */
export const providerFileName = (year: number): string => `MUP_DPR_${release(year, "RY25_P04_V20")}_NPI.csv`;
