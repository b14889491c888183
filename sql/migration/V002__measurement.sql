-- Title:    Measurements
-- Question: What did a run show, as one number with its uncertainty?
-- Grain:    one row a run, metric, statistic and scope
-- Units:    named in each row
-- Caveats:  latencies are of successes in the measurement phase; n_failed says how many are missing from them
create table measurement (
    id bigint generated always as identity primary key,
    run_id uuid not null references run (id) on delete cascade,
    metric text not null,
    statistic text not null,
    scope text not null,
    scope_id text not null default '',
    value double precision not null,
    interval_low double precision,
    interval_high double precision,
    interval_only boolean not null default false,
    n bigint not null,
    n_failed bigint not null,
    unit text not null,
    constraint measurement_named_once unique (run_id, metric, statistic, scope, scope_id),
    constraint measurement_statistic_known check (
        statistic in ('value', 'mean', 'min', 'max', 'p50', 'p90', 'p95', 'p99')
    ),
    constraint measurement_scope_known check (scope in ('all', 'sector', 'adapter')),
    constraint measurement_scope_named check ((scope = 'all') = (scope_id = '')),
    constraint measurement_value_finite check (value > '-infinity' and value < 'infinity'),
    constraint measurement_interval_whole check ((interval_low is null) = (interval_high is null)),
    constraint measurement_interval_ordered check (interval_low <= interval_high),
    constraint measurement_counts_not_negative check (n >= 0 and n_failed >= 0)
);

create index measurement_by_metric on measurement (metric, statistic, scope, scope_id);

comment on table measurement is 'Every number of a run, computed once from its raw samples when it ended.';
comment on column measurement.id is 'Surrogate key.';
comment on column measurement.run_id is 'The run.';
comment on column measurement.metric is 'Name as in the metrics'' definitions, such as ttft.';
comment on column measurement.statistic is 'value for a single number, otherwise mean, min, max or a type 7 percentile.';
comment on column measurement.scope is 'all, one sector (by label) or one adapter (by the adapter that weighed most).';
comment on column measurement.scope_id is 'Id of the sector or adapter; empty for all.';
comment on column measurement.value is 'In the row''s unit.';
comment on column measurement.interval_low is 'Lower end of the 95 % interval; null where none is claimed.';
comment on column measurement.interval_high is 'Upper end of the 95 % interval.';
comment on column measurement.interval_only is 'True where n is too small for the value to be shown without its interval.';
comment on column measurement.n is 'How many observations the value rests on.';
comment on column measurement.n_failed is 'How many requests of the same scope failed and so gave no observation.';
comment on column measurement.unit is 'us, percent, bytes, tokens, requests/s, tokens/s, ratio, count, W or J.';
