package dev.pusula.statistics;

/**
 * How far stated confidences are from the shares that were right: the expected calibration error
 * over bins of equal width (Naeini et al., AAAI 2015). Mutable; not thread-safe.
 */
public final class Reliability {

  /** As in Guo et al. 2017, so that figures compare. */
  private static final int BINS = 15;

  private final long[] n = new long[BINS];
  private final long[] right = new long[BINS];
  private final double[] confidence = new double[BINS];

  /**
   * Counts one decision.
   *
   * @param stated its confidence in 0…1
   */
  public void add(double stated, boolean correct) {
    if (!(stated >= 0 && stated <= 1)) {
      throw new IllegalArgumentException("a confidence lies in 0…1: " + stated);
    }
    int bin = Math.min(BINS - 1, (int) (stated * BINS));
    n[bin]++;
    confidence[bin] += stated;
    if (correct) {
      right[bin]++;
    }
  }

  /** Σ over bins of |share right − mean confidence| · n / Σ n, in 0…1; NaN for no decision. */
  public double expectedCalibrationError() {
    double error = 0;
    long all = 0;
    for (int b = 0; b < BINS; b++) {
      error += Math.abs(right[b] - confidence[b]);
      all += n[b];
    }
    return error / all;
  }
}
