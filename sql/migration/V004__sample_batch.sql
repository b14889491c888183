-- Title:    Sample batches
-- Question: Which batches of samples are stored already?
-- Grain:    one row a run and batch number
-- Units:    counts
-- Caveats:  written in the transaction that copies the samples, so a row here means that they are stored
create table sample_batch (
    run_id uuid not null references run (id) on delete cascade,
    batch_number integer not null,
    sample_count integer not null,
    received_at timestamptz not null,
    constraint sample_batch_pk primary key (run_id, batch_number),
    constraint sample_batch_number_not_negative check (batch_number >= 0),
    constraint sample_batch_count_not_negative check (sample_count >= 0)
);

comment on table sample_batch is 'Acknowledged batches: a batch that is sent again is recognised by its number.';
comment on column sample_batch.run_id is 'The run.';
comment on column sample_batch.batch_number is '0, 1, 2, … in the order of the generator.';
comment on column sample_batch.sample_count is 'Samples in it.';
comment on column sample_batch.received_at is 'When it was stored.';
