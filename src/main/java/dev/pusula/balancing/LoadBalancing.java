package dev.pusula.balancing;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a replica is chosen. */
public enum LoadBalancing {
  /** One after the other. */
  ROUND_ROBIN,

  /** One after the other, each as often as its weight says. */
  WEIGHTED,

  /** The one with the fewest requests under way. */
  LEAST_IN_FLIGHT,

  /** The one that is expected to be done first by what its requests took lately. */
  PERFORMANCE_WEIGHTED;

  /** The name in a configuration. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** By the name in a configuration. */
  public static Optional<LoadBalancing> of(String id) {
    return Arrays.stream(values()).filter(policy -> policy.id().equals(id)).findFirst();
  }
}
