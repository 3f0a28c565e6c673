-- The tables of Part D after raw, in SQL that Spark and DuckDB both run: what a careful author would write by hand,
-- without gates, quarantine and branches. A section a table; names of zone and table are joined by an underscore.

-- table: cleansed_prescriber_drug
select
    prscrbr_npi as prescriber_npi,
    brnd_name as drug_brand_name,
    gnrc_name as drug_generic_name,
    prscrbr_last_org_name as prescriber_last_or_organization_name,
    prscrbr_first_name as prescriber_first_name,
    prscrbr_city as city,
    prscrbr_state_abrvtn as state_code,
    prscrbr_state_fips as state_fips_code,
    prscrbr_type as specialty,
    prscrbr_type_src as specialty_source,
    cast(tot_clms as bigint) as claim_count,
    cast(tot_30day_fills as decimal(12, 1)) as fill_30day_count,
    cast(tot_day_suply as bigint) as day_supply_days,
    cast(tot_drug_cst as decimal(14, 2)) as drug_cost_usd,
    cast(tot_benes as bigint) as beneficiary_count,
    ge65_sprsn_flag as ge65_suppression_flag,
    cast(ge65_tot_clms as bigint) as ge65_claim_count,
    cast(ge65_tot_30day_fills as decimal(12, 1)) as ge65_fill_30day_count,
    cast(ge65_tot_drug_cst as decimal(14, 2)) as ge65_drug_cost_usd,
    cast(ge65_tot_day_suply as bigint) as ge65_day_supply_days,
    ge65_bene_sprsn_flag as ge65_beneficiary_suppression_flag,
    cast(ge65_tot_benes as bigint) as ge65_beneficiary_count
from raw_prescriber_drug

-- table: cleansed_prescriber
select
    prscrbr_npi as prescriber_npi,
    nullif(concat_ws(' ', prscrbr_first_name, prscrbr_last_org_name), '') as prescriber_name,
    prscrbr_ent_cd as entity_code,
    prscrbr_city as city,
    prscrbr_state_abrvtn as state_code,
    lpad(prscrbr_zip5, 5, '0') as zip_code,
    prscrbr_type as specialty,
    cast(tot_clms as bigint) as claim_count,
    cast(tot_30day_fills as decimal(12, 2)) as fill_30day_count,
    cast(tot_day_suply as bigint) as day_supply_days,
    cast(tot_drug_cst as decimal(16, 2)) as drug_cost_usd,
    cast(tot_benes as bigint) as beneficiary_count,
    cast(brnd_tot_clms as bigint) as brand_claim_count,
    cast(brnd_tot_drug_cst as decimal(16, 2)) as brand_drug_cost_usd,
    cast(gnrc_tot_clms as bigint) as generic_claim_count,
    cast(gnrc_tot_drug_cst as decimal(16, 2)) as generic_drug_cost_usd,
    cast(othr_tot_clms as bigint) as other_claim_count,
    cast(othr_tot_drug_cst as decimal(16, 2)) as other_drug_cost_usd,
    cast(opioid_tot_clms as bigint) as opioid_claim_count,
    cast(opioid_la_tot_clms as bigint) as opioid_long_acting_claim_count,
    cast(opioid_prscrbr_rate as decimal(6, 2)) as opioid_claim_pct,
    cast(antbtc_tot_clms as bigint) as antibiotic_claim_count,
    cast(bene_avg_age as decimal(6, 2)) as beneficiary_average_age_years,
    cast(bene_avg_risk_scre as decimal(8, 4)) as beneficiary_average_risk_score
from raw_prescriber

-- table: cleansed_drug
select
    'US' as area_code,
    upper(brnd_name) as drug_brand_name,
    upper(gnrc_name) as drug_generic_name,
    opioid_drug_flag = 'Y' as is_opioid,
    opioid_la_drug_flag = 'Y' as is_long_acting_opioid,
    antbtc_drug_flag = 'Y' as is_antibiotic,
    antpsyct_drug_flag = 'Y' as is_antipsychotic,
    coalesce(ndc_conflict_flag = 'Y', false) as has_ndc_conflict
from raw_drug

-- table: cleansed_state
select
    state_id as state_code,
    state_name,
    city as city_name,
    lpad(county_fips, 5, '0') as county_fips_code,
    county_name,
    cast(population as bigint) as urban_area_population
from raw_state

-- table: curated_drug
select
    drug_brand_name,
    drug_generic_name,
    bool_or(is_opioid) as is_opioid,
    bool_or(is_long_acting_opioid) as is_long_acting_opioid,
    bool_or(is_antibiotic) as is_antibiotic,
    bool_or(is_antipsychotic) as is_antipsychotic,
    bool_or(has_ndc_conflict)
        or bool_or(is_opioid) != bool_and(is_opioid)
        or bool_or(is_long_acting_opioid) != bool_and(is_long_acting_opioid)
        or bool_or(is_antibiotic) != bool_and(is_antibiotic)
        or bool_or(is_antipsychotic) != bool_and(is_antipsychotic) as has_flag_conflict
from cleansed_drug
group by drug_brand_name, drug_generic_name

-- table: curated_state
select
    state_code,
    state_name,
    count(*) as city_count,
    cast(sum(urban_area_population) as bigint) as urban_area_population_sum
