-- part-d/curated/prescriber_report@2023#insert
insert overwrite table lake.part_d_curated.prescriber_report.branch_run_000000000000
partition (year = 2023) by name
-- One prescriber with all published drugs added up, beside CMS's own totals of the prescriber.
-- grain: prescriber_npi
-- caveat: drugs under 11 claims are not published, so the sums lie below provider_claim_count and provider_drug_cost_usd.
-- A prescriber whose state is not in the state table stays in, without a state name.
with

prescriber_drug as (
    select
        prescriber_npi,
        prescriber_last_or_organization_name,
        prescriber_first_name,
        city,
        state_code,
        specialty,
        claim_count,
        fill_30day_count,
        day_supply_days,
        drug_cost_usd
    from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
    where year = 2023
),

prescriber as (
    select
        prescriber_npi,
        prescriber_name,
        entity_code,
        city,
        claim_count,
        drug_cost_usd,
        opioid_claim_count,
        antibiotic_claim_count,
        beneficiary_count
    from lake.part_d_cleansed.prescriber.branch_run_000000000000
    where year = 2023
),

state as (
    select
        state_code,
        state_name
    from lake.part_d_curated.state.branch_run_000000000000
    where year = 2023
),

-- one row per prescriber and the way its rows describe it; more than one only where the source contradicts itself
described as (
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
    from prescriber_drug
    group by
        prescriber_npi,
        prescriber_last_or_organization_name,
        prescriber_first_name,
        city,
        state_code,
        specialty
),

-- one row per prescriber: the description with the most claims counts; ties by its text, so that a rerun agrees
totals as (
    select
        prescriber_npi,
        max_by(
            named_struct(
                'name', nullif(concat_ws(' ', prescriber_first_name, prescriber_last_or_organization_name), ''),
                'city', city,
                'state_code', coalesce(state_code, 'XX'),
                'specialty', coalesce(specialty, 'Unknown')
            ),
            named_struct(
                'claim_count', claim_count,
                'text', concat_ws('|', prescriber_last_or_organization_name, prescriber_first_name, city, state_code, specialty)
            )
        ) as described,
        sum(drug_count) as drug_count,
        sum(claim_count) as claim_count,
        sum(drug_cost_usd) as drug_cost_usd,
        sum(fill_30day_count) as fill_30day_count,
        sum(day_supply_days) as day_supply_days
    from described
    group by prescriber_npi
)

select
    totals.prescriber_npi,
    coalesce(prescriber.prescriber_name, totals.described.name) as prescriber_name,
    case prescriber.entity_code when 'I' then 'Individual' when 'O' then 'Organization' else 'Unknown' end as prescriber_type,
    totals.described.specialty as specialty,
    coalesce(totals.described.city, prescriber.city) as city,
    totals.described.state_code as state_code,
    state.state_name,
    totals.drug_count,
    totals.claim_count,
    cast(totals.drug_cost_usd as decimal(18, 2)) as drug_cost_usd,
    cast(totals.fill_30day_count as decimal(18, 1)) as fill_30day_count,
    totals.day_supply_days,
    prescriber.claim_count as provider_claim_count,
    cast(prescriber.drug_cost_usd as decimal(18, 2)) as provider_drug_cost_usd,
    prescriber.opioid_claim_count,
    prescriber.antibiotic_claim_count,
    prescriber.beneficiary_count
from totals
left join prescriber
    on totals.prescriber_npi = prescriber.prescriber_npi
left join state
    on totals.described.state_code = state.state_code;

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_curated.prescriber_report.branch_run_000000000000
where year = 2023
having count(*) = 0;

-- gate C01-report prescriber_npi_is_unique, error
-- One row a key that stands more than once. That no key is null is the contract's: key columns are declared not null.
-- Keys are counted by their 64-bit hash first: only rows that share a hash are compared in full. The count of suspects
-- is asked before the rows are fetched for that: without suspects, which is the rule, no key is shuffled. Hashes are
-- dealt out before they are counted: nearly all differ, so counting them on both sides of a shuffle would only fill memory.
with

