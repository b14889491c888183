package dev.pusula.routing.control;

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

  /** Sub-buckets per power of two: a reading is at most 1/8 above the truth. */
  private static final int STEPS = 8;

  private static final int BUCKETS = 64 * STEPS;

  private volatile Counts counts = new Counts();

  /** Adds one decision and the time it took. */
  public void record(RouteDecision decision, long nanos) {
    Counts now = counts;
    now.requests.increment();
    if (decision.fallback()) {
      now.fallbacks.increment();
    }
    now.sectors.computeIfAbsent(decision.sector(), sector -> new LongAdder()).increment();
    for (RouteDecision.AdapterChoice choice : decision.adapters()) {
      now.replicas
          .computeIfAbsent(choice.adapter(), adapter -> new ConcurrentHashMap<>())
          .computeIfAbsent(choice.replica(), replica -> new LongAdder())
          .increment();
    }
    now.nanos.add(nanos);
    now.latency[bucket(nanos)].increment();
  }

  /** Forgets everything. */
  public void reset() {
    counts = new Counts();
  }

  /** What was counted since the start or the last reset. */
  public StatisticsSnapshot snapshot() {
    Counts now = counts;
    long[] latency = new long[BUCKETS];
    long n = 0;
    for (int i = 0; i < BUCKETS; i++) {
      latency[i] = now.latency[i].sum();
      n += latency[i];
    }
    Map<String, Map<String, Long>> replicas = new TreeMap<>();
    now.replicas.forEach((adapter, of) -> replicas.put(adapter, sums(of)));
    return new StatisticsSnapshot(
        now.requests.sum(),
        now.fallbacks.sum(),
        sums(now.sectors),
        replicas,
        n == 0 ? 0 : now.nanos.sum() / 1e3 / n,
        percentile(latency, n, 0.50),
        percentile(latency, n, 0.95),
        percentile(latency, n, 0.99));
  }

  private static Map<String, Long> sums(Map<String, LongAdder> adders) {
    Map<String, Long> sums = new TreeMap<>();
    adders.forEach((name, adder) -> sums.put(name, adder.sum()));
    return sums;
  }

  /** Upper edge, in microseconds, of the bucket that holds the p-th reading. */
  private static double percentile(long[] latency, long n, double p) {
    long rank = (long) Math.ceil(p * n);
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += latency[i];
      if (seen >= rank && rank > 0) {
        return upperNanos(i) / 1e3;
      }
    }
    return 0;
  }

  private static int bucket(long nanos) {
    long value = Math.max(nanos, STEPS);
    int power = 63 - Long.numberOfLeadingZeros(value);
    return power * STEPS + (int) ((value >>> (power - 3)) & (STEPS - 1));
  }

  private static double upperNanos(int bucket) {
    int power = bucket / STEPS;
    return Math.scalb(1.0 + (bucket % STEPS + 1.0) / STEPS, power);
  }

  private static final class Counts {
    final LongAdder requests = new LongAdder();
    final LongAdder fallbacks = new LongAdder();
    final LongAdder nanos = new LongAdder();
    final Map<String, LongAdder> sectors = new ConcurrentHashMap<>();
    final Map<String, Map<String, LongAdder>> replicas = new ConcurrentHashMap<>();
    final LongAdder[] latency = new LongAdder[BUCKETS];

    Counts() {
      java.util.Arrays.setAll(latency, i -> new LongAdder());
    }
  }
}
