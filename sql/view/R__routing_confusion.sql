-- Title:    Routing confusion
-- Question: Which sectors does the router take for which?
-- Grain:    one row a run, labelled sector and chosen sector
-- Units:    counts, shares 0 to 1 of the label's routed requests
-- Caveats:  completions of the measurement phase whose response names a sector
create or replace view routing_confusion as
with routed as (
    select
        sample.run_id,
        sample.sector as labelled_sector,
        sample.routed_sector as chosen_sector,
        sample.routed_sector = any(sample.also) as also_right
    from request_sample as sample
    where sample.kind = 'chat'
        and sample.phase = 'measure'
        and sample.routed_sector is not null
),
pair as (
    select
        routed.run_id,
        routed.labelled_sector,
        routed.chosen_sector,
        count(*) as request_count,
        count(*) filter (where routed.also_right) as also_right_count
    from routed
    group by routed.run_id, routed.labelled_sector, routed.chosen_sector
)
select
    pair.run_id,
    pair.labelled_sector,
    pair.chosen_sector,
    pair.labelled_sector = pair.chosen_sector as correct,
    pair.request_count,
    pair.also_right_count,
    pair.request_count / sum(pair.request_count) over (
        partition by pair.run_id, pair.labelled_sector
    ) as share
from pair
order by pair.run_id, pair.labelled_sector, pair.request_count desc;

comment on view routing_confusion is 'The confusion matrix of the router, as it is in the samples.';
