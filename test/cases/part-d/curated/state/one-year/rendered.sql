-- part-d/curated/state@2023#insert
insert overwrite table lake.part_d_curated.state.branch_run_000000000000
partition (year = 2023) by name
-- One state of the cities table with the number of its cities.
-- grain: state_code
-- caveat: the cities table has the 50 states, DC and Puerto Rico; no other territories, military or foreign codes.
with

city as (
    select
        state_code,
        state_name,
        urban_area_population
    from lake.part_d_cleansed.state.branch_run_000000000000
    where year = 2023
)

select
    state_code,
    state_name,
    count(*) as city_count,
    sum(urban_area_population) as urban_area_population_sum
from city
group by state_code, state_name;

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_curated.state.branch_run_000000000000
where year = 2023
having count(*) = 0;

-- gate S03 state_code_is_unique, error
-- One row a key that stands more than once. That no key is null is the contract's: key columns are declared not null.
-- Keys are counted by their 64-bit hash first: only rows that share a hash are compared in full. The count of suspects
-- is asked before the rows are fetched for that: without suspects, which is the rule, no key is shuffled. Hashes are
-- dealt out before they are counted: nearly all differ, so counting them on both sides of a shuffle would only fill memory.
with

hashes as (
    select /*+ repartition(key_hash) */ xxhash64(state_code) as key_hash
    from lake.part_d_curated.state.branch_run_000000000000
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
    state_code,
    count(*) as row_count
from lake.part_d_curated.state.branch_run_000000000000
left semi join suspects
    on xxhash64(state_code) = suspects.key_hash
where year = 2023
    and (select count(*) from suspects) > 0
group by state_code
having count(*) > 1;
