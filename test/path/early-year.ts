// A year as CMS first published it: By Provider and Drug as a TAB file under the old column names, the drugs by the
// geography file. In: a generated folder in today's layout. Out: a folder with the same rows. Names are written out here
// from CMS's files, not taken from jobs/.

import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** Today's column by the old name, in the old order; the state's FIPS code did not exist. */
const OLD_NAMES: readonly (readonly [string, string])[] = [
  ["npi", "Prscrbr_NPI"], ["nppes_provider_last_org_name", "Prscrbr_Last_Org_Name"], ["nppes_provider_first_name", "Prscrbr_First_Name"],
  ["nppes_provider_city", "Prscrbr_City"], ["nppes_provider_state", "Prscrbr_State_Abrvtn"], ["specialty_description", "Prscrbr_Type"],
  ["description_flag", "Prscrbr_Type_Src"], ["drug_name", "Brnd_Name"], ["generic_name", "Gnrc_Name"], ["bene_count", "Tot_Benes"],
  ["total_claim_count", "Tot_Clms"], ["total_30_day_fill_count", "Tot_30day_Fills"], ["total_day_supply", "Tot_Day_Suply"],
  ["total_drug_cost", "Tot_Drug_Cst"], ["bene_count_ge65", "GE65_Tot_Benes"], ["bene_count_ge65_suppress_flag", "GE65_Bene_Sprsn_Flag"],
  ["total_claim_count_ge65", "GE65_Tot_Clms"], ["ge65_suppress_flag", "GE65_Sprsn_Flag"], ["total_30_day_fill_count_ge65", "GE65_Tot_30day_Fills"],
  ["total_day_supply_ge65", "GE65_Tot_Day_Suply"], ["total_drug_cost_ge65", "GE65_Tot_Drug_Cst"],
];

const GEOGRAPHY = "MUP_DPR_RY25_P04_V10_DY14_Geo.csv";

export interface EarlyYear {
  readonly from: string;
  readonly to: string;
  /** File names in `from`. */
  readonly detail: string;
  readonly provider: string;
}

export async function makeEarlyYear({ from, to, detail, provider }: EarlyYear): Promise<void> {
  mkdirSync(to, { recursive: true });
  for (const name of [provider, "us_cities.csv"]) copyFileSync(join(from, name), join(to, name));
  const db = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  await db.run(`create table detail as select * from read_csv('${join(from, detail)}', header = true, all_varchar = true)`);
  await db.run(`copy (select ${OLD_NAMES.map(([old, name]) => `${name} as ${old}`).join(", ")} from detail) to '${join(to, "PartD_Prescriber_PUF_NPI_Drug_14.txt")}' (header, delimiter '\t')`);
  // The nation's rows hold suppressed claims too; those of a state are a part of them. Flags go by the first letter.
  const flag = (letters: string): string => `case when left(Brnd_Name, 1) in (${Array.from(letters).map((letter) => `'${letter}'`).join(", ")}) then 'Y' else 'N' end`;
  const rows = (level: string, code: string, name: string, where: string): string => `select '${level}' as Prscrbr_Geo_Lvl, ${code} as Prscrbr_Geo_Cd, '${name}' as Prscrbr_Geo_Desc, Brnd_Name, Gnrc_Name,
    count(*) as Tot_Prscrbrs, sum(Tot_Clms::bigint) + 5 as Tot_Clms, sum(Tot_30day_Fills::decimal(18,1)) as Tot_30day_Fills, sum(Tot_Drug_Cst::decimal(18,2)) as Tot_Drug_Cst, null as Tot_Benes, '*' as GE65_Sprsn_Flag,
    null as GE65_Tot_Clms, null as GE65_Tot_30day_Fills, null as GE65_Tot_Drug_Cst, '*' as GE65_Bene_Sprsn_Flag, null as GE65_Tot_Benes, null as LIS_Bene_Cst_Shr, null as NonLIS_Bene_Cst_Shr,
    ${flag("HO")} as Opioid_Drug_Flag, 'N' as Opioid_LA_Drug_Flag, ${flag("AC")} as Antbtc_Drug_Flag, ${flag("Q")} as Antpsyct_Drug_Flag from detail where ${where} group by Brnd_Name, Gnrc_Name`;
  await db.run(`copy (${rows("National", "null", "National", "true")} union all ${rows("State", "'06'", "California", "Prscrbr_State_Abrvtn = 'CA'")}) to '${join(to, GEOGRAPHY)}' (header)`);
  db.closeSync();
}

/** The drugs' flags as the geography file of `folder` has them, in the form of the drug list's table. */
export const NATIONAL_FLAGS = (folder: string): string => `select upper(Brnd_Name) as brand, upper(Gnrc_Name) as generic, Opioid_Drug_Flag = 'Y' as opioid, Opioid_LA_Drug_Flag = 'Y' as long_acting,
  Antbtc_Drug_Flag = 'Y' as antibiotic, Antpsyct_Drug_Flag = 'Y' as antipsychotic, false as conflict from read_csv('${join(folder, GEOGRAPHY)}', header = true, all_varchar = true) where Prscrbr_Geo_Lvl = 'National'`;
