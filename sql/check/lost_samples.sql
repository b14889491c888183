-- Title:    Lost samples
-- Question: Is a sample missing that was acknowledged?
-- Grain:    one row a run whose stored samples are not as many as its acknowledged batches hold
-- Units:    counts
-- Caveats:  returns nothing when healthy
with acknowledged as (
    select
        sample_batch.run_id,
        sum(sample_batch.sample_count) as sample_count
    from sample_batch
    group by sample_batch.run_id
),
stored as (
    select
        request_sample.run_id,
        count(*) as sample_count
    from request_sample
    group by request_sample.run_id
)
select
    run.id as run_id,
    coalesce(acknowledged.sample_count, 0) as acknowledged_count,
    coalesce(stored.sample_count, 0) as stored_count
from run
left join acknowledged
    on acknowledged.run_id = run.id
left join stored
    on stored.run_id = run.id
where coalesce(acknowledged.sample_count, 0) <> coalesce(stored.sample_count, 0);
