package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The load that a run put on its target.
 *
 * @param kind {@code closed} (users that wait for their answers) or {@code open} (a rate)
 * @param users simulated users, at least 1; null for an open load
 * @param spawnRate users started per second; null for all at once or an open load
 * @param rate requests per second; null for a closed load
 * @param runTimeS measured seconds, greater than 0
 * @param warmUpS seconds before the measurement window, at least 0
 * @param seed of the schedule
 */
public record LoadModel(
    @JsonProperty(required = true) String kind,
    @Nullable Integer users,
    @Nullable Double spawnRate,
    @Nullable Double rate,
    double runTimeS,
    double warmUpS,
    @JsonProperty(required = true) long seed) {

  /** The load of users that wait for their answers. */
  public static final String CLOSED = "closed";

  /** The load of a rate that waits for nobody. */
  public static final String OPEN = "open";

  /** Checks ranges and that the kind has its own parameter. */
  public LoadModel {
    require(kind != null, "kind must be given");
    switch (kind) {
      case CLOSED -> require(users != null && users >= 1, "users must be at least 1");
      case OPEN -> require(rate != null && rate > 0, "rate must be greater than 0");
      default -> throw new IllegalArgumentException("kind must be closed or open, not " + kind);
    }
    require(spawnRate == null || spawnRate > 0, "spawn_rate must be greater than 0");
    require(runTimeS > 0, "run_time_s must be greater than 0");
    require(warmUpS >= 0, "warm_up_s must be at least 0");
  }

  private static void require(boolean condition, String rule) {
    if (!condition) {
      throw new IllegalArgumentException(rule);
    }
  }
}
