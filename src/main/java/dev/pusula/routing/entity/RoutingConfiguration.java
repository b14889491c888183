package dev.pusula.routing.entity;

import dev.pusula.balancing.LoadBalancing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What {@code sectors.yaml} says.
 *
 * @param settings of the router
 * @param targets default service levels of benchmarks
 * @param sectors in file order, ids distinct, at least one
 * @param version first 12 hexadecimal digits of the file's SHA-256
 */
public record RoutingConfiguration(
    Settings settings, BenchmarkTargets targets, List<Sector> sectors, String version) {

  /** Checks and copies. */
  public RoutingConfiguration {
    sectors = List.copyOf(sectors);
    if (sectors.isEmpty()) {
      throw new IllegalArgumentException("there is at least one sector");
    }
    if (sectors.stream().map(Sector::id).distinct().count() < sectors.size()) {
      throw new IllegalArgumentException("ids of sectors are distinct");
    }
  }

  /** The sector of this id. */
  public Optional<Sector> sector(String id) {
    return sectors.stream().filter(sector -> sector.id().equals(id)).findFirst();
  }

  /** Sectors by id. */
  public Map<String, Sector> byId() {
    return sectors.stream().collect(Collectors.toUnmodifiableMap(Sector::id, Function.identity()));
  }

  /**
   * The router's settings.
   *
   * @param defaultAdapterPath folder of the adapter that answers outside all sectors and
   *     accompanies inside them
   * @param fallbackThreshold a sector below it does not count, 0…1
   * @param maxExperts adapters in one decision, 1…3
   * @param loadBalancing how a replica is chosen
   */
  public record Settings(
      String defaultAdapterPath,
      double fallbackThreshold,
      int maxExperts,
      LoadBalancing loadBalancing) {

    /** Adapters that one row of a batch can carry. */
    public static final int MOST_EXPERTS = 3;

    /** Checks. */
    public Settings {
      if (defaultAdapterPath.isBlank()) {
        throw new IllegalArgumentException("the default adapter has a path");
      }
      if (!(fallbackThreshold >= 0 && fallbackThreshold <= 1)) {
        throw new IllegalArgumentException("threshold must be in 0…1: " + fallbackThreshold);
      }
      if (maxExperts < 1 || maxExperts > MOST_EXPERTS) {
        throw new IllegalArgumentException(
            "experts must be in 1…" + MOST_EXPERTS + ": " + maxExperts);
      }
    }

    /** The name of the default adapter. */
    public String defaultAdapter() {
      return Sector.adapterName(defaultAdapterPath);
    }
  }

  /**
   * Default service levels.
   *
   * @param latencyMillis end to end
   * @param requestsPerSecond to be sustained
   * @param memoryGigabytes most memory of the server
   * @param gpuUtilisation share in 0…1
   */
  public record BenchmarkTargets(
      double latencyMillis,
      double requestsPerSecond,
      double memoryGigabytes,
      double gpuUtilisation) {

    /** Checks. */
    public BenchmarkTargets {
      if (!(latencyMillis > 0 && requestsPerSecond > 0 && memoryGigabytes > 0)) {
        throw new IllegalArgumentException("latency, rate and memory are above 0");
      }
      if (!(gpuUtilisation > 0 && gpuUtilisation <= 1)) {
        throw new IllegalArgumentException("GPU utilisation is above 0 and at most 1");
      }
    }

    /** The latency in microseconds. */
    public long latencyMicros() {
      return Math.round(latencyMillis * 1_000);
    }
  }
}
