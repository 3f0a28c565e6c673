-- part-d/cleansed/prescriber_drug@2023#rows
select
    *,
    case when
            (unparsed_line is not null)
            or (prescriber_npi not rlike '^[12][0-9]{9}$')
            or (not luhn_check(concat('80840', prescriber_npi)) and prescriber_npi rlike '^[0-9]{10}$')
            or (state_code not in ('AL', 'AK', 'AZ', 'AR', 'CA', 'CO', 'CT', 'DE', 'DC', 'FL', 'GA', 'HI', 'ID', 'IL', 'IN', 'IA', 'KS', 'KY', 'LA', 'ME', 'MD', 'MA', 'MI', 'MN', 'MS', 'MO', 'MT', 'NE', 'NV', 'NH', 'NJ', 'NM', 'NY', 'NC', 'ND', 'OH', 'OK', 'OR', 'PA', 'RI', 'SC', 'SD', 'TN', 'TX', 'UT', 'VT', 'VA', 'WA', 'WV', 'WI', 'WY', 'AA', 'AE', 'AP', 'AS', 'FM', 'GU', 'MP', 'PR', 'VI', 'XX', 'ZZ'))
            or ((tot_clms is not null and claim_count is null) or (tot_30day_fills is not null and fill_30day_count is null) or (tot_day_suply is not null and day_supply_days is null) or (tot_drug_cst is not null and drug_cost_usd is null) or (tot_benes is not null and beneficiary_count is null) or (ge65_tot_clms is not null and ge65_claim_count is null) or (ge65_tot_30day_fills is not null and ge65_fill_30day_count is null) or (ge65_tot_drug_cst is not null and ge65_drug_cost_usd is null) or (ge65_tot_day_suply is not null and ge65_day_supply_days is null) or (ge65_tot_benes is not null and ge65_beneficiary_count is null))
            or (prscrbr_npi is null and unparsed_line is null)
            or (brnd_name is null and unparsed_line is null)
            or (gnrc_name is null and unparsed_line is null)
            or (tot_clms is null and unparsed_line is null)
            or (tot_drug_cst is null and unparsed_line is null)
            or (claim_count < 11)
            or (drug_cost_usd < 0)
    then filter(array(
            case when unparsed_line is not null then 'G03' end,
            case when prescriber_npi not rlike '^[12][0-9]{9}$' then 'A01' end,
            case when not luhn_check(concat('80840', prescriber_npi)) and prescriber_npi rlike '^[0-9]{10}$' then 'A02' end,
            case when state_code not in ('AL', 'AK', 'AZ', 'AR', 'CA', 'CO', 'CT', 'DE', 'DC', 'FL', 'GA', 'HI', 'ID', 'IL', 'IN', 'IA', 'KS', 'KY', 'LA', 'ME', 'MD', 'MA', 'MI', 'MN', 'MS', 'MO', 'MT', 'NE', 'NV', 'NH', 'NJ', 'NM', 'NY', 'NC', 'ND', 'OH', 'OK', 'OR', 'PA', 'RI', 'SC', 'SD', 'TN', 'TX', 'UT', 'VT', 'VA', 'WA', 'WV', 'WI', 'WY', 'AA', 'AE', 'AP', 'AS', 'FM', 'GU', 'MP', 'PR', 'VI', 'XX', 'ZZ') then 'A14' end,
            case when (tot_clms is not null and claim_count is null) or (tot_30day_fills is not null and fill_30day_count is null) or (tot_day_suply is not null and day_supply_days is null) or (tot_drug_cst is not null and drug_cost_usd is null) or (tot_benes is not null and beneficiary_count is null) or (ge65_tot_clms is not null and ge65_claim_count is null) or (ge65_tot_30day_fills is not null and ge65_fill_30day_count is null) or (ge65_tot_drug_cst is not null and ge65_drug_cost_usd is null) or (ge65_tot_day_suply is not null and ge65_day_supply_days is null) or (ge65_tot_benes is not null and ge65_beneficiary_count is null) then 'T01' end,
            case when prscrbr_npi is null and unparsed_line is null then 'B03-prescriber_npi' end,
            case when brnd_name is null and unparsed_line is null then 'B03-drug_brand_name' end,
            case when gnrc_name is null and unparsed_line is null then 'B03-drug_generic_name' end,
            case when tot_clms is null and unparsed_line is null then 'B03-claim_count' end,
            case when tot_drug_cst is null and unparsed_line is null then 'B03-drug_cost_usd' end,
            case when claim_count < 11 then 'B04' end,
            case when drug_cost_usd < 0 then 'B09' end
    ), id -> id is not null)
    else cast(array() as array<string>) end as quarantine_reasons,
    case when
            ((concat_ws('', prescriber_last_or_organization_name, prescriber_first_name, city, specialty, drug_brand_name, drug_generic_name) not rlike '^[ -~]*\\z' and concat_ws('', prescriber_last_or_organization_name, prescriber_first_name, city, specialty, drug_brand_name, drug_generic_name) rlike '[\\x00-\\x1f\\x7f\\ufffd]') or prescriber_last_or_organization_name != trim(prescriber_last_or_organization_name) or prescriber_first_name != trim(prescriber_first_name) or city != trim(city) or specialty != trim(specialty) or drug_brand_name != trim(drug_brand_name) or drug_generic_name != trim(drug_generic_name))
            or (drug_cost_usd = 0)
    then filter(array(
            case when (concat_ws('', prescriber_last_or_organization_name, prescriber_first_name, city, specialty, drug_brand_name, drug_generic_name) not rlike '^[ -~]*\\z' and concat_ws('', prescriber_last_or_organization_name, prescriber_first_name, city, specialty, drug_brand_name, drug_generic_name) rlike '[\\x00-\\x1f\\x7f\\ufffd]') or prescriber_last_or_organization_name != trim(prescriber_last_or_organization_name) or prescriber_first_name != trim(prescriber_first_name) or city != trim(city) or specialty != trim(specialty) or drug_brand_name != trim(drug_brand_name) or drug_generic_name != trim(drug_generic_name) then 'A18' end,
            case when drug_cost_usd = 0 then 'B09-zero' end
    ), id -> id is not null)
    else cast(array() as array<string>) end as warnings,
    monotonically_increasing_id() as row_counter__
