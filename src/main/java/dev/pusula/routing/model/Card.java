package dev.pusula.routing.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a model was made from and how good it was on texts it had not seen.
 *
 * @param labels what it tells apart, in the order of its scores
 * @param version first 12 hexadecimal digits of a SHA-256 over its weights and calibration
 * @param corpus SHA-256 of the rows it was trained on
 * @param rows how many they were
 * @param seed of augmentation and folds
 * @param settings of the training, by name
 * @param thresholds a sector below its threshold is not chosen, by label; those that are not named
 *     have none
 * @param scores on the test split, by name, with interval
 */
public record Card(
    List<String> labels,
    String version,
    String corpus,
    int rows,
    long seed,
    Map<String, Double> settings,
    Map<String, Double> thresholds,
    Map<String, Score> scores) {

  /** Copies, and sorts by name. */
  public Card {
    labels = List.copyOf(labels);
    settings = sorted(settings);
    thresholds = sorted(thresholds);
    scores = sorted(scores);
  }

  /** In one order, so that equal cards are equal bytes. */
  private static <V> Map<String, V> sorted(Map<String, V> map) {
    return Collections.unmodifiableMap(new TreeMap<>(map));
  }

  /**
   * A score with its 95 % interval.
   *
   * @param n rows it rests on
   */
  public record Score(double value, double low, double high, long n) {}
}
