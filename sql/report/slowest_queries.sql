-- Title:    Slowest queries
-- Question: Which queries take longest from due to end?
-- Grain:    one row a query
-- Units:    milliseconds, tokens
-- Caveats:  measured successes of valid runs of all fingerprints; a long answer is slow by its length
select
    sample.query,
    sample.sector,
    count(*) as n,
    percentile_cont(0.5) within group (order by sample.end_us - sample.due_us) / 1000.0 as e2e_p50_ms,
    max(sample.end_us - sample.due_us) / 1000.0 as e2e_max_ms,
    avg(sample.output_tokens) as mean_output_tokens
from request_sample as sample
join run
    on run.id = sample.run_id
    and run.started_at = sample.run_started_at
where run.validity = 'VALID'
    and sample.kind = 'chat'
    and sample.phase = 'measure'
    and sample.outcome = 'completed'
    and sample.first_text_us is not null
group by sample.query, sample.sector
order by e2e_p50_ms desc, sample.query
limit 20;
