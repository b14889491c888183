package dev.pusula.routing.entity;

import java.util.List;

/**
 * Why a text went to one label and not to another.
 *
 * @param sector the decided label
 * @param against the label that came closest
 * @param evidence what spoke for the one (weight above 0) or for the other (below 0), the strongest
 *     first
 */
public record RouteExplanation(String sector, String against, List<Evidence> evidence) {

  /** Copies. */
  public RouteExplanation {
    evidence = List.copyOf(evidence);
  }

  /**
   * A word, two words, or a keyword.
   *
   * @param weight what it adds to the distance between the two, in the classifier's own unit
   *     (logits of the trained one, shares of the keywords')
   */
  public record Evidence(String feature, double weight) {}

  /** One line for people: {@code insurance, not finance_banking: kasko +2.1, poliçe +1.3}. */
  public String line() {
    StringBuilder line = new StringBuilder(sector).append(", not ").append(against);
    for (int i = 0; i < evidence.size(); i++) {
      Evidence one = evidence.get(i);
      line.append(i == 0 ? ": " : ", ")
          .append(one.feature())
          .append(String.format(java.util.Locale.ROOT, " %+.2f", one.weight()));
    }
    return evidence.isEmpty()
        ? line.append(": nothing in it is known").toString()
        : line.toString();
  }
}
