package dev.pusula.statistics;

/**
 * Percentiles of raw samples, type 7 of Hyndman &amp; Fan, "Sample Quantiles in Statistical
 * Packages", The American Statistician 50(4), 1996: R's default and PostgreSQL's {@code
 * percentile_cont}.
 */
public final class Percentiles {

  private Percentiles() {}

  /**
   * The value below which the share {@code p} of the samples lies, linear between neighbours.
   *
   * @param sorted ascending, without NaN; not checked, because that would cost a pass a call
   * @param p 0 (the minimum) to 1 (the maximum)
   * @return NaN for an empty array, the only value for a single one
   * @throws IllegalArgumentException when {@code p} is outside 0…1 or NaN
   */
  public static double type7(double[] sorted, double p) {
    checkShare(p);
    int n = sorted.length;
    if (n == 0) {
      return Double.NaN;
    }
    double rank = (n - 1) * p;
    int below = (int) rank;
    return between(sorted[below], sorted[Math.min(below + 1, n - 1)], rank - below);
  }

  static void checkShare(double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("percentile must lie in 0…1: " + p);
    }
  }

  /** Equal neighbours return themselves, so that ties stay exact and infinities do not give NaN. */
  static double between(double low, double high, double fraction) {
    return low == high || fraction == 0 ? low : low + fraction * (high - low);
  }
}
