package dev.pusula.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Percentile-bootstrap 95 % intervals (Efron &amp; Tibshirani, "An Introduction to the Bootstrap",
 * 1993, chapter 13).
 *
 * <p>It assumes independent samples. Far quantiles of few samples stay inside the largest one seen:
 * the interval of a P99 under 1,000 samples is a hint, not a bound.
 */
public final class Bootstrap {

  private static final double LOW = 0.025;
  private static final double HIGH = 0.975;

  private Bootstrap() {}

  /*
   * A resample is a count of draws for each sorted sample, so its order statistics come from one
   * walk over the counts: n draws and n additions a resample, nothing sorted, nothing allocated.
   */

  /**
   * Intervals of several percentiles from the same resamples.
   *
   * @param values in any order, without NaN; not changed
   * @param ps percentiles in 0…1, in any order
   * @param resamples at least 1; 2,000 in reports
   * @param seed the same seed gives the same intervals
   * @return one interval for each of {@code ps}, in its order; of NaN when there are no values
   */
  public static List<Interval> percentileInterval(
      double[] values, double[] ps, int resamples, long seed) {
    checkResamples(resamples);
    for (double p : ps) {
      Percentiles.checkShare(p);
    }
    if (values.length == 0) {
      return Collections.nCopies(ps.length, Interval.NONE);
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] ascending = ps.clone();
    Arrays.sort(ascending);
    double[][] estimates = new double[ascending.length][resamples];
    int[] counts = new int[sorted.length];
    SplittableRandom random = new SplittableRandom(seed);
    for (int r = 0; r < resamples; r++) {
      draw(counts, random);
      walk(sorted, counts, ascending, estimates, r);
    }
    List<Interval> intervals = new ArrayList<>(ps.length);
    for (double[] estimate : estimates) {
      Arrays.sort(estimate);
    }
    for (double p : ps) {
      intervals.add(middle(estimates[Arrays.binarySearch(ascending, p)]));
    }
    return List.copyOf(intervals);
  }

  /**
   * Interval of the arithmetic mean.
   *
   * @param values in any order, without NaN; not changed
   * @param resamples at least 1
   * @param seed the same seed gives the same interval
   * @return of NaN when there are no values
   */
  public static Interval meanInterval(double[] values, int resamples, long seed) {
    checkResamples(resamples);
    int n = values.length;
    if (n == 0) {
      return Interval.NONE;
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] means = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += values[random.nextInt(n)];
      }
      means[r] = sum / n;
    }
    Arrays.sort(means);
    return middle(means);
  }

  /**
   * Interval of a sum over another: pairs are resampled together.
   *
   * @param numerators without NaN; not changed
   * @param denominators as many, each above 0; not changed
   * @param resamples at least 1
   * @param seed the same seed gives the same interval
   * @return of NaN when there are no pairs
   */
  public static Interval ratioInterval(
      double[] numerators, double[] denominators, int resamples, long seed) {
    checkResamples(resamples);
    int n = numerators.length;
    if (n != denominators.length) {
      throw new IllegalArgumentException("as many denominators as numerators are needed");
    }
    if (n == 0) {
      return Interval.NONE;
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] ratios = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      double above = 0;
      double below = 0;
      for (int i = 0; i < n; i++) {
        int drawn = random.nextInt(n);
        above += numerators[drawn];
        below += denominators[drawn];
      }
      ratios[r] = above / below;
    }
    Arrays.sort(ratios);
    return middle(ratios);
  }

  private static void draw(int[] counts, SplittableRandom random) {
    Arrays.fill(counts, 0);
    for (int i = 0; i < counts.length; i++) {
      counts[random.nextInt(counts.length)]++;
    }
  }

  /** Reads every percentile of one resample in a single pass. */
  private static void walk(
      double[] sorted, int[] counts, double[] ascending, double[][] estimates, int r) {
    int n = sorted.length;
    int at = 0;
    long upTo = counts[0]; // draws of sorted[0..at]
    for (int k = 0; k < ascending.length; k++) {
      double rank = (n - 1) * ascending[k];
      int below = (int) rank;
      while (upTo <= below) {
        upTo += counts[++at];
      }
      int next = at;
      if (upTo <= Math.min(below + 1, n - 1)) {
        do {
          next++;
        } while (counts[next] == 0);
      }
      estimates[k][r] = Percentiles.between(sorted[at], sorted[next], rank - below);
    }
  }

  private static Interval middle(double[] sorted) {
    return new Interval(Percentiles.type7(sorted, LOW), Percentiles.type7(sorted, HIGH));
  }

  private static void checkResamples(int resamples) {
    if (resamples < 1) {
      throw new IllegalArgumentException("resamples must be at least 1: " + resamples);
    }
  }
}
