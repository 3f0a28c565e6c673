-- part-d/curated/drug_report@2023#insert
insert overwrite table lake.part_d_curated.drug_report.branch_run_000000000000
partition (year = 2023) by name
-- One drug, as brand and generic name, with what all prescribers ordered of it in the year.
-- grain: drug_brand_name, drug_generic_name
-- caveat: rows under 11 claims are not published, so totals lie below the official ones.
with

prescriber_drug as (
    select
        drug_brand_name,
        drug_generic_name,
        claim_count,
        fill_30day_count,
        day_supply_days,
        drug_cost_usd
    from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
    where year = 2023
),

drug as (
    select
        drug_brand_name,
        drug_generic_name,
        is_opioid,
        is_long_acting_opioid,
        is_antibiotic,
        is_antipsychotic,
        has_flag_conflict
    from lake.part_d_curated.drug.branch_run_000000000000
    where year = 2023
),

-- one row per brand and generic name; a prescriber has one row a drug, so rows are prescribers
totals as (
    select
        drug_brand_name,
        drug_generic_name,
        count(*) as prescriber_count,
        sum(claim_count) as claim_count,
        sum(drug_cost_usd) as drug_cost_usd,
        sum(fill_30day_count) as fill_30day_count,
        sum(day_supply_days) as day_supply_days
    from prescriber_drug
    group by drug_brand_name, drug_generic_name
)

select
    cast(conv(substring(md5(concat(totals.drug_brand_name, '\t', totals.drug_generic_name)), 1, 12), 16, 10) as bigint) as drug_key,
    totals.drug_brand_name,
    totals.drug_generic_name,
    if(coalesce(drug.is_antibiotic, false), 'Antibiotic', 'Non-antibiotic') as drug_type,
    upper(totals.drug_brand_name) != upper(totals.drug_generic_name) as is_brand,
    coalesce(drug.is_antibiotic, false) as is_antibiotic,
    coalesce(drug.is_opioid, false) as is_opioid,
    coalesce(drug.is_long_acting_opioid, false) as is_long_acting_opioid,
    coalesce(drug.is_antipsychotic, false) as is_antipsychotic,
    coalesce(drug.has_flag_conflict, false) as has_flag_conflict,
    totals.prescriber_count,
    totals.claim_count,
    cast(totals.drug_cost_usd as decimal(18, 2)) as drug_cost_usd,
    cast(totals.fill_30day_count as decimal(18, 1)) as fill_30day_count,
    totals.day_supply_days
from totals
left join drug
    on upper(totals.drug_brand_name) = drug.drug_brand_name
    and upper(totals.drug_generic_name) = drug.drug_generic_name;

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_curated.drug_report.branch_run_000000000000
where year = 2023
having count(*) = 0;

-- gate B02-report drug_brand_name_and_drug_generic_name_is_unique, error
-- One row a key that stands more than once. That no key is null is the contract's: key columns are declared not null.
-- Keys are counted by their 64-bit hash first: only rows that share a hash are compared in full. The count of suspects
-- is asked before the rows are fetched for that: without suspects, which is the rule, no key is shuffled. Hashes are
-- dealt out before they are counted: nearly all differ, so counting them on both sides of a shuffle would only fill memory.
with

