-- Title:    Sector results
-- Question: How did each sector fare in a run?
-- Grain:    one row a run and labelled sector
-- Units:    microseconds; percentiles are type 7 over successes
-- Caveats:  accuracy is of routing, not of the answers
create table sector_result (
    id bigint generated always as identity primary key,
    run_id uuid not null references run (id) on delete cascade,
    sector text not null,
    request_count bigint not null,
    failed_count bigint not null,
    routed_count bigint not null,
    correct_count bigint not null,
    correct_also_count bigint not null,
    accuracy double precision generated always as (
        correct_count::double precision / nullif(routed_count, 0)
    ) stored,
    f1 double precision,
    e2e_p50_us double precision,
    e2e_p95_us double precision,
    e2e_p99_us double precision,
    ttft_p50_us double precision,
    ttft_p95_us double precision,
    ttft_p99_us double precision,
    output_tokens bigint not null,
    constraint sector_result_once unique (run_id, sector),
    constraint sector_result_failed_within_requests check (failed_count between 0 and request_count),
    constraint sector_result_routed_within_requests check (routed_count between 0 and request_count),
    constraint sector_result_correct_within_routed check (correct_count between 0 and routed_count),
    constraint sector_result_also_adds_to_correct check (correct_also_count between correct_count and routed_count),
    constraint sector_result_f1_is_share check (f1 between 0 and 1),
    constraint sector_result_e2e_ordered check (e2e_p50_us <= e2e_p95_us and e2e_p95_us <= e2e_p99_us),
    constraint sector_result_ttft_ordered check (ttft_p50_us <= ttft_p95_us and ttft_p95_us <= ttft_p99_us),
    constraint sector_result_tokens_not_negative check (output_tokens >= 0)
);

comment on table sector_result is 'Chat requests of the measurement phase by labelled sector.';
comment on column sector_result.id is 'Surrogate key.';
comment on column sector_result.run_id is 'The run.';
comment on column sector_result.sector is 'The label of the queries; general for those of no sector.';
comment on column sector_result.request_count is 'Requests due in the measurement phase.';
comment on column sector_result.failed_count is 'Those without success, dropped ones included.';
comment on column sector_result.routed_count is 'Those whose response names the sector that the router chose.';
comment on column sector_result.correct_count is 'Routed to the label.';
comment on column sector_result.correct_also_count is 'Routed to the label or to one that is also right.';
comment on column sector_result.accuracy is 'correct_count / routed_count; null where nothing was routed.';
comment on column sector_result.f1 is 'Harmonic mean of precision and recall of the routing to this sector; null where nothing was routed.';
comment on column sector_result.e2e_p50_us is 'Median end-to-end latency from due; null without a success.';
comment on column sector_result.e2e_p95_us is '95th percentile of it.';
comment on column sector_result.e2e_p99_us is '99th percentile of it.';
comment on column sector_result.ttft_p50_us is 'Median time to first text from due; null without a success.';
comment on column sector_result.ttft_p95_us is '95th percentile of it.';
comment on column sector_result.ttft_p99_us is '99th percentile of it.';
comment on column sector_result.output_tokens is 'Tokens of the successful answers.';
