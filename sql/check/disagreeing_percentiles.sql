-- Title:    Disagreeing percentiles
-- Question: Do the stored end-to-end percentiles follow from the samples?
-- Grain:    one row a run and percentile that PostgreSQL computes otherwise
-- Units:    microseconds
-- Caveats:  returns nothing when healthy; both sides are type 7
with success as (
    select
        sample.run_id,
        sample.end_us - sample.due_us as e2e_us
    from request_sample as sample
    where sample.kind = 'chat'
        and sample.phase = 'measure'
        and sample.outcome = 'completed'
        and sample.first_text_us is not null
        and (sample.http_status is null or sample.http_status between 200 and 299)
),
computed as (
    select
        success.run_id,
        point.statistic,
        percentile_cont(point.fraction) within group (order by success.e2e_us) as e2e_us
    from success
    cross join (
        values ('p50', 0.5), ('p90', 0.9), ('p95', 0.95), ('p99', 0.99)
    ) as point (statistic, fraction)
    group by success.run_id, point.statistic, point.fraction
)
select
    computed.run_id,
    computed.statistic,
    computed.e2e_us as computed_us,
    measurement.value as stored_us
from computed
join run
    on run.id = computed.run_id
    and run.status <> 'RUNNING'
left join measurement
    on measurement.run_id = computed.run_id
    and measurement.metric = 'e2e'
    and measurement.scope = 'all'
    and measurement.statistic = computed.statistic
where measurement.value is null
    or abs(measurement.value - computed.e2e_us) > 1e-6 * computed.e2e_us;
