-- Title:    Failures
-- Question: What failed, how often, and where?
-- Grain:    one row a run, kind, phase, outcome, HTTP status and error
-- Units:    counts, shares 0 to 1 of the requests of the same run, kind and phase
-- Caveats:  a completion with an empty 200 counts as failed whatever its outcome says
create or replace view failure as
with request as (
    select
        sample.run_id,
        sample.kind,
        sample.phase,
        sample.sector,
        case
            when sample.outcome <> 'completed' then sample.outcome
            when sample.http_status not between 200 and 299 then 'failed'
            when sample.kind = 'chat' and sample.first_text_us is null then 'failed'
            else 'completed'
        end as outcome,
        sample.http_status,
        sample.error
    from request_sample as sample
),
issued as (
    select
        request.run_id,
        request.kind,
        request.phase,
        count(*) as request_count
    from request
    group by request.run_id, request.kind, request.phase
)
select
    run.id as run_id,
    run.started_at,
    run.suite,
    run.label,
    request.kind,
    request.phase,
    request.outcome,
    request.http_status,
    request.error,
    count(*) as failed_count,
    count(*)::double precision / issued.request_count as share,
    array_agg(distinct request.sector order by request.sector) as sectors
from request
join issued
    on issued.run_id = request.run_id
    and issued.kind = request.kind
    and issued.phase = request.phase
join run
    on run.id = request.run_id
where request.outcome <> 'completed'
group by
    run.id, request.kind, request.phase, request.outcome, request.http_status, request.error,
    issued.request_count
order by run.started_at desc, failed_count desc;

comment on view failure is 'Failed requests by cause.';
