-- Title:    Resource samples
-- Question: What did server and generator consume during a run?
-- Grain:    one row a run, source and second
-- Units:    in the column names; percent is of all cores together, 0 to 100
-- Caveats:  a source that cannot measure something leaves it null
create table resource_sample (
    run_id uuid not null references run (id) on delete cascade,
    source text not null,
    at_us bigint not null,
    cpu_percent double precision,
    rss_bytes bigint,
    heap_bytes bigint,
    gc_pause_ms double precision,
    gpu_utilisation double precision,
    gpu_memory_bytes bigint,
    power_w double precision,
    constraint resource_sample_pk primary key (run_id, source, at_us),
    constraint resource_sample_source_known check (source in ('server', 'generator')),
    constraint resource_sample_at_not_negative check (at_us >= 0),
    constraint resource_sample_cpu_in_percent check (cpu_percent between 0 and 100),
    constraint resource_sample_gpu_is_share check (gpu_utilisation between 0 and 1),
    constraint resource_sample_amounts_not_negative check (
        rss_bytes >= 0 and heap_bytes >= 0 and gc_pause_ms >= 0 and gpu_memory_bytes >= 0 and power_w >= 0
    )
);

comment on table resource_sample is 'Resources of the server and of the load generator, about once a second.';
comment on column resource_sample.run_id is 'The run.';
comment on column resource_sample.source is 'server or generator.';
comment on column resource_sample.at_us is 'Microseconds from the run''s start.';
comment on column resource_sample.cpu_percent is 'CPU of the process, of all cores.';
comment on column resource_sample.rss_bytes is 'Resident memory of the process.';
comment on column resource_sample.heap_bytes is 'Java heap in use.';
comment on column resource_sample.gc_pause_ms is 'Garbage collection since the sample before.';
comment on column resource_sample.gpu_utilisation is 'Share of time that the GPU was busy, 0 to 1.';
comment on column resource_sample.gpu_memory_bytes is 'GPU memory in use.';
comment on column resource_sample.power_w is 'Power drawn by the device.';
