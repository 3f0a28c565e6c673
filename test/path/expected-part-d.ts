// In: the source's CSV files in DuckDB. Out: what every curated table of Part D and every tile of its report must
// hold, as SQL written from the meaning of the columns, not from the templates. Never here: anything of jobs/ or reports/.

import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { SAMPLE } from "./carelake.js";

const csv = (path: string, more = ""): string => `read_csv('${path}', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"'${more})`;

const lines = (path: string, without: readonly number[] = []): string => (without.length === 0 ? csv(path) : `(select * from (select row_number() over () + 1 as line, * from ${csv(path)}) where line not in (${without.join(", ")}))`);

/** The files of one year as the views detail, provider, list and city, typed; "" is unknown. */
export interface SourceFiles {
  readonly layout: "official" | "derived";
  readonly detail: string;
  readonly provider: string;
  readonly drugList: string;
  readonly cities: string;
  /** Lines of the detail and provider files that a run sets aside, the header being line 1. */
  readonly without?: { readonly detail: readonly number[]; readonly provider: readonly number[] };
}

export async function openSources(db: DuckDBConnection, files: SourceFiles): Promise<void> {
  const { detail, provider } = files.layout === "official" ? OFFICIAL : DERIVED;
  await db.run(`create or replace table detail as ${detail} from ${lines(files.detail, files.without?.detail)}`);
  await db.run(`create or replace table provider as ${provider} from ${lines(files.provider, files.without?.provider)}`);
  await db.run(`create or replace table list as select upper("Drug Name") as brand, upper("Generic Name") as generic, "Opioid Flag" = 'Y' as opioid, "LA Opioid Flag" = 'Y' as long_acting,
    "Antibiotic Flag" = 'Y' as antibiotic, "Antipsychotic Flag" = 'Y' as antipsychotic, "NDC Conflict Flag" = 'Y' as conflict from ${csv(files.drugList, ", skip = 3")}`);
  await db.run(`create or replace table city as select city as name, state_id as state, state_name, population::bigint as people from ${csv(files.cities)}`);
}

/** The sample of the package. */
export const openSampleSources = (db: DuckDBConnection): Promise<void> =>
  openSources(db, {
    layout: "derived",
    detail: join(SAMPLE, "provider_drug_2023_derived.csv.gz"),
    provider: join(SAMPLE, "providers_2023_derived.csv.gz"),
    drugList: join(SAMPLE, "drug_lists_2023_official.csv"),
    cities: join(SAMPLE, "us_cities.csv.gz"),
  });

/** Makes the open files those of another year: other claims and costs, some prescribers gone, some counts withheld. */
export async function toYearBefore(db: DuckDBConnection): Promise<void> {
  await db.run("update detail set claims = claims + cost::bigint % 7, cost = cost * 0.9 + 0.01 where npi::bigint % 10 <> 3");
  await db.run("delete from detail where npi::bigint % 11 = 5");
  await db.run("update provider set opioid = nullif(opioid + claims % 3, 12), antibiotic = null where npi::bigint % 4 = 1");
}

/** Content hash of each published table of the sample, whatever engine made it. */
export const SAMPLE_HASHES = { state: "128567242182", drug_report: "2763074271071", prescriber_report: "17978276097355", drug_utilization: "66506104625546" } as const;

const OFFICIAL = {
  detail: `select Prscrbr_NPI as npi, Prscrbr_Last_Org_Name as last, Prscrbr_First_Name as first, Prscrbr_City as city, Prscrbr_State_Abrvtn as state, Prscrbr_Type as specialty,
    Brnd_Name as brand, Gnrc_Name as generic, try_cast(Tot_Clms as bigint) as claims, try_cast(Tot_30day_Fills as decimal(18,1)) as fills, try_cast(Tot_Day_Suply as bigint) as days, try_cast(Tot_Drug_Cst as decimal(18,2)) as cost`,
  provider: `select PRSCRBR_NPI as npi, trim(coalesce(Prscrbr_First_Name || ' ', '') || coalesce(Prscrbr_Last_Org_Name, '')) as name, Prscrbr_Ent_Cd as entity, Prscrbr_City as city,
    try_cast(Tot_Clms as bigint) as claims, try_cast(Tot_Drug_Cst as decimal(18,2)) as cost, try_cast(Opioid_Tot_Clms as bigint) as opioid, try_cast(Antbtc_Tot_Clms as bigint) as antibiotic, try_cast(Tot_Benes as bigint) as benes`,
} as const;

