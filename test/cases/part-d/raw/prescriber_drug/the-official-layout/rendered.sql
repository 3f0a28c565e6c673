-- part-d/raw/prescriber_drug@2023#insert
insert overwrite table lake.part_d_raw.prescriber_drug.branch_run_000000000000
partition (year = 2023) by name
-- One line of By Provider and Drug: what one prescriber ordered of one drug in the year, every column as text.
-- grain: a line of a source file, or a row of a source table
select
    prscrbr_npi, prscrbr_last_org_name, prscrbr_first_name, prscrbr_city, prscrbr_state_abrvtn, prscrbr_state_fips, prscrbr_type, prscrbr_type_src, brnd_name, gnrc_name, tot_clms, tot_30day_fills, tot_day_suply, tot_drug_cst, tot_benes, ge65_sprsn_flag, ge65_tot_clms, ge65_tot_30day_fills, ge65_tot_drug_cst, ge65_tot_day_suply, ge65_bene_sprsn_flag, ge65_tot_benes, prscrbr_zip5,
    source_file,
    layout,
    'case' as load_id,
    source_key,
    unparsed_line
from source_prescriber_drug_2023;

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_raw.prescriber_drug.branch_run_000000000000
where year = 2023
having count(*) = 0;
