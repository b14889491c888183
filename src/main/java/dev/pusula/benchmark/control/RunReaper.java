package dev.pusula.benchmark.control;

import dev.pusula.routing.control.Router;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * Looks after {@link Silence} every ten seconds. The first look comes one silence after the start,
 * so that a generator that outlived a restart of the server has its chance to be heard.
 */
@ApplicationScoped
public class RunReaper {

  private static final System.Logger LOG = System.getLogger(RunReaper.class.getName());

  private static final long PERIOD_S = 10;

  @Resource
  @SuppressWarnings("NullAway.Init")
  private ManagedScheduledExecutorService scheduler;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private RunStore runs;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private SampleStore samples;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private Clock clock;

  @Inject
  @SuppressWarnings("NullAway.Init")
  private Router router;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    Silence silence =
        new Silence(
            samples::silentSince,
            (id, since) ->
                runs.abandon(id, since, router.configuration().targets().latencyMicros()));
    scheduler.scheduleAtFixedRate(
        () -> look(silence), Silence.BOUND.toSeconds(), PERIOD_S, TimeUnit.SECONDS);
  }

  /** A failed look must not end the schedule: the database may be back for the next one. */
  private void look(Silence silence) {
    try {
      silence.abortSilentRuns(clock.instant());
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "could not look for silent runs", e);
    }
  }
}
