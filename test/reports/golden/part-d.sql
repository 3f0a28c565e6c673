-- drug-totals
with

grouped_rows as (
    select
        drug_utilization.claim_count,
        drug_utilization.drug_cost_usd,
        drug.drug_generic_name collate utf8mb4_0900_bin as drug_generic_name,
        drug.drug_brand_name collate utf8mb4_0900_bin as drug_brand_name,
        drug_utilization.drug_key
    from drug_utilization
    left join drug_report as drug
        on drug.year = drug_utilization.year
        and drug.drug_key = drug_utilization.drug_key
    where drug_utilization.year = ?
),

grouped as (
    select
        sum(claim_count) as claims,
        sum(drug_cost_usd) as cost_usd,
        count(distinct drug_generic_name) as generic_names,
        count(distinct drug_brand_name) as brand_names,
        count(distinct drug_key) as pairs
    from grouped_rows
    having count(*) > 0
),

figures as (
    select
        grouped.claims,
        grouped.cost_usd,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim,
        grouped.generic_names,
        grouped.brand_names,
        grouped.pairs
    from grouped
)

select
    claims,
    cost_usd,
    cost_per_claim,
    generic_names,
    brand_names,
    pairs
from figures;

-- generic-by-claims
with

grouped_rows as (
    select
        drug.drug_generic_name collate utf8mb4_0900_bin as drug_generic_name,
        drug_utilization.claim_count,
        drug_utilization.drug_cost_usd
    from drug_utilization
    left join drug_report as drug
        on drug.year = drug_utilization.year
        and drug.drug_key = drug_utilization.drug_key
    where drug_utilization.year = ?
),

grouped as (
    select
        drug_generic_name,
        sum(claim_count) as claims,
        sum(drug_cost_usd) as cost_usd
    from grouped_rows
    group by drug_generic_name
),

figures as (
    select
        grouped.drug_generic_name,
        grouped.claims,
        grouped.cost_usd,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim,
        sum(grouped.claims) over () as claims_total,
        sum(grouped.cost_usd) over () as cost_usd_total
    from grouped
)

select
    drug_generic_name,
    claims,
    cost_usd,
    cost_per_claim,
    claims_total,
    cost_usd_total
from figures
order by claims desc, drug_generic_name
limit 10;

-- generic-by-cost
with

grouped_rows as (
    select
        drug.drug_generic_name collate utf8mb4_0900_bin as drug_generic_name,
        drug_utilization.drug_cost_usd,
        drug_utilization.claim_count
    from drug_utilization
    left join drug_report as drug
        on drug.year = drug_utilization.year
        and drug.drug_key = drug_utilization.drug_key
    where drug_utilization.year = ?
),

grouped as (
    select
        drug_generic_name,
        sum(drug_cost_usd) as cost_usd,
        sum(claim_count) as claims
    from grouped_rows
    group by drug_generic_name
),

figures as (
    select
        grouped.drug_generic_name,
        grouped.cost_usd,
        grouped.claims,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim,
        sum(grouped.cost_usd) over () as cost_usd_total,
        sum(grouped.claims) over () as claims_total
    from grouped
)

select
    drug_generic_name,
    cost_usd,
    claims,
    cost_per_claim,
    cost_usd_total,
    claims_total
from figures
order by cost_usd desc, drug_generic_name
limit 10;

-- brand-by-claims
with

grouped_rows as (
    select
        drug.drug_brand_name collate utf8mb4_0900_bin as drug_brand_name,
        drug_utilization.claim_count,
        drug_utilization.drug_cost_usd
    from drug_utilization
    left join drug_report as drug
        on drug.year = drug_utilization.year
        and drug.drug_key = drug_utilization.drug_key
    where drug_utilization.year = ?
),

grouped as (
    select
        drug_brand_name,
        sum(claim_count) as claims,
        sum(drug_cost_usd) as cost_usd
    from grouped_rows
    group by drug_brand_name
),

figures as (
    select
        grouped.drug_brand_name,
        grouped.claims,
        grouped.cost_usd,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim,
        sum(grouped.claims) over () as claims_total,
        sum(grouped.cost_usd) over () as cost_usd_total
    from grouped
)

