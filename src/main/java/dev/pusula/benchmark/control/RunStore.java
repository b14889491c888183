package dev.pusula.benchmark.control;

import dev.pusula.benchmark.entity.Completion;
import dev.pusula.benchmark.entity.Measurement;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.RunStatus;
import dev.pusula.benchmark.entity.SectorResult;
import dev.pusula.platform.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs and what was computed of them. Thread-safe; each method is a transaction. */
@ApplicationScoped
@Transactional
public class RunStore {

  @PersistenceContext(unitName = "pusula")
  @SuppressWarnings("NullAway.Init")
  private EntityManager entities;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private SampleStore samples;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private Clock clock;

  /** For CDI. */
  public RunStore() {}

  /** With what the container would give; the caller owns the transactions. */
  RunStore(EntityManager entities, SampleStore samples, Clock clock) {
    this.entities = entities;
    this.samples = samples;
    this.clock = clock;
  }

  /** Keeps a new run and makes room for its samples. */
  public Run start(Run run) {
    entities
        .createNativeQuery("select cast(ensure_sample_partition(cast(?1 as timestamptz)) as text)")
        .setParameter(1, run.startedAt().toString())
        .getSingleResult();
    entities.persist(run);
    return run;
  }

  /** A run, if there is one. */
  public Optional<Run> find(UUID id) {
    return Optional.ofNullable(entities.find(Run.class, id));
  }

  /** A run; 404 where there is none. */
  public Run get(UUID id) {
    return find(id).orElseThrow(() -> missing(id));
  }

  /**
   * Runs, newest first.
   *
   * @param limit at least 1
   * @param before only runs older than this one; null for the newest
   */
  public List<Run> list(
      int limit, @Nullable RunCursor before, @Nullable String suite, @Nullable RunStatus status) {
    Query query =
        entities
            .createNativeQuery(
                """
                select *
                from run
                where suite = coalesce(cast(?1 as text), suite)
                    and status = coalesce(cast(?2 as text), status)
                    and (cast(?3 as timestamptz) is null
                        or (started_at, id) < (cast(?3 as timestamptz), cast(?4 as uuid)))
                order by started_at desc, id desc
                """,
                Run.class)
            .setParameter(1, suite)
            .setParameter(2, status == null ? null : status.name())
            .setParameter(3, before == null ? null : before.startedAt().toString())
            .setParameter(4, before == null ? null : before.id().toString());
    @SuppressWarnings("unchecked")
    List<Run> runs = query.setMaxResults(limit).getResultList();
    return runs;
  }

  /**
   * Ends a run and computes its numbers from what has arrived, all or nothing. The run's row is
   * held meanwhile, so that no sample can slip in behind the numbers.
   *
   * @param ending moves the run to an ended state, or leaves it to say that nothing is to be done
   * @param targetLatencyUs end-to-end latency that goodput is held to
   * @return the run as it is now
   */
  public Run end(UUID id, Consumer<Run> ending, long targetLatencyUs) {
    Run run = entities.find(Run.class, id, LockModeType.PESSIMISTIC_WRITE);
    if (run == null) {
      throw missing(id);
    }
    if (run.status() != RunStatus.RUNNING) {
      ending.accept(run);
      return run;
    }
    ending.accept(run);
    if (run.status() != RunStatus.RUNNING) {
      RunCompletion.Result result =
          new RunCompletion(run, targetLatencyUs)
              .compute(samples.requests(id), samples.resources(id), samples.answers(id));
      result.measurements().forEach(entities::persist);
      result.sectors().forEach(entities::persist);
      run.judge(result.validity(), targetLatencyUs);
    }
    return run;
  }

  /**
   * Aborts a run that nobody has been heard of since the instant; leaves a run that was heard of
   * meanwhile.
   */
  public void abandon(UUID id, Instant silentSince, long targetLatencyUs) {
    end(
        id,
        run -> {
          if (run.status() == RunStatus.RUNNING && run.lastSeenAt().isBefore(silentSince)) {
            run.abort(
                "the load generator was last heard of at " + run.lastSeenAt(),
                Completion.SILENT,
                clock.instant());
          }
        },
        targetLatencyUs);
  }

  /** Replaces the note of a run. */
  public Run annotate(UUID id, @Nullable String note) {
    Run run = get(id);
    run.annotate(note);
    return run;
  }

  /** Removes a run with everything of it. */
  public void delete(UUID id) {
    entities.remove(get(id));
  }

  /** The measurements of a run by metric, scope and statistic; none before it has ended. */
  public List<Measurement> measurements(UUID id) {
    return ofRun(
        "select * from measurement where run_id = cast(?1 as uuid) order by metric, scope, scope_id, statistic",
        id,
        Measurement.class);
  }

  /** The sector results of a run by sector; none before it has ended. */
  public List<SectorResult> sectors(UUID id) {
    return ofRun(
        "select * from sector_result where run_id = cast(?1 as uuid) order by sector",
        id,
        SectorResult.class);
  }

  @SuppressWarnings("unchecked")
  private <T> List<T> ofRun(String sql, UUID id, Class<T> type) {
    return entities.createNativeQuery(sql, type).setParameter(1, id.toString()).getResultList();
  }

  private static ProblemException missing(UUID id) {
    return ProblemException.notFound("no run " + id);
  }
}
