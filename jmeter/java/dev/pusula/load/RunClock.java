package dev.pusula.load;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Time of one run: microseconds since its first request, and the phases. Thread-safe. */
final class RunClock {
  private final AtomicLong start = new AtomicLong();
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

  long measureFromMicros() {
    return warmUpMicros;
  }

  long measureToMicros() {
    return endMicros;
  }
}
