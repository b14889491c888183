package dev.pusula.statistics;

/**
 * The Wilson score interval of a share (Wilson, "Probable Inference, the Law of Succession, and
 * Statistical Inference", JASA 22, 1927), 95 %, without continuity correction.
 */
public final class Wilson {

  /** The 97.5 % point of the standard normal distribution: R's {@code qnorm(0.975)}. */
  private static final double Z = 1.959963984540054;

  private Wilson() {}

  /**
   * The interval of {@code hits} out of {@code n}, inside 0…1.
   *
   * @return of NaN when {@code n} is 0
   * @throws IllegalArgumentException unless {@code 0 <= hits <= n}
   */
  public static Interval interval(long hits, long n) {
    if (hits < 0 || hits > n) {
      throw new IllegalArgumentException("hits must lie in 0…n: " + hits + " of " + n);
    }
    if (n == 0) {
      return Interval.NONE;
    }
    double share = (double) hits / n;
    double z2 = Z * Z;
    double centre = share + z2 / (2.0 * n);
    double spread = Z * Math.sqrt((share * (1 - share) + z2 / (4.0 * n)) / n);
    double scale = 1 + z2 / n;
    // The ends of an extreme share are exact; rounding would leave them a hair outside.
    double low = hits == 0 ? 0 : Math.max(0, (centre - spread) / scale);
    double high = hits == n ? 1 : Math.min(1, (centre + spread) / scale);
    return new Interval(low, high);
  }
}
