-- part-d/curated/state@2023#insert
insert overwrite table lake.part_d_curated.state.branch_run_000000000000
partition (year = 2023) by name
-- One state code that CMS publishes, with the number of its cities.
-- grain: state_code
-- caveat: the cities table has the 50 states, DC and Puerto Rico; the other territories, military and foreign codes have no cities.
with

code as (
    select explode(map('AL', 'Alabama', 'AK', 'Alaska', 'AZ', 'Arizona', 'AR', 'Arkansas', 'CA', 'California', 'CO', 'Colorado', 'CT', 'Connecticut', 'DE', 'Delaware', 'DC', 'District of Columbia', 'FL', 'Florida', 'GA', 'Georgia', 'HI', 'Hawaii', 'ID', 'Idaho', 'IL', 'Illinois', 'IN', 'Indiana', 'IA', 'Iowa', 'KS', 'Kansas', 'KY', 'Kentucky', 'LA', 'Louisiana', 'ME', 'Maine', 'MD', 'Maryland', 'MA', 'Massachusetts', 'MI', 'Michigan', 'MN', 'Minnesota', 'MS', 'Mississippi', 'MO', 'Missouri', 'MT', 'Montana', 'NE', 'Nebraska', 'NV', 'Nevada', 'NH', 'New Hampshire', 'NJ', 'New Jersey', 'NM', 'New Mexico', 'NY', 'New York', 'NC', 'North Carolina', 'ND', 'North Dakota', 'OH', 'Ohio', 'OK', 'Oklahoma', 'OR', 'Oregon', 'PA', 'Pennsylvania', 'RI', 'Rhode Island', 'SC', 'South Carolina', 'SD', 'South Dakota', 'TN', 'Tennessee', 'TX', 'Texas', 'UT', 'Utah', 'VT', 'Vermont', 'VA', 'Virginia', 'WA', 'Washington', 'WV', 'West Virginia', 'WI', 'Wisconsin', 'WY', 'Wyoming', 'AA', 'Armed Forces Central/South America', 'AE', 'Armed Forces Europe', 'AP', 'Armed Forces Pacific', 'AS', 'American Samoa', 'FM', 'Federated States of Micronesia', 'GU', 'Guam', 'MP', 'Northern Mariana Islands', 'PR', 'Puerto Rico', 'VI', 'Virgin Islands', 'XX', 'Unknown', 'ZZ', 'Foreign Country')) as (state_code, state_name)
),

city as (
    select
        state_code,
        urban_area_population
    from lake.part_d_cleansed.state.branch_run_000000000000
    where year = 2023
)

select
    code.state_code,
    code.state_name,
    count(city.state_code) as city_count,
    sum(city.urban_area_population) as urban_area_population_sum
from code
left join city
    on code.state_code = city.state_code
group by code.state_code, code.state_name;

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