from cleansed_state
group by state_code, state_name
union all
select state_code, state_name, 0, null
from (
    values ('AA', 'Armed Forces Central/South America'), ('AE', 'Armed Forces Europe'), ('AP', 'Armed Forces Pacific'), ('AS', 'American Samoa'),
        ('FM', 'Federated States of Micronesia'), ('GU', 'Guam'), ('MP', 'Northern Mariana Islands'), ('VI', 'Virgin Islands'),
        ('XX', 'Unknown'), ('ZZ', 'Foreign Country')
) as elsewhere(state_code, state_name)

-- table: curated_drug_report
with totals as (
    select
        drug_brand_name,
        drug_generic_name,
        count(*) as prescriber_count,
        sum(claim_count) as claim_count,
        sum(drug_cost_usd) as drug_cost_usd,
        sum(fill_30day_count) as fill_30day_count,
        sum(day_supply_days) as day_supply_days
    from cleansed_prescriber_drug
    group by drug_brand_name, drug_generic_name
)
select
    cast(conv(substring(md5(concat(totals.drug_brand_name, chr(9), totals.drug_generic_name)), 1, 12), 16, 10) as bigint) as drug_key,
    totals.drug_brand_name,
    totals.drug_generic_name,
    case when drug.is_antibiotic then 'Antibiotic' else 'Non-antibiotic' end as drug_type,
    upper(totals.drug_brand_name) != upper(totals.drug_generic_name) as is_brand,
    coalesce(drug.is_antibiotic, false) as is_antibiotic,
    coalesce(drug.is_opioid, false) as is_opioid,
    coalesce(drug.is_long_acting_opioid, false) as is_long_acting_opioid,
    coalesce(drug.is_antipsychotic, false) as is_antipsychotic,
    coalesce(drug.has_flag_conflict, false) as has_flag_conflict,
    totals.prescriber_count,
    cast(totals.claim_count as bigint) as claim_count,
    cast(totals.drug_cost_usd as decimal(18, 2)) as drug_cost_usd,
    cast(totals.fill_30day_count as decimal(18, 1)) as fill_30day_count,
    cast(totals.day_supply_days as bigint) as day_supply_days
from totals
left join curated_drug as drug
    on upper(totals.drug_brand_name) = drug.drug_brand_name
    and upper(totals.drug_generic_name) = drug.drug_generic_name

-- table: curated_prescriber_report
with totals as (
    select
        prescriber_npi,
        prescriber_last_or_organization_name,
        prescriber_first_name,
        city,
        state_code,
        specialty,
        count(*) as drug_count,
        sum(claim_count) as claim_count,
        sum(drug_cost_usd) as drug_cost_usd,
        sum(fill_30day_count) as fill_30day_count,
        sum(day_supply_days) as day_supply_days
    from cleansed_prescriber_drug
    group by prescriber_npi, prescriber_last_or_organization_name, prescriber_first_name, city, state_code, specialty
)
select
    totals.prescriber_npi,
    coalesce(
        prescriber.prescriber_name,
        nullif(concat_ws(' ', totals.prescriber_first_name, totals.prescriber_last_or_organization_name), '')
    ) as prescriber_name,
    case prescriber.entity_code when 'I' then 'Individual' when 'O' then 'Organization' else 'Unknown' end as prescriber_type,
    coalesce(totals.specialty, 'Unknown') as specialty,
    coalesce(totals.city, prescriber.city) as city,
    coalesce(totals.state_code, 'XX') as state_code,
    state.state_name,
    totals.drug_count,
    cast(totals.claim_count as bigint) as claim_count,
    cast(totals.drug_cost_usd as decimal(18, 2)) as drug_cost_usd,
    cast(totals.fill_30day_count as decimal(18, 1)) as fill_30day_count,
    cast(totals.day_supply_days as bigint) as day_supply_days,
    prescriber.claim_count as provider_claim_count,
    cast(prescriber.drug_cost_usd as decimal(18, 2)) as provider_drug_cost_usd,
    prescriber.opioid_claim_count,
    prescriber.antibiotic_claim_count,
    prescriber.beneficiary_count
from totals
left join cleansed_prescriber as prescriber
    on totals.prescriber_npi = prescriber.prescriber_npi
left join curated_state as state
    on coalesce(totals.state_code, 'XX') = state.state_code

-- table: curated_drug_utilization
select
    drug.drug_key,
    prescriber.state_code,
    prescriber.specialty,
    drug.is_brand,
    drug.is_antibiotic,
    drug.is_opioid,
    count(*) as prescriber_count,
    cast(sum(prescriber_drug.claim_count) as bigint) as claim_count,
    cast(sum(prescriber_drug.drug_cost_usd) as decimal(18, 2)) as drug_cost_usd,
    cast(sum(prescriber_drug.fill_30day_count) as decimal(18, 1)) as fill_30day_count,
    cast(sum(prescriber_drug.day_supply_days) as bigint) as day_supply_days
from cleansed_prescriber_drug as prescriber_drug
inner join curated_prescriber_report as prescriber
    on prescriber_drug.prescriber_npi = prescriber.prescriber_npi
inner join curated_drug_report as drug
    on prescriber_drug.drug_brand_name = drug.drug_brand_name
    and prescriber_drug.drug_generic_name = drug.drug_generic_name
group by drug.drug_key, prescriber.state_code, prescriber.specialty, drug.is_brand, drug.is_antibiotic, drug.is_opioid
