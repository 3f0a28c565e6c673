-- drug-totals
with

published as (
    select
        claim_count,
        drug_cost_usd,
        drug_generic_name collate utf8mb4_0900_bin as drug_generic_name,
        drug_brand_name collate utf8mb4_0900_bin as drug_brand_name
    from drug_report
    where year = ?
)

select
    sum(claim_count) as claims,
    sum(drug_cost_usd) as cost_usd,
    count(distinct drug_generic_name) as generic_names,
    count(distinct drug_brand_name) as brand_names,
    count(*) as pairs
from published
having count(*) > 0;

-- generic-by-claims
with

published as (
    select
        drug_generic_name collate utf8mb4_0900_bin as drug_generic_name,
        claim_count,
        drug_cost_usd
    from drug_report
    where year = ?
)

select
    drug_generic_name,
    sum(claim_count) as claims,
    sum(drug_cost_usd) as cost_usd,
    cast(sum(drug_cost_usd) as decimal(38, 10)) / nullif(sum(claim_count), 0) as cost_per_claim,
    sum(sum(claim_count)) over () as claims_total,
    sum(sum(drug_cost_usd)) over () as cost_usd_total
from published
group by drug_generic_name
order by claims desc, drug_generic_name
limit 10;

-- generic-by-cost
with

published as (
    select
        drug_generic_name collate utf8mb4_0900_bin as drug_generic_name,
        drug_cost_usd,
        claim_count
    from drug_report
    where year = ?
)

select
    drug_generic_name,
    sum(drug_cost_usd) as cost_usd,
    sum(claim_count) as claims,
    cast(sum(drug_cost_usd) as decimal(38, 10)) / nullif(sum(claim_count), 0) as cost_per_claim,
    sum(sum(drug_cost_usd)) over () as cost_usd_total,
    sum(sum(claim_count)) over () as claims_total
from published
group by drug_generic_name
order by cost_usd desc, drug_generic_name
limit 10;

-- brand-by-claims
with

published as (
    select
        drug_brand_name collate utf8mb4_0900_bin as drug_brand_name,
        claim_count,
        drug_cost_usd
    from drug_report
    where year = ?
)

select
    drug_brand_name,
    sum(claim_count) as claims,
    sum(drug_cost_usd) as cost_usd,
    cast(sum(drug_cost_usd) as decimal(38, 10)) / nullif(sum(claim_count), 0) as cost_per_claim,
    sum(sum(claim_count)) over () as claims_total,
    sum(sum(drug_cost_usd)) over () as cost_usd_total
from published
group by drug_brand_name
order by claims desc, drug_brand_name
limit 10;

-- brand-by-cost
with

published as (
    select
        drug_brand_name collate utf8mb4_0900_bin as drug_brand_name,
        drug_cost_usd,
        claim_count
    from drug_report
    where year = ?
)

select
    drug_brand_name,
    sum(drug_cost_usd) as cost_usd,
    sum(claim_count) as claims,
    cast(sum(drug_cost_usd) as decimal(38, 10)) / nullif(sum(claim_count), 0) as cost_per_claim,
    sum(sum(drug_cost_usd)) over () as cost_usd_total,
    sum(sum(claim_count)) over () as claims_total
from published
group by drug_brand_name
order by cost_usd desc, drug_brand_name
limit 10;

-- drug-types
with

published as (
    select
        drug_type collate utf8mb4_0900_bin as drug_type,
        claim_count,
        drug_cost_usd
    from drug_report
    where year = ?
)

select
    drug_type,
    sum(claim_count) as claims,
    count(*) as pairs,
    sum(drug_cost_usd) as cost_usd,
    sum(sum(claim_count)) over () as claims_total,
    sum(count(*)) over () as pairs_total,
    sum(sum(drug_cost_usd)) over () as cost_usd_total
from published
group by drug_type
order by claims desc, drug_type;

-- opioids
with

published as (
    select
        is_opioid,
        claim_count,
        drug_cost_usd
    from drug_report
    where year = ?
)

select
    is_opioid,
    sum(claim_count) as claims,
    count(*) as pairs,
    sum(drug_cost_usd) as cost_usd,
    sum(sum(claim_count)) over () as claims_total,
    sum(count(*)) over () as pairs_total,
    sum(sum(drug_cost_usd)) over () as cost_usd_total
from published
group by is_opioid
order by claims desc, is_opioid;

-- brand-or-generic
with

published as (
    select
        is_brand,
        claim_count,
        drug_cost_usd
    from drug_report
    where year = ?
)

select
    is_brand,
    sum(claim_count) as claims,
    count(*) as pairs,
    sum(drug_cost_usd) as cost_usd,
    sum(sum(claim_count)) over () as claims_total,
    sum(count(*)) over () as pairs_total,
    sum(sum(drug_cost_usd)) over () as cost_usd_total
