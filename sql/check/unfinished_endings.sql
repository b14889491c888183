-- Title:    Unfinished endings
-- Question: Has a run ended without a verdict, its numbers or its sectors?
-- Grain:    one row a run and what is missing
-- Units:    none
-- Caveats:  returns nothing when healthy
with missing as (
    select
        run.id as run_id,
        run.status,
        case
            when run.validity is null then 'no verdict'
            when (
                select count(*)
                from sector_result
                where sector_result.run_id = run.id
                    and run.sectors @> to_jsonb(sector_result.sector)
            ) <> jsonb_array_length(run.sectors) then 'not every sector has a result'
            when run.validity = 'VALID' and not exists (
                select 1
                from measurement
                where measurement.run_id = run.id
            ) then 'valid without a measurement'
        end as problem
    from run
    where run.status <> 'RUNNING'
)
select
    missing.run_id,
    missing.status,
    missing.problem
from missing
where missing.problem is not null;