select
    drug_brand_name,
    claims,
    cost_usd,
    cost_per_claim,
    claims_total,
    cost_usd_total
from figures
order by claims desc, drug_brand_name
limit 10;

-- brand-by-cost
with

grouped_rows as (
    select
        drug.drug_brand_name collate utf8mb4_0900_bin as drug_brand_name,
        drug_utilization.drug_cost_usd,
        drug_utilization.claim_count
    from drug_utilization
    left join drug_report as drug
        on drug.year = drug_utilization.year
        and drug.drug_key = drug_utilization.drug_key
    where drug_utilization.year = ?
),

grouped as (
    select
        drug_brand_name,
        sum(drug_cost_usd) as cost_usd,
        sum(claim_count) as claims
    from grouped_rows
    group by drug_brand_name
),

figures as (
    select
        grouped.drug_brand_name,
        grouped.cost_usd,
        grouped.claims,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim,
        sum(grouped.cost_usd) over () as cost_usd_total,
        sum(grouped.claims) over () as claims_total
    from grouped
)

select
    drug_brand_name,
    cost_usd,
    claims,
    cost_per_claim,
    cost_usd_total,
    claims_total
from figures
order by cost_usd desc, drug_brand_name
limit 10;

-- drug-types
with

grouped_rows as (
    select
        drug_utilization.is_antibiotic,
        drug_utilization.claim_count,
        drug_utilization.drug_key,
        drug_utilization.drug_cost_usd
    from drug_utilization
    where drug_utilization.year = ?
),

grouped as (
    select
        is_antibiotic,
        sum(claim_count) as claims,
        count(distinct drug_key) as pairs,
        sum(drug_cost_usd) as cost_usd
    from grouped_rows
    group by is_antibiotic
),

figures as (
    select
        grouped.is_antibiotic,
        grouped.claims,
        grouped.pairs,
        grouped.cost_usd,
        sum(grouped.claims) over () as claims_total,
        sum(grouped.pairs) over () as pairs_total,
        sum(grouped.cost_usd) over () as cost_usd_total
    from grouped
)

select
    is_antibiotic,
    claims,
    pairs,
    cost_usd,
    claims_total,
    pairs_total,
    cost_usd_total
from figures
order by claims desc, is_antibiotic;

-- opioids
with

grouped_rows as (
    select
        drug_utilization.is_opioid,
        drug_utilization.claim_count,
        drug_utilization.drug_key,
        drug_utilization.drug_cost_usd
    from drug_utilization
    where drug_utilization.year = ?
),

grouped as (
    select
        is_opioid,
        sum(claim_count) as claims,
        count(distinct drug_key) as pairs,
        sum(drug_cost_usd) as cost_usd
    from grouped_rows
    group by is_opioid
),

figures as (
    select
        grouped.is_opioid,
        grouped.claims,
        grouped.pairs,
        grouped.cost_usd,
        sum(grouped.claims) over () as claims_total,
        sum(grouped.pairs) over () as pairs_total,
        sum(grouped.cost_usd) over () as cost_usd_total
    from grouped
)

select
    is_opioid,
    claims,
    pairs,
    cost_usd,
    claims_total,
    pairs_total,
    cost_usd_total
from figures
order by claims desc, is_opioid;

-- brand-or-generic
with

grouped_rows as (
    select
        drug_utilization.is_brand,
        drug_utilization.claim_count,
        drug_utilization.drug_key,
        drug_utilization.drug_cost_usd
    from drug_utilization
    where drug_utilization.year = ?
),

grouped as (
    select
        is_brand,
        sum(claim_count) as claims,
        count(distinct drug_key) as pairs,
        sum(drug_cost_usd) as cost_usd
    from grouped_rows
    group by is_brand
),

figures as (
    select
        grouped.is_brand,
        grouped.claims,
        grouped.pairs,
        grouped.cost_usd,
        sum(grouped.claims) over () as claims_total,
        sum(grouped.pairs) over () as pairs_total,
        sum(grouped.cost_usd) over () as cost_usd_total
    from grouped
)

select
    is_brand,
    claims,
    pairs,
    cost_usd,
    claims_total,
    pairs_total,
    cost_usd_total
