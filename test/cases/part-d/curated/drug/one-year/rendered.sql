-- part-d/curated/drug@2023#insert
insert overwrite table lake.part_d_curated.drug.branch_run_000000000000
partition (year = 2023) by name
-- One drug that CMS's official list names, with its flags.
-- grain: drug_brand_name, drug_generic_name
-- Rule for conflicts: a flag that any line of the drug sets is set; has_flag_conflict says that the lines differ
-- or that CMS itself notes conflicting codes (NDC) under the name.
with

drug as (
    select
        drug_brand_name,
        drug_generic_name,
        is_opioid,
        is_long_acting_opioid,
        is_antibiotic,
        is_antipsychotic,
        has_ndc_conflict
    from lake.part_d_cleansed.drug.branch_run_000000000000
    where year = 2023
)

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
from drug
group by drug_brand_name, drug_generic_name;

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_curated.drug.branch_run_000000000000
where year = 2023
having count(*) = 0;

-- gate D04 drug_brand_name_and_drug_generic_name_is_unique, error
-- One row a key that stands more than once. That no key is null is the contract's: key columns are declared not null.
-- Keys are counted by their 64-bit hash first: only rows that share a hash are compared in full. The count of suspects
-- is asked before the rows are fetched for that: without suspects, which is the rule, no key is shuffled. Hashes are
-- dealt out before they are counted: nearly all differ, so counting them on both sides of a shuffle would only fill memory.
with

hashes as (
    select /*+ repartition(key_hash) */ xxhash64(drug_brand_name, drug_generic_name) as key_hash
    from lake.part_d_curated.drug.branch_run_000000000000
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
from lake.part_d_curated.drug.branch_run_000000000000
left semi join suspects
    on xxhash64(drug_brand_name, drug_generic_name) = suspects.key_hash
where year = 2023
    and (select count(*) from suspects) > 0
group by drug_brand_name, drug_generic_name
having count(*) > 1;
