package dev.pusula.benchmark.entity;

import java.util.List;

/**
 * Whether a run's numbers may be ranked and compared.
 *
 * @param reasons why not, one sentence each; empty for a valid run
 */
public record Validity(List<String> reasons) {

  /** Copies the list. */
  public Validity {
    reasons = List.copyOf(reasons);
  }

  /** True when nothing speaks against the run. */
  public boolean valid() {
    return reasons.isEmpty();
  }
}
