-- part-d/curated/drug_utilization@2023#insert
insert overwrite table lake.part_d_curated.drug_utilization.branch_run_000000000000
partition (year = 2023) by name
-- One drug as ordered by the prescribers of one specialty in one state in the year.
-- grain: drug_key, state_code, specialty
-- caveat: rows under 11 claims are not published, so a drug that a group orders seldom is missing or too low.
-- Nearly all rows name the state and specialty that prescriber_report has: joining each to its prescriber to learn them
-- would send the whole table through a shuffle. Only prescribers whose rows disagree are looked up, which are few.
with

prescriber_drug as (
    select
        prescriber_npi,
        drug_brand_name,
        drug_generic_name,
        coalesce(state_code, 'XX') as state_code,
        coalesce(specialty, 'Unknown') as specialty,
        claim_count,
        fill_30day_count,
        day_supply_days,
        drug_cost_usd
    from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
    where year = 2023
),

-- one row per prescriber whose rows name more than one state or specialty: none in CMS's files, some where files are mixed
described_twice as (
    select prescriber_npi
    from prescriber_drug
    group by prescriber_npi
    having min(xxhash64(state_code, specialty)) != max(xxhash64(state_code, specialty))
),

-- one row per such prescriber, as the report describes it
settled as (
    select
        prescriber_report.prescriber_npi,
        prescriber_report.state_code,
        prescriber_report.specialty
    from lake.part_d_curated.prescriber_report.branch_run_000000000000 as prescriber_report
    left semi join described_twice
        on prescriber_report.prescriber_npi = described_twice.prescriber_npi
    where prescriber_report.year = 2023
),

drug as (
    select
        drug_key,
        drug_brand_name,
        drug_generic_name,
        is_brand,
        is_antibiotic,
        is_opioid
    from lake.part_d_curated.drug_report.branch_run_000000000000
    where year = 2023
),

-- one row per pair of names, state and specialty; a prescriber has one row a drug, so rows are prescribers
totals as (
    select /*+ broadcast(settled) */
        prescriber_drug.drug_brand_name,
        prescriber_drug.drug_generic_name,
        coalesce(settled.state_code, prescriber_drug.state_code) as state_code,
        coalesce(settled.specialty, prescriber_drug.specialty) as specialty,
        count(*) as prescriber_count,
        sum(prescriber_drug.claim_count) as claim_count,
        sum(prescriber_drug.drug_cost_usd) as drug_cost_usd,
        sum(prescriber_drug.fill_30day_count) as fill_30day_count,
        sum(prescriber_drug.day_supply_days) as day_supply_days
    from prescriber_drug
    left join settled
        on prescriber_drug.prescriber_npi = settled.prescriber_npi
    group by
        prescriber_drug.drug_brand_name,
        prescriber_drug.drug_generic_name,
        coalesce(settled.state_code, prescriber_drug.state_code),
        coalesce(settled.specialty, prescriber_drug.specialty)
)

select
    drug.drug_key,
    totals.state_code,
    totals.specialty,
    drug.is_brand,
    drug.is_antibiotic,
    drug.is_opioid,
    totals.prescriber_count,
    totals.claim_count,
    cast(totals.drug_cost_usd as decimal(18, 2)) as drug_cost_usd,
    cast(totals.fill_30day_count as decimal(18, 1)) as fill_30day_count,
    totals.day_supply_days
from totals
inner join drug
    on totals.drug_brand_name = drug.drug_brand_name
    and totals.drug_generic_name = drug.drug_generic_name;

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_curated.drug_utilization.branch_run_000000000000
where year = 2023
having count(*) = 0;

-- gate B02-utilization drug_key_and_state_code_and_specialty_is_unique, error
-- One row a key that stands more than once. That no key is null is the contract's: key columns are declared not null.
-- Keys are counted by their 64-bit hash first: only rows that share a hash are compared in full. The count of suspects
-- is asked before the rows are fetched for that: without suspects, which is the rule, no key is shuffled. Hashes are
-- dealt out before they are counted: nearly all differ, so counting them on both sides of a shuffle would only fill memory.
with

hashes as (
    select /*+ repartition(key_hash) */ xxhash64(drug_key, state_code, specialty) as key_hash
    from lake.part_d_curated.drug_utilization.branch_run_000000000000
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
    drug_key, state_code, specialty,
    count(*) as row_count
from lake.part_d_curated.drug_utilization.branch_run_000000000000
left semi join suspects
    on xxhash64(drug_key, state_code, specialty) = suspects.key_hash
where year = 2023
    and (select count(*) from suspects) > 0
group by drug_key, state_code, specialty
having count(*) > 1;

-- gate R02 groups_add_up_to_both_reports, error
-- One drug, or one specialty in one state, whose groups do not add up to its row in drug_report, or to its rows in prescriber_report.
with

groups as (
    select
        drug_key,
        state_code,
        specialty,
        prescriber_count,
        claim_count,
        drug_cost_usd
    from lake.part_d_curated.drug_utilization.branch_run_000000000000
    where year = 2023
),

drugs as (
    select
        drug_key,
        sum(prescriber_count) as prescriber_count,
        sum(claim_count) as claim_count,
        sum(drug_cost_usd) as drug_cost_usd
    from groups
    group by drug_key
),

reported_drugs as (
    select
        drug_key,
        prescriber_count,
        claim_count,
        drug_cost_usd
    from lake.part_d_curated.drug_report.branch_run_000000000000
    where year = 2023
),

-- a prescriber counts once for each of its drugs
places as (
    select
        state_code,
        specialty,
        sum(prescriber_count) as prescriber_count,
        sum(claim_count) as claim_count,
        sum(drug_cost_usd) as drug_cost_usd
    from groups
    group by state_code, specialty
),

reported_places as (
    select
        state_code,
        specialty,
        sum(drug_count) as prescriber_count,
        sum(claim_count) as claim_count,
        sum(drug_cost_usd) as drug_cost_usd
    from lake.part_d_curated.prescriber_report.branch_run_000000000000
    where year = 2023
    group by state_code, specialty
)

select
    coalesce(drugs.drug_key, reported_drugs.drug_key) as drug_key,
    cast(null as string) as state_code,
    cast(null as string) as specialty,
    drugs.prescriber_count,
    reported_drugs.prescriber_count as reported_prescriber_count,
    drugs.claim_count,
    reported_drugs.claim_count as reported_claim_count,
    drugs.drug_cost_usd,
    reported_drugs.drug_cost_usd as reported_drug_cost_usd
from drugs
full outer join reported_drugs
    on drugs.drug_key = reported_drugs.drug_key
where drugs.prescriber_count is distinct from reported_drugs.prescriber_count
    or drugs.claim_count is distinct from reported_drugs.claim_count
    or drugs.drug_cost_usd is distinct from reported_drugs.drug_cost_usd
union all
select
    cast(null as bigint) as drug_key,
    coalesce(places.state_code, reported_places.state_code) as state_code,
    coalesce(places.specialty, reported_places.specialty) as specialty,
    places.prescriber_count,
    reported_places.prescriber_count as reported_prescriber_count,
    places.claim_count,
    reported_places.claim_count as reported_claim_count,
    places.drug_cost_usd,
    reported_places.drug_cost_usd as reported_drug_cost_usd
from places
full outer join reported_places
    on places.state_code = reported_places.state_code
    and places.specialty = reported_places.specialty
where places.prescriber_count is distinct from reported_places.prescriber_count
    or places.claim_count is distinct from reported_places.claim_count
    or places.drug_cost_usd is distinct from reported_places.drug_cost_usd;
