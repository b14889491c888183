package dev.pusula.benchmark.control;

import dev.pusula.benchmark.entity.AnswerScore;
import dev.pusula.benchmark.entity.EngineLoad;
import dev.pusula.benchmark.entity.Phase;
import dev.pusula.benchmark.entity.RequestKind;
import dev.pusula.benchmark.entity.RequestOutcome;
import dev.pusula.benchmark.entity.RequestSample;
import dev.pusula.benchmark.entity.ResourceSample;
import dev.pusula.benchmark.entity.ResourceSource;
import dev.pusula.benchmark.entity.RunStatus;
import dev.pusula.platform.ProblemException;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * The raw samples of runs, written by COPY. Every write is also the run's sign of life.
 * Thread-safe.
 *
 * <p>In the server its methods join the container's transaction; over a plain {@link DataSource}
 * each is a transaction of its own.
 */
@ApplicationScoped
@Transactional
public class SampleStore {

  private static final String COLUMNS =
      "seq, kind, phase, sector, also, query, style, user_number, due_us, sent_us, headers_us,"
          + " first_text_us, first_answer_us, last_text_us, end_us, chunk_gaps_us, prompt_tokens,"
          + " output_tokens, recounted_tokens, http_status, outcome, error, routed_sector,"
          + " routed_score, adapters, backend, router_us, general_score";

  /** Rows that the driver fetches at once, so that reading a run does not hold it twice. */
  private static final int FETCH_SIZE = 2_000;

  private static final String UNIQUE_VIOLATION = "23505";

  @Resource(lookup = "jdbc/pusula")
  @SuppressWarnings("NullAway.Init")
  private DataSource source;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private Clock clock;

  /** For CDI. */
  public SampleStore() {}

  /** Over any pool. */
  public SampleStore(DataSource source, Clock clock) {
    this.source = source;
    this.clock = clock;
  }

  /**
   * Stores a batch once. When this returns, the batch is durable.
   *
   * @param batch at least 0; a number that is stored already changes nothing
   * @return false where the batch was there already
   * @throws ProblemException 404 without the run, 409 when it has ended or holds a sample with one
   *     of the numbers
   */
  public boolean store(UUID run, int batch, List<RequestSample> samples) {
    return inTransaction(
        connection -> {
          RunRow row = lock(connection, run);
          if (!remember(connection, run, batch, samples.size())) {
            return false;
          }
          touch(connection, run, row);
          copy(connection, run, row.startedAt(), samples);
          return true;
        });
  }

  /**
   * Stores resource samples; a moment of a source that is there already is left as it is.
   *
   * @throws ProblemException 404 without the run, 409 when it has ended
   */
  public void storeResources(UUID run, List<ResourceSample> samples) {
    inTransaction(
        connection -> {
          touch(connection, run, lock(connection, run));
          try (PreparedStatement insert =
              connection.prepareStatement(
                  """
                  insert into resource_sample (
                      run_id, source, at_us, cpu_percent, rss_bytes, heap_bytes, gc_pause_ms,
                      gpu_utilisation, gpu_memory_bytes, power_w, engine_waiting, engine_running,
                      engine_pages, engine_pages_used, engine_batch_rows, engine_prompt_tokens,
                      engine_generated_tokens, engine_adapter_switches
                  )
                  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                  on conflict do nothing
                  """)) {
            for (ResourceSample sample : samples) {
              insert.setObject(1, run);
              insert.setString(2, sample.source().wireName());
              insert.setLong(3, sample.atUs());
              insert.setObject(4, sample.cpuPercent(), Types.DOUBLE);
              insert.setObject(5, sample.rssBytes(), Types.BIGINT);
              insert.setObject(6, sample.heapBytes(), Types.BIGINT);
              insert.setObject(7, sample.gcPauseMs(), Types.DOUBLE);
              insert.setObject(8, sample.gpuUtilisation(), Types.DOUBLE);
              insert.setObject(9, sample.gpuMemoryBytes(), Types.BIGINT);
              insert.setObject(10, sample.powerW(), Types.DOUBLE);
              EngineLoad engine = sample.engine();
              insert.setObject(11, engine == null ? null : engine.waiting(), Types.INTEGER);
              insert.setObject(12, engine == null ? null : engine.running(), Types.INTEGER);
              insert.setObject(13, engine == null ? null : engine.pages(), Types.INTEGER);
              insert.setObject(14, engine == null ? null : engine.pagesUsed(), Types.INTEGER);
              insert.setObject(15, engine == null ? null : engine.batchRows(), Types.DOUBLE);
              insert.setObject(16, engine == null ? null : engine.promptTokens(), Types.BIGINT);
              insert.setObject(17, engine == null ? null : engine.generatedTokens(), Types.BIGINT);
              insert.setObject(18, engine == null ? null : engine.adapterSwitches(), Types.BIGINT);
              insert.addBatch();
            }
            insert.executeBatch();
          }
          return true;
        });
  }

