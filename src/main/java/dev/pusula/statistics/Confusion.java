package dev.pusula.statistics;

/**
 * Counts of labelled against predicted classes, and the scores read from them. Not thread-safe.
 *
 * <p>Classes are 0 … {@code size - 1}. Scores follow scikit-learn with {@code zero_division=0}.
 */
public final class Confusion {

  private final long[][] counts; // (labelled, predicted)

  /**
   * An empty matrix.
   *
   * @param size the number of classes, at least 1
   */
  public Confusion(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("a confusion needs at least one class: " + size);
    }
    counts = new long[size][size];
  }

  /** Counts one decision. */
  public void add(int labelled, int predicted) {
    add(labelled, predicted, 1);
  }

  /** Counts {@code times} equal decisions, at least 0. */
  public void add(int labelled, int predicted, long times) {
    if (times < 0) {
      throw new IllegalArgumentException("times must not be negative: " + times);
    }
    counts[labelled][predicted] += times;
  }

  /** How often the class {@code labelled} was taken for {@code predicted}. */
  public long count(int labelled, int predicted) {
    return counts[labelled][predicted];
  }

  /** Right decisions among all. */
  public Proportion accuracy() {
    long right = 0;
    long all = 0;
    for (int c = 0; c < counts.length; c++) {
      right += counts[c][c];
      all += labelled(c);
    }
    return new Proportion(right, all);
  }

  /** Right decisions among those labelled {@code c}. */
  public Proportion recall(int c) {
    return new Proportion(counts[c][c], labelled(c));
  }

  /** Right decisions among those predicted as {@code c}. */
  public Proportion precision(int c) {
    return new Proportion(counts[c][c], predicted(c));
  }

  /** Harmonic mean of precision and recall, 0…1; 0 when the class was never hit. */
  public double f1(int c) {
    long both = labelled(c) + predicted(c);
    return both == 0 ? 0 : 2.0 * counts[c][c] / both;
  }

  /**
   * The mean F1 of the classes that occur as a label or a prediction; NaN when nothing was counted.
   */
  public double macroF1() {
    double sum = 0;
    int present = 0;
    for (int c = 0; c < counts.length; c++) {
      if (labelled(c) + predicted(c) > 0) {
        sum += f1(c);
        present++;
      }
    }
    return sum / present;
  }

  private long labelled(int c) {
    long sum = 0;
    for (long count : counts[c]) {
      sum += count;
    }
    return sum;
  }

  private long predicted(int c) {
    long sum = 0;
    for (long[] row : counts) {
      sum += row[c];
    }
    return sum;
  }
}
