package dev.pusula.routing.control;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Chooses among the replicas of an adapter, one after the other. Thread-safe and lock-free. */
public final class Balancer {

  private final Map<String, Replicas> replicasOf;

  /**
   * Over adapters and their replicas.
   *
   * @param replicasOf adapter name to at least one replica
   */
  public Balancer(Map<String, List<String>> replicasOf) {
    this.replicasOf =
        replicasOf.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey,
                    entry -> new Replicas(List.copyOf(entry.getValue()), new AtomicLong())));
  }

  /** The replica whose turn it is; the adapter itself where it has none configured. */
  public String next(String adapter) {
    Replicas replicas = replicasOf.get(adapter);
    return replicas == null
        ? adapter
        // Past its end the counter is negative; the floored remainder stays in range.
        : replicas.names.get(Math.floorMod(replicas.turn.getAndIncrement(), replicas.names.size()));
  }

  private record Replicas(List<String> names, AtomicLong turn) {}
}
