-- Title:    Request samples
-- Question: What happened to each request, in raw stamps?
-- Grain:    one row a request
-- Units:    microseconds from the run's start by the generator's monotonic clock
-- Caveats:  partitioned by the month (UTC) of the run's start, so that a run lies in one partition;
--           a month without its partition goes to the default one
create table request_sample (
    run_id uuid not null references run (id) on delete cascade,
    run_started_at timestamptz not null,
    seq bigint not null,
    kind text not null,
    phase text not null,
    sector text not null,
    also text[] not null default '{}',
    query text not null,
    style text,
    user_number integer,
    due_us bigint not null,
    sent_us bigint,
    headers_us bigint,
    first_text_us bigint,
    first_answer_us bigint,
    last_text_us bigint,
    end_us bigint,
    chunk_gaps_us bigint[] not null default '{}',
    prompt_tokens integer,
    output_tokens integer,
    recounted_tokens integer,
    http_status integer,
    outcome text not null,
    error text,
    routed_sector text,
    routed_score double precision,
    adapters text[] not null default '{}',
    backend text,
    router_us double precision,
    constraint request_sample_pk primary key (run_id, seq, run_started_at),
    constraint request_sample_seq_not_negative check (seq >= 0),
    constraint request_sample_kind_known check (kind in ('chat', 'route')),
    constraint request_sample_phase_known check (phase in ('warm_up', 'measure', 'drain')),
    constraint request_sample_outcome_known check (
        outcome in ('completed', 'failed', 'refused', 'timed_out', 'dropped', 'cancelled')
    ),
    constraint request_sample_due_not_negative check (due_us >= 0),
    constraint request_sample_sent_after_due check (due_us <= sent_us),
    constraint request_sample_headers_after_sent check (sent_us <= headers_us),
    constraint request_sample_text_after_headers check (headers_us <= first_text_us),
    constraint request_sample_answer_after_text check (first_text_us <= first_answer_us),
    constraint request_sample_last_after_first check (first_text_us <= last_text_us),
    constraint request_sample_end_after_last check (last_text_us <= end_us),
    constraint request_sample_end_after_sent check (sent_us <= end_us),
    constraint request_sample_completed_has_stamps check (
        outcome <> 'completed' or (sent_us is not null and end_us is not null)
    ),
    constraint request_sample_dropped_not_sent check (outcome <> 'dropped' or sent_us is null),
    constraint request_sample_tokens_not_negative check (
        prompt_tokens >= 0 and output_tokens >= 0 and recounted_tokens >= 0
    ),
    constraint request_sample_http_status_known check (http_status between 100 and 599),
    constraint request_sample_score_is_share check (routed_score between 0 and 1),
    constraint request_sample_router_not_negative check (router_us >= 0)
) partition by range (run_started_at);

create table request_sample_default partition of request_sample default;

comment on table request_sample is 'One request of a run: what it asked, its raw stamps, what came back.';
comment on table request_sample_default is 'Samples of runs whose month has no partition of its own.';
comment on column request_sample.run_id is 'The run.';
comment on column request_sample.run_started_at is 'The run''s start: the partition key.';
comment on column request_sample.seq is 'Number of the request in the run''s schedule.';
comment on column request_sample.kind is 'chat (a completion) or route (the router''s own endpoint).';
comment on column request_sample.phase is 'Where due lies: warm_up, measure or drain.';
comment on column request_sample.sector is 'The label of the query; general for one of no sector.';
comment on column request_sample.also is 'Sectors that would be right too.';
comment on column request_sample.query is 'Id of the query in the query file.';
comment on column request_sample.style is 'Style of the query, such as angry.';
comment on column request_sample.user_number is 'Simulated user; null in an open load.';
comment on column request_sample.due_us is 'When the schedule said it should start.';
comment on column request_sample.sent_us is 'First byte handed to the socket; null if never sent.';
comment on column request_sample.headers_us is 'Response headers complete.';
comment on column request_sample.first_text_us is 'First text that is not empty, reasoning included.';
comment on column request_sample.first_answer_us is 'First answer text that is not empty.';
comment on column request_sample.last_text_us is 'Last text that is not empty.';
comment on column request_sample.end_us is 'Body complete, or the moment it was given up.';
comment on column request_sample.chunk_gaps_us is 'Times between consecutive text chunks.';
comment on column request_sample.prompt_tokens is 'As the server counts.';
comment on column request_sample.output_tokens is 'As the server counts.';
comment on column request_sample.recounted_tokens is 'Output tokens counted again by the generator; null where it has no tokenizer.';
comment on column request_sample.http_status is 'Null without a response.';
comment on column request_sample.outcome is 'completed, or how it failed.';
comment on column request_sample.error is 'What went wrong, in a few words.';
comment on column request_sample.routed_sector is 'The sector that the router chose; null where the response names none.';
comment on column request_sample.routed_score is 'Its score.';
comment on column request_sample.adapters is 'Adapters that answered, by falling weight.';
comment on column request_sample.backend is 'The backend that answered.';
comment on column request_sample.router_us is 'Time in the router, told by the server.';
