-- Title:    Run summary
-- Question: What did each run show at a glance?
-- Grain:    one row a run
-- Units:    milliseconds, requests/s, tokens/s, shares 0 to 1
-- Caveats:  numbers are null until the run has ended; an INVALID run is shown and must not be ranked
create or replace view run_summary as
with headline as (
    select
        measurement.run_id,
        max(measurement.value) filter (where metric = 'issued') as measured_requests,
        max(measurement.value) filter (where metric = 'success_rate') as success_rate,
        max(measurement.value) filter (where metric = 'requests_per_second') as requests_per_second,
        max(measurement.value) filter (where metric = 'output_tokens_per_second') as output_tokens_per_second,
        max(measurement.value) filter (where metric = 'goodput') as goodput_per_second,
        max(measurement.value) filter (where metric = 'goodput_share') as goodput_share,
        max(measurement.value) filter (where metric = 'routing_accuracy') as routing_accuracy,
        max(measurement.value) filter (where metric = 'e2e' and statistic = 'p50') / 1000 as e2e_p50_ms,
        max(measurement.value) filter (where metric = 'e2e' and statistic = 'p95') / 1000 as e2e_p95_ms,
        max(measurement.value) filter (where metric = 'e2e' and statistic = 'p99') / 1000 as e2e_p99_ms,
        max(measurement.value) filter (where metric = 'ttft' and statistic = 'p50') / 1000 as ttft_p50_ms,
        max(measurement.value) filter (where metric = 'ttft' and statistic = 'p99') / 1000 as ttft_p99_ms
    from measurement
    where measurement.scope = 'all'
    group by measurement.run_id
)
select
    run.id as run_id,
    run.started_at,
    run.suite,
    run.label,
    run.campaign_id,
    run.status,
    run.validity,
    run.model,
    run.untrained,
    run.backend,
    run.load_kind,
    run.user_count,
    run.git_commit,
    run.git_dirty,
    run.host_class,
    run.fingerprint,
    headline.measured_requests,
    headline.success_rate,
    headline.requests_per_second,
    headline.output_tokens_per_second,
    headline.goodput_per_second,
    headline.goodput_share,
    headline.routing_accuracy,
    headline.e2e_p50_ms,
    headline.e2e_p95_ms,
    headline.e2e_p99_ms,
    headline.ttft_p50_ms,
    headline.ttft_p99_ms
from run
left join headline
    on headline.run_id = run.id
order by run.started_at desc;

comment on view run_summary is 'Each run with its headline numbers, newest first.';