from figures
order by claims desc, is_brand;

-- prescriber-totals
with

grouped_rows as (
    select
        prescriber_report.claim_count,
        prescriber_report.drug_cost_usd
    from prescriber_report
    where prescriber_report.year = ?
),

grouped as (
    select
        count(*) as prescribers,
        sum(claim_count) as claims,
        sum(drug_cost_usd) as cost_usd
    from grouped_rows
    having count(*) > 0
),

figures as (
    select
        grouped.prescribers,
        grouped.claims,
        grouped.cost_usd,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim
    from grouped
)

select
    prescribers,
    claims,
    cost_usd,
    cost_per_claim
from figures;

-- prescriber-by-claims
with

grouped_rows as (
    select
        prescriber_report.prescriber_npi collate utf8mb4_0900_bin as prescriber_npi,
        prescriber_report.prescriber_name collate utf8mb4_0900_bin as prescriber_name,
        prescriber_report.specialty collate utf8mb4_0900_bin as specialty,
        prescriber_report.city collate utf8mb4_0900_bin as city,
        prescriber_report.state_code collate utf8mb4_0900_bin as state_code,
        prescriber_report.claim_count,
        prescriber_report.drug_cost_usd
    from prescriber_report
    where prescriber_report.year = ?
),

grouped as (
    select
        prescriber_npi,
        prescriber_name,
        specialty,
        city,
        state_code,
        sum(claim_count) as claims,
        sum(drug_cost_usd) as cost_usd
    from grouped_rows
    group by prescriber_npi, prescriber_name, specialty, city, state_code
),

figures as (
    select
        grouped.prescriber_npi,
        grouped.prescriber_name,
        grouped.specialty,
        grouped.city,
        grouped.state_code,
        grouped.claims,
        grouped.cost_usd,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim,
        sum(grouped.claims) over () as claims_total,
        sum(grouped.cost_usd) over () as cost_usd_total
    from grouped
)

select
    prescriber_npi,
    prescriber_name,
    specialty,
    city,
    state_code,
    claims,
    cost_usd,
    cost_per_claim,
    claims_total,
    cost_usd_total
from figures
order by claims desc, prescriber_npi, prescriber_name, specialty, city, state_code
limit 10;

-- prescriber-by-cost
with

grouped_rows as (
    select
        prescriber_report.prescriber_npi collate utf8mb4_0900_bin as prescriber_npi,
        prescriber_report.prescriber_name collate utf8mb4_0900_bin as prescriber_name,
        prescriber_report.specialty collate utf8mb4_0900_bin as specialty,
        prescriber_report.city collate utf8mb4_0900_bin as city,
        prescriber_report.state_code collate utf8mb4_0900_bin as state_code,
        prescriber_report.drug_cost_usd,
        prescriber_report.claim_count
    from prescriber_report
    where prescriber_report.year = ?
),

grouped as (
    select
        prescriber_npi,
        prescriber_name,
        specialty,
        city,
        state_code,
        sum(drug_cost_usd) as cost_usd,
        sum(claim_count) as claims
    from grouped_rows
    group by prescriber_npi, prescriber_name, specialty, city, state_code
),

figures as (
    select
        grouped.prescriber_npi,
        grouped.prescriber_name,
        grouped.specialty,
        grouped.city,
        grouped.state_code,
        grouped.cost_usd,
        grouped.claims,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim,
        sum(grouped.cost_usd) over () as cost_usd_total,
        sum(grouped.claims) over () as claims_total
    from grouped
)

select
    prescriber_npi,
    prescriber_name,
    specialty,
    city,
    state_code,
    cost_usd,
    claims,
    cost_per_claim,
    cost_usd_total,
    claims_total
from figures
order by cost_usd desc, prescriber_npi, prescriber_name, specialty, city, state_code
limit 10;

-- states
with

grouped_rows as (
    select
        prescriber_report.state_code collate utf8mb4_0900_bin as state_code,
        state.state_name collate utf8mb4_0900_bin as state_name,
        prescriber_report.claim_count,
        prescriber_report.drug_cost_usd
    from prescriber_report
    left join state as state
        on state.year = prescriber_report.year
        and state.state_code = prescriber_report.state_code
    where prescriber_report.year = ?
),

