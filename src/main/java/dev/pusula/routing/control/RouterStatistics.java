package dev.pusula.routing.control;

import dev.pusula.balancing.Histogram;
import dev.pusula.balancing.ReplicaSnapshot;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.StatisticsSnapshot;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what the router decides. Lock-free: recording is a few adders; a snapshot taken meanwhile
 * may miss requests that are being recorded, and never counts one twice.
 */
public final class RouterStatistics {

  private volatile Counts counts = new Counts();

  /** Adds one decision and the time it took. */
  public void record(RouteDecision decision, long nanos) {
    Counts now = counts;
    now.requests.increment();
    if (decision.fallback()) {
      now.fallbacks.increment();
    }
    now.sectors.computeIfAbsent(decision.sector(), sector -> new LongAdder()).increment();
    now.times.record(nanos);
  }

  /** Forgets everything. */
  public void reset() {
    counts = new Counts();
  }

  /**
   * What was counted since the start or the last reset.
   *
   * @param replicas what the balancer counted meanwhile
   */
  public StatisticsSnapshot snapshot(Map<String, Map<String, ReplicaSnapshot>> replicas) {
    Counts now = counts;
    Histogram.Snapshot times = now.times.snapshot();
    return new StatisticsSnapshot(
        now.requests.sum(),
        now.fallbacks.sum(),
        sums(now.sectors),
        replicas,
        times.meanMicros(),
        times.percentileMicros(0.50),
        times.percentileMicros(0.95),
        times.percentileMicros(0.99));
  }

  private static Map<String, Long> sums(Map<String, LongAdder> adders) {
    Map<String, Long> sums = new TreeMap<>();
    adders.forEach((name, adder) -> sums.put(name, adder.sum()));
    return sums;
  }

  private static final class Counts {
    final LongAdder requests = new LongAdder();
    final LongAdder fallbacks = new LongAdder();
    final Map<String, LongAdder> sectors = new ConcurrentHashMap<>();
    final Histogram times = new Histogram();
  }
}
