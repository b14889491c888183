package dev.pusula.statistics;

/**
 * A closed interval around an estimate, in the estimate's unit.
 *
 * @param low the lower end; NaN together with {@code high} where there is no sample
 * @param high the upper end, at least {@code low}
 */
public record Interval(double low, double high) {

  /** The interval of an empty sample. */
  static final Interval NONE = new Interval(Double.NaN, Double.NaN);

  /** Checks the order of the ends. */
  public Interval {
    if (low > high || Double.isNaN(low) != Double.isNaN(high)) {
      throw new IllegalArgumentException("not an interval: " + low + " to " + high);
    }
  }

  /** Whether {@code value} lies inside or on an end; false for NaN. */
  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  /** {@code high - low}; NaN without a sample. */
  public double width() {
    return high - low;
  }
}