grouped as (
    select
        state_code,
        state_name,
        count(*) as prescribers,
        sum(claim_count) as claims,
        sum(drug_cost_usd) as cost_usd
    from grouped_rows
    group by state_code, state_name
),

figures as (
    select
        grouped.state_code,
        grouped.state_name,
        grouped.prescribers,
        grouped.claims,
        grouped.cost_usd,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim,
        sum(grouped.prescribers) over () as prescribers_total,
        sum(grouped.claims) over () as claims_total,
        sum(grouped.cost_usd) over () as cost_usd_total
    from grouped
)

select
    state_code,
    state_name,
    prescribers,
    claims,
    cost_usd,
    cost_per_claim,
    prescribers_total,
    claims_total,
    cost_usd_total
from figures
order by prescribers desc, state_code, state_name;

-- prescriber-types
with

grouped_rows as (
    select
        prescriber_report.prescriber_type collate utf8mb4_0900_bin as prescriber_type,
        prescriber_report.claim_count,
        prescriber_report.drug_cost_usd
    from prescriber_report
    where prescriber_report.year = ?
),

grouped as (
    select
        prescriber_type,
        count(*) as prescribers,
        sum(claim_count) as claims,
        sum(drug_cost_usd) as cost_usd
    from grouped_rows
    group by prescriber_type
),

figures as (
    select
        grouped.prescriber_type,
        grouped.prescribers,
        grouped.claims,
        grouped.cost_usd,
        sum(grouped.prescribers) over () as prescribers_total,
        sum(grouped.claims) over () as claims_total,
        sum(grouped.cost_usd) over () as cost_usd_total
    from grouped
)

select
    prescriber_type,
    prescribers,
    claims,
    cost_usd,
    prescribers_total,
    claims_total,
    cost_usd_total
from figures
order by prescribers desc, prescriber_type;

-- specialties
with

grouped_rows as (
    select
        prescriber_report.specialty collate utf8mb4_0900_bin as specialty,
        prescriber_report.claim_count,
        prescriber_report.drug_cost_usd
    from prescriber_report
    where prescriber_report.year = ?
),

grouped as (
    select
        specialty,
        count(*) as prescribers,
        sum(claim_count) as claims,
        sum(drug_cost_usd) as cost_usd
    from grouped_rows
    group by specialty
),

figures as (
    select
        grouped.specialty,
        grouped.prescribers,
        grouped.claims,
        grouped.cost_usd,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim,
        sum(grouped.prescribers) over () as prescribers_total,
        sum(grouped.claims) over () as claims_total,
        sum(grouped.cost_usd) over () as cost_usd_total
    from grouped
)

select
    specialty,
    prescribers,
    claims,
    cost_usd,
    cost_per_claim,
    prescribers_total,
    claims_total,
    cost_usd_total
from figures
order by prescribers desc, specialty;

-- year-changes
with

grouped_rows as (
    select
        drug_utilization.drug_cost_usd,
        drug_utilization.claim_count
    from drug_utilization
    where drug_utilization.year = ?
),

grouped as (
    select
        sum(drug_cost_usd) as cost_usd,
        sum(claim_count) as claims
    from grouped_rows
    having count(*) > 0
),

year_before_rows as (
    select
        drug_utilization.drug_cost_usd,
        drug_utilization.claim_count
    from drug_utilization
    where drug_utilization.year = ? - 1
),

year_before as (
    select
        sum(drug_cost_usd) as cost_usd,
        sum(claim_count) as claims
    from year_before_rows
),

figures as (
    select
        grouped.cost_usd,
        year_before.cost_usd as cost_usd_year_before,
        (grouped.cost_usd - year_before.cost_usd) as cost_usd_rise,
        cast((grouped.cost_usd - year_before.cost_usd) as decimal(38, 10)) / nullif(year_before.cost_usd, 0) as cost_usd_change,
        cast((grouped.claims - year_before.claims) as decimal(38, 10)) / nullif(year_before.claims, 0) as claims_change,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim,
        cast(year_before.cost_usd as decimal(38, 10)) / nullif(year_before.claims, 0) as cost_per_claim_year_before
    from grouped
    left join year_before
        on true
)

