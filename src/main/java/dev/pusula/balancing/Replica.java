package dev.pusula.balancing;

/**
 * A place where a service is to be had.
 *
 * @param name distinct within its service
 * @param weight its share under the weighted policy, against the weights of its siblings; above 0
 */
public record Replica(String name, double weight) {

  /** The most that one replica can outweigh another of weight 1. */
  public static final double MOST_WEIGHT = 1_000;

  /** Checks. */
  public Replica {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a replica has a name");
    }
    if (!(weight > 0 && weight <= MOST_WEIGHT)) {
      throw new IllegalArgumentException(
          "weight must be above 0 and at most " + MOST_WEIGHT + ": " + weight);
    }
  }

  /** Of weight 1. */
  public static Replica of(String name) {
    return new Replica(name, 1);
  }
}