hashes as (
    select /*+ repartition(key_hash) */ xxhash64(drug_brand_name, drug_generic_name) as key_hash
    from lake.part_d_curated.drug_report.branch_run_000000000000
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
    drug_brand_name, drug_generic_name,
    count(*) as row_count
from lake.part_d_curated.drug_report.branch_run_000000000000
left semi join suspects
    on xxhash64(drug_brand_name, drug_generic_name) = suspects.key_hash
where year = 2023
    and (select count(*) from suspects) > 0
group by drug_brand_name, drug_generic_name
having count(*) > 1;

-- gate B02-key drug_key_is_unique, error
-- One row a key that stands more than once. That no key is null is the contract's: key columns are declared not null.
-- Keys are counted by their 64-bit hash first: only rows that share a hash are compared in full. The count of suspects
-- is asked before the rows are fetched for that: without suspects, which is the rule, no key is shuffled. Hashes are
-- dealt out before they are counted: nearly all differ, so counting them on both sides of a shuffle would only fill memory.
with

hashes as (
    select /*+ repartition(key_hash) */ xxhash64(drug_key) as key_hash
    from lake.part_d_curated.drug_report.branch_run_000000000000
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
    drug_key,
    count(*) as row_count
from lake.part_d_curated.drug_report.branch_run_000000000000
left semi join suspects
    on xxhash64(drug_key) = suspects.key_hash
where year = 2023
    and (select count(*) from suspects) > 0
group by drug_key
having count(*) > 1;

-- gate G10 drug_total_within_national_row, error
-- only when this returns a row, else: the drug list has no claims; CMS's geography file has them
-- One row when the drug source of the year tells national claims by drug.
select 1 as known
from lake.part_d_cleansed.drug.branch_run_000000000000
where year = 2023
    and area_code = 'US'
    and claim_count is not null
limit 1;
-- One drug whose published rows add up to more than CMS's national row of the drug.
select
    drug_report.drug_brand_name,
    drug_report.drug_generic_name,
    drug_report.claim_count,
    national.claim_count as national_claim_count
from lake.part_d_curated.drug_report.branch_run_000000000000 as drug_report
inner join (
    select
        drug_brand_name,
        drug_generic_name,
        claim_count
    from lake.part_d_cleansed.drug.branch_run_000000000000
    where year = 2023
        and area_code = 'US'
) as national
    on upper(drug_report.drug_brand_name) = national.drug_brand_name
    and upper(drug_report.drug_generic_name) = national.drug_generic_name
where drug_report.year = 2023
    and drug_report.claim_count > national.claim_count;

-- gate G11 year_total_within_official_total, error
-- only when this returns a row, else: official totals are known for 2013 to 2023
-- One row when the year has an official national total (2013 to 2023).
select 1 as known
where 2023 between 2013 and 2023;
-- One row when the published rows of the year add up to more than the official national total.
with

official as (
    select explode(map(2013, named_struct('claims', 1369064084L, 'cost_usd', 103677954376L), 2014, named_struct('claims', 1415081795L, 'cost_usd', 121441230618L), 2015, named_struct('claims', 1448169807L, 'cost_usd', 137348663894L), 2016, named_struct('claims', 1482060142L, 'cost_usd', 146132548587L), 2017, named_struct('claims', 1495403837L, 'cost_usd', 154799171300L), 2018, named_struct('claims', 1500627623L, 'cost_usd', 168110071799L), 2019, named_struct('claims', 1503141059L, 'cost_usd', 183159506353L), 2020, named_struct('claims', 1497346670L, 'cost_usd', 198631624378L), 2021, named_struct('claims', 1500045093L, 'cost_usd', 215656278336L), 2022, named_struct('claims', 1543890687L, 'cost_usd', 240372180263L), 2023, named_struct('claims', 1616937313L, 'cost_usd', 275812762317L))) as (data_year, official)
),

report as (
    select
        sum(claim_count) as claim_count,
        sum(drug_cost_usd) as drug_cost_usd
    from lake.part_d_curated.drug_report.branch_run_000000000000
    where year = 2023
)

select
    report.claim_count,
    official.official.claims as official_claim_count,
    report.drug_cost_usd,
    official.official.cost_usd as official_drug_cost_usd
from report
inner join official
    on official.data_year = 2023
where report.claim_count > official.official.claims
    or report.drug_cost_usd > official.official.cost_usd;

-- gate B17 cost_per_claim_is_near_last_year, warn
-- only when this returns a row, else: lake has no year 2022 to compare with
select 1 from lake.part_d_curated.drug_report.branch_run_000000000000 where year = 2022 limit 1;
-- One drug whose cost a claim is more than so many times above or below last year's.
with

costs as (
    select
        drug_brand_name,
        drug_generic_name,
        max(if(year = 2023, try_divide(drug_cost_usd, claim_count), null)) as cost_per_claim_usd,
        max(if(year = 2022, try_divide(drug_cost_usd, claim_count), null)) as previous_cost_per_claim_usd
    from lake.part_d_curated.drug_report.branch_run_000000000000
    where year in (2023, 2022)
    group by drug_brand_name, drug_generic_name
)

select
    drug_brand_name,
    drug_generic_name,
    cost_per_claim_usd,
    previous_cost_per_claim_usd
from costs
where cost_per_claim_usd > previous_cost_per_claim_usd * 3
    or cost_per_claim_usd * 3 < previous_cost_per_claim_usd;

-- gate B19 row_count_is_near_last_year, warn
-- only when this returns a row, else: lake has no year 2022 to compare with
select 1 from lake.part_d_curated.drug_report.branch_run_000000000000 where year = 2022 limit 1;
-- One row when this year's row count leaves the band around last year's.
select
    count_if(year = 2023) as row_count,
    count_if(year = 2022) as previous_row_count
from lake.part_d_curated.drug_report.branch_run_000000000000
where year in (2023, 2022)
having count_if(year = 2023) < count_if(year = 2022) * 0.9
    or count_if(year = 2023) > count_if(year = 2022) * 1.15;