from (
-- One drug that one prescriber ordered at least eleven times in the year.
-- grain: prescriber_npi, drug_brand_name, drug_generic_name
-- caveat: counts of 1 to 10 are suppressed by CMS: they stay null, never zero; rows under 11 claims are not published.
-- The raw row goes along (raw.*) for the rules and the quarantine; the table takes its own columns by name.
select
    raw.*,
    raw.prscrbr_npi as prescriber_npi,
    raw.prscrbr_last_org_name as prescriber_last_or_organization_name,
    raw.prscrbr_first_name as prescriber_first_name,
    raw.prscrbr_city as city,
    raw.prscrbr_state_abrvtn as state_code,
    raw.prscrbr_state_fips as state_fips_code,
    raw.prscrbr_type as specialty,
    raw.prscrbr_type_src as specialty_source,
    raw.brnd_name as drug_brand_name,
    raw.gnrc_name as drug_generic_name,
    try_cast(raw.tot_clms as bigint) as claim_count,
    try_cast(raw.tot_30day_fills as decimal(12, 1)) as fill_30day_count,
    try_cast(raw.tot_day_suply as bigint) as day_supply_days,
    try_cast(raw.tot_drug_cst as decimal(14, 2)) as drug_cost_usd,
    try_cast(raw.tot_benes as bigint) as beneficiary_count,
    raw.ge65_sprsn_flag as ge65_suppression_flag,
    try_cast(raw.ge65_tot_clms as bigint) as ge65_claim_count,
    try_cast(raw.ge65_tot_30day_fills as decimal(12, 1)) as ge65_fill_30day_count,
    try_cast(raw.ge65_tot_drug_cst as decimal(14, 2)) as ge65_drug_cost_usd,
    try_cast(raw.ge65_tot_day_suply as bigint) as ge65_day_supply_days,
    raw.ge65_bene_sprsn_flag as ge65_beneficiary_suppression_flag,
    try_cast(raw.ge65_tot_benes as bigint) as ge65_beneficiary_count
from lake.part_d_raw.prescriber_drug.branch_run_000000000000 as raw
where raw.year = 2023
) as selected;

