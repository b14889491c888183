package dev.pusula.routing.training;

import dev.pusula.routing.model.Calibration;

/**
 * Fits a {@link Calibration} to scores of texts that the weights have not seen, by the least mean
 * negative log likelihood. Gradient descent with a step for each parameter [1] over all rows at
 * once: a few dozen numbers need no more, and every run is the same. [1] Kingma &amp; Ba 2015.
 */
final class Calibrator {

  private static final int STEPS = 600;
  private static final double RATE = 0.03;
  private static final double MOMENTUM = 0.9;
  private static final double SECOND_MOMENT = 0.99;

  /** Holds shifts near 0, where a label with few rows would run away. */
  private static final double RIDGE = 1e-3;

  private Calibrator() {}

  /**
   * Fits.
   *
   * @param logits (rows, labels)
   * @param truth (rows), the label's index
   */
  static Calibration fit(float[][] logits, int[] truth) {
    int width = logits[0].length;
    double[] parameters = new double[width + 1]; // log slope, then shifts
    double[] mean = new double[width + 1];
    double[] square = new double[width + 1];
    for (int step = 1; step <= STEPS; step++) {
      double[] gradient = gradient(parameters, logits, truth);
      for (int i = 0; i <= width; i++) {
        mean[i] = MOMENTUM * mean[i] + (1 - MOMENTUM) * gradient[i];
        square[i] = SECOND_MOMENT * square[i] + (1 - SECOND_MOMENT) * gradient[i] * gradient[i];
        double m = mean[i] / (1 - Math.pow(MOMENTUM, step));
        double s = square[i] / (1 - Math.pow(SECOND_MOMENT, step));
        parameters[i] -= RATE * m / (Math.sqrt(s) + 1e-8);
      }
    }
    float[] shift = new float[width];
    for (int c = 0; c < width; c++) {
      shift[c] = (float) parameters[c + 1];
    }
    return new Calibration((float) Math.exp(parameters[0]), shift);
  }

  private static double[] gradient(double[] parameters, float[][] logits, int[] truth) {
    int width = parameters.length - 1;
    double slope = Math.exp(parameters[0]);
    double[] gradient = new double[width + 1];
    double[] p = new double[width];
    for (int r = 0; r < logits.length; r++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < width; c++) {
        p[c] = slope * logits[r][c] + parameters[c + 1];
        max = Math.max(max, p[c]);
      }
      double sum = 0;
      for (int c = 0; c < width; c++) {
        p[c] = Math.exp(p[c] - max);
        sum += p[c];
      }
      for (int c = 0; c < width; c++) {
        double error = p[c] / sum - (c == truth[r] ? 1 : 0);
        gradient[0] += error * slope * logits[r][c];
        gradient[c + 1] += error;
      }
    }
    for (int i = 0; i <= width; i++) {
      gradient[i] = gradient[i] / logits.length + (i == 0 ? 0 : RIDGE * parameters[i]);
    }
    return gradient;
  }
}
