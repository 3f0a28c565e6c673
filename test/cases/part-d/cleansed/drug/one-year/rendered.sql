-- part-d/cleansed/drug@2023#rows
select
    *,
    case when
            (unparsed_line is not null)
            or (unparsed_line is null and (brnd_name is null or gnrc_name is null))
            or (unparsed_line is null and (coalesce(opioid_drug_flag, '') not in ('Y', 'N') or coalesce(opioid_la_drug_flag, '') not in ('Y', 'N') or coalesce(antbtc_drug_flag, '') not in ('Y', 'N') or coalesce(antpsyct_drug_flag, '') not in ('Y', 'N')))
    then filter(array(
            case when unparsed_line is not null then 'G03' end,
            case when unparsed_line is null and (brnd_name is null or gnrc_name is null) then 'D01' end,
            case when unparsed_line is null and (coalesce(opioid_drug_flag, '') not in ('Y', 'N') or coalesce(opioid_la_drug_flag, '') not in ('Y', 'N') or coalesce(antbtc_drug_flag, '') not in ('Y', 'N') or coalesce(antpsyct_drug_flag, '') not in ('Y', 'N')) then 'D02' end
    ), id -> id is not null)
    else cast(array() as array<string>) end as quarantine_reasons,
    cast(array() as array<string>) as warnings,
    monotonically_increasing_id() as row_counter__
from (
-- One line of CMS's drug flags: a brand and generic name, in the nation or in one area.
-- grain: area_code, drug_brand_name, drug_generic_name
-- The drug list speaks of the nation; the geography file has a line for the nation and one for each state.
select
    raw.*,
    if(raw.prscrbr_geo_lvl = 'State', raw.prscrbr_geo_cd, 'US') as area_code,
    upper(raw.brnd_name) as drug_brand_name,
    upper(raw.gnrc_name) as drug_generic_name,
    raw.opioid_drug_flag = 'Y' as is_opioid,
    raw.opioid_la_drug_flag = 'Y' as is_long_acting_opioid,
    raw.antbtc_drug_flag = 'Y' as is_antibiotic,
    raw.antpsyct_drug_flag = 'Y' as is_antipsychotic,
    coalesce(raw.ndc_conflict_flag = 'Y', false) as has_ndc_conflict,
    try_cast(raw.tot_clms as bigint) as claim_count,
    try_cast(raw.tot_drug_cst as decimal(18, 2)) as drug_cost_usd
from lake.part_d_raw.drug.branch_run_000000000000 as raw
where raw.year = 2023
) as selected;

-- part-d/cleansed/drug@2023#insert
insert overwrite table lake.part_d_cleansed.drug.branch_run_000000000000
partition (year = 2023) by name
select
    area_code,
    drug_brand_name,
    drug_generic_name,
    is_opioid,
    is_long_acting_opioid,
    is_antibiotic,
    is_antipsychotic,
    has_ndc_conflict,
    claim_count,
    drug_cost_usd,
    warnings
from checked_part_d_cleansed_drug_2023
where size(quarantine_reasons) = 0 and row_counter__ >= 0;

-- part-d/cleansed/drug@2023#quarantine
insert overwrite table lake.part_d_cleansed.drug__quarantine.branch_run_000000000000
partition (year = 2023) by name
select
    brnd_name,
    gnrc_name,
    opioid_drug_flag,
    opioid_la_drug_flag,
    antbtc_drug_flag,
    antpsyct_drug_flag,
    ndc_conflict_flag,
    prscrbr_geo_lvl,
    prscrbr_geo_cd,
    prscrbr_geo_desc,
    tot_prscrbrs,
    tot_clms,
    tot_30day_fills,
    tot_drug_cst,
    tot_benes,
    ge65_sprsn_flag,
    ge65_tot_clms,
    ge65_tot_30day_fills,
    ge65_tot_drug_cst,
    ge65_bene_sprsn_flag,
    ge65_tot_benes,
    lis_bene_cst_shr,
    nonlis_bene_cst_shr,
    source_file,
    layout,
    load_id,
    source_key,
    unparsed_line,
    quarantine_reasons
from checked_part_d_cleansed_drug_2023
where size(quarantine_reasons) > 0 and row_counter__ >= 0;

-- gate G03 line_has_the_fields_of_its_header, error, offenders: block

-- gate D01 drug_is_named, error, offenders: quarantine

-- gate D02 flags_are_y_or_n, error, offenders: quarantine

-- gate T01 numbers_are_numbers: not applicable, layout drug-list has no tot_clms, tot_drug_cst

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_cleansed.drug.branch_run_000000000000
where year = 2023
having count(*) = 0;

-- gate D03 area_code_and_drug_brand_name_and_drug_generic_name_is_unique, warn
-- One row a key that stands more than once. That no key is null is the contract's: key columns are declared not null.
-- Keys are counted by their 64-bit hash first: only rows that share a hash are compared in full. The count of suspects
-- is asked before the rows are fetched for that: without suspects, which is the rule, no key is shuffled. Hashes are
-- dealt out before they are counted: nearly all differ, so counting them on both sides of a shuffle would only fill memory.
with

hashes as (
    select /*+ repartition(key_hash) */ xxhash64(area_code, drug_brand_name, drug_generic_name) as key_hash
    from lake.part_d_cleansed.drug.branch_run_000000000000
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
    area_code, drug_brand_name, drug_generic_name,
    count(*) as row_count
from lake.part_d_cleansed.drug.branch_run_000000000000
left semi join suspects
    on xxhash64(area_code, drug_brand_name, drug_generic_name) = suspects.key_hash
where year = 2023
    and (select count(*) from suspects) > 0
group by area_code, drug_brand_name, drug_generic_name
having count(*) > 1;

-- gate G06 raw_rows_are_cleansed_or_quarantined, error
-- One row when raw rows are not all in the table or in its quarantine.
with

counts as (
    select
        (select count(*) from lake.part_d_raw.drug.branch_run_000000000000 where year = 2023) as raw_rows,
        (select count(*) from lake.part_d_cleansed.drug.branch_run_000000000000 where year = 2023) as kept_rows,
        (select count(*) from lake.part_d_cleansed.drug__quarantine.branch_run_000000000000 where year = 2023) as quarantined_rows
)

select
    raw_rows,
    kept_rows,
    quarantined_rows
from counts
where raw_rows != kept_rows + quarantined_rows;

-- gate G12 quarantine_share_is_small, error
-- One row when more than the tolerated share of rows is in quarantine.
with

counts as (
    select
        (select count(*) from lake.part_d_cleansed.drug.branch_run_000000000000 where year = 2023) as kept_rows,
        (select count(*) from lake.part_d_cleansed.drug__quarantine.branch_run_000000000000 where year = 2023) as quarantined_rows
)

select
    kept_rows,
    quarantined_rows
from counts
where quarantined_rows > (kept_rows + quarantined_rows) * 0.01;