select
    cost_usd,
    cost_usd_year_before,
    cost_usd_rise,
    cost_usd_change,
    claims_change,
    cost_per_claim,
    cost_per_claim_year_before
from figures;

-- cost-by-year
with

grouped_rows as (
    select
        drug_utilization.year,
        drug_utilization.drug_cost_usd,
        drug_utilization.claim_count
    from drug_utilization
),

grouped as (
    select
        year,
        sum(drug_cost_usd) as cost_usd,
        sum(claim_count) as claims
    from grouped_rows
    group by year
),

figures as (
    select
        grouped.year,
        grouped.cost_usd,
        grouped.claims,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim
    from grouped
)

select
    year,
    cost_usd,
    claims,
    cost_per_claim
from figures
order by year;

-- generic-rise
with

grouped_rows as (
    select
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
        drug_generic_name,
        sum(drug_cost_usd) as cost_usd
    from grouped_rows
    group by drug_generic_name
),

year_before_rows as (
    select
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
        drug_generic_name,
        sum(drug_cost_usd) as cost_usd
    from year_before_rows
    group by drug_generic_name
),

figures as (
    select
        grouped.drug_generic_name,
        (grouped.cost_usd - year_before.cost_usd) as cost_usd_rise,
        grouped.cost_usd,
        year_before.cost_usd as cost_usd_year_before,
        cast((grouped.cost_usd - year_before.cost_usd) as decimal(38, 10)) / nullif(year_before.cost_usd, 0) as cost_usd_change
    from grouped
    left join year_before
        on year_before.drug_generic_name <=> grouped.drug_generic_name
    where (grouped.cost_usd - year_before.cost_usd) is not null
)

select
    drug_generic_name,
    cost_usd_rise,
    cost_usd,
    cost_usd_year_before,
    cost_usd_change
from figures
order by cost_usd_rise desc, drug_generic_name
limit 10;

-- state-change
with

grouped_rows as (
    select
        drug_utilization.state_code collate utf8mb4_0900_bin as state_code,
        state.state_name collate utf8mb4_0900_bin as state_name,
        drug_utilization.claim_count
    from drug_utilization
    left join state as state
        on state.year = drug_utilization.year
        and state.state_code = drug_utilization.state_code
    where drug_utilization.year = ?
),

grouped as (
    select
        state_code,
        state_name,
        sum(claim_count) as claims
    from grouped_rows
    group by state_code, state_name
),

year_before_rows as (
    select
        drug_utilization.state_code collate utf8mb4_0900_bin as state_code,
        drug_utilization.claim_count
    from drug_utilization
    where drug_utilization.year = ? - 1
),

year_before as (
    select
        state_code,
        sum(claim_count) as claims
    from year_before_rows
    group by state_code
),

figures as (
    select
        grouped.state_code,
        grouped.state_name,
        cast((grouped.claims - year_before.claims) as decimal(38, 10)) / nullif(year_before.claims, 0) as claims_change,
        grouped.claims,
        year_before.claims as claims_year_before
    from grouped
    left join year_before
        on year_before.state_code <=> grouped.state_code
    where cast((grouped.claims - year_before.claims) as decimal(38, 10)) / nullif(year_before.claims, 0) is not null
    and grouped.claims >= 1000
)

select
    state_code,
    state_name,
    claims_change,
    claims,
    claims_year_before
from figures
order by claims_change desc, state_code, state_name
limit 10;

-- brand-shares
with

grouped_rows as (
    select
        drug_utilization.drug_cost_usd,
        drug_utilization.is_brand,
        drug_utilization.claim_count
    from drug_utilization
    where drug_utilization.year = ?
),

grouped as (
    select
        sum(case when is_brand then drug_cost_usd end) as brand_cost_usd,
        sum(drug_cost_usd) as cost_usd,
        sum(case when is_brand then claim_count end) as brand_claims,
        sum(claim_count) as claims
    from grouped_rows
    having count(*) > 0
),

