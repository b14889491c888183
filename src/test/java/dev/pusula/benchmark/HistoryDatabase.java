package dev.pusula.benchmark;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
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
