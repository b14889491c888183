package dev.pusula.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The schema as the database itself describes it. */
class SchemaTest {

  @BeforeAll
  static void database() {
    HistoryDatabase.empty();
  }

  @Test
  void migration_everyTableViewAndColumn_isCommented() {
    assertThat(
            HistoryDatabase.rows(
                """
                select c.relname, a.attname
                from pg_class as c
                join pg_attribute as a on a.attrelid = c.oid and a.attnum >= 0 and not a.attisdropped
                where c.relnamespace = 'public'::regnamespace
                    and c.relkind in ('r', 'p', 'v')
                    and c.relname <> 'flyway_schema_history'
                    and not c.relispartition
                    and col_description(c.oid, a.attnum) is null
                    and c.relkind <> 'v'
                union all
                select c.relname, ''
                from pg_class as c
                where c.relnamespace = 'public'::regnamespace
                    and c.relkind in ('r', 'p', 'v')
                    and c.relname <> 'flyway_schema_history'
                    and obj_description(c.oid, 'pg_class') is null
                """))
        .isEmpty();
  }

  @Test
  void migration_namesEveryCheck() {
    // PostgreSQL's own names end in _check; ours say the rule.
    assertThat(
            HistoryDatabase.rows(
                "select conname from pg_constraint where contype = 'c' and conname ~ '_check\\d*$'"
                    + " and connamespace = 'public'::regnamespace"))
        .isEmpty();
  }

  @Test
  void ensureSamplePartition_aroundANewYear_makesOnePartitionAMonthOfUtc() {
    HistoryDatabase.execute(
        "select ensure_sample_partition('2031-01-01 01:30+03'::timestamptz),"
            + " ensure_sample_partition('2030-12-15 00:00+00'::timestamptz)");

    // 01:30 in Istanbul is 22:30 of the year before in UTC.
    assertThat(
            HistoryDatabase.rows(
                "select relname, pg_get_expr(relpartbound, oid) from pg_class where relname like"
                    + " 'request_sample_203%' and relkind = 'r'"))
        .containsExactly(
            "request_sample_2030_12|FOR VALUES FROM ('2030-12-01 00:00:00+00') TO ('2031-01-01"
                + " 00:00:00+00')");
  }
}
