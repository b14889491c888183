package dev.pusula.balancing;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * Times in buckets that grow with them, eight for each power of two: a percentile read from it is
 * at most 1/8 above the truth. Lock-free; a snapshot taken meanwhile may miss what is being
 * recorded.
 */
public final class Histogram {

  private static final int STEPS = 8;
  private static final int BUCKETS = 64 * STEPS;

  private final LongAdder[] counts = new LongAdder[BUCKETS];
  private final LongAdder nanos = new LongAdder();

  /** Of nothing yet. */
  public Histogram() {
    Arrays.setAll(counts, i -> new LongAdder());
  }

  /**
   * Adds one.
   *
   * @param time nanoseconds, at least 0
   */
  public void record(long time) {
    nanos.add(time);
    counts[bucket(time)].increment();
  }

  /** What was recorded so far. */
  public Snapshot snapshot() {
    long[] copy = new long[BUCKETS];
    long n = 0;
    for (int i = 0; i < BUCKETS; i++) {
      copy[i] = counts[i].sum();
      n += copy[i];
    }
    return new Snapshot(copy, n, nanos.sum());
  }

  /**
   * What was recorded up to a moment.
   *
   * @param counts by bucket
   * @param n times recorded
   * @param nanos their sum
   */
  public record Snapshot(long[] counts, long n, long nanos) {

    /** In microseconds; 0 for nothing. */
    public double meanMicros() {
      return n == 0 ? 0 : nanos / 1e3 / n;
    }

    /** Upper edge, in microseconds, of the bucket that holds the p-th time; 0 for nothing. */
    public double percentileMicros(double p) {
      long rank = (long) Math.ceil(p * n);
      long seen = 0;
      for (int i = 0; i < BUCKETS; i++) {
        seen += counts[i];
        if (seen >= rank && rank > 0) {
          return upperNanos(i) / 1e3;
        }
      }
      return 0;
    }
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
}