// This layout has no names, cities, fills or days, and wrote 0 for suppressed counts: its zeros are unknown.
const DERIVED = {
  detail: `select npi, null::varchar as last, null::varchar as first, null::varchar as city, state, specialty, brand, drug as generic,
    claims::bigint as claims, null::decimal(18,1) as fills, null::bigint as days, cost::decimal(18,2) as cost`,
  provider: `select npi, name, entityCode as entity, city, claims::bigint as claims, cost::decimal(18,2) as cost,
    nullif(opioidClaims::bigint, 0) as opioid, nullif(antibioticClaims::bigint, 0) as antibiotic, nullif(benes::bigint, 0) as benes`,
} as const;

export interface ExpectedTable {
  readonly table: string;
  readonly key: readonly string[];
  readonly sql: string;
}

/** The drug list has one line a pair; if it ever had more, Y wins and unequal lines are a conflict. */
const drug: ExpectedTable = {
  table: "part_d_curated.drug",
  key: ["drug_brand_name", "drug_generic_name"],
  sql: `select brand as drug_brand_name, generic as drug_generic_name, max(opioid::int) = 1 as is_opioid, max(long_acting::int) = 1 as is_long_acting_opioid, max(antibiotic::int) = 1 as is_antibiotic,
    max(antipsychotic::int) = 1 as is_antipsychotic, max(conflict::int) = 1 or count(distinct (opioid, long_acting, antibiotic, antipsychotic)) > 1 as has_flag_conflict from list group by all`,
};

/** The codes of CMS's dictionary that the cities file does not have, and FM, which is in CMS's files alone. */
const WITHOUT_CITIES = {
  AA: "Armed Forces Central/South America", AE: "Armed Forces Europe", AP: "Armed Forces Pacific", AS: "American Samoa", FM: "Federated States of Micronesia", GU: "Guam",
  MP: "Northern Mariana Islands", VI: "Virgin Islands", XX: "Unknown", ZZ: "Foreign Country",
} as const;

const state: ExpectedTable = {
  table: "part_d_curated.state",
  key: ["state_code"],
  sql: `select state as state_code, max(state_name) as state_name, count(*) as city_count, sum(people)::bigint as urban_area_population_sum from city group by state
    union all values ${Object.entries(WITHOUT_CITIES).map(([code, name]) => `('${code}', '${name}', 0, null)`).join(", ")}`,
};

const DRUG_KEY = "('0x' || left(md5(d.brand || chr(9) || d.generic), 12))::bigint";

const drugReport: ExpectedTable = {
  table: "part_d_curated.drug_report",
  key: ["drug_brand_name", "drug_generic_name"],
  sql: `select ${DRUG_KEY} as drug_key, d.brand as drug_brand_name, d.generic as drug_generic_name,
    case when (select count(*) from list l where l.brand = upper(d.brand) and l.generic = upper(d.generic) and l.antibiotic) > 0 then 'Antibiotic' else 'Non-antibiotic' end as drug_type,
    lower(d.brand) <> lower(d.generic) as is_brand,
    ${["antibiotic", "opioid", "long_acting", "antipsychotic"].map((flag) => `(select count(*) from list l where l.brand = upper(d.brand) and l.generic = upper(d.generic) and l.${flag}) > 0 as is_${flag === "long_acting" ? "long_acting_opioid" : flag}`).join(", ")},
    (select count(*) from list l where l.brand = upper(d.brand) and l.generic = upper(d.generic) and l.conflict) > 0 as has_flag_conflict,
    count(distinct d.npi) as prescriber_count, sum(d.claims)::bigint as claim_count, sum(d.cost)::decimal(18,2) as drug_cost_usd, sum(d.fills)::decimal(18,1) as fill_30day_count, sum(d.days)::bigint as day_supply_days
    from detail d group by d.brand, d.generic`,
};

