package dev.pusula.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.pusula.benchmark.control.RunCompletion;
import dev.pusula.benchmark.entity.Measurement;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.SectorResult;
import dev.pusula.platform.Json;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** A real PostgreSQL with the product's schema, started once for all store tests of a JVM. */
public final class HistoryDatabase {

  private static final EmbeddedPostgres POSTGRES = start();

  private HistoryDatabase() {}

  /** The migrated database, without a row of any run. */
  public static DataSource empty() {
    execute("truncate run, baseline cascade");
    return POSTGRES.getPostgresDatabase();
  }

  /** Runs one statement or more. */
  public static void execute(String sql) {
    try (Connection connection = POSTGRES.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Keeps a running run, with room for its samples, as JPA does in the server. */
  public static void insert(Run run) {
    execute("select ensure_sample_partition('" + run.startedAt() + "')");
    update(
        """
        insert into run (
            id, suite, label, load_model, target_url, target_model, target_server, served,
            environment, sectors, prompt_set, fingerprint, status, started_at, last_seen_at
        )
        values (?::uuid, ?, ?, ?::jsonb, ?, ?, ?, ?::jsonb, ?::jsonb, ?::jsonb, ?, ?, ?, ?::timestamptz, ?::timestamptz)
        """,
        run.id(),
        run.suite(),
        run.label(),
        json(run.loadModel()),
        run.target().url(),
        run.target().model(),
        run.target().server(),
        json(run.served()),
        json(run.environment()),
        json(run.sectors()),
        run.promptSet(),
        run.fingerprint().hex(),
        run.status(),
        run.startedAt(),
        run.lastSeenAt());
  }

  /** Keeps the end of a run, as JPA does in the server. */
  public static void finish(Run run, RunCompletion.Result result) {
    boolean valid = result.validity().valid();
    update(
        "update run set status = ?, ended_at = ?::timestamptz, validity = ?, invalid_reasons = ?::jsonb"
            + " where id = ?::uuid",
        run.status(),
        run.endedAt(),
        valid ? "VALID" : "INVALID",
        json(result.validity().reasons()),
        run.id());
    for (Measurement m : result.measurements()) {
      update(
          "insert into measurement (run_id, metric, statistic, scope, scope_id, value, n, n_failed, unit)"
              + " values (?::uuid, ?, ?, ?, ?, ?::float8, ?::bigint, ?::bigint, ?)",
          run.id(),
          m.metric(),
          m.statistic().wireName(),
          m.scope().wireName(),
          m.scopeId(),
          m.value(),
          m.n(),
          m.failed(),
          m.unit());
    }
    for (SectorResult r : result.sectors()) {
      update(
          "insert into sector_result (run_id, sector, request_count, failed_count, routed_count,"
              + " correct_count, correct_also_count, output_tokens)"
              + " values (?::uuid, ?, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::bigint)",
          run.id(),
          r.sector(),
          r.counts().requests(),
          r.counts().failed(),
          r.counts().routed(),
          r.counts().correct(),
          r.counts().correctAlso(),
          r.outputTokens());
    }
  }

  /** The rows of a query, each with its columns joined by {@code |}, null as empty. */
  public static List<String> rows(String sql) {
    try (Connection connection = POSTGRES.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          columns.add(result.getString(i) == null ? "" : result.getString(i));
        }
        rows.add(String.join("|", columns));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private static void update(String sql, Object... values) {
    try (Connection connection = POSTGRES.getPostgresDatabase().getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i].toString());
      }
      statement.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private static String json(Object value) {
    try {
      return Json.mapper().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres postgres = EmbeddedPostgres.start();
      Flyway.configure()
          .dataSource(postgres.getPostgresDatabase())
          .locations("filesystem:sql/migration", "filesystem:sql/view")
          .load()
          .migrate();
      return postgres;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
