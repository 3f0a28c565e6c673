-- part-d/raw/drug@2023#insert
insert overwrite table lake.part_d_raw.drug.branch_run_000000000000
partition (year = 2023) by name
-- One line of the official drug flags, every column as text.
-- grain: a line of a source file, or a row of a source table
select
    brnd_name, gnrc_name, opioid_drug_flag, opioid_la_drug_flag, antbtc_drug_flag, antpsyct_drug_flag, ndc_conflict_flag, prscrbr_geo_lvl, prscrbr_geo_cd, prscrbr_geo_desc, tot_prscrbrs, tot_clms, tot_30day_fills, tot_drug_cst, tot_benes, ge65_sprsn_flag, ge65_tot_clms, ge65_tot_30day_fills, ge65_tot_drug_cst, ge65_bene_sprsn_flag, ge65_tot_benes, lis_bene_cst_shr, nonlis_bene_cst_shr,
    source_file,
    layout,
    'case' as load_id,
    source_key,
    unparsed_line
from source_drug_2023;

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_raw.drug.branch_run_000000000000
where year = 2023
having count(*) = 0;
