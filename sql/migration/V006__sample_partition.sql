-- Title:    Monthly partitions of the samples
-- Question: Is there a partition for a run that starts now?
-- Grain:    one partition a month, by UTC
-- Units:    none
-- Caveats:  creating one locks request_sample for a moment; rows that went to the default partition stay there
create function ensure_sample_partition(at timestamptz) returns void
language plpgsql
as $$
declare
    month_start constant timestamptz := date_trunc('month', at, 'UTC');
    month_end constant timestamptz := (month_start at time zone 'UTC' + interval '1 month') at time zone 'UTC';
    partition_name constant text := 'request_sample_' || to_char(month_start at time zone 'UTC', 'YYYY_MM');
begin
    if to_regclass(partition_name) is not null then
        return;
    end if;
    perform pg_advisory_xact_lock(hashtext('request_sample partition'));
    if to_regclass(partition_name) is not null
        or exists (
            select 1
            from request_sample_default as stray
            where stray.run_started_at >= month_start
                and stray.run_started_at < month_end
        )
    then
        return;
    end if;
    execute format(
        'create table %I partition of request_sample for values from (%L) to (%L)',
        partition_name, month_start, month_end
    );
    execute format(
        'comment on table %I is %L',
        partition_name, 'Samples of runs that started in ' || to_char(month_start at time zone 'UTC', 'YYYY-MM') || ' (UTC).'
    );
end
$$;

comment on function ensure_sample_partition(timestamptz) is 'Creates the partition of request_sample for the month of the instant, unless it is there.';
