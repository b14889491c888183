package dev.pusula.benchmark.control;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The rule that a run whose load generator has not been heard of for {@link #BOUND} is aborted,
 * with its numbers computed from what arrived.
 */
final class Silence {

  /** A generator sends resources every second; thirty missed are no hiccup. */
  static final Duration BOUND = Duration.ofSeconds(30);

  private static final System.Logger LOG = System.getLogger(Silence.class.getName());

  private final Function<Instant, List<UUID>> silentSince;
  private final BiConsumer<UUID, Instant> abandon;

  /**
   * Over a store.
   *
   * @param silentSince running runs last heard of before the instant
   * @param abandon aborts a run unless it was heard of since the instant
   */
  Silence(Function<Instant, List<UUID>> silentSince, BiConsumer<UUID, Instant> abandon) {
    this.silentSince = silentSince;
    this.abandon = abandon;
  }

  /** Aborts what is silent now. One run that cannot be aborted does not protect the others. */
  void abortSilentRuns(Instant now) {
    Instant since = now.minus(BOUND);
    for (UUID run : silentSince.apply(since)) {
      try {
        abandon.accept(run, since);
        LOG.log(Level.INFO, "run {0} has fallen silent and is aborted", run);
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "run " + run + " could not be aborted", e);
      }
    }
  }
}