hashes as (
    select /*+ repartition(key_hash) */ xxhash64(prescriber_npi) as key_hash
    from lake.part_d_curated.prescriber_report.branch_run_000000000000
    where year = 2023
),

hash_counts as (
    select
        key_hash,
        count(*) as row_count
    from hashes
    group by key_hash
),

suspects as (
    select key_hash
    from hash_counts
    where row_count > 1
)

select
    prescriber_npi,
    count(*) as row_count
from lake.part_d_curated.prescriber_report.branch_run_000000000000
left semi join suspects
    on xxhash64(prescriber_npi) = suspects.key_hash
where year = 2023
    and (select count(*) from suspects) > 0
group by prescriber_npi
having count(*) > 1;

-- gate G08 prescriber_is_in_provider_file, warn
-- One prescriber with drug rows who is not in By Provider.
select prescriber_report.prescriber_npi
from lake.part_d_curated.prescriber_report.branch_run_000000000000 as prescriber_report
left anti join (
    select prescriber_npi
    from lake.part_d_cleansed.prescriber.branch_run_000000000000
    where year = 2023
) as prescriber
    on prescriber_report.prescriber_npi = prescriber.prescriber_npi
where prescriber_report.year = 2023;

-- gate G09 prescriber_total_within_provider_file, error
-- One prescriber whose published drug rows add up to more than CMS's own total of the prescriber.
select
    prescriber_npi,
    claim_count,
    provider_claim_count,
    drug_cost_usd,
    provider_drug_cost_usd
from lake.part_d_curated.prescriber_report.branch_run_000000000000
where year = 2023
    and (
        claim_count > provider_claim_count
        or drug_cost_usd > provider_drug_cost_usd + 0.5 * drug_count
    );

-- gate R01 reports_add_up_to_the_same_cent, error
-- One row when the two reports and the rows they are made of do not add up to the same claims and the same cent.
with

prescriber_totals as (
    select
        sum(claim_count) as claim_count,
        sum(drug_cost_usd) as drug_cost_usd
    from lake.part_d_curated.prescriber_report.branch_run_000000000000
    where year = 2023
),

drug_totals as (
    select
        sum(claim_count) as claim_count,
        sum(drug_cost_usd) as drug_cost_usd
    from lake.part_d_curated.drug_report.branch_run_000000000000
    where year = 2023
),

row_totals as (
    select
        sum(claim_count) as claim_count,
        sum(drug_cost_usd) as drug_cost_usd
    from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
    where year = 2023
)

select
    prescriber_totals.claim_count as prescriber_claim_count,
    drug_totals.claim_count as drug_claim_count,
    row_totals.claim_count as row_claim_count,
    prescriber_totals.drug_cost_usd as prescriber_drug_cost_usd,
    drug_totals.drug_cost_usd as drug_drug_cost_usd,
    row_totals.drug_cost_usd as row_drug_cost_usd
from prescriber_totals
cross join drug_totals
cross join row_totals
where prescriber_totals.claim_count is distinct from drug_totals.claim_count
    or prescriber_totals.claim_count is distinct from row_totals.claim_count
    or prescriber_totals.drug_cost_usd is distinct from drug_totals.drug_cost_usd
    or prescriber_totals.drug_cost_usd is distinct from row_totals.drug_cost_usd;

-- gate B19 row_count_is_near_last_year, warn
-- only when this returns a row, else: lake has no year 2022 to compare with
select 1 from lake.part_d_curated.prescriber_report.branch_run_000000000000 where year = 2022 limit 1;
-- One row when this year's row count leaves the band around last year's.
select
    count_if(year = 2023) as row_count,
    count_if(year = 2022) as previous_row_count
from lake.part_d_curated.prescriber_report.branch_run_000000000000
where year in (2023, 2022)
having count_if(year = 2023) < count_if(year = 2022) * 0.95
    or count_if(year = 2023) > count_if(year = 2022) * 1.08;