-- part-d/cleansed/prescriber_drug@2023#insert
insert overwrite table lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
partition (year = 2023) by name
select
    prescriber_npi,
    drug_brand_name,
    drug_generic_name,
    prescriber_last_or_organization_name,
    prescriber_first_name,
    city,
    state_code,
    state_fips_code,
    specialty,
    specialty_source,
    claim_count,
    fill_30day_count,
    day_supply_days,
    drug_cost_usd,
    beneficiary_count,
    ge65_suppression_flag,
    ge65_claim_count,
    ge65_fill_30day_count,
    ge65_drug_cost_usd,
    ge65_day_supply_days,
    ge65_beneficiary_suppression_flag,
    ge65_beneficiary_count,
    warnings
from checked_part_d_cleansed_prescriber_drug_2023
where size(quarantine_reasons) = 0 and row_counter__ >= 0;

-- part-d/cleansed/prescriber_drug@2023#quarantine
insert overwrite table lake.part_d_cleansed.prescriber_drug__quarantine.branch_run_000000000000
partition (year = 2023) by name
select
    prscrbr_npi,
    prscrbr_last_org_name,
    prscrbr_first_name,
    prscrbr_city,
    prscrbr_state_abrvtn,
    prscrbr_state_fips,
    prscrbr_type,
    prscrbr_type_src,
    brnd_name,
    gnrc_name,
    tot_clms,
    tot_30day_fills,
    tot_day_suply,
    tot_drug_cst,
    tot_benes,
    ge65_sprsn_flag,
    ge65_tot_clms,
    ge65_tot_30day_fills,
    ge65_tot_drug_cst,
    ge65_tot_day_suply,
    ge65_bene_sprsn_flag,
    ge65_tot_benes,
    prscrbr_zip5,
    source_file,
    layout,
    load_id,
    source_key,
    unparsed_line,
    quarantine_reasons
from checked_part_d_cleansed_prescriber_drug_2023
where size(quarantine_reasons) > 0 and row_counter__ >= 0;

-- gate G16 partition_has_rows, error
-- One row when the partition is empty.
select count(*) as row_count
from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
where year = 2023
having count(*) = 0;

-- gate G03 line_has_the_fields_of_its_header, error, offenders: block

-- gate A01 prescriber_npi_has_ten_digits, error, offenders: quarantine

-- gate A02 prescriber_npi_passes_its_check_digit, error, offenders: quarantine

-- gate A14 state_code_is_published_by_cms, error, offenders: quarantine

-- gate A15 state_and_fips_code_agree: not applicable, layout derived has no prscrbr_state_fips

-- gate A18 text_is_clean, warn, offenders: warnings

-- gate T01 numbers_are_numbers, error, offenders: quarantine

-- gate B03-prescriber_npi prescriber_npi_is_there, error, offenders: quarantine

-- gate B03-drug_brand_name drug_brand_name_is_there, error, offenders: quarantine

-- gate B03-drug_generic_name drug_generic_name_is_there, error, offenders: quarantine

-- gate B03-claim_count claim_count_is_there, error, offenders: quarantine

-- gate B03-fill_30day_count fill_30day_count_is_there: not applicable, layout derived has no tot_30day_fills

-- gate B03-day_supply_days day_supply_days_is_there: not applicable, layout derived has no tot_day_suply

-- gate B03-drug_cost_usd drug_cost_usd_is_there, error, offenders: quarantine

-- gate B04 claims_at_least_11, error, offenders: quarantine

-- gate B05 beneficiaries_unknown_or_at_least_11: not applicable, layout derived has no tot_benes

-- gate B06 beneficiaries_not_above_claims: not applicable, layout derived has no tot_benes

-- gate B07 fills_between_claims_and_twelve_times_claims: not applicable, layout derived has no tot_30day_fills

-- gate B08 day_supply_at_least_claims: not applicable, layout derived has no tot_day_suply

-- gate B09 cost_not_negative, error, offenders: quarantine

-- gate B09-zero cost_above_zero, warn, offenders: warnings

-- gate B10 ge65_flags_are_known: not applicable, layout derived has no ge65_sprsn_flag, ge65_bene_sprsn_flag

-- gate B11 ge65_flag_exactly_when_its_values_are_blank: not applicable, layout derived has no ge65_sprsn_flag, ge65_tot_clms, ge65_tot_30day_fills, ge65_tot_drug_cst, ge65_tot_day_suply

