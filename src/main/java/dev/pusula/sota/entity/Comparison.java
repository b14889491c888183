package dev.pusula.sota.entity;

import java.util.List;

/** What may be said about a run's figure beside a baseline's. */
public sealed interface Comparison {

  /**
   * The settings match.
   *
   * @param improvementPercent positive when ours is better
   */
  record Fair(double improvementPercent) implements Comparison {}

  /**
   * The settings do not match, or are not known to: both values, no ratio.
   *
   * @param differing fields in alphabetical order, at least one
   */
  record DifferentSetting(List<String> differing) implements Comparison {

    /** Copies the list. */
    public DifferentSetting {
      differing = List.copyOf(differing);
    }
  }

  /** The baseline has no source, and nothing is compared with it. */
  record Unsourced() implements Comparison {}
}
