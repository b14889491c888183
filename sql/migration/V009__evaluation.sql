-- Title:    Evaluations of the router as runs
-- Question: How well did the router decide on labelled texts, by style and outside all sectors?
-- Grain:    as request_sample and measurement
-- Units:    scores in 0…1
-- Caveats:  general_score is null for runs of generators that do not ask for it
alter table request_sample
    add column general_score double precision,
    add constraint request_sample_general_score_share check (general_score >= 0 and general_score <= 1);

comment on column request_sample.general_score is 'The router''s score of general, that is of no sector; null where the response was not asked for it.';

alter table measurement
    drop constraint measurement_scope_known,
    add constraint measurement_scope_known check (scope in ('all', 'sector', 'adapter', 'style'));

comment on column measurement.scope is 'all, one sector (by label), one adapter (by the adapter that weighed most) or one style of query.';
comment on column measurement.scope_id is 'Id of the sector, adapter or style; empty for all.';
