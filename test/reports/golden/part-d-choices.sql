-- one-prescriber-years
with

grouped_rows as (
    select
        prescriber_report.prescriber_npi collate utf8mb4_0900_bin as prescriber_npi,
        prescriber_report.year,
        prescriber_report.drug_cost_usd,
        prescriber_report.claim_count
    from prescriber_report
    where prescriber_report.prescriber_npi in (?, ?)
),

grouped as (
    select
        prescriber_npi,
        year,
        sum(drug_cost_usd) as cost_usd,
        sum(claim_count) as claims
    from grouped_rows
    group by prescriber_npi, year
),

figures as (
    select
        grouped.prescriber_npi,
        grouped.year,
        grouped.cost_usd,
        grouped.claims,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim
    from grouped
)

select
    prescriber_npi,
    year,
    cost_usd,
    claims,
    cost_per_claim
from figures
order by prescriber_npi, year;

-- one-prescriber-opioids
with

grouped_rows as (
    select
        prescriber_report.prescriber_npi collate utf8mb4_0900_bin as prescriber_npi,
        prescriber_report.prescriber_name collate utf8mb4_0900_bin as prescriber_name,
        prescriber_report.specialty collate utf8mb4_0900_bin as specialty,
        prescriber_report.city collate utf8mb4_0900_bin as city,
        prescriber_report.state_code collate utf8mb4_0900_bin as state_code,
        prescriber_report.opioid_claim_count,
        prescriber_report.provider_claim_count
    from prescriber_report
    where prescriber_report.year = ?
    and prescriber_report.prescriber_npi in (?)
),

grouped as (
    select
        prescriber_npi,
        prescriber_name,
        specialty,
        city,
        state_code,
        sum(opioid_claim_count) as opioid_claims,
        sum(case when opioid_claim_count is not null then provider_claim_count end) as claims_with_known_opioid
    from grouped_rows
    group by prescriber_npi, prescriber_name, specialty, city, state_code
),

peers_by_specialty_and_state_code_rows as (
    select
        prescriber_report.specialty collate utf8mb4_0900_bin as specialty,
        prescriber_report.state_code collate utf8mb4_0900_bin as state_code,
        prescriber_report.opioid_claim_count,
        prescriber_report.provider_claim_count
    from prescriber_report
    where prescriber_report.year = ?
),

peers_by_specialty_and_state_code as (
    select
        specialty,
        state_code,
        sum(opioid_claim_count) as opioid_claims,
        sum(case when opioid_claim_count is not null then provider_claim_count end) as claims_with_known_opioid,
        count(case when opioid_claim_count is not null then 1 end) as prescribers_with_known_opioid
    from peers_by_specialty_and_state_code_rows
    group by specialty, state_code
),

figures as (
    select
        grouped.prescriber_npi,
        grouped.prescriber_name,
        grouped.specialty,
        grouped.city,
        grouped.state_code,
        cast(grouped.opioid_claims as decimal(38, 10)) / nullif(grouped.claims_with_known_opioid, 0) as opioid_rate,
        cast(peers_by_specialty_and_state_code.opioid_claims as decimal(38, 10)) / nullif(peers_by_specialty_and_state_code.claims_with_known_opioid, 0) as opioid_rate_of_peers,
        peers_by_specialty_and_state_code.prescribers_with_known_opioid as peers_with_known_opioid,
        grouped.opioid_claims
    from grouped
    left join peers_by_specialty_and_state_code
        on peers_by_specialty_and_state_code.specialty <=> grouped.specialty
        and peers_by_specialty_and_state_code.state_code <=> grouped.state_code
    where cast(grouped.opioid_claims as decimal(38, 10)) / nullif(grouped.claims_with_known_opioid, 0) is not null
)

select
    prescriber_npi,
    prescriber_name,
    specialty,
    city,
    state_code,
    opioid_rate,
    opioid_rate_of_peers,
    peers_with_known_opioid,
    opioid_claims
from figures
order by prescriber_npi, opioid_rate desc, prescriber_name, specialty, city, state_code;

-- generic-rise
with

grouped_rows as (
    select
        drug_utilization.state_code collate utf8mb4_0900_bin as state_code,
        drug.drug_generic_name collate utf8mb4_0900_bin as drug_generic_name,
        drug_utilization.drug_cost_usd
    from drug_utilization
    left join drug_report as drug
        on drug.year = drug_utilization.year
        and drug.drug_key = drug_utilization.drug_key
    where drug_utilization.year = ?
),

grouped as (
    select
        state_code,
        drug_generic_name,
        sum(drug_cost_usd) as cost_usd
    from grouped_rows
    group by state_code, drug_generic_name
),

year_before_rows as (
    select
        drug_utilization.state_code collate utf8mb4_0900_bin as state_code,
        drug.drug_generic_name collate utf8mb4_0900_bin as drug_generic_name,
        drug_utilization.drug_cost_usd
    from drug_utilization
    left join drug_report as drug
        on drug.year = drug_utilization.year
        and drug.drug_key = drug_utilization.drug_key
    where drug_utilization.year = ? - 1
),

year_before as (
    select
        state_code,
        drug_generic_name,
        sum(drug_cost_usd) as cost_usd
    from year_before_rows
    group by state_code, drug_generic_name
),

figures as (
    select
        grouped.state_code,
        grouped.drug_generic_name,
        (grouped.cost_usd - year_before.cost_usd) as cost_usd_rise,
        grouped.cost_usd,
        year_before.cost_usd as cost_usd_year_before,
        cast((grouped.cost_usd - year_before.cost_usd) as decimal(38, 10)) / nullif(year_before.cost_usd, 0) as cost_usd_change
    from grouped
    left join year_before
        on year_before.state_code <=> grouped.state_code
        and year_before.drug_generic_name <=> grouped.drug_generic_name
    where (grouped.cost_usd - year_before.cost_usd) is not null
),

ranked as (
    select
        figures.*,
        row_number() over (partition by state_code order by cost_usd_rise desc, drug_generic_name) as place
    from figures
)

select
    state_code,
    drug_generic_name,
    cost_usd_rise,
    cost_usd,
    cost_usd_year_before,
    cost_usd_change
from ranked
where place <= 10
order by state_code, cost_usd_rise desc, drug_generic_name;
