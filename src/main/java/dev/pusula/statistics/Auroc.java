package dev.pusula.statistics;

import java.util.Arrays;

/**
 * The area under the ROC curve: the chance that a positive scores above a negative, ties counted
 * half (Hanley &amp; McNeil, Radiology 143, 1982; equal to Mann–Whitney U over the number of
 * pairs).
 */
public final class Auroc {

  private Auroc() {}

  /**
   * Of two groups of scores.
   *
   * @param positives in any order, without NaN; not changed
   * @param negatives likewise
   * @return in 0…1, 0.5 for scores that tell nothing; NaN when a group is empty
   */
  public static double of(double[] positives, double[] negatives) {
    if (positives.length == 0 || negatives.length == 0) {
      return Double.NaN;
    }
    double[] up = positives.clone();
    double[] down = negatives.clone();
    Arrays.sort(up);
    Arrays.sort(down);
    double above = 0; // pairs won, a tie half
    int below = 0; // negatives below the positive at hand
    int upTo = 0; // negatives not above it
    for (double score : up) {
      while (below < down.length && down[below] < score) {
        below++;
      }
      upTo = Math.max(upTo, below);
      while (upTo < down.length && down[upTo] <= score) {
        upTo++;
      }
      above += below + (upTo - below) / 2.0;
    }
    return above / up.length / down.length;
  }
}
