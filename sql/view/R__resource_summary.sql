-- Title:    Resource summary
-- Question: What did server and generator consume while a run was measured?
-- Grain:    one row a run and source
-- Units:    percent of all cores, MiB, milliseconds, watts
-- Caveats:  over the measurement window; over the whole run where the window is unknown
create or replace view resource_summary as
with in_window as (
    select
        run.id as run_id,
        run.started_at,
        run.suite,
        run.label,
        sample.source,
        sample.cpu_percent,
        sample.rss_bytes / 1048576.0 as rss_mib,
        sample.heap_bytes / 1048576.0 as heap_mib,
        sample.gc_pause_ms,
        sample.gpu_utilisation,
        sample.gpu_memory_bytes / 1048576.0 as gpu_memory_mib,
        sample.power_w,
        sample.engine_waiting,
        sample.engine_running,
        sample.engine_pages_used,
        sample.engine_batch_rows,
        sample.engine_prompt_tokens,
        sample.engine_generated_tokens,
        sample.engine_adapter_switches
    from run
    join resource_sample as sample
        on sample.run_id = run.id
        and sample.at_us >= coalesce(run.measure_from_us, 0)
        and sample.at_us <= coalesce(run.measure_to_us, sample.at_us)
)
select
    in_window.run_id,
    in_window.started_at,
    in_window.suite,
    in_window.label,
    in_window.source,
    count(*) as n,
    avg(in_window.cpu_percent) as cpu_mean_percent,
    percentile_cont(0.95) within group (order by in_window.cpu_percent) as cpu_p95_percent,
    max(in_window.cpu_percent) as cpu_max_percent,
    avg(in_window.rss_mib) as rss_mean_mib,
    max(in_window.rss_mib) as rss_max_mib,
    max(in_window.heap_mib) as heap_max_mib,
    sum(in_window.gc_pause_ms) as gc_pause_total_ms,
    avg(in_window.gpu_utilisation) as gpu_utilisation_mean,
    max(in_window.gpu_memory_mib) as gpu_memory_max_mib,
    avg(in_window.power_w) as power_mean_w,
    avg(in_window.engine_waiting) as engine_waiting_mean,
    avg(in_window.engine_running) as engine_running_mean,
    max(in_window.engine_pages_used) as engine_pages_used_max,
    avg(in_window.engine_batch_rows) as engine_batch_rows_mean,
    sum(in_window.engine_prompt_tokens) as engine_prompt_tokens,
    sum(in_window.engine_generated_tokens) as engine_generated_tokens,
    sum(in_window.engine_adapter_switches) as engine_adapter_switches
from in_window
group by
    in_window.run_id, in_window.started_at, in_window.suite, in_window.label, in_window.source
order by in_window.started_at desc, in_window.source;

comment on view resource_summary is 'CPU, memory, garbage collection, GPU, power and the engine''s batches of each run.';
