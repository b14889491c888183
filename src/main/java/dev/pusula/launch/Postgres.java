package dev.pusula.launch;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL that keeps the history: the one that {@code PUSULA_DB_URL} names, or an embedded
 * one with a data directory under {@code PUSULA_HOME}. Migrated when opened.
 */
final class Postgres implements AutoCloseable {

  private static final String DATABASE = "pusula";
  private static final String SUPERUSER = "postgres";

  private final String url;
  private final String user;
  private final String password;
  private final @Nullable EmbeddedPostgres embedded;
  private final @Nullable Tether tether;

  private Postgres(
      String url,
      String user,
      String password,
      @Nullable EmbeddedPostgres embedded,
      @Nullable Tether tether) {
    this.url = url;
    this.user = user;
    this.password = password;
    this.embedded = embedded;
    this.tether = tether;
  }

  /** Opens and migrates; the caller closes. */
  static Postgres open(Home home) {
    Map<String, String> environment = System.getenv();
    Postgres opened =
        environment.containsKey("PUSULA_DB_URL")
            ? new Postgres(
                environment.getOrDefault("PUSULA_DB_URL", ""),
                environment.getOrDefault("PUSULA_DB_USER", ""),
                environment.getOrDefault("PUSULA_DB_PASSWORD", ""),
                null,
                null)
            : startEmbedded(home);
    try {
      opened.migrate();
      return opened;
    } catch (Failure e) {
      opened.close();
      throw e;
    }
  }

  /**
   * What the server's connection pool reads: one property list for payara-config/postboot.asadmin.
   * A pool refuses to start without a password; a database that asks for none ignores the one
   * given.
   */
  Map<String, String> environment() {
    return Map.of(
        "PUSULA_POOL",
        "URL="
            + escape(url)
            + ":user="
            + escape(user)
            + ":password="
            + (password.isEmpty() ? "none" : escape(password)));
  }

  /** In a property list of the server's commands a colon separates and a backslash escapes. */
  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace(":", "\\:").replace("=", "\\=");
  }

  /** The form that {@code psql} takes. */
  String psqlUrl() {
    return url.replaceFirst("^jdbc:", "")
        .replaceFirst("//", "//" + user + "@")
        .replaceFirst("\\?.*", "");
  }

  private static Postgres startEmbedded(Home home) {
    Path data = home.directory("postgres").resolve("data");
    stopLeftover(data);
    try {
      EmbeddedPostgres embedded =
          EmbeddedPostgres.builder()
              .setOverrideWorkingDirectory(home.directory("postgres").resolve("binaries").toFile())
              .setDataDirectory(data)
              .setCleanDataDirectory(false)
              .setRegisterShutdownHook(false)
              .setPGStartupWait(Duration.ofSeconds(60))
              .setServerConfig("listen_addresses", "127.0.0.1")
              // The library is made for tests and trades durability for speed; a history must not.
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("full_page_writes", "on")
              .setServerConfig("max_connections", "64")
              .setErrorRedirector(logOf(home))
              .setOutputRedirector(logOf(home))
              .start();
      createDatabase(embedded);
      return new Postgres(
          "jdbc:postgresql://127.0.0.1:" + embedded.getPort() + "/" + DATABASE,
          SUPERUSER,
          "",
          embedded,
          postmaster(data).map(pid -> Tether.atEnd(List.of("kill", "-INT", pid))).orElse(null));
    } catch (IOException | IllegalStateException | SQLException e) {
      throw new Failure(
          "the embedded PostgreSQL did not start (another pusula on the same PUSULA_HOME? its log: "
              + home.state().resolve("logs/postgres.log")
              + ")",
          e);
    }
  }

  private static ProcessBuilder.Redirect logOf(Home home) {
    return ProcessBuilder.Redirect.appendTo(
        home.directory("logs").resolve("postgres.log").toFile());
  }

  private static void createDatabase(EmbeddedPostgres embedded) throws SQLException {
    try (Connection connection = embedded.getPostgresDatabase().getConnection();
        var statement = connection.createStatement();
        var found =
            statement.executeQuery(
                "select 1 from pg_database where datname = '" + DATABASE + "'")) {
      if (!found.next()) {
        statement.execute("create database " + DATABASE + " encoding 'UTF8' template template0");
      }
    }
  }

  /**
   * A postmaster whose launcher was killed before its tether was tied is stopped, so that its data
   * can be opened.
   */
  private static void stopLeftover(Path data) {
    postmaster(data)
        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)))
        .filter(
            process ->
                process.info().command().map(command -> command.contains("postgres")).orElse(false))
        .filter(ProcessHandle::isAlive)
        .ifPresent(
            process -> {
              throw new Failure(
                  "PostgreSQL is running on "
                      + data
                      + " (process "
                      + process.pid()
                      + "): another pusula uses this"
                      + " PUSULA_HOME. Stop it, or give this one another PUSULA_HOME.");
            });
  }

  private static Optional<String> postmaster(Path data) {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.findFirst().map(String::strip).filter(line -> line.matches("\\d+"));
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private void migrate() {
    try (Connection connection = DriverManager.getConnection(url, user, password)) {
      connection.isValid(5);
    } catch (SQLException e) {
      throw new Failure("cannot connect to PostgreSQL at " + url, e);
    }
    try {
      Flyway.configure()
          .dataSource(url, user, password)
          .locations("classpath:sql/migration", "classpath:sql/view")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new Failure("the database at " + url + " cannot be migrated", e);
    }
  }

  @Override
  public void close() {
    if (embedded != null) {
      try {
        embedded.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (tether != null) {
      tether.close();
    }
  }
}
