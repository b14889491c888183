package dev.pusula.routing.training;

import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.model.Calibration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The score from which on a sector's decisions are wrong no more often than a stated risk, by the
 * scores of texts that the weights have not seen.
 */
final class Thresholds {

  /** With fewer decisions a share of errors says little. */
  private static final int LEAST_SUPPORT = 30;

  /** A threshold leaves out no more of a sector's decisions than this, whatever the risk. */
  private static final double MOST_LEFT_OUT = 0.03;

  private record Decided(double score, boolean right) {}

  private Thresholds() {}

  /** By sector; sectors that need none, and {@code general}, are not named. */
  static Map<String, Double> fit(
      float[][] logits, int[] truth, List<String> labels, Calibration calibration, double risk) {
    List<List<Decided>> decisions = new ArrayList<>();
    labels.forEach(label -> decisions.add(new ArrayList<>()));
    for (int r = 0; r < logits.length; r++) {
      float[] p = calibration.probabilities(logits[r]);
      int first = Training.first(p);
      decisions.get(first).add(new Decided(p[first], first == truth[r]));
    }
    Map<String, Double> thresholds = new TreeMap<>();
    for (int c = 0; c < labels.size(); c++) {
      double threshold = threshold(decisions.get(c), risk);
      if (threshold > 0 && !labels.get(c).equals(RouteDecision.GENERAL)) {
        thresholds.put(labels.get(c), threshold);
      }
    }
    return thresholds;
  }

  private static double threshold(List<Decided> decisions, double risk) {
    if (decisions.size() < LEAST_SUPPORT) {
      return 0;
    }
    List<Decided> ascending =
        decisions.stream().sorted(Comparator.comparingDouble(Decided::score)).toList();
    long wrong = ascending.stream().filter(decided -> !decided.right).count();
    int out = 0;
    while (wrong > risk * (ascending.size() - out) && out < MOST_LEFT_OUT * ascending.size()) {
      wrong -= ascending.get(out++).right ? 0 : 1;
    }
    return out == 0 ? 0 : ascending.get(out).score;
  }
}