  /**
   * Stores scores of reference answers; one that is there already is left as it is.
   *
   * @throws ProblemException 404 without the run, 409 when it has ended
   */
  public void storeAnswers(UUID run, List<AnswerScore> scores) {
    inTransaction(
        connection -> {
          touch(connection, run, lock(connection, run));
          try (PreparedStatement insert =
              connection.prepareStatement(
                  """
                  insert into answer_score (
                      run_id, question, model, sector, routed_sector, tokens, logprob
                  )
                  values (?, ?, ?, ?, ?, ?, ?)
                  on conflict do nothing
                  """)) {
            for (AnswerScore score : scores) {
              insert.setObject(1, run);
              insert.setString(2, score.question());
              insert.setString(3, score.model());
              insert.setString(4, score.sector());
              insert.setString(5, score.routedSector());
              insert.setInt(6, score.tokens());
              insert.setDouble(7, score.logprob());
              insert.addBatch();
            }
            insert.executeBatch();
          }
          return true;
        });
  }

  /** The scores of a run's reference answers by model and question. */
  public List<AnswerScore> answers(UUID run) {
    return inTransaction(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  """
                  select question, model, sector, routed_sector, tokens, logprob
                  from answer_score
                  where run_id = ?
                  order by model, question
                  """)) {
            select.setObject(1, run);
            List<AnswerScore> scores = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                scores.add(
                    new AnswerScore(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getInt(5),
                        row.getDouble(6)));
              }
            }
            return scores;
          }
        });
  }

  /**
   * Notes a sign of life.
   *
   * @throws ProblemException 404 without the run, 409 when it has ended
   */
  public void heartbeat(UUID run) {
    inTransaction(
        connection -> {
          touch(connection, run, lock(connection, run));
          return true;
        });
  }

  /** Runs that are still RUNNING though their generator was last heard before the instant. */
  public List<UUID> silentSince(Instant instant) {
    return inTransaction(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "select id from run where status = 'RUNNING' and last_seen_at < ?")) {
            select.setObject(1, instant.atOffset(ZoneOffset.UTC));
            List<UUID> silent = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
              while (rows.next()) {
                silent.add(rows.getObject(1, UUID.class));
              }
            }
            return silent;
          }
        });
  }

  /** Every request of a run in the order of the schedule; none for an unknown run. */
  public void forEachRequest(UUID run, Consumer<RequestSample> consumer) {
    inTransaction(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "select " + COLUMNS + " from request_sample where run_id = ? order by seq")) {
            select.setFetchSize(FETCH_SIZE);
            select.setObject(1, run);
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                consumer.accept(request(row));
              }
            }
          }
          return true;
        });
  }

  /** The requests of a run in the order of the schedule. */
  public List<RequestSample> requests(UUID run) {
    List<RequestSample> samples = new ArrayList<>();
    forEachRequest(run, samples::add);
    return samples;
  }

  /** The resource samples of a run by source and time. */
  public List<ResourceSample> resources(UUID run) {
    return inTransaction(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  """
                  select source, at_us, cpu_percent, rss_bytes, heap_bytes, gc_pause_ms,
                      gpu_utilisation, gpu_memory_bytes, power_w, engine_waiting, engine_running,
                      engine_pages, engine_pages_used, engine_batch_rows, engine_prompt_tokens,
                      engine_generated_tokens, engine_adapter_switches
                  from resource_sample
                  where run_id = ?
                  order by source, at_us
                  """)) {
            select.setObject(1, run);
            List<ResourceSample> samples = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                samples.add(
                    new ResourceSample(
                        ResourceSource.valueOf(row.getString(1).toUpperCase(Locale.ROOT)),
                        row.getLong(2),
                        row.getObject(3, Double.class),
                        row.getObject(4, Long.class),
                        row.getObject(5, Long.class),
                        row.getObject(6, Double.class),
                        row.getObject(7, Double.class),
                        row.getObject(8, Long.class),
                        row.getObject(9, Double.class),
                        engine(row)));
              }
            }
            return samples;
          }
        });
  }

  private static @Nullable EngineLoad engine(ResultSet row) throws SQLException {
    return row.getObject(10) == null
        ? null
        : new EngineLoad(
            row.getInt(10),
            row.getInt(11),
            row.getInt(12),
            row.getInt(13),
            row.getDouble(14),
            row.getLong(15),
            row.getLong(16),
            row.getLong(17));
  }

  /** How far a run has come; null for an unknown run. */
  public @Nullable RunProgress progress(UUID run) {
    List<RunProgress> found =
        inTransaction(
            connection -> {
              try (PreparedStatement select =
                  connection.prepareStatement(
                      """
                      select run.status, run.started_at, coalesce(run.ended_at, run.last_seen_at),
                          count(sample.seq),
                          count(sample.seq) filter (where sample.outcome <> 'completed')
                      from run
                      left join request_sample as sample
                          on sample.run_id = run.id and sample.run_started_at = run.started_at
                      where run.id = ?
                      group by run.id
                      """)) {
                select.setObject(1, run);
                try (ResultSet row = select.executeQuery()) {
                  return row.next()
                      ? List.of(
                          new RunProgress(
                              RunStatus.valueOf(row.getString(1)),
                              instant(row, 2),
                              instant(row, 3),
                              row.getLong(4),
                              row.getLong(5)))
                      : List.of();
                }
              }
            });
    return found.isEmpty() ? null : found.get(0);
  }

  /** Whether the database answers. */
  public boolean answers() {
    try (Connection connection = source.getConnection()) {
      return connection.isValid(2);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Holds the run's row against its completion until the transaction ends. */
  private static RunRow lock(Connection connection, UUID run) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select status, started_at from run where id = ? for no key update")) {
      select.setObject(1, run);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw ProblemException.notFound("no run " + run);
        }
        return new RunRow(RunStatus.valueOf(row.getString(1)), instant(row, 2));
      }
    }
  }

  private boolean remember(Connection connection, UUID run, int batch, int count)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into sample_batch (run_id, batch_number, sample_count, received_at) values (?, ?, ?, ?)"
                + " on conflict do nothing")) {
      insert.setObject(1, run);
      insert.setInt(2, batch);
      insert.setInt(3, count);
      insert.setObject(4, clock.instant().atOffset(ZoneOffset.UTC));
      return insert.executeUpdate() == 1;
    }
  }

  private void touch(Connection connection, UUID run, RunRow row) throws SQLException {
    if (row.status() != RunStatus.RUNNING) {
      throw ProblemException.conflict("run " + run + " is " + row.status() + " and takes no more");
    }
    try (PreparedStatement update =
        connection.prepareStatement(
            "update run set last_seen_at = greatest(last_seen_at, ?) where id = ?")) {
      update.setObject(1, clock.instant().atOffset(ZoneOffset.UTC));
      update.setObject(2, run);
      update.executeUpdate();
    }
  }

  private static void copy(
      Connection connection, UUID run, Instant startedAt, List<RequestSample> samples)
      throws SQLException {
    CopyText text = new CopyText();
    for (RequestSample s : samples) {
      text.value(run)
          .value(startedAt)
          .value(s.seq())
          .value(s.kind().wireName())
          .value(s.phase().wireName())
          .value(s.sector())
          .array(s.also())
          .value(s.query())
          .value(s.style())
          .value(s.user())
          .value(s.dueUs())
          .value(s.sentUs())
          .value(s.headersUs())
          .value(s.firstTextUs())
          .value(s.firstAnswerUs())
          .value(s.lastTextUs())
          .value(s.endUs())
          .array(s.chunkGapsUs())
          .value(s.promptTokens())
          .value(s.outputTokens())
          .value(s.recountedTokens())
          .value(s.status())
          .value(s.outcome().wireName())
          .value(s.error())
          .value(s.routedSector())
          .value(s.routedScore())
          .array(s.adapters())
          .value(s.backend())
          .value(s.routerUs())
          .value(s.generalScore())
          .endRow();
    }
    try {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(
              "copy request_sample (run_id, run_started_at, " + COLUMNS + ") from stdin",
              new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
        throw ProblemException.conflict(
            "a sample with one of these seq is stored already, in a batch of another number");
      }
      throw e;
    }
  }

  private static RequestSample request(ResultSet row) throws SQLException {
    return new RequestSample(
        row.getLong("seq"),
        RequestKind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
        Phase.valueOf(row.getString("phase").toUpperCase(Locale.ROOT)),
        row.getString("sector"),
        list(row.getArray("also"), String[].class),
        row.getString("query"),
        row.getString("style"),
        row.getObject("user_number", Integer.class),
        row.getLong("due_us"),
        row.getObject("sent_us", Long.class),
        row.getObject("headers_us", Long.class),
        row.getObject("first_text_us", Long.class),
        row.getObject("first_answer_us", Long.class),
        row.getObject("last_text_us", Long.class),
        row.getObject("end_us", Long.class),
        list(row.getArray("chunk_gaps_us"), Long[].class),
        row.getObject("prompt_tokens", Integer.class),
        row.getObject("output_tokens", Integer.class),
        row.getObject("recounted_tokens", Integer.class),
        row.getObject("http_status", Integer.class),
        RequestOutcome.valueOf(row.getString("outcome").toUpperCase(Locale.ROOT)),
        row.getString("error"),
        row.getString("routed_sector"),
        row.getObject("routed_score", Double.class),
        list(row.getArray("adapters"), String[].class),
        row.getString("backend"),
        row.getObject("router_us", Double.class),
        row.getObject("general_score", Double.class));
  }

  private static <T> List<T> list(Array array, Class<T[]> type) throws SQLException {
    return Arrays.asList(type.cast(array.getArray()));
  }

  private static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private <T> T inTransaction(InStore<T> work) {
    try (Connection connection = source.getConnection()) {
      if (!connection.getAutoCommit()) {
        return work.on(connection); // the container's transaction: it commits
      }
      connection.setAutoCommit(false);
      boolean done = false;
      try {
        T result = work.on(connection);
        connection.commit();
        done = true;
        return result;
      } finally {
        if (!done) {
          connection.rollback();
        }
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the history's database failed: " + e.getMessage(), e);
    }
  }

  private interface InStore<T> {
    T on(Connection connection) throws SQLException;
  }

  private record RunRow(RunStatus status, Instant startedAt) {}
}
