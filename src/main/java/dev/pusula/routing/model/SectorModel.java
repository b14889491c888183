package dev.pusula.routing.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A linear model over {@link Features}: one weight vector for each label, calibrated to
 * probabilities. Immutable and thread-safe; scoring allocates nothing.
 *
 * <p>How it works. A bit for each hash tells whether the training kept it; the number of bits set
 * before it is the place of its row, counted by words of 64 bits as in a rank index [1]. A row
 * holds the weights of all labels, so that one feature costs one or two cache lines. Logits z
 * become probabilities as softmax(slope · z + shift) [2], fitted to texts that the weights have not
 * seen. [1] Jacobson 1989; [2] vector scaling, Guo et al. 2017.
 */
public final class SectorModel {

  private final Card card;
  private final List<String> labels;
  private final int width;
  private final long[] kept;
  private final int[] before;
  private final float[] weights;
  private final float[] bias;
  private final Calibration calibration;

  /**
   * Over trained weights.
   *
   * @param kept a bit for each hash of {@link Features}
   * @param weights (bits set in kept, labels), row-major; not copied, and not to be changed
   * @param bias (labels)
   * @param calibration maps logits to probabilities
   * @throws IllegalArgumentException if the sizes do not fit together or a number is not finite
   */
  public SectorModel(
      Card card, long[] kept, float[] weights, float[] bias, Calibration calibration) {
    this.card = card;
    this.labels = card.labels();
    this.width = labels.size();
    this.kept = kept.clone();
    this.before = new int[kept.length];
    int rows = 0;
    for (int i = 0; i < kept.length; i++) {
      before[i] = rows;
      rows += Long.bitCount(kept[i]);
    }
    require(kept.length == 1 << (Features.BITS - 6), "a bit for each hash");
    require(weights.length == (long) rows * width, "a weight for each kept feature and label");
    require(bias.length == width, "a bias for each label");
    require(calibration.shift().length == width, "a shift for each label");
    for (float[] numbers : List.of(weights, bias, calibration.shift())) {
      for (float number : numbers) {
        require(Float.isFinite(number), "finite numbers");
      }
    }
    require(calibration.slope() > 0, "a slope above 0");
    this.weights = weights;
    this.bias = bias.clone();
    this.calibration = calibration;
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("a model has " + what);
    }
  }

  /** What it was made from. */
  public Card card() {
    return card;
  }

  /** What it tells apart, in the order of scores: sectors' ids and {@code general}. */
  public List<String> labels() {
    return labels;
  }

  /** Features with weights. */
  public int rows() {
    return weights.length / width;
  }

  /**
   * Scores the text that {@code features} read last.
   *
   * @param into (labels) at least; probabilities that sum to 1
   */
  public void probabilities(Features features, float[] into) {
    logits(features, into);
    calibration.applyInPlace(into);
  }

  /**
   * The raw scores before calibration.
   *
   * @param into (labels) at least
   */
  public void logits(Features features, float[] into) {
    for (int c = 0; c < width; c++) {
      into[c] = 0;
    }
    int words = features.wordCount();
    add(features.words(), words, features.rows(), into);
    // Words are summed first and brought to the n-grams' scale, so that one array holds both.
    int grams = features.gramCount();
    float ofGram = Features.scale(grams);
    float ratio = ofGram == 0 ? 1 : Features.scale(words) / ofGram;
    for (int c = 0; c < width; c++) {
      into[c] *= ratio;
    }
    add(features.grams(), grams, features.rows(), into);
    for (int c = 0; c < width; c++) {
      into[c] = into[c] * ofGram + bias[c];
    }
  }

  /**
   * Adds the rows of the features that have one. Finding the rows is a loop of its own without a
   * branch, so that the processor can wait for many of them at once; four rows a step touch the
   * sums a quarter as often.
   */
  private void add(int[] ids, int count, int[] rows, float[] into) {
    int found = 0;
    for (int i = 0; i < count; i++) {
      int id = ids[i];
      long word = kept[id >>> 6];
      rows[found] = (before[id >>> 6] + Long.bitCount(word & ((1L << id) - 1))) * width;
      found += (int) (word >>> id) & 1;
    }
    int i = 0;
    for (; i + 4 <= found; i += 4) {
      int a = rows[i];
      int b = rows[i + 1];
      int d = rows[i + 2];
      int e = rows[i + 3];
      for (int c = 0; c < width; c++) {
        into[c] += (weights[a + c] + weights[b + c]) + (weights[d + c] + weights[e + c]);
      }
    }
    for (; i < found; i++) {
      int a = rows[i];
      for (int c = 0; c < width; c++) {
        into[c] += weights[a + c];
      }
    }
  }

  /**
   * Why one label is ahead of another: what each word of the text, and each pair of words, adds to
   * the difference of their calibrated logits, all its features together. Only differences explain;
   * a weight alone does not, because a softmax does not change when all logits move.
   *
   * @param features that read the text
   * @param limit most contributions returned
   * @return the largest first; negative ones speak for {@code other}
   */
  public List<Contribution> contrast(Features features, int label, int other, int limit) {
    Map<String, Double> byWords = new HashMap<>();
    features.spell(
        (id, value, words) -> {
          int row = row(id);
          if (row >= 0) {
            float difference = weights[row * width + label] - weights[row * width + other];
            byWords.merge(words, (double) calibration.slope() * value * difference, Double::sum);
          }
        });
    return byWords.entrySet().stream()
        .map(entry -> new Contribution(entry.getKey(), entry.getValue()))
        .sorted(
            Comparator.<Contribution>comparingDouble(c -> -Math.abs(c.weight()))
                .thenComparing(Contribution::words))
        .limit(limit)
        .toList();
  }

  /**
   * A word's share in a difference.
   *
   * @param words a word of the skeleton, two that follow each other, or two with … that stand near
   *     each other
   * @param weight in logits; above 0 it speaks for the first label
   */
  public record Contribution(String words, double weight) {}

  private int row(int id) {
    long word = kept[id >>> 6];
    long bit = 1L << id;
    return (word & bit) == 0 ? -1 : before[id >>> 6] + Long.bitCount(word & (bit - 1));
  }

  /** The same weights with another calibration. */
  public SectorModel calibrated(Calibration other) {
    return new SectorModel(card, kept, weights, bias, other);
  }

  /** The same model with another card. */
  public SectorModel withCard(Card other) {
    return new SectorModel(other, kept, weights, bias, calibration);
  }

  /** Adds what decides, without the card. */
  public void digest(MessageDigest digest) {
    ByteBuffer numbers =
        ByteBuffer.allocate(
            Long.BYTES * kept.length + Float.BYTES * (weights.length + 2 * width + 1));
    numbers.asLongBuffer().put(kept);
    numbers.position(Long.BYTES * kept.length);
    numbers
        .asFloatBuffer()
        .put(weights)
        .put(bias)
        .put(calibration.shift())
        .put(calibration.slope());
    digest.update(numbers.rewind());
  }

  long[] kept() {
    return kept.clone();
  }

  float[] weights() {
    return weights.clone();
  }

  float[] bias() {
    return bias.clone();
  }

  Calibration calibration() {
    return calibration;
  }
}