figures as (
    select
        cast(grouped.brand_cost_usd as decimal(38, 10)) / nullif(grouped.cost_usd, 0) as brand_share_of_cost,
        cast(grouped.brand_claims as decimal(38, 10)) / nullif(grouped.claims, 0) as brand_share_of_claims,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim
    from grouped
)

select
    brand_share_of_cost,
    brand_share_of_claims,
    cost_per_claim
from figures;

-- brand-share-by-year
with

grouped_rows as (
    select
        drug_utilization.year,
        drug_utilization.drug_cost_usd,
        drug_utilization.is_brand,
        drug_utilization.claim_count
    from drug_utilization
),

grouped as (
    select
        year,
        sum(case when is_brand then drug_cost_usd end) as brand_cost_usd,
        sum(drug_cost_usd) as cost_usd,
        sum(case when is_brand then claim_count end) as brand_claims,
        sum(claim_count) as claims
    from grouped_rows
    group by year
),

figures as (
    select
        grouped.year,
        cast(grouped.brand_cost_usd as decimal(38, 10)) / nullif(grouped.cost_usd, 0) as brand_share_of_cost,
        cast(grouped.brand_claims as decimal(38, 10)) / nullif(grouped.claims, 0) as brand_share_of_claims
    from grouped
)

select
    year,
    brand_share_of_cost,
    brand_share_of_claims
from figures
order by year;

-- brand-share-states
with

grouped_rows as (
    select
        drug_utilization.state_code collate utf8mb4_0900_bin as state_code,
        state.state_name collate utf8mb4_0900_bin as state_name,
        drug_utilization.drug_cost_usd,
        drug_utilization.is_brand,
        drug_utilization.claim_count
    from drug_utilization
    left join state as state
        on state.year = drug_utilization.year
        and state.state_code = drug_utilization.state_code
    where drug_utilization.year = ?
),

grouped as (
    select
        state_code,
        state_name,
        sum(case when is_brand then drug_cost_usd end) as brand_cost_usd,
        sum(drug_cost_usd) as cost_usd,
        sum(case when is_brand then claim_count end) as brand_claims,
        sum(claim_count) as claims
    from grouped_rows
    group by state_code, state_name
),

figures as (
    select
        grouped.state_code,
        grouped.state_name,
        cast(grouped.brand_cost_usd as decimal(38, 10)) / nullif(grouped.cost_usd, 0) as brand_share_of_cost,
        cast(grouped.brand_claims as decimal(38, 10)) / nullif(grouped.claims, 0) as brand_share_of_claims,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim,
        grouped.claims
    from grouped
    where cast(grouped.brand_cost_usd as decimal(38, 10)) / nullif(grouped.cost_usd, 0) is not null
    and grouped.claims >= 1000
)

select
    state_code,
    state_name,
    brand_share_of_cost,
    brand_share_of_claims,
    cost_per_claim,
    claims
from figures
order by brand_share_of_cost desc, state_code, state_name
limit 10;

-- brand-share-specialties
with

grouped_rows as (
    select
        drug_utilization.specialty collate utf8mb4_0900_bin as specialty,
        drug_utilization.drug_cost_usd,
        drug_utilization.is_brand,
        drug_utilization.claim_count
    from drug_utilization
    where drug_utilization.year = ?
),

grouped as (
    select
        specialty,
        sum(case when is_brand then drug_cost_usd end) as brand_cost_usd,
        sum(drug_cost_usd) as cost_usd,
        sum(case when is_brand then claim_count end) as brand_claims,
        sum(claim_count) as claims
    from grouped_rows
    group by specialty
),

figures as (
    select
        grouped.specialty,
        cast(grouped.brand_cost_usd as decimal(38, 10)) / nullif(grouped.cost_usd, 0) as brand_share_of_cost,
        cast(grouped.brand_claims as decimal(38, 10)) / nullif(grouped.claims, 0) as brand_share_of_claims,
        cast(grouped.cost_usd as decimal(38, 10)) / nullif(grouped.claims, 0) as cost_per_claim,
        grouped.claims
    from grouped
    where cast(grouped.brand_cost_usd as decimal(38, 10)) / nullif(grouped.cost_usd, 0) is not null
    and grouped.claims >= 1000
)