-- gate B12 ge65_beneficiary_flag_exactly_when_the_count_is_blank: not applicable, layout derived has no ge65_bene_sprsn_flag, ge65_tot_benes

-- gate B13 ge65_measures_not_above_totals: not applicable, layout derived has no ge65_tot_clms, ge65_tot_30day_fills, ge65_tot_drug_cst, ge65_tot_day_suply, ge65_tot_benes

-- gate B14 ge65_counts_zero_or_at_least_11: not applicable, layout derived has no ge65_tot_clms, ge65_tot_benes

-- gate B02 prescriber_npi_and_drug_brand_name_and_drug_generic_name_is_unique, error
-- One row a key that stands more than once. That no key is null is the contract's: key columns are declared not null.
-- Keys are counted by their 64-bit hash first: only rows that share a hash are compared in full. The count of suspects
-- is asked before the rows are fetched for that: without suspects, which is the rule, no key is shuffled. Hashes are
-- dealt out before they are counted: nearly all differ, so counting them on both sides of a shuffle would only fill memory.
with

hashes as (
    select /*+ repartition(key_hash) */ xxhash64(prescriber_npi, drug_brand_name, drug_generic_name) as key_hash
    from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
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
    prescriber_npi, drug_brand_name, drug_generic_name,
    count(*) as row_count
from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
left semi join suspects
    on xxhash64(prescriber_npi, drug_brand_name, drug_generic_name) = suspects.key_hash
where year = 2023
    and (select count(*) from suspects) > 0
group by prescriber_npi, drug_brand_name, drug_generic_name
having count(*) > 1;

-- gate G06 raw_rows_are_cleansed_or_quarantined, error
-- One row when raw rows are not all in the table or in its quarantine.
with

counts as (
    select
        (select count(*) from lake.part_d_raw.prescriber_drug.branch_run_000000000000 where year = 2023) as raw_rows,
        (select count(*) from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000 where year = 2023) as kept_rows,
        (select count(*) from lake.part_d_cleansed.prescriber_drug__quarantine.branch_run_000000000000 where year = 2023) as quarantined_rows
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
        (select count(*) from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000 where year = 2023) as kept_rows,
        (select count(*) from lake.part_d_cleansed.prescriber_drug__quarantine.branch_run_000000000000 where year = 2023) as quarantined_rows
)

select
    kept_rows,
    quarantined_rows
from counts
where quarantined_rows > (kept_rows + quarantined_rows) * 0.01;

-- gate G07 sums_survive_typing, error
-- One row a total that differs between the raw text and what was kept of it, table and quarantine together.
with

raw_totals as (
    select explode(map('tot_clms', cast(sum(try_cast(tot_clms as bigint)) as decimal(28, 2)), 'tot_30day_fills', cast(sum(try_cast(tot_30day_fills as decimal(18, 2))) as decimal(28, 2)), 'tot_day_suply', cast(sum(try_cast(tot_day_suply as bigint)) as decimal(28, 2)), 'tot_drug_cst', cast(sum(try_cast(tot_drug_cst as decimal(18, 2))) as decimal(28, 2)), 'tot_benes', cast(sum(try_cast(tot_benes as bigint)) as decimal(28, 2)), 'ge65_tot_clms', cast(sum(try_cast(ge65_tot_clms as bigint)) as decimal(28, 2)), 'ge65_tot_30day_fills', cast(sum(try_cast(ge65_tot_30day_fills as decimal(18, 2))) as decimal(28, 2)), 'ge65_tot_drug_cst', cast(sum(try_cast(ge65_tot_drug_cst as decimal(18, 2))) as decimal(28, 2)), 'ge65_tot_day_suply', cast(sum(try_cast(ge65_tot_day_suply as bigint)) as decimal(28, 2)), 'ge65_tot_benes', cast(sum(try_cast(ge65_tot_benes as bigint)) as decimal(28, 2)))) as (total_name, total)
    from lake.part_d_raw.prescriber_drug.branch_run_000000000000
    where year = 2023
),

kept_totals as (
    select explode(map('tot_clms', cast(sum(claim_count) as decimal(28, 2)), 'tot_30day_fills', cast(sum(fill_30day_count) as decimal(28, 2)), 'tot_day_suply', cast(sum(day_supply_days) as decimal(28, 2)), 'tot_drug_cst', cast(sum(drug_cost_usd) as decimal(28, 2)), 'tot_benes', cast(sum(beneficiary_count) as decimal(28, 2)), 'ge65_tot_clms', cast(sum(ge65_claim_count) as decimal(28, 2)), 'ge65_tot_30day_fills', cast(sum(ge65_fill_30day_count) as decimal(28, 2)), 'ge65_tot_drug_cst', cast(sum(ge65_drug_cost_usd) as decimal(28, 2)), 'ge65_tot_day_suply', cast(sum(ge65_day_supply_days) as decimal(28, 2)), 'ge65_tot_benes', cast(sum(ge65_beneficiary_count) as decimal(28, 2)))) as (total_name, total)
    from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
    where year = 2023
),

quarantined_totals as (
    select explode(map('tot_clms', cast(sum(try_cast(tot_clms as bigint)) as decimal(28, 2)), 'tot_30day_fills', cast(sum(try_cast(tot_30day_fills as decimal(18, 2))) as decimal(28, 2)), 'tot_day_suply', cast(sum(try_cast(tot_day_suply as bigint)) as decimal(28, 2)), 'tot_drug_cst', cast(sum(try_cast(tot_drug_cst as decimal(18, 2))) as decimal(28, 2)), 'tot_benes', cast(sum(try_cast(tot_benes as bigint)) as decimal(28, 2)), 'ge65_tot_clms', cast(sum(try_cast(ge65_tot_clms as bigint)) as decimal(28, 2)), 'ge65_tot_30day_fills', cast(sum(try_cast(ge65_tot_30day_fills as decimal(18, 2))) as decimal(28, 2)), 'ge65_tot_drug_cst', cast(sum(try_cast(ge65_tot_drug_cst as decimal(18, 2))) as decimal(28, 2)), 'ge65_tot_day_suply', cast(sum(try_cast(ge65_tot_day_suply as bigint)) as decimal(28, 2)), 'ge65_tot_benes', cast(sum(try_cast(ge65_tot_benes as bigint)) as decimal(28, 2)))) as (total_name, total)
    from lake.part_d_cleansed.prescriber_drug__quarantine.branch_run_000000000000
    where year = 2023
)

select
    raw_totals.total_name,
    raw_totals.total as raw_total,
    kept_totals.total as kept_total,
    quarantined_totals.total as quarantined_total
from raw_totals
inner join kept_totals
    on raw_totals.total_name = kept_totals.total_name
inner join quarantined_totals
    on raw_totals.total_name = quarantined_totals.total_name
where coalesce(raw_totals.total, 0) != coalesce(kept_totals.total, 0) + coalesce(quarantined_totals.total, 0);

-- gate B15 suppressed_values_stay_unknown, error
-- One row a total that differs between the raw text and what was kept of it, table and quarantine together.
with

raw_totals as (
    select explode(map('tot_clms', cast(count(*) - count(tot_clms) as decimal(28, 2)), 'tot_30day_fills', cast(count(*) - count(tot_30day_fills) as decimal(28, 2)), 'tot_day_suply', cast(count(*) - count(tot_day_suply) as decimal(28, 2)), 'tot_drug_cst', cast(count(*) - count(tot_drug_cst) as decimal(28, 2)), 'tot_benes', cast(count(*) - count(tot_benes) as decimal(28, 2)), 'ge65_tot_clms', cast(count(*) - count(ge65_tot_clms) as decimal(28, 2)), 'ge65_tot_30day_fills', cast(count(*) - count(ge65_tot_30day_fills) as decimal(28, 2)), 'ge65_tot_drug_cst', cast(count(*) - count(ge65_tot_drug_cst) as decimal(28, 2)), 'ge65_tot_day_suply', cast(count(*) - count(ge65_tot_day_suply) as decimal(28, 2)), 'ge65_tot_benes', cast(count(*) - count(ge65_tot_benes) as decimal(28, 2)))) as (total_name, total)
    from lake.part_d_raw.prescriber_drug.branch_run_000000000000
    where year = 2023
),

kept_totals as (
    select explode(map('tot_clms', cast(count(*) - count(claim_count) as decimal(28, 2)), 'tot_30day_fills', cast(count(*) - count(fill_30day_count) as decimal(28, 2)), 'tot_day_suply', cast(count(*) - count(day_supply_days) as decimal(28, 2)), 'tot_drug_cst', cast(count(*) - count(drug_cost_usd) as decimal(28, 2)), 'tot_benes', cast(count(*) - count(beneficiary_count) as decimal(28, 2)), 'ge65_tot_clms', cast(count(*) - count(ge65_claim_count) as decimal(28, 2)), 'ge65_tot_30day_fills', cast(count(*) - count(ge65_fill_30day_count) as decimal(28, 2)), 'ge65_tot_drug_cst', cast(count(*) - count(ge65_drug_cost_usd) as decimal(28, 2)), 'ge65_tot_day_suply', cast(count(*) - count(ge65_day_supply_days) as decimal(28, 2)), 'ge65_tot_benes', cast(count(*) - count(ge65_beneficiary_count) as decimal(28, 2)))) as (total_name, total)
    from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
    where year = 2023
),

quarantined_totals as (
    select explode(map('tot_clms', cast(count(*) - count(tot_clms) as decimal(28, 2)), 'tot_30day_fills', cast(count(*) - count(tot_30day_fills) as decimal(28, 2)), 'tot_day_suply', cast(count(*) - count(tot_day_suply) as decimal(28, 2)), 'tot_drug_cst', cast(count(*) - count(tot_drug_cst) as decimal(28, 2)), 'tot_benes', cast(count(*) - count(tot_benes) as decimal(28, 2)), 'ge65_tot_clms', cast(count(*) - count(ge65_tot_clms) as decimal(28, 2)), 'ge65_tot_30day_fills', cast(count(*) - count(ge65_tot_30day_fills) as decimal(28, 2)), 'ge65_tot_drug_cst', cast(count(*) - count(ge65_tot_drug_cst) as decimal(28, 2)), 'ge65_tot_day_suply', cast(count(*) - count(ge65_tot_day_suply) as decimal(28, 2)), 'ge65_tot_benes', cast(count(*) - count(ge65_tot_benes) as decimal(28, 2)))) as (total_name, total)
    from lake.part_d_cleansed.prescriber_drug__quarantine.branch_run_000000000000
    where year = 2023
)

select
    raw_totals.total_name,
    raw_totals.total as raw_total,
    kept_totals.total as kept_total,
    quarantined_totals.total as quarantined_total
from raw_totals
inner join kept_totals
    on raw_totals.total_name = kept_totals.total_name
inner join quarantined_totals
    on raw_totals.total_name = quarantined_totals.total_name
where coalesce(raw_totals.total, 0) != coalesce(kept_totals.total, 0) + coalesce(quarantined_totals.total, 0);

-- gate B16 prescriber_has_one_name_state_and_specialty, warn
-- One prescriber whose rows of the year name more than one name, state or specialty.
select prescriber_npi
from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
where year = 2023
group by prescriber_npi
having min(xxhash64(prescriber_last_or_organization_name, prescriber_first_name)) != max(xxhash64(prescriber_last_or_organization_name, prescriber_first_name))
    or min(xxhash64(state_code)) != max(xxhash64(state_code))
    or min(xxhash64(specialty)) != max(xxhash64(specialty));

-- gate B18 share_of_unknown_beneficiaries_is_near_last_year: not applicable, layout derived has no tot_benes

-- gate B19 row_count_is_near_last_year, warn
-- only when this returns a row, else: lake has no year 2022 to compare with
select 1 from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000 where year = 2022 limit 1;
-- One row when this year's row count leaves the band around last year's.
select
    count_if(year = 2023) as row_count,
    count_if(year = 2022) as previous_row_count
from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
where year in (2023, 2022)
having count_if(year = 2023) < count_if(year = 2022) * 0.95
    or count_if(year = 2023) > count_if(year = 2022) * 1.08;

-- gate B19-block row_count_is_plausible_against_last_year, error
-- only when this returns a row, else: lake has no year 2022 to compare with
select 1 from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000 where year = 2022 limit 1;
-- One row when this year's row count leaves the band around last year's.
select
    count_if(year = 2023) as row_count,
    count_if(year = 2022) as previous_row_count
from lake.part_d_cleansed.prescriber_drug.branch_run_000000000000
where year in (2023, 2022)
having count_if(year = 2023) < count_if(year = 2022) * 0.8
    or count_if(year = 2023) > count_if(year = 2022) * 1.2;
