package dev.pusula.routing.training;

import java.util.List;

/**
 * A text with what it should be routed to.
 *
 * @param sector the primary sector's id, or {@code general}
 * @param also further ids that are right as well
 * @param style how it is written; empty where that is not said
 * @param split {@code train}, {@code validation} or a name of a test; empty where that is not said
 */
public record LabelledText(
    String text, String sector, List<String> also, String style, String split) {

  /** Copies. */
  public LabelledText {
    also = List.copyOf(also);
  }

  /** Whether this label is right, be it as the second one. */
  public boolean allows(String label) {
    return sector.equals(label) || also.contains(label);
  }
}
