// Header names of CMS's Part D Prescribers files, to the letter and in file order.
// Source: CMS data dictionaries of the RY25 and RY26 releases, checked against the first rows of the 2024 file.

/** By Provider and Drug, 22 columns. Mind the order: in the 65+ block the cost stands before the day supply. */
export const PROVIDER_DRUG_COLUMNS = [
  "Prscrbr_NPI", "Prscrbr_Last_Org_Name", "Prscrbr_First_Name", "Prscrbr_City", "Prscrbr_State_Abrvtn",
  "Prscrbr_State_FIPS", "Prscrbr_Type", "Prscrbr_Type_Src", "Brnd_Name", "Gnrc_Name", "Tot_Clms", "Tot_30day_Fills",
  "Tot_Day_Suply", "Tot_Drug_Cst", "Tot_Benes", "GE65_Sprsn_Flag", "GE65_Tot_Clms", "GE65_Tot_30day_Fills",
  "GE65_Tot_Drug_Cst", "GE65_Tot_Day_Suply", "GE65_Bene_Sprsn_Flag", "GE65_Tot_Benes",
] as const;

/** By Provider, 84 columns. */
export const PROVIDER_COLUMNS = [
  "PRSCRBR_NPI", "Prscrbr_Last_Org_Name", "Prscrbr_First_Name", "Prscrbr_MI", "Prscrbr_Crdntls", "Prscrbr_Ent_Cd",
  "Prscrbr_St1", "Prscrbr_St2", "Prscrbr_City", "Prscrbr_State_Abrvtn", "Prscrbr_State_FIPS", "Prscrbr_zip5",
  "Prscrbr_RUCA", "Prscrbr_RUCA_Desc", "Prscrbr_Cntry", "Prscrbr_Type", "Prscrbr_Type_src", "Tot_Clms",
  "Tot_30day_Fills", "Tot_Drug_Cst", "Tot_Day_Suply", "Tot_Benes", "GE65_Sprsn_Flag", "GE65_Tot_Clms",
  "GE65_Tot_30day_Fills", "GE65_Tot_Drug_Cst", "GE65_Tot_Day_Suply", "GE65_Bene_Sprsn_Flag", "GE65_Tot_Benes",
  "Brnd_Sprsn_Flag", "Brnd_Tot_Clms", "Brnd_Tot_Drug_Cst", "Gnrc_Sprsn_Flag", "Gnrc_Tot_Clms", "Gnrc_Tot_Drug_Cst",
  "Othr_Sprsn_Flag", "Othr_Tot_Clms", "Othr_Tot_Drug_Cst", "MAPD_Sprsn_Flag", "MAPD_Tot_Clms", "MAPD_Tot_Drug_Cst",
  "PDP_Sprsn_Flag", "PDP_Tot_Clms", "PDP_Tot_Drug_Cst", "LIS_Sprsn_Flag", "LIS_Tot_Clms", "LIS_Drug_Cst",
  "NonLIS_Sprsn_Flag", "NonLIS_Tot_Clms", "NonLIS_Drug_Cst", "Opioid_Tot_Clms", "Opioid_Tot_Drug_Cst",
  "Opioid_Tot_Suply", "Opioid_Tot_Benes", "Opioid_Prscrbr_Rate", "Opioid_LA_Tot_Clms", "Opioid_LA_Tot_Drug_Cst",
  "Opioid_LA_Tot_Suply", "Opioid_LA_Tot_Benes", "Opioid_LA_Prscrbr_Rate", "Antbtc_Tot_Clms", "Antbtc_Tot_Drug_Cst",
  "Antbtc_Tot_Benes", "Antpsyct_GE65_Sprsn_Flag", "Antpsyct_GE65_Tot_Clms", "Antpsyct_GE65_Tot_Drug_Cst",
  "Antpsyct_GE65_Bene_Suprsn_Flag", "Antpsyct_GE65_Tot_Benes", "Bene_Avg_Age", "Bene_Age_LT_65_Cnt",
  "Bene_Age_65_74_Cnt", "Bene_Age_75_84_Cnt", "Bene_Age_GT_84_Cnt", "Bene_Feml_Cnt", "Bene_Male_Cnt",
  "Bene_Race_Wht_Cnt", "Bene_Race_Black_Cnt", "Bene_Race_Api_Cnt", "Bene_Race_Hspnc_Cnt", "Bene_Race_Natind_Cnt",
  "Bene_Race_Othr_Cnt", "Bene_Dual_Cnt", "Bene_Ndual_Cnt", "Bene_Avg_Risk_Scre",
] as const;

/** By Geography and Drug, 22 columns. */
export const GEOGRAPHY_DRUG_COLUMNS = [
  "Prscrbr_Geo_Lvl", "Prscrbr_Geo_Cd", "Prscrbr_Geo_Desc", "Brnd_Name", "Gnrc_Name", "Tot_Prscrbrs", "Tot_Clms",
  "Tot_30day_Fills", "Tot_Drug_Cst", "Tot_Benes", "GE65_Sprsn_Flag", "GE65_Tot_Clms", "GE65_Tot_30day_Fills",
  "GE65_Tot_Drug_Cst", "GE65_Bene_Sprsn_Flag", "GE65_Tot_Benes", "LIS_Bene_Cst_Shr", "NonLIS_Bene_Cst_Shr",
  "Opioid_Drug_Flag", "Opioid_LA_Drug_Flag", "Antbtc_Drug_Flag", "Antpsyct_Drug_Flag",
] as const;