select
    specialty,
    brand_share_of_cost,
    brand_share_of_claims,
    cost_per_claim,
    claims
from figures
order by brand_share_of_cost desc, specialty
limit 10;

-- rate-totals
with

grouped_rows as (
    select
        prescriber_report.opioid_claim_count,
        prescriber_report.provider_claim_count,
        prescriber_report.antibiotic_claim_count
    from prescriber_report
    where prescriber_report.year = ?
),

grouped as (
    select
        sum(opioid_claim_count) as opioid_claims,
        sum(case when opioid_claim_count is not null then provider_claim_count end) as claims_with_known_opioid,
        count(case when opioid_claim_count is not null then 1 end) as prescribers_with_known_opioid,
        sum(antibiotic_claim_count) as antibiotic_claims,
        sum(case when antibiotic_claim_count is not null then provider_claim_count end) as claims_with_known_antibiotic,
        count(case when antibiotic_claim_count is not null then 1 end) as prescribers_with_known_antibiotic
    from grouped_rows
    having count(*) > 0
),

figures as (
    select
        cast(grouped.opioid_claims as decimal(38, 10)) / nullif(grouped.claims_with_known_opioid, 0) as opioid_rate,
        grouped.prescribers_with_known_opioid,
        cast(grouped.antibiotic_claims as decimal(38, 10)) / nullif(grouped.claims_with_known_antibiotic, 0) as antibiotic_rate,
        grouped.prescribers_with_known_antibiotic
    from grouped
)

select
    opioid_rate,
    prescribers_with_known_opioid,
    antibiotic_rate,
    prescribers_with_known_antibiotic
from figures;

-- opioid-specialties
with

grouped_rows as (
    select
        prescriber_report.specialty collate utf8mb4_0900_bin as specialty,
        prescriber_report.opioid_claim_count,
        prescriber_report.provider_claim_count
    from prescriber_report
    where prescriber_report.year = ?
),

grouped as (
    select
        specialty,
        sum(opioid_claim_count) as opioid_claims,
        sum(case when opioid_claim_count is not null then provider_claim_count end) as claims_with_known_opioid,
        count(case when opioid_claim_count is not null then 1 end) as prescribers_with_known_opioid
    from grouped_rows
    group by specialty
),

figures as (
    select
        grouped.specialty,
        cast(grouped.opioid_claims as decimal(38, 10)) / nullif(grouped.claims_with_known_opioid, 0) as opioid_rate,
        grouped.opioid_claims,
        grouped.claims_with_known_opioid,
        grouped.prescribers_with_known_opioid
    from grouped
    where cast(grouped.opioid_claims as decimal(38, 10)) / nullif(grouped.claims_with_known_opioid, 0) is not null
    and grouped.prescribers_with_known_opioid >= 20
)

select
    specialty,
    opioid_rate,
    opioid_claims,
    claims_with_known_opioid,
    prescribers_with_known_opioid
from figures
order by opioid_rate desc, specialty
limit 10;

-- opioid-prescribers
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
        grouped.opioid_claims,
        grouped.claims_with_known_opioid
    from grouped
    left join peers_by_specialty_and_state_code
        on peers_by_specialty_and_state_code.specialty <=> grouped.specialty
        and peers_by_specialty_and_state_code.state_code <=> grouped.state_code
    where cast(grouped.opioid_claims as decimal(38, 10)) / nullif(grouped.claims_with_known_opioid, 0) is not null
    and grouped.claims_with_known_opioid >= 500
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
    opioid_claims,
    claims_with_known_opioid
from figures
order by opioid_rate desc, prescriber_npi, prescriber_name, specialty, city, state_code
limit 10;

-- antibiotic-specialties
with

grouped_rows as (
    select
        prescriber_report.specialty collate utf8mb4_0900_bin as specialty,
        prescriber_report.antibiotic_claim_count,
        prescriber_report.provider_claim_count
    from prescriber_report
    where prescriber_report.year = ?
),

