-- Title:    Baselines
-- Question: What have others published, and under what setting?
-- Grain:    one row a figure
-- Units:    named in each row
-- Caveats:  unsourced figures are kept apart and never compared with
create table baseline (
    id bigint generated always as identity primary key,
    model text not null,
    metric text not null,
    value double precision not null,
    unit text not null,
    setting_key jsonb not null default '{}',
    setting text not null,
    source_title text,
    source_url text,
    source_date text,
    confidence text not null,
    kind text not null,
    constraint baseline_once unique nulls not distinct (model, metric, value, setting, source_title, source_date),
    constraint baseline_setting_key_is_object check (jsonb_typeof(setting_key) = 'object'),
    constraint baseline_confidence_known check (confidence in ('high', 'medium', 'low', 'none')),
    constraint baseline_kind_known check (kind in ('published', 'unsourced')),
    constraint baseline_published_has_source check (
        kind = 'unsourced'
        or (source_title is not null and source_url is not null and source_date is not null)
    ),
    constraint baseline_value_finite check (value > '-infinity' and value < 'infinity')
);

create index baseline_by_metric on baseline (metric, model);

comment on table baseline is 'Figures of other models and systems, with what is needed to judge whether a comparison is fair.';
comment on column baseline.id is 'Surrogate key.';
comment on column baseline.model is 'The model or system.';
comment on column baseline.metric is 'Name of what was measured.';
comment on column baseline.value is 'In the row''s unit.';
comment on column baseline.unit is 'Unit of the value.';
comment on column baseline.setting_key is 'What must match for a fair comparison: precision, engine, GPU, lengths, arrivals, streaming, percentile rule.';
comment on column baseline.setting is 'The setting in the source''s words.';
comment on column baseline.source_title is 'Title of the source; null for an unsourced figure.';
comment on column baseline.source_url is 'Where it was read.';
comment on column baseline.source_date is 'Year, month or day of the source, or the source''s own words where it gives none.';
comment on column baseline.confidence is 'high, medium or low; none for an unsourced figure.';
comment on column baseline.kind is 'published or unsourced.';
