package dev.pusula.load;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Time of one run: microseconds since its first request, and the phases. Thread-safe. */
final class RunClock {
  /** NTP slews by less than this in any run; more is a step of the wall clock. */
  private static final long STEP_MILLIS = 500;

  private final AtomicLong start = new AtomicLong();
  private final long wallMinusMonotonic = wallMinusMonotonic();
  private final long warmUpMicros;
  private final long endMicros;

  RunClock(Duration warmUp, Duration runTime) {
    this.warmUpMicros = warmUp.toNanos() / 1_000;
    this.endMicros = warmUp.plus(runTime).toNanos() / 1_000;
  }

  /** Starts the run on the first call. */
  void start() {
    if (start.get() == 0) {
      start.compareAndSet(0, System.nanoTime());
    }
  }

  boolean started() {
    return start.get() != 0;
  }

  long micros(long nanos) {
    return (nanos - start.get()) / 1_000;
  }

  long nowMicros() {
    return micros(System.nanoTime());
  }

  String phase(long nanos) {
    long at = micros(nanos);
    return at < warmUpMicros ? "warm_up" : at < endMicros ? "measure" : "drain";
  }

  /** Whether the wall clock left the monotonic one since this run's construction. */
  boolean stepped() {
    return Math.abs(wallMinusMonotonic() - wallMinusMonotonic) > STEP_MILLIS;
  }

  private static long wallMinusMonotonic() {
    return System.currentTimeMillis() - System.nanoTime() / 1_000_000;
  }

  long measureFromMicros() {
    return warmUpMicros;
  }

  long measureToMicros() {
    return endMicros;
  }
}
