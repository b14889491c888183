package dev.pusula.statistics;

/**
 * A share with what it rests on.
 *
 * @param hits 0 to {@code n}
 * @param n how many could have been hits
 */
public record Proportion(long hits, long n) {

  /** Checks the range. */
  public Proportion {
    if (hits < 0 || hits > n) {
      throw new IllegalArgumentException("hits must lie in 0…n: " + hits + " of " + n);
    }
  }

  /** {@code hits / n} in 0…1; NaN when {@code n} is 0. */
  public double share() {
    return (double) hits / n;
  }

  /** The 95 % Wilson interval of the share. */
  public Interval interval() {
    return Wilson.interval(hits, n);
  }
}
