-- part-d/cleansed/prescriber@2023#rows
select
    *,
    case when
            (unparsed_line is not null)
            or (prescriber_npi not rlike '^[12][0-9]{9}$')
            or (not luhn_check(concat('80840', prescriber_npi)) and prescriber_npi rlike '^[0-9]{10}$')
            or (state_code not in ('AL', 'AK', 'AZ', 'AR', 'CA', 'CO', 'CT', 'DE', 'DC', 'FL', 'GA', 'HI', 'ID', 'IL', 'IN', 'IA', 'KS', 'KY', 'LA', 'ME', 'MD', 'MA', 'MI', 'MN', 'MS', 'MO', 'MT', 'NE', 'NV', 'NH', 'NJ', 'NM', 'NY', 'NC', 'ND', 'OH', 'OK', 'OR', 'PA', 'RI', 'SC', 'SD', 'TN', 'TX', 'UT', 'VT', 'VA', 'WA', 'WV', 'WI', 'WY', 'AA', 'AE', 'AP', 'AS', 'FM', 'GU', 'MP', 'PR', 'VI', 'XX', 'ZZ'))
            or ((tot_clms is not null and claim_count is null) or (tot_30day_fills is not null and fill_30day_count is null) or (tot_day_suply is not null and day_supply_days is null) or (tot_drug_cst is not null and drug_cost_usd is null) or (othr_tot_clms is not null and other_claim_count is null) or (othr_tot_drug_cst is not null and other_drug_cost_usd is null) or (opioid_la_tot_clms is not null and opioid_long_acting_claim_count is null) or (bene_avg_age is not null and beneficiary_average_age_years is null) or (bene_avg_risk_scre is not null and beneficiary_average_risk_score is null) or (tot_benes is not null and try_cast(tot_benes as bigint) is null) or (brnd_tot_clms is not null and try_cast(brnd_tot_clms as bigint) is null) or (brnd_tot_drug_cst is not null and try_cast(brnd_tot_drug_cst as decimal(16, 2)) is null) or (gnrc_tot_clms is not null and try_cast(gnrc_tot_clms as bigint) is null) or (gnrc_tot_drug_cst is not null and try_cast(gnrc_tot_drug_cst as decimal(16, 2)) is null) or (opioid_tot_clms is not null and try_cast(opioid_tot_clms as bigint) is null) or (opioid_prscrbr_rate is not null and try_cast(opioid_prscrbr_rate as decimal(6, 2)) is null) or (antbtc_tot_clms is not null and try_cast(antbtc_tot_clms as bigint) is null))
            or (prscrbr_npi is null and unparsed_line is null)
            or (entity_code not in ('I', 'O'))
            or (opioid_long_acting_claim_count > opioid_claim_count or opioid_claim_count > claim_count)
    then filter(array(
            case when unparsed_line is not null then 'G03' end,
            case when prescriber_npi not rlike '^[12][0-9]{9}$' then 'A01' end,
            case when not luhn_check(concat('80840', prescriber_npi)) and prescriber_npi rlike '^[0-9]{10}$' then 'A02' end,
            case when state_code not in ('AL', 'AK', 'AZ', 'AR', 'CA', 'CO', 'CT', 'DE', 'DC', 'FL', 'GA', 'HI', 'ID', 'IL', 'IN', 'IA', 'KS', 'KY', 'LA', 'ME', 'MD', 'MA', 'MI', 'MN', 'MS', 'MO', 'MT', 'NE', 'NV', 'NH', 'NJ', 'NM', 'NY', 'NC', 'ND', 'OH', 'OK', 'OR', 'PA', 'RI', 'SC', 'SD', 'TN', 'TX', 'UT', 'VT', 'VA', 'WA', 'WV', 'WI', 'WY', 'AA', 'AE', 'AP', 'AS', 'FM', 'GU', 'MP', 'PR', 'VI', 'XX', 'ZZ') then 'A14' end,
            case when (tot_clms is not null and claim_count is null) or (tot_30day_fills is not null and fill_30day_count is null) or (tot_day_suply is not null and day_supply_days is null) or (tot_drug_cst is not null and drug_cost_usd is null) or (othr_tot_clms is not null and other_claim_count is null) or (othr_tot_drug_cst is not null and other_drug_cost_usd is null) or (opioid_la_tot_clms is not null and opioid_long_acting_claim_count is null) or (bene_avg_age is not null and beneficiary_average_age_years is null) or (bene_avg_risk_scre is not null and beneficiary_average_risk_score is null) or (tot_benes is not null and try_cast(tot_benes as bigint) is null) or (brnd_tot_clms is not null and try_cast(brnd_tot_clms as bigint) is null) or (brnd_tot_drug_cst is not null and try_cast(brnd_tot_drug_cst as decimal(16, 2)) is null) or (gnrc_tot_clms is not null and try_cast(gnrc_tot_clms as bigint) is null) or (gnrc_tot_drug_cst is not null and try_cast(gnrc_tot_drug_cst as decimal(16, 2)) is null) or (opioid_tot_clms is not null and try_cast(opioid_tot_clms as bigint) is null) or (opioid_prscrbr_rate is not null and try_cast(opioid_prscrbr_rate as decimal(6, 2)) is null) or (antbtc_tot_clms is not null and try_cast(antbtc_tot_clms as bigint) is null) then 'T01' end,
            case when prscrbr_npi is null and unparsed_line is null then 'C00' end,
            case when entity_code not in ('I', 'O') then 'A19' end,
            case when opioid_long_acting_claim_count > opioid_claim_count or opioid_claim_count > claim_count then 'C06' end
    ), id -> id is not null)
    else cast(array() as array<string>) end as quarantine_reasons,
    case when
            ((concat_ws('', prescriber_name, city, specialty) not rlike '^[ -~]*\\z' and concat_ws('', prescriber_name, city, specialty) rlike '[\\x00-\\x1f\\x7f\\ufffd]') or prescriber_name != trim(prescriber_name) or city != trim(city) or specialty != trim(specialty))
            or (zip_code not rlike '^[0-9]{5}$' and state_code not in ('XX', 'ZZ'))
            or (abs(opioid_claim_pct - try_divide(opioid_claim_count * 100D, claim_count)) > 0.06)
            or (beneficiary_average_age_years not between 0 and 120 or beneficiary_average_risk_score <= 0)
    then filter(array(
            case when (concat_ws('', prescriber_name, city, specialty) not rlike '^[ -~]*\\z' and concat_ws('', prescriber_name, city, specialty) rlike '[\\x00-\\x1f\\x7f\\ufffd]') or prescriber_name != trim(prescriber_name) or city != trim(city) or specialty != trim(specialty) then 'A18' end,
            case when zip_code not rlike '^[0-9]{5}$' and state_code not in ('XX', 'ZZ') then 'A16' end,
            case when abs(opioid_claim_pct - try_divide(opioid_claim_count * 100D, claim_count)) > 0.06 then 'C05' end,
            case when beneficiary_average_age_years not between 0 and 120 or beneficiary_average_risk_score <= 0 then 'C10' end
    ), id -> id is not null)
    else cast(array() as array<string>) end as warnings,
    monotonically_increasing_id() as row_counter__
