-- Title:    Router mistakes
-- Question: Which sectors does the router get wrong most, and what does it take them for?
-- Grain:    one row a labelled and a chosen sector that differ
-- Units:    counts, share 0 to 1 of the routed requests of the label
-- Caveats:  measurement phase of valid runs; a sector that is also right counts as right
with routed as (
    select
        sample.sector,
        sample.routed_sector,
        count(*) over (partition by sample.sector) as routed_count,
        sample.also
    from request_sample as sample
    join run
        on run.id = sample.run_id
        and run.started_at = sample.run_started_at
    where run.validity = 'VALID'
        and sample.phase = 'measure'
        and sample.routed_sector is not null
)
select
    routed.sector,
    routed.routed_sector,
    count(*) as mistake_count,
    routed.routed_count,
    count(*)::double precision / routed.routed_count as share
from routed
where routed.routed_sector <> routed.sector
    and not routed.routed_sector = any (routed.also)
group by routed.sector, routed.routed_sector, routed.routed_count
order by share desc, mistake_count desc, routed.sector, routed.routed_sector
limit 50;
