-- part-d/cleansed/state@2023#rows
select
    *,
    case when
            (unparsed_line is not null)
            or (unparsed_line is null and (state_id is null or state_name is null or city is null or county_fips is null))
            or (state_code not in ('AL', 'AK', 'AZ', 'AR', 'CA', 'CO', 'CT', 'DE', 'DC', 'FL', 'GA', 'HI', 'ID', 'IL', 'IN', 'IA', 'KS', 'KY', 'LA', 'ME', 'MD', 'MA', 'MI', 'MN', 'MS', 'MO', 'MT', 'NE', 'NV', 'NH', 'NJ', 'NM', 'NY', 'NC', 'ND', 'OH', 'OK', 'OR', 'PA', 'RI', 'SC', 'SD', 'TN', 'TX', 'UT', 'VT', 'VA', 'WA', 'WV', 'WI', 'WY', 'AA', 'AE', 'AP', 'AS', 'FM', 'GU', 'MP', 'PR', 'VI', 'XX', 'ZZ'))
            or ((population is not null and urban_area_population is null))
    then filter(array(
            case when unparsed_line is not null then 'G03' end,
            case when unparsed_line is null and (state_id is null or state_name is null or city is null or county_fips is null) then 'S01' end,
            case when state_code not in ('AL', 'AK', 'AZ', 'AR', 'CA', 'CO', 'CT', 'DE', 'DC', 'FL', 'GA', 'HI', 'ID', 'IL', 'IN', 'IA', 'KS', 'KY', 'LA', 'ME', 'MD', 'MA', 'MI', 'MN', 'MS', 'MO', 'MT', 'NE', 'NV', 'NH', 'NJ', 'NM', 'NY', 'NC', 'ND', 'OH', 'OK', 'OR', 'PA', 'RI', 'SC', 'SD', 'TN', 'TX', 'UT', 'VT', 'VA', 'WA', 'WV', 'WI', 'WY', 'AA', 'AE', 'AP', 'AS', 'FM', 'GU', 'MP', 'PR', 'VI', 'XX', 'ZZ') then 'A14' end,
            case when (population is not null and urban_area_population is null) then 'T01' end
    ), id -> id is not null)
    else cast(array() as array<string>) end as quarantine_reasons,
    cast(array() as array<string>) as warnings,
    monotonically_increasing_id() as row_counter__
from (
-- One city with the state it lies in.
-- grain: state_code, city_name, county_fips_code
-- caveat: populations are of urban areas and overlap: their sum is not a state's population.
select
    raw.*,
    raw.state_id as state_code,
    raw.city as city_name,
    lpad(raw.county_fips, greatest(5, length(raw.county_fips)), '0') as county_fips_code,
    try_cast(raw.population as bigint) as urban_area_population
from lake.part_d_raw.state.branch_run_000000000000 as raw
where raw.year = 2023
) as selected;

-- part-d/cleansed/state@2023#insert
insert overwrite table lake.part_d_cleansed.state.branch_run_000000000000
partition (year = 2023) by name
select
    state_code,
    state_name,
    city_name,
    county_fips_code,
    county_name,
    urban_area_population,
    warnings
from checked_part_d_cleansed_state_2023
where size(quarantine_reasons) = 0 and row_counter__ >= 0;

-- part-d/cleansed/state@2023#quarantine
insert overwrite table lake.part_d_cleansed.state__quarantine.branch_run_000000000000
partition (year = 2023) by name
select
    city,
    city_ascii,
    state_id,
    state_name,
    county_fips,
    county_name,
    lat,
    lng,
    population,
    density,
    timezone,
    zips,
    source_file,
    layout,
    load_id,
    source_key,
    unparsed_line,
    quarantine_reasons
from checked_part_d_cleansed_state_2023
where size(quarantine_reasons) > 0 and row_counter__ >= 0;

-- gate G03 line_has_the_fields_of_its_header, error, offenders: block

-- gate S01 city_and_state_are_named, error, offenders: quarantine

-- gate A14 state_code_is_published_by_cms, error, offenders: quarantine

-- gate T01 numbers_are_numbers, error, offenders: quarantine

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_cleansed.state.branch_run_000000000000
where year = 2023
having count(*) = 0;

-- gate S02 state_code_and_city_name_and_county_fips_code_is_unique, error
-- One row a key that stands more than once. That no key is null is the contract's: key columns are declared not null.
-- Keys are counted by their 64-bit hash first: only rows that share a hash are compared in full. The count of suspects
-- is asked before the rows are fetched for that: without suspects, which is the rule, no key is shuffled. Hashes are
-- dealt out before they are counted: nearly all differ, so counting them on both sides of a shuffle would only fill memory.
with

hashes as (
    select /*+ repartition(key_hash) */ xxhash64(state_code, city_name, county_fips_code) as key_hash
    from lake.part_d_cleansed.state.branch_run_000000000000
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
    state_code, city_name, county_fips_code,
    count(*) as row_count
from lake.part_d_cleansed.state.branch_run_000000000000
left semi join suspects
    on xxhash64(state_code, city_name, county_fips_code) = suspects.key_hash
where year = 2023
    and (select count(*) from suspects) > 0
group by state_code, city_name, county_fips_code
having count(*) > 1;

-- gate G06 raw_rows_are_cleansed_or_quarantined, error
-- One row when raw rows are not all in the table or in its quarantine.
with

counts as (
    select
        (select count(*) from lake.part_d_raw.state.branch_run_000000000000 where year = 2023) as raw_rows,
        (select count(*) from lake.part_d_cleansed.state.branch_run_000000000000 where year = 2023) as kept_rows,
        (select count(*) from lake.part_d_cleansed.state__quarantine.branch_run_000000000000 where year = 2023) as quarantined_rows
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
        (select count(*) from lake.part_d_cleansed.state.branch_run_000000000000 where year = 2023) as kept_rows,
        (select count(*) from lake.part_d_cleansed.state__quarantine.branch_run_000000000000 where year = 2023) as quarantined_rows
)

select
    kept_rows,
    quarantined_rows
from counts
where quarantined_rows > (kept_rows + quarantined_rows) * 0.01;