from (
-- One prescriber with CMS's own totals of the year, which include drugs below the publication threshold.
-- grain: prescriber_npi
-- caveat: suppressed counts are null. The derived layout wrote 0 for them, so its zeros become null again.
select
    raw.*,
    raw.prscrbr_npi as prescriber_npi,
    coalesce(
        raw.prscrbr_full_name,
        nullif(concat_ws(' ', raw.prscrbr_first_name, raw.prscrbr_last_org_name), '')
    ) as prescriber_name,
    raw.prscrbr_ent_cd as entity_code,
    raw.prscrbr_city as city,
    raw.prscrbr_state_abrvtn as state_code,
    lpad(raw.prscrbr_zip5, greatest(5, length(raw.prscrbr_zip5)), '0') as zip_code,
    raw.prscrbr_type as specialty,
    try_cast(raw.tot_clms as bigint) as claim_count,
    try_cast(raw.tot_30day_fills as decimal(12, 2)) as fill_30day_count,
    try_cast(raw.tot_day_suply as bigint) as day_supply_days,
    try_cast(raw.tot_drug_cst as decimal(16, 2)) as drug_cost_usd,
    if(raw.layout = 'derived', nullif(try_cast(raw.tot_benes as bigint), 0), try_cast(raw.tot_benes as bigint)) as beneficiary_count,
    if(raw.layout = 'derived', nullif(try_cast(raw.brnd_tot_clms as bigint), 0), try_cast(raw.brnd_tot_clms as bigint)) as brand_claim_count,
    try_cast(if(raw.layout = 'derived' and raw.brnd_tot_clms = '0', null, raw.brnd_tot_drug_cst) as decimal(16, 2)) as brand_drug_cost_usd,
    if(raw.layout = 'derived', nullif(try_cast(raw.gnrc_tot_clms as bigint), 0), try_cast(raw.gnrc_tot_clms as bigint)) as generic_claim_count,
    try_cast(if(raw.layout = 'derived' and raw.gnrc_tot_clms = '0', null, raw.gnrc_tot_drug_cst) as decimal(16, 2)) as generic_drug_cost_usd,
    try_cast(raw.othr_tot_clms as bigint) as other_claim_count,
    try_cast(raw.othr_tot_drug_cst as decimal(16, 2)) as other_drug_cost_usd,
    if(raw.layout = 'derived', nullif(try_cast(raw.opioid_tot_clms as bigint), 0), try_cast(raw.opioid_tot_clms as bigint)) as opioid_claim_count,
    try_cast(raw.opioid_la_tot_clms as bigint) as opioid_long_acting_claim_count,
    try_cast(if(raw.layout = 'derived' and raw.opioid_tot_clms = '0', null, raw.opioid_prscrbr_rate) as decimal(6, 2)) as opioid_claim_pct,
    if(raw.layout = 'derived', nullif(try_cast(raw.antbtc_tot_clms as bigint), 0), try_cast(raw.antbtc_tot_clms as bigint)) as antibiotic_claim_count,
    try_cast(raw.bene_avg_age as decimal(6, 2)) as beneficiary_average_age_years,
    try_cast(raw.bene_avg_risk_scre as decimal(8, 4)) as beneficiary_average_risk_score
from lake.part_d_raw.prescriber.branch_run_000000000000 as raw
where raw.year = 2023
) as selected;