/** Every prescriber by the description that most of the claims carry; equal ones by the greater text. */
export const PERSON = `person as (
      select distinct on (npi) npi, trim(coalesce(first || ' ', '') || coalesce(last, '')) as name, city, ifnull(state, 'XX') as state, ifnull(specialty, 'Unknown') as specialty
      from (select npi, first, last, city, state, specialty, sum(claims) as n from detail group by all) as described
      order by npi, n desc, concat_ws('|', last, first, city, described.state, described.specialty) desc)`;

const prescriberReport: ExpectedTable = {
  table: "part_d_curated.prescriber_report",
  key: ["prescriber_npi"],
  sql: `with ${PERSON},
    sums as (select npi, count(*) as drugs, sum(claims)::bigint as claims, sum(cost)::decimal(18,2) as cost, sum(fills)::decimal(18,1) as fills, sum(days)::bigint as days from detail group by npi)
    select s.npi as prescriber_npi, coalesce(p.name, nullif(person.name, '')) as prescriber_name,
      case p.entity when 'I' then 'Individual' when 'O' then 'Organization' else 'Unknown' end as prescriber_type,
      person.specialty, coalesce(person.city, p.city) as city, person.state as state_code, (select state_name from (${state.sql}) s where s.state_code = person.state) as state_name,
      s.drugs as drug_count, s.claims as claim_count, s.cost as drug_cost_usd, s.fills as fill_30day_count, s.days as day_supply_days,
      p.claims as provider_claim_count, p.cost as provider_drug_cost_usd, p.opioid as opioid_claim_count, p.antibiotic as antibiotic_claim_count, p.benes as beneficiary_count
    from sums s join person using (npi) left join provider p on p.npi = s.npi`,
};

/** Rows counted where their prescriber is, whatever the row itself says. */
const drugUtilization: ExpectedTable = {
  table: "part_d_curated.drug_utilization",
  key: ["drug_key", "state_code", "specialty"],
  sql: `with ${PERSON},
    flagged as (${drugReport.sql})
    select f.drug_key, person.state as state_code, person.specialty, any_value(f.is_brand) as is_brand, any_value(f.is_antibiotic) as is_antibiotic, any_value(f.is_opioid) as is_opioid,
      count(distinct d.npi) as prescriber_count, sum(d.claims)::bigint as claim_count, sum(d.cost)::decimal(18,2) as drug_cost_usd, sum(d.fills)::decimal(18,1) as fill_30day_count, sum(d.days)::bigint as day_supply_days
    from detail d join person using (npi) join flagged f on f.drug_brand_name = d.brand and f.drug_generic_name = d.generic group by f.drug_key, person.state, person.specialty`,
};

export const CURATED: readonly ExpectedTable[] = [drug, state, drugReport, prescriberReport, drugUtilization];

/** The two reports as tables, so that the tiles need not compute them sixteen times. */
export async function openReports(db: DuckDBConnection): Promise<void> {
  await db.run(`create or replace table expected_drug as ${drugReport.sql}`);
  await db.run(`create or replace table expected_prescriber as ${prescriberReport.sql}`);
}

const FIGURES = "sum(claim_count)::bigint as claims, sum(drug_cost_usd) as cost_usd";
const top = (by: string, first: string): string => `select ${by}, ${FIGURES}, (select sum(claims) from detail)::bigint as claims_total, (select sum(cost) from detail) as cost_usd_total from expected_drug group by ${by} order by ${first} desc, ${by} limit 10`;
const split = (by: string, shown = by): string => `select ${shown}, ${FIGURES}, count(*) as pairs, (select sum(claims) from detail)::bigint as claims_total, (select count(*) from expected_drug) as pairs_total, (select sum(cost) from detail) as cost_usd_total from expected_drug group by ${by} order by claims desc, 1`;
const whole = "(select count(distinct npi) from detail) as prescribers_total, (select sum(claims) from detail)::bigint as claims_total, (select sum(cost) from detail) as cost_usd_total";
const person = (first: string): string => `select prescriber_npi, prescriber_name, specialty, city, state_code, claim_count as claims, drug_cost_usd as cost_usd, (select sum(claims) from detail)::bigint as claims_total, (select sum(cost) from detail) as cost_usd_total from expected_prescriber order by ${first} desc, prescriber_npi limit 10`;
const group = (by: readonly string[]): string => `select ${by.join(", ")}, count(*) as prescribers, ${FIGURES}, ${whole} from expected_prescriber group by ${by.join(", ")} order by prescribers desc, ${by.map((each) => `${each} nulls first`).join(", ")}`;

