package dev.pusula.statistics;

/**
 * Count, mean, spread and range of a sample.
 *
 * @param n how many values
 * @param mean the arithmetic mean; NaN without values
 * @param sd the standard deviation with {@code n - 1} in the denominator; NaN under two values
 * @param min the smallest; NaN without values
 * @param max the largest; NaN without values
 */
public record Summary(long n, double mean, double sd, double min, double max) {

  /**
   * Summarises values in any order; a NaN among them makes every figure but the count NaN.
   *
   * <p>Welford's update (Technometrics 4(3), 1962): stable where a sum of squares cancels.
   */
  public static Summary of(double[] values) {
    double mean = 0;
    double squares = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    int n = 0;
    for (double value : values) {
      n++;
      double delta = value - mean;
      mean += delta / n;
      squares += delta * (value - mean);
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    if (n == 0) {
      return new Summary(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
    return new Summary(n, mean, n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1)), min, max);
  }
}