-- part-d/cleansed/prescriber@2023#insert
insert overwrite table lake.part_d_cleansed.prescriber.branch_run_000000000000
partition (year = 2023) by name
select
    prescriber_npi,
    prescriber_name,
    entity_code,
    city,
    state_code,
    zip_code,
    specialty,
    claim_count,
    fill_30day_count,
    day_supply_days,
    drug_cost_usd,
    beneficiary_count,
    brand_claim_count,
    brand_drug_cost_usd,
    generic_claim_count,
    generic_drug_cost_usd,
    other_claim_count,
    other_drug_cost_usd,
    opioid_claim_count,
    opioid_long_acting_claim_count,
    opioid_claim_pct,
    antibiotic_claim_count,
    beneficiary_average_age_years,
    beneficiary_average_risk_score,
    warnings
from checked_part_d_cleansed_prescriber_2023
where size(quarantine_reasons) = 0 and row_counter__ >= 0;

-- part-d/cleansed/prescriber@2023#quarantine
insert overwrite table lake.part_d_cleansed.prescriber__quarantine.branch_run_000000000000
partition (year = 2023) by name
select
    prscrbr_npi,
    prscrbr_last_org_name,
    prscrbr_first_name,
    prscrbr_mi,
    prscrbr_crdntls,
    prscrbr_ent_cd,
    prscrbr_st1,
    prscrbr_st2,
    prscrbr_city,
    prscrbr_state_abrvtn,
    prscrbr_state_fips,
    prscrbr_zip5,
    prscrbr_ruca,
    prscrbr_ruca_desc,
    prscrbr_cntry,
    prscrbr_type,
    prscrbr_type_src,
    tot_clms,
    tot_30day_fills,
    tot_drug_cst,
    tot_day_suply,
    tot_benes,
    ge65_sprsn_flag,
    ge65_tot_clms,
    ge65_tot_30day_fills,
    ge65_tot_drug_cst,
    ge65_tot_day_suply,
    ge65_bene_sprsn_flag,
    ge65_tot_benes,
    brnd_sprsn_flag,
    brnd_tot_clms,
    brnd_tot_drug_cst,
    gnrc_sprsn_flag,
    gnrc_tot_clms,
    gnrc_tot_drug_cst,
    othr_sprsn_flag,
    othr_tot_clms,
    othr_tot_drug_cst,
    mapd_sprsn_flag,
    mapd_tot_clms,
    mapd_tot_drug_cst,
    pdp_sprsn_flag,
    pdp_tot_clms,
    pdp_tot_drug_cst,
    lis_sprsn_flag,
    lis_tot_clms,
    lis_drug_cst,
    nonlis_sprsn_flag,
    nonlis_tot_clms,
    nonlis_drug_cst,
    opioid_tot_clms,
    opioid_tot_drug_cst,
    opioid_tot_suply,
    opioid_tot_benes,
    opioid_prscrbr_rate,
    opioid_la_tot_clms,
    opioid_la_tot_drug_cst,
    opioid_la_tot_suply,
    opioid_la_tot_benes,
    opioid_la_prscrbr_rate,
    antbtc_tot_clms,
    antbtc_tot_drug_cst,
    antbtc_tot_benes,
    antpsyct_ge65_sprsn_flag,
    antpsyct_ge65_tot_clms,
    antpsyct_ge65_tot_drug_cst,
    antpsyct_ge65_bene_suprsn_flag,
    antpsyct_ge65_tot_benes,
    bene_avg_age,
    bene_age_lt_65_cnt,
    bene_age_65_74_cnt,
    bene_age_75_84_cnt,
    bene_age_gt_84_cnt,
    bene_feml_cnt,
    bene_male_cnt,
    bene_race_wht_cnt,
    bene_race_black_cnt,
    bene_race_api_cnt,
    bene_race_hspnc_cnt,
    bene_race_natind_cnt,
    bene_race_othr_cnt,
    bene_dual_cnt,
    bene_ndual_cnt,
    bene_avg_risk_scre,
    prscrbr_full_name,
    source_file,
    layout,
    load_id,
    source_key,
    unparsed_line,
    quarantine_reasons