grouped as (
    select
        specialty,
        sum(antibiotic_claim_count) as antibiotic_claims,
        sum(case when antibiotic_claim_count is not null then provider_claim_count end) as claims_with_known_antibiotic,
        count(case when antibiotic_claim_count is not null then 1 end) as prescribers_with_known_antibiotic
    from grouped_rows
    group by specialty
),

figures as (
    select
        grouped.specialty,
        cast(grouped.antibiotic_claims as decimal(38, 10)) / nullif(grouped.claims_with_known_antibiotic, 0) as antibiotic_rate,
        grouped.antibiotic_claims,
        grouped.claims_with_known_antibiotic,
        grouped.prescribers_with_known_antibiotic
    from grouped
    where cast(grouped.antibiotic_claims as decimal(38, 10)) / nullif(grouped.claims_with_known_antibiotic, 0) is not null
    and grouped.prescribers_with_known_antibiotic >= 20
)

select
    specialty,
    antibiotic_rate,
    antibiotic_claims,
    claims_with_known_antibiotic,
    prescribers_with_known_antibiotic
from figures
order by antibiotic_rate desc, specialty
limit 10;

-- antibiotic-prescribers
with

grouped_rows as (
    select
        prescriber_report.prescriber_npi collate utf8mb4_0900_bin as prescriber_npi,
        prescriber_report.prescriber_name collate utf8mb4_0900_bin as prescriber_name,
        prescriber_report.specialty collate utf8mb4_0900_bin as specialty,
        prescriber_report.city collate utf8mb4_0900_bin as city,
        prescriber_report.state_code collate utf8mb4_0900_bin as state_code,
        prescriber_report.antibiotic_claim_count,
        prescriber_report.provider_claim_count
    from prescriber_report
    where prescriber_report.year = ?
),

grouped as (
    select
        prescriber_npi,
        prescriber_name,
        specialty,
        city,
        state_code,
        sum(antibiotic_claim_count) as antibiotic_claims,
        sum(case when antibiotic_claim_count is not null then provider_claim_count end) as claims_with_known_antibiotic
    from grouped_rows
    group by prescriber_npi, prescriber_name, specialty, city, state_code
),

peers_by_specialty_and_state_code_rows as (
    select
        prescriber_report.specialty collate utf8mb4_0900_bin as specialty,
        prescriber_report.state_code collate utf8mb4_0900_bin as state_code,
        prescriber_report.antibiotic_claim_count,
        prescriber_report.provider_claim_count
    from prescriber_report
    where prescriber_report.year = ?
),

peers_by_specialty_and_state_code as (
    select
        specialty,
        state_code,
        sum(antibiotic_claim_count) as antibiotic_claims,
        sum(case when antibiotic_claim_count is not null then provider_claim_count end) as claims_with_known_antibiotic,
        count(case when antibiotic_claim_count is not null then 1 end) as prescribers_with_known_antibiotic
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
        cast(grouped.antibiotic_claims as decimal(38, 10)) / nullif(grouped.claims_with_known_antibiotic, 0) as antibiotic_rate,
        cast(peers_by_specialty_and_state_code.antibiotic_claims as decimal(38, 10)) / nullif(peers_by_specialty_and_state_code.claims_with_known_antibiotic, 0) as antibiotic_rate_of_peers,
        peers_by_specialty_and_state_code.prescribers_with_known_antibiotic as peers_with_known_antibiotic,
        grouped.antibiotic_claims,
        grouped.claims_with_known_antibiotic
    from grouped
    left join peers_by_specialty_and_state_code
        on peers_by_specialty_and_state_code.specialty <=> grouped.specialty
        and peers_by_specialty_and_state_code.state_code <=> grouped.state_code
    where cast(grouped.antibiotic_claims as decimal(38, 10)) / nullif(grouped.claims_with_known_antibiotic, 0) is not null
    and grouped.claims_with_known_antibiotic >= 500
)

select
    prescriber_npi,
    prescriber_name,
    specialty,
    city,
    state_code,
    antibiotic_rate,
    antibiotic_rate_of_peers,
    peers_with_known_antibiotic,
    antibiotic_claims,
    claims_with_known_antibiotic
from figures
order by antibiotic_rate desc, prescriber_npi, prescriber_name, specialty, city, state_code
limit 10;
