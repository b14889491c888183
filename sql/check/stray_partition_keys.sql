-- Title:    Stray partition keys
-- Question: Does a sample lie in the partition of another start than its run's?
-- Grain:    one row a run and wrong start
-- Units:    instants
-- Caveats:  returns nothing when healthy
select
    run.id as run_id,
    run.started_at,
    sample.run_started_at,
    count(*) as sample_count
from request_sample as sample
join run
    on run.id = sample.run_id
where sample.run_started_at <> run.started_at
group by run.id, run.started_at, sample.run_started_at;