from checked_part_d_cleansed_prescriber_2023
where size(quarantine_reasons) > 0 and row_counter__ >= 0;

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_cleansed.prescriber.branch_run_000000000000
where year = 2023
having count(*) = 0;

-- gate G03 line_has_the_fields_of_its_header, error, offenders: block

-- gate A01 prescriber_npi_has_ten_digits, error, offenders: quarantine

-- gate A02 prescriber_npi_passes_its_check_digit, error, offenders: quarantine

-- gate A14 state_code_is_published_by_cms, error, offenders: quarantine

-- gate A15 state_and_fips_code_agree: not applicable, layout derived has no prscrbr_state_fips

-- gate A18 text_is_clean, warn, offenders: warnings

-- gate T01 numbers_are_numbers, error, offenders: quarantine

-- gate C00 prescriber_npi_is_there, error, offenders: quarantine

-- gate A19 entity_code_is_i_or_o, error, offenders: quarantine

-- gate A16 zip_code_has_five_digits, warn, offenders: warnings

-- gate A17 ruca_code_is_known: not applicable, layout derived has no prscrbr_ruca

-- gate A20 practice_is_in_the_us: not applicable, layout derived has no prscrbr_cntry

-- gate C02 brand_generic_and_other_add_up: not applicable, layout derived has no othr_tot_clms, othr_tot_drug_cst

-- gate C03 plan_types_add_up: not applicable, layout derived has no mapd_tot_clms, pdp_tot_clms, mapd_tot_drug_cst, pdp_tot_drug_cst

-- gate C04 low_income_subsidy_groups_add_up: not applicable, layout derived has no lis_tot_clms, nonlis_tot_clms, lis_drug_cst, nonlis_drug_cst

-- gate C05 opioid_rate_is_its_quotient, warn, offenders: warnings

-- gate C06 opioid_claims_within_claims, error, offenders: quarantine

-- gate C07-age age_groups_add_up: not applicable, layout derived has no bene_age_lt_65_cnt, bene_age_65_74_cnt, bene_age_75_84_cnt, bene_age_gt_84_cnt

-- gate C07-sex sexes_add_up: not applicable, layout derived has no bene_feml_cnt, bene_male_cnt

