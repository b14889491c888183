package dev.pusula.routing.model;

/**
 * Maps logits to probabilities: softmax(slope · z + shift).
 *
 * @param slope above 0; the inverse of a temperature
 * @param shift (labels)
 */
public record Calibration(float slope, float[] shift) {

  /** The probabilities of logits, (labels); they sum to 1. */
  public float[] probabilities(float[] logits) {
    float[] p = logits.clone();
    applyInPlace(p);
    return p;
  }

  /** Turns logits into probabilities where they stand. Allocates nothing. */
  void applyInPlace(float[] logits) {
    int width = shift.length;
    float max = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < width; c++) {
      logits[c] = slope * logits[c] + shift[c];
      max = Math.max(max, logits[c]);
    }
    float sum = 0;
    for (int c = 0; c < width; c++) {
      logits[c] = (float) Math.exp(logits[c] - max);
      sum += logits[c];
    }
    for (int c = 0; c < width; c++) {
      logits[c] /= sum;
    }
  }
}
