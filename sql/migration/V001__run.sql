-- Title:    Runs
-- Question: What was measured, with what, on what, and how did it end?
-- Grain:    one row a run (one load of one suite)
-- Units:    times within a run in microseconds from its start; instants with time zone
-- Caveats:  the three documents are typed in Java; what SQL asks of them most is generated into columns
create table run (
    id uuid primary key,
    suite text not null,
    campaign_id uuid,
    label text not null,
    load_model jsonb not null,
    target_url text not null,
    target_model text not null,
    target_server text not null,
    served jsonb not null,
    environment jsonb not null,
    sectors jsonb not null,
    prompt_set text not null,
    fingerprint text not null,
    status text not null,
    started_at timestamptz not null,
    last_seen_at timestamptz not null,
    ended_at timestamptz,
    end_reason text,
    validity text,
    invalid_reasons jsonb not null default '[]',
    measure_from_us bigint,
    measure_to_us bigint,
    issued_count bigint,
    dropped_count bigint,
    generator_cpu_percent double precision,
    clock_step boolean,
    target_latency_us bigint,
    note text,
    load_kind text generated always as (load_model ->> 'kind') stored,
    user_count integer generated always as ((load_model ->> 'users')::integer) stored,
    seed bigint generated always as ((load_model ->> 'seed')::bigint) stored,
    model text generated always as (served ->> 'model') stored,
    backend text generated always as (served ->> 'backend') stored,
    untrained boolean generated always as ((served ->> 'untrained')::boolean) stored,
    git_commit text generated always as (environment ->> 'git_commit') stored,
    git_dirty boolean generated always as ((environment ->> 'git_dirty')::boolean) stored,
    host_class text generated always as (environment ->> 'host_class') stored,
    constraint run_fingerprint_is_sha256 check (fingerprint ~ '^[0-9a-f]{64}$'),
    constraint run_status_known check (status in ('RUNNING', 'COMPLETED', 'ABORTED', 'FAILED')),
    constraint run_ended_unless_running check ((status = 'RUNNING') = (ended_at is null)),
    constraint run_ends_after_start check (ended_at >= started_at),
    constraint run_seen_after_start check (last_seen_at >= started_at),
    constraint run_validity_known check (validity in ('VALID', 'INVALID')),
    constraint run_invalid_has_reasons check (
        jsonb_typeof(invalid_reasons) = 'array'
        and (validity is not distinct from 'INVALID') = (invalid_reasons <> '[]')
    ),
    constraint run_load_kind_known check (load_model ->> 'kind' in ('closed', 'open')),
    constraint run_sectors_is_array check (jsonb_typeof(sectors) = 'array'),
    constraint run_measure_window_ordered check (0 <= measure_from_us and measure_from_us <= measure_to_us),
    constraint run_dropped_within_issued check (0 <= dropped_count and dropped_count <= issued_count),
    constraint run_generator_cpu_in_percent check (generator_cpu_percent between 0 and 100),
    constraint run_target_latency_positive check (target_latency_us > 0)
);

create index run_by_start on run (started_at desc, id desc);
create index run_by_fingerprint on run (fingerprint, started_at);
create index run_by_campaign on run (campaign_id) where campaign_id is not null;
create index run_still_running on run (last_seen_at) where status = 'RUNNING';

comment on table run is 'One load of one suite against one target; kept whether it is valid or not.';
comment on column run.id is 'Given by the server when the run starts.';
comment on column run.suite is 'Name of the suite, such as quick or comprehensive.';
comment on column run.campaign_id is 'Groups the loads of one comprehensive bench; null for a single load.';
comment on column run.label is 'Name of the load within the suite, such as light.';
comment on column run.load_model is 'Kind (closed or open), users, rates, durations in seconds, seed.';
comment on column run.target_url is 'Where the load went.';
comment on column run.target_model is 'The model field of the requests, such as auto.';
comment on column run.target_server is 'pusula or openai-compatible: whether routing headers can be expected.';
comment on column run.served is 'What answered: model, fingerprints of model and adapters, backend, precision; absent where the target does not tell.';
comment on column run.environment is 'Where the load ran: git commit, Java, system, CPU, memory, GPU, host class.';
comment on column run.sectors is 'Ids of the sectors that the load asks about.';
comment on column run.prompt_set is 'First 16 hexadecimal digits of the SHA-256 of the query file.';
comment on column run.fingerprint is 'SHA-256 over everything that must be equal for two runs to be compared.';
comment on column run.status is 'RUNNING until told otherwise; ABORTED also by silence of the load generator.';
comment on column run.started_at is 'When the server accepted the run; origin of all _us stamps to within a network round trip.';
comment on column run.last_seen_at is 'Last sign of life of the load generator.';
comment on column run.ended_at is 'When it ended or was given up.';
comment on column run.end_reason is 'Why it did not complete.';
comment on column run.validity is 'VALID or INVALID once ended; an INVALID run is never ranked.';
comment on column run.invalid_reasons is 'Why it is INVALID, one sentence each; empty otherwise.';
comment on column run.measure_from_us is 'Start of the measurement window.';
comment on column run.measure_to_us is 'End of the measurement window; requests due inside it are measured, whenever they end.';
comment on column run.issued_count is 'Requests the generator says it issued in the whole run, dropped ones included; null where it did not say.';
comment on column run.dropped_count is 'Requests due but not sent because too many were in flight.';
comment on column run.generator_cpu_percent is 'Mean CPU of the load generator over the measurement window, of all its cores.';
comment on column run.clock_step is 'True when the generator saw the wall clock leave the monotonic one.';
comment on column run.target_latency_us is 'End-to-end latency that a request must meet to count as good.';
comment on column run.note is 'Free text of a person.';
comment on column run.load_kind is 'From load_model.';
comment on column run.user_count is 'From load_model; null for an open load.';
comment on column run.seed is 'From load_model.';
comment on column run.model is 'From served.';
comment on column run.backend is 'From served.';
comment on column run.untrained is 'From served: true where a synthetic checkpoint answered, whose text is noise.';
comment on column run.git_commit is 'From environment.';
comment on column run.git_dirty is 'From environment.';
comment on column run.host_class is 'From environment: CPU, cores, memory.';
