-- Title:    Sector results over time
-- Question: How does each sector fare from run to run?
-- Grain:    one row a completed run and sector
-- Units:    milliseconds, shares 0 to 1
-- Caveats:  the step to the run before is within the same fingerprint only; valid runs only
create or replace view sector_result_over_time as
with comparable as (
    select
        run.id as run_id,
        run.fingerprint,
        run.started_at,
        run.git_commit
    from run
    where run.status = 'COMPLETED'
        and run.validity = 'VALID'
),
result as (
    select
        comparable.fingerprint,
        comparable.started_at,
        comparable.git_commit,
        comparable.run_id,
        sector_result.sector,
        sector_result.request_count,
        sector_result.failed_count,
        sector_result.accuracy,
        sector_result.f1,
        sector_result.e2e_p50_us / 1000 as e2e_p50_ms,
        sector_result.e2e_p95_us / 1000 as e2e_p95_ms,
        sector_result.ttft_p50_us / 1000 as ttft_p50_ms
    from comparable
    join sector_result
        on sector_result.run_id = comparable.run_id
)
select
    result.sector,
    result.started_at,
    result.run_id,
    result.fingerprint,
    result.git_commit,
    result.request_count,
    result.failed_count,
    result.accuracy,
    result.f1,
    result.e2e_p50_ms,
    result.e2e_p95_ms,
    result.ttft_p50_ms,
    result.accuracy - lag(result.accuracy) over series as accuracy_change,
    result.e2e_p50_ms - lag(result.e2e_p50_ms) over series as e2e_p50_change_ms
from result
window series as (
    partition by result.fingerprint, result.sector
    order by result.started_at, result.run_id
)
order by result.sector, result.started_at desc;

comment on view sector_result_over_time is 'Sector results of valid runs with the change against the comparable run before.';
