-- part-d/raw/prescriber@2023#insert
insert overwrite table lake.part_d_raw.prescriber.branch_run_000000000000
partition (year = 2023) by name
-- One line of By Provider: one prescriber's totals of the year, every column as text.
-- grain: a line of a source file, or a row of a source table
select
    prscrbr_npi, prscrbr_last_org_name, prscrbr_first_name, prscrbr_mi, prscrbr_crdntls, prscrbr_ent_cd, prscrbr_st1, prscrbr_st2, prscrbr_city, prscrbr_state_abrvtn, prscrbr_state_fips, prscrbr_zip5, prscrbr_ruca, prscrbr_ruca_desc, prscrbr_cntry, prscrbr_type, prscrbr_type_src, tot_clms, tot_30day_fills, tot_drug_cst, tot_day_suply, tot_benes, ge65_sprsn_flag, ge65_tot_clms, ge65_tot_30day_fills, ge65_tot_drug_cst, ge65_tot_day_suply, ge65_bene_sprsn_flag, ge65_tot_benes, brnd_sprsn_flag, brnd_tot_clms, brnd_tot_drug_cst, gnrc_sprsn_flag, gnrc_tot_clms, gnrc_tot_drug_cst, othr_sprsn_flag, othr_tot_clms, othr_tot_drug_cst, mapd_sprsn_flag, mapd_tot_clms, mapd_tot_drug_cst, pdp_sprsn_flag, pdp_tot_clms, pdp_tot_drug_cst, lis_sprsn_flag, lis_tot_clms, lis_drug_cst, nonlis_sprsn_flag, nonlis_tot_clms, nonlis_drug_cst, opioid_tot_clms, opioid_tot_drug_cst, opioid_tot_suply, opioid_tot_benes, opioid_prscrbr_rate, opioid_la_tot_clms, opioid_la_tot_drug_cst, opioid_la_tot_suply, opioid_la_tot_benes, opioid_la_prscrbr_rate, antbtc_tot_clms, antbtc_tot_drug_cst, antbtc_tot_benes, antpsyct_ge65_sprsn_flag, antpsyct_ge65_tot_clms, antpsyct_ge65_tot_drug_cst, antpsyct_ge65_bene_suprsn_flag, antpsyct_ge65_tot_benes, bene_avg_age, bene_age_lt_65_cnt, bene_age_65_74_cnt, bene_age_75_84_cnt, bene_age_gt_84_cnt, bene_feml_cnt, bene_male_cnt, bene_race_wht_cnt, bene_race_black_cnt, bene_race_api_cnt, bene_race_hspnc_cnt, bene_race_natind_cnt, bene_race_othr_cnt, bene_dual_cnt, bene_ndual_cnt, bene_avg_risk_scre, prscrbr_full_name,
    source_file,
    layout,
    'case' as load_id,
    source_key,
    unparsed_line
from source_prescriber_2023;

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_raw.prescriber.branch_run_000000000000
where year = 2023
having count(*) = 0;
