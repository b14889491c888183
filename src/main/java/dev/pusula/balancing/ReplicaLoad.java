package dev.pusula.balancing;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a replica has to do, how it did, and whether it is trusted. Thread-safe and lock-free.
 *
 * <p>A circuit breaker: after {@link #FAILURES} failures in a row it cools down and is chosen by
 * nobody; then one request at a time may probe it. A success heals it; a failed probe doubles the
 * time, up to {@link #LONGEST_COOL_DOWN}. Counts and trust are apart: a reset of the statistics
 * does not heal.
 */
final class ReplicaLoad {

  /** One failure is an accident; three in a row without a success between are a state. */
  static final int FAILURES = 3;

  /** Long enough for a process to restart. */
  static final Duration COOL_DOWN = Duration.ofSeconds(5);

  /** An operator who mends a replica does not wait longer for it to come back. */
  static final Duration LONGEST_COOL_DOWN = Duration.ofSeconds(80);

  /** What the newest time weighs in the moving average; the last ten or so count. */
  private static final double NEWEST = 0.2;

  private final String name;
  private final LongSupplier nanoClock;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger failuresInARow = new AtomicInteger();

  /** Nanoseconds of the moving average, as bits of a double; 0 before the first. */
  private final AtomicLong averageBits = new AtomicLong();

  private final AtomicLong coolUntil = new AtomicLong();
  private final AtomicLong coolDownNanos = new AtomicLong();
  private final AtomicBoolean probing = new AtomicBoolean();
  private volatile Counts counts = new Counts();

  private static final class Counts {
    final LongAdder chosen = new LongAdder();
    final LongAdder errors = new LongAdder();
    final Histogram times = new Histogram();
  }

  ReplicaLoad(String name, LongSupplier nanoClock) {
    this.name = name;
    this.nanoClock = nanoClock;
  }

  String name() {
    return name;
  }

  int inFlight() {
    return inFlight.get();
  }

  /** Nanoseconds that its requests took lately; 0 where none has ended. */
  double averageNanos() {
    return Double.longBitsToDouble(averageBits.get());
  }

  boolean healthy() {
    return failuresInARow.get() < FAILURES;
  }

  void chosen() {
    counts.chosen.increment();
  }

  /** Starts a request. */
  Lease begin() {
    return begin(false);
  }

  /** Starts the one request that may try a replica which has cooled down; null if it may not. */
  @Nullable Lease tryProbe() {
    boolean due = !healthy() && nanoClock.getAsLong() - coolUntil.get() >= 0;
    return due && probing.compareAndSet(false, true) ? begin(true) : null;
  }

  private Lease begin(boolean probe) {
    inFlight.incrementAndGet();
    return new Lease(this, probe, nanoClock.getAsLong());
  }

  void succeeded(long startNanos) {
    long took = nanoClock.getAsLong() - startNanos;
    counts.times.record(took);
    averageBits.updateAndGet(
        bits -> {
          double average = Double.longBitsToDouble(bits);
          return Double.doubleToRawLongBits(bits == 0 ? took : average + NEWEST * (took - average));
        });
    failuresInARow.set(0);
    coolDownNanos.set(0);
    probing.set(false);
    inFlight.decrementAndGet();
  }

  void failed(long startNanos, boolean probe) {
    counts.errors.increment();
    counts.times.record(nanoClock.getAsLong() - startNanos);
    int failures = failuresInARow.incrementAndGet();
    if (failures == FAILURES || probe) {
      long next =
          coolDownNanos.updateAndGet(
              before ->
                  before == 0
                      ? COOL_DOWN.toNanos()
                      : Math.min(2 * before, LONGEST_COOL_DOWN.toNanos()));
      coolUntil.set(nanoClock.getAsLong() + next);
      probing.set(false);
    }
    inFlight.decrementAndGet();
  }

  void abandoned(boolean probe) {
    if (probe) {
      probing.set(false);
    }
    inFlight.decrementAndGet();
  }

  void reset() {
    counts = new Counts();
  }

  ReplicaSnapshot snapshot() {
    Counts now = counts;
    Histogram.Snapshot times = now.times.snapshot();
    boolean healthy = healthy();
    return new ReplicaSnapshot(
        now.chosen.sum(),
        times.n(),
        now.errors.sum(),
        inFlight.get(),
        healthy,
        healthy ? 0 : Math.max(0, coolUntil.get() - nanoClock.getAsLong()) / 1e9,
        times.meanMicros(),
        times.percentileMicros(0.50),
        times.percentileMicros(0.95),
        times.percentileMicros(0.99));
  }
}
