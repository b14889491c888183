-- Title:    Engine load
-- Question: What was the server's inference doing during a run?
-- Grain:    as resource_sample: one row a run, source and second
-- Units:    counts; rows and tokens since the sample before
-- Caveats:  null for the generator, and for a server that does not tell
alter table resource_sample
    add column engine_waiting integer,
    add column engine_running integer,
    add column engine_pages integer,
    add column engine_pages_used integer,
    add column engine_batch_rows double precision,
    add column engine_prompt_tokens bigint,
    add column engine_generated_tokens bigint,
    add column engine_adapter_switches bigint,
    add constraint resource_sample_engine_not_negative check (
        engine_waiting >= 0 and engine_running >= 0 and engine_pages_used >= 0
        and engine_pages_used <= engine_pages and engine_batch_rows >= 0
        and engine_prompt_tokens >= 0 and engine_generated_tokens >= 0 and engine_adapter_switches >= 0
    );

comment on column resource_sample.engine_waiting is 'Requests queued before the engine.';
comment on column resource_sample.engine_running is 'Requests computed at once.';
comment on column resource_sample.engine_pages is 'Key and value pages in all.';
comment on column resource_sample.engine_pages_used is 'Pages held by requests.';
comment on column resource_sample.engine_batch_rows is 'Mean rows of a forward pass since the sample before.';
comment on column resource_sample.engine_prompt_tokens is 'Prompt tokens computed since the sample before.';
comment on column resource_sample.engine_generated_tokens is 'Tokens drawn since the sample before.';
comment on column resource_sample.engine_adapter_switches is
    'Neighbouring rows of a batch with different adapters since the sample before.';