from published
group by is_brand
order by claims desc, is_brand;

-- prescriber-totals
with

published as (
    select
        claim_count,
        drug_cost_usd
    from prescriber_report
    where year = ?
)

select
    count(*) as prescribers,
    sum(claim_count) as claims,
    sum(drug_cost_usd) as cost_usd,
    cast(sum(drug_cost_usd) as decimal(38, 10)) / nullif(sum(claim_count), 0) as cost_per_claim
from published
having count(*) > 0;

-- prescriber-by-claims
with

published as (
    select
        prescriber_npi collate utf8mb4_0900_bin as prescriber_npi,
        prescriber_name collate utf8mb4_0900_bin as prescriber_name,
        specialty collate utf8mb4_0900_bin as specialty,
        city collate utf8mb4_0900_bin as city,
        state_code collate utf8mb4_0900_bin as state_code,
        claim_count,
        drug_cost_usd
    from prescriber_report
    where year = ?
)

select
    prescriber_npi,
    prescriber_name,
    specialty,
    city,
    state_code,
    sum(claim_count) as claims,
    sum(drug_cost_usd) as cost_usd,
    cast(sum(drug_cost_usd) as decimal(38, 10)) / nullif(sum(claim_count), 0) as cost_per_claim,
    sum(sum(claim_count)) over () as claims_total,
    sum(sum(drug_cost_usd)) over () as cost_usd_total
from published
group by prescriber_npi, prescriber_name, specialty, city, state_code
order by claims desc, prescriber_npi, prescriber_name, specialty, city, state_code
limit 10;

-- prescriber-by-cost
with

published as (
    select
        prescriber_npi collate utf8mb4_0900_bin as prescriber_npi,
        prescriber_name collate utf8mb4_0900_bin as prescriber_name,
        specialty collate utf8mb4_0900_bin as specialty,
        city collate utf8mb4_0900_bin as city,
        state_code collate utf8mb4_0900_bin as state_code,
        drug_cost_usd,
        claim_count
    from prescriber_report
    where year = ?
)

select
    prescriber_npi,
    prescriber_name,
    specialty,
    city,
    state_code,
    sum(drug_cost_usd) as cost_usd,
    sum(claim_count) as claims,
    cast(sum(drug_cost_usd) as decimal(38, 10)) / nullif(sum(claim_count), 0) as cost_per_claim,
    sum(sum(drug_cost_usd)) over () as cost_usd_total,
    sum(sum(claim_count)) over () as claims_total
from published
group by prescriber_npi, prescriber_name, specialty, city, state_code
order by cost_usd desc, prescriber_npi, prescriber_name, specialty, city, state_code
limit 10;

-- states
with

published as (
    select
        state_code collate utf8mb4_0900_bin as state_code,
        state_name collate utf8mb4_0900_bin as state_name,
        claim_count,
        drug_cost_usd
    from prescriber_report
    where year = ?
)

select
    state_code,
    state_name,
    count(*) as prescribers,
    sum(claim_count) as claims,
    sum(drug_cost_usd) as cost_usd,
    cast(sum(drug_cost_usd) as decimal(38, 10)) / nullif(sum(claim_count), 0) as cost_per_claim,
    sum(count(*)) over () as prescribers_total,
    sum(sum(claim_count)) over () as claims_total,
    sum(sum(drug_cost_usd)) over () as cost_usd_total
from published
group by state_code, state_name
order by prescribers desc, state_code, state_name;

-- prescriber-types
with

published as (
    select
        prescriber_type collate utf8mb4_0900_bin as prescriber_type,
        claim_count,
        drug_cost_usd
    from prescriber_report
    where year = ?
)

select
    prescriber_type,
    count(*) as prescribers,
    sum(claim_count) as claims,
    sum(drug_cost_usd) as cost_usd,
    sum(count(*)) over () as prescribers_total,
    sum(sum(claim_count)) over () as claims_total,
    sum(sum(drug_cost_usd)) over () as cost_usd_total
from published
group by prescriber_type
order by prescribers desc, prescriber_type;

-- specialties
with

published as (
    select
        specialty collate utf8mb4_0900_bin as specialty,
        claim_count,
        drug_cost_usd
    from prescriber_report
    where year = ?
)

select
    specialty,
    count(*) as prescribers,
    sum(claim_count) as claims,
    sum(drug_cost_usd) as cost_usd,
    cast(sum(drug_cost_usd) as decimal(38, 10)) / nullif(sum(claim_count), 0) as cost_per_claim,
    sum(count(*)) over () as prescribers_total,
    sum(sum(claim_count)) over () as claims_total,
    sum(sum(drug_cost_usd)) over () as cost_usd_total
from published
group by specialty
order by prescribers desc, specialty;
