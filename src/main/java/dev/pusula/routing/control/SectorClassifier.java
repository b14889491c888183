package dev.pusula.routing.control;

import dev.pusula.routing.entity.RouteExplanation.Evidence;
import java.util.List;

/**
 * Scores a text for every label. Immutable and thread-safe. The seam behind which classifiers are
 * exchanged.
 */
public interface SectorClassifier {

  /** What is scored, in the order of scores: the sectors as configured, then {@code general}. */
  List<String> labels();

  /**
   * Scores one text.
   *
   * @param text any string: empty, huge and malformed UTF-16 included
   * @param into (labels) at least; overwritten with scores in 0…1 that sum to 1
   */
  void score(String text, float[] into);

  /**
   * What put one label before another.
   *
   * @param label index of the one
   * @param other index of the other
   * @param limit most pieces of evidence returned
   * @return the strongest first; a weight below 0 speaks for {@code other}
   */
  List<Evidence> explain(String text, int label, int other, int limit);

  /** Changes whenever the scores of some text change without the sectors file changing. */
  String version();

  /** The score from which on a label may be chosen, by its index; 0 where there is none. */
  double threshold(int label);
}
