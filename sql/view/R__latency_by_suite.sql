-- Title:    Latency by suite
-- Question: What latency did each suite and load see, in percentiles over raw samples?
-- Grain:    one row a fingerprint, from its latest completed valid run
-- Units:    milliseconds
-- Caveats:  percentiles are computed here from the samples, so that they check the stored ones; percentiles of runs are never averaged
create or replace view latency_by_suite as
with latest as (
    select distinct on (run.fingerprint)
        run.id as run_id,
        run.fingerprint,
        run.suite,
        run.label,
        run.model,
        run.backend,
        run.host_class,
        run.started_at
    from run
    where run.status = 'COMPLETED'
        and run.validity = 'VALID'
    order by run.fingerprint, run.started_at desc, run.id desc
),
success as (
    select
        latest.run_id,
        (sample.end_us - sample.due_us) / 1000.0 as e2e_ms,
        (sample.first_text_us - sample.due_us) / 1000.0 as ttft_ms
    from latest
    join request_sample as sample
        on sample.run_id = latest.run_id
        and sample.run_started_at = latest.started_at
    where sample.kind = 'chat'
        and sample.phase = 'measure'
        and sample.outcome = 'completed'
        and sample.first_text_us is not null
        and (sample.http_status is null or sample.http_status between 200 and 299)
),
percentile as (
    select
        success.run_id,
        count(*) as n,
        percentile_cont(array[0.5, 0.9, 0.95, 0.99]) within group (order by success.e2e_ms) as e2e,
        percentile_cont(array[0.5, 0.9, 0.95, 0.99]) within group (order by success.ttft_ms) as ttft
    from success
    group by success.run_id
)
select
    latest.suite,
    latest.label,
    latest.model,
    latest.backend,
    latest.host_class,
    latest.fingerprint,
    latest.run_id,
    latest.started_at,
    percentile.n,
    percentile.e2e[1] as e2e_p50_ms,
    percentile.e2e[2] as e2e_p90_ms,
    percentile.e2e[3] as e2e_p95_ms,
    percentile.e2e[4] as e2e_p99_ms,
    percentile.ttft[1] as ttft_p50_ms,
    percentile.ttft[2] as ttft_p90_ms,
    percentile.ttft[3] as ttft_p95_ms,
    percentile.ttft[4] as ttft_p99_ms
from latest
join percentile
    on percentile.run_id = latest.run_id
order by latest.suite, latest.label, latest.started_at desc;

comment on view latency_by_suite is 'Latency percentiles of the latest valid run of each setting, from raw samples.';
