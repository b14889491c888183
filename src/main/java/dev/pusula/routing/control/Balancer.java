package dev.pusula.routing.control;

import dev.pusula.routing.entity.Replica;
import dev.pusula.routing.entity.ReplicaSnapshot;
import dev.pusula.routing.entity.RoutingConfiguration.LoadBalancing;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among the replicas of an adapter and keeps count of what they do. Thread-safe and
 * lock-free. Replicas that cool down after failures take no part; when one is due, the next request
 * probes it.
 *
 * <p>How it works. A turn is one step of a counter, so that policies in turns stay exact under any
 * number of threads. Weighted turns walk the golden-ratio sequence through the weights [1]: after
 * any number of turns each replica was chosen within a turn or two of its share, without a list of
 * their least common multiple. The expected time of a replica is its moving average times the
 * requests it would then have. [1] Weyl's equidistribution, as in quasi-random sampling.
 */
public final class Balancer {

  private static final double GOLDEN = 0.6180339887498949;

  private final LoadBalancing policy;
  private final LongSupplier nanoClock;
  private final Map<String, Group> groups = new ConcurrentHashMap<>();

  private static final class Group {
    final ReplicaLoad[] replicas;
    final double[] weights;
    final double weight;
    final AtomicLong turn = new AtomicLong();

    Group(List<Replica> replicas, Function<String, ReplicaLoad> loads) {
      this.replicas = replicas.stream().map(Replica::name).map(loads).toArray(ReplicaLoad[]::new);
      this.weights = replicas.stream().mapToDouble(Replica::weight).toArray();
      this.weight = Arrays.stream(weights).sum();
    }
  }

  /**
   * Over adapters and their replicas.
   *
   * @param replicasOf adapter name to at least one replica
   * @param nanoClock monotonic nanoseconds
   * @param before the balancer that this one takes over from: replicas that both know keep their
   *     counts, their requests under way and their trust; null for the first
   */
  public Balancer(
      Map<String, List<Replica>> replicasOf,
      LoadBalancing policy,
      LongSupplier nanoClock,
      @Nullable Balancer before) {
    this.policy = policy;
    this.nanoClock = nanoClock;
    replicasOf.forEach(
        (adapter, replicas) ->
            groups.put(
                adapter,
                new Group(
                    replicas,
                    name -> {
                      ReplicaLoad known = before == null ? null : before.load(adapter, name);
                      return known == null ? new ReplicaLoad(name, nanoClock) : known;
                    })));
  }

  private @Nullable ReplicaLoad load(String adapter, String name) {
    Group group = groups.get(adapter);
    return group == null
        ? null
        : Arrays.stream(group.replicas)
            .filter(replica -> replica.name().equals(name))
            .findFirst()
            .orElse(null);
  }

  /**
   * Names the replica whose turn it is, for a client that goes there itself. An adapter that is not
   * configured is its own only replica.
   */
  public String next(String adapter) {
    Group group = group(adapter);
    ReplicaLoad chosen = choose(group);
    // All cool down: a name is owed all the same, and the client sees for itself.
    ReplicaLoad named = chosen == null ? group.replicas[0] : chosen;
    named.chosen();
    return named.name();
  }

  /**
   * Starts a request at the replica whose turn it is, or at one that is due for a probe.
   *
   * @return empty while all replicas of the adapter cool down
   */
  public Optional<Lease> acquire(String adapter) {
    Group group = group(adapter);
    for (ReplicaLoad replica : group.replicas) {
      Lease probe = replica.tryProbe();
      if (probe != null) {
        replica.chosen();
        return Optional.of(probe);
      }
    }
    ReplicaLoad chosen = choose(group);
    if (chosen == null) {
      return Optional.empty();
    }
    chosen.chosen();
    return Optional.of(chosen.begin());
  }

  /** Sets all counts to zero; trust and what is under way stay. */
  public void resetStatistics() {
    groups.values().forEach(group -> forEach(group, ReplicaLoad::reset));
  }

  /** By adapter and replica. */
  public Map<String, Map<String, ReplicaSnapshot>> snapshot() {
    Map<String, Map<String, ReplicaSnapshot>> all = new TreeMap<>();
    groups.forEach(
        (adapter, group) -> {
          Map<String, ReplicaSnapshot> of = new TreeMap<>();
          forEach(group, replica -> of.put(replica.name(), replica.snapshot()));
          all.put(adapter, of);
        });
    return all;
  }

  /** Of one replica; null where there is none of this name. */
  @Nullable ReplicaSnapshot snapshot(String adapter, String replica) {
    ReplicaLoad load = load(adapter, replica);
    return load == null ? null : load.snapshot();
  }

  private static void forEach(Group group, Consumer<ReplicaLoad> action) {
    for (ReplicaLoad replica : group.replicas) {
      action.accept(replica);
    }
  }

  private Group group(String adapter) {
    Group group = groups.get(adapter);
    return group != null
        ? group
        : groups.computeIfAbsent(
            adapter,
            name -> new Group(List.of(Replica.of(name)), only -> new ReplicaLoad(only, nanoClock)));
  }

  private @Nullable ReplicaLoad choose(Group group) {
    return switch (policy) {
      case ROUND_ROBIN -> inTurn(group);
      case WEIGHTED -> byWeight(group);
      case LEAST_IN_FLIGHT -> least(group, false);
      case PERFORMANCE_WEIGHTED -> least(group, true);
    };
  }

  private static @Nullable ReplicaLoad inTurn(Group group) {
    int n = group.replicas.length;
    // Past its end the counter is negative; the floored remainder stays in range.
    int first = Math.floorMod(group.turn.getAndIncrement(), n);
    return healthyFrom(group, first);
  }

  private static @Nullable ReplicaLoad byWeight(Group group) {
    double share = group.turn.getAndIncrement() * GOLDEN;
    double place = (share - Math.floor(share)) * group.weight;
    int first = 0;
    while (first < group.replicas.length - 1 && place >= group.weights[first]) {
      place -= group.weights[first];
      first++;
    }
    return healthyFrom(group, first);
  }

  private static @Nullable ReplicaLoad healthyFrom(Group group, int first) {
    int n = group.replicas.length;
    for (int i = 0; i < n; i++) {
      ReplicaLoad replica = group.replicas[(first + i) % n];
      if (replica.healthy()) {
        return replica;
      }
    }
    return null;
  }

  /** Ties go round, so that idle replicas share. */
  private static @Nullable ReplicaLoad least(Group group, boolean byTime) {
    int n = group.replicas.length;
    int first = Math.floorMod(group.turn.getAndIncrement(), n);
    ReplicaLoad best = null;
    double bestCost = Double.POSITIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      ReplicaLoad replica = group.replicas[(first + i) % n];
      if (replica.healthy()) {
        double waiting = replica.inFlight() + 1.0;
        double cost = byTime ? waiting * expected(replica, group) : waiting;
        if (cost < bestCost) {
          best = replica;
          bestCost = cost;
        }
      }
    }
    return best;
  }

  /** One that has answered nothing yet is taken to be as fast as the fastest of its siblings. */
  private static double expected(ReplicaLoad replica, Group group) {
    if (replica.averageNanos() > 0) {
      return replica.averageNanos();
    }
    double fastest = Double.POSITIVE_INFINITY;
    for (ReplicaLoad sibling : group.replicas) {
      double average = sibling.averageNanos();
      fastest = average > 0 ? Math.min(fastest, average) : fastest;
    }
    return fastest == Double.POSITIVE_INFINITY ? 1 : fastest;
  }
}
