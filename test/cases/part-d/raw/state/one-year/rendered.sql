-- part-d/raw/state@2023#insert
insert overwrite table lake.part_d_raw.state.branch_run_000000000000
partition (year = 2023) by name
-- One city with its state, every column as text.
-- grain: a line of a source file, or a row of a source table
select
    city, city_ascii, state_id, state_name, county_fips, county_name, lat, lng, population, density, timezone, zips,
    source_file,
    layout,
    'case' as load_id,
    source_key,
    unparsed_line
from source_state_2023;

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_raw.state.branch_run_000000000000
where year = 2023
having count(*) = 0;