-- gate C07-race races_add_up: not applicable, layout derived has no bene_race_wht_cnt, bene_race_black_cnt, bene_race_api_cnt, bene_race_hspnc_cnt, bene_race_natind_cnt, bene_race_othr_cnt

-- gate C07-dual dual_status_adds_up: not applicable, layout derived has no bene_dual_cnt, bene_ndual_cnt

-- gate C08-sex sexes_are_suppressed_together: not applicable, layout derived has no bene_feml_cnt, bene_male_cnt

-- gate C08-dual dual_status_is_suppressed_together: not applicable, layout derived has no bene_dual_cnt, bene_ndual_cnt

-- gate C09 flags_exactly_when_their_group_is_blank: not applicable, layout derived has no ge65_sprsn_flag, ge65_tot_clms, ge65_tot_30day_fills, ge65_tot_drug_cst, ge65_tot_day_suply, ge65_bene_sprsn_flag, ge65_tot_benes, brnd_sprsn_flag, gnrc_sprsn_flag, othr_sprsn_flag, othr_tot_clms, othr_tot_drug_cst, mapd_sprsn_flag, mapd_tot_clms, mapd_tot_drug_cst, pdp_sprsn_flag, pdp_tot_clms, pdp_tot_drug_cst, lis_sprsn_flag, lis_tot_clms, lis_drug_cst, nonlis_sprsn_flag, nonlis_tot_clms, nonlis_drug_cst, antpsyct_ge65_sprsn_flag, antpsyct_ge65_tot_drug_cst, antpsyct_ge65_bene_suprsn_flag, antpsyct_ge65_tot_benes

-- gate C10 age_and_risk_are_plausible, warn, offenders: warnings

-- gate C01 prescriber_npi_is_unique, error
-- One row a key that stands more than once. That no key is null is the contract's: key columns are declared not null.
-- Keys are counted by their 64-bit hash first: only rows that share a hash are compared in full. The count of suspects
-- is asked before the rows are fetched for that: without suspects, which is the rule, no key is shuffled. Hashes are
-- dealt out before they are counted: nearly all differ, so counting them on both sides of a shuffle would only fill memory.
with

hashes as (
    select /*+ repartition(key_hash) */ xxhash64(prescriber_npi) as key_hash
    from lake.part_d_cleansed.prescriber.branch_run_000000000000
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
    prescriber_npi,
    count(*) as row_count
from lake.part_d_cleansed.prescriber.branch_run_000000000000
left semi join suspects
    on xxhash64(prescriber_npi) = suspects.key_hash
where year = 2023
    and (select count(*) from suspects) > 0
group by prescriber_npi
having count(*) > 1;

-- gate G06 raw_rows_are_cleansed_or_quarantined, error
-- One row when raw rows are not all in the table or in its quarantine.
with

counts as (
    select
        (select count(*) from lake.part_d_raw.prescriber.branch_run_000000000000 where year = 2023) as raw_rows,
        (select count(*) from lake.part_d_cleansed.prescriber.branch_run_000000000000 where year = 2023) as kept_rows,
        (select count(*) from lake.part_d_cleansed.prescriber__quarantine.branch_run_000000000000 where year = 2023) as quarantined_rows
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
        (select count(*) from lake.part_d_cleansed.prescriber.branch_run_000000000000 where year = 2023) as kept_rows,
        (select count(*) from lake.part_d_cleansed.prescriber__quarantine.branch_run_000000000000 where year = 2023) as quarantined_rows
)

select
    kept_rows,
    quarantined_rows
from counts
where quarantined_rows > (kept_rows + quarantined_rows) * 0.01;

-- gate B19 row_count_is_near_last_year, warn
-- only when this returns a row, else: lake has no year 2022 to compare with
select 1 from lake.part_d_cleansed.prescriber.branch_run_000000000000 where year = 2022 limit 1;
-- One row when this year's row count leaves the band around last year's.
select
    count_if(year = 2023) as row_count,
    count_if(year = 2022) as previous_row_count
from lake.part_d_cleansed.prescriber.branch_run_000000000000
where year in (2023, 2022)
having count_if(year = 2023) < count_if(year = 2022) * 0.95
    or count_if(year = 2023) > count_if(year = 2022) * 1.08;