/** States and specialties by a figure that is computed, where there are claims enough. */
const NAMED = `(select code, max(name) as name from (select state_code as code, state_name as name from (${state.sql}) s) group by code)`;
const branded = (by: string, shown: string): string => `select ${shown}, sum(claims)::bigint as claims from line left join ${NAMED} named on named.code = line.state group by all having sum(claims) >= 1000
  order by sum(cents) filter (branded) / sum(cents) desc nulls last, ${by} limit 10`;
const kindBySpecialty = (kind: string): string => `select specialty, sum(${kind})::bigint as ${kind}_claims, (sum(all_claims) filter (${kind} is not null))::bigint as claims_with_known_${kind}, count(${kind}) as prescribers_with_known_${kind}
  from someone group by specialty having count(${kind}) >= 20 order by sum(${kind}) / sum(all_claims) filter (${kind} is not null) desc, specialty limit 10`;
const kindByPerson = (kind: string): string => `select prescriber_npi, prescriber_name, specialty, city, state_code, ${kind}_claim_count as ${kind}_claims, provider_claim_count as claims_with_known_${kind}, peers_with_known_${kind}
  from (select *, count(${kind}_claim_count) over (partition by specialty, state_code) as peers_with_known_${kind} from expected_prescriber) as beside_peers
  where provider_claim_count >= 500 and ${kind}_claim_count is not null order by ${kind}_claim_count / provider_claim_count desc, prescriber_npi limit 10`;

/** Figures of every tile of the overviews, by its id, in one year; those that are quotients are left out (MEASURES has them). */
export const TILES: Readonly<Record<string, string>> = {
  "drug-totals": "select sum(claims)::bigint as claims, sum(cost) as cost_usd, count(distinct generic) as generic_names, count(distinct brand) as brand_names, count(distinct (brand, generic)) as pairs from detail",
  "generic-by-claims": top("drug_generic_name", "claims"),
  "generic-by-cost": top("drug_generic_name", "cost_usd"),
  "brand-by-claims": top("drug_brand_name", "claims"),
  "brand-by-cost": top("drug_brand_name", "cost_usd"),
  "drug-types": split("is_antibiotic", "is_antibiotic::int as is_antibiotic"),
  opioids: split("is_opioid", "is_opioid::int as is_opioid"),
  "brand-or-generic": split("is_brand", "is_brand::int as is_brand"),
  "prescriber-totals": "select count(distinct npi) as prescribers, sum(claims)::bigint as claims, sum(cost) as cost_usd from detail",
  "prescriber-by-claims": person("claims"),
  "prescriber-by-cost": person("cost_usd"),
  states: group(["state_code", "state_name"]),
  "prescriber-types": group(["prescriber_type"]),
  specialties: group(["specialty"]),
  // There is no year before, so nothing rose.
  "year-changes": "select sum(cost) as cost_usd, null as cost_usd_year_before, null as cost_usd_rise from detail",
  "cost-by-year": "select 2023 as year, sum(cost) as cost_usd, sum(claims)::bigint as claims from detail",
  "generic-rise": "select 1 where false",
  "state-change": "select 1 where false",
  "brand-shares": "select null as cost_per_claim",
  "brand-share-by-year": "select 2023 as year",
  "brand-share-states": branded("state_code", "line.state as state_code, named.name as state_name"),
  "brand-share-specialties": branded("specialty", "specialty"),
  "rate-totals": "select count(opioid) as prescribers_with_known_opioid, count(antibiotic) as prescribers_with_known_antibiotic from someone",
  "opioid-specialties": kindBySpecialty("opioid"),
  "opioid-prescribers": kindByPerson("opioid"),
  "antibiotic-specialties": kindBySpecialty("antibiotic"),
  "antibiotic-prescribers": kindByPerson("antibiotic"),
};
