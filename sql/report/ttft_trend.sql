-- Title:    TTFT trend
-- Question: How did the time to first text develop between runs that may be compared?
-- Grain:    one row a run
-- Units:    milliseconds
-- Caveats:  completed valid runs; only rows of one fingerprint compare; P95 of fewer than 200 samples is null
select
    run.fingerprint,
    run.suite,
    run.label,
    run.started_at,
    run.id as run_id,
    median.n,
    median.value / 1000.0 as ttft_p50_ms,
    case when not tail.interval_only then tail.value / 1000.0 end as ttft_p95_ms,
    (median.value - lag(median.value) over series) / 1000.0 as ttft_p50_change_ms
from run
join measurement as median
    on median.run_id = run.id
    and median.metric = 'ttft'
    and median.statistic = 'p50'
    and median.scope = 'all'
left join measurement as tail
    on tail.run_id = run.id
    and tail.metric = 'ttft'
    and tail.statistic = 'p95'
    and tail.scope = 'all'
where run.status = 'COMPLETED'
    and run.validity = 'VALID'
window series as (partition by run.fingerprint order by run.started_at, run.id)
order by run.fingerprint, run.started_at, run.id;
