package dev.pusula.balancing;

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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among the replicas of a service, such as one adapter or one server, and keeps count of
 * what they do. Thread-safe and lock-free. Replicas that cool down after failures take no part;
 * when one is due, the next request probes it.
 *
 * <p>How it works. A turn is one step of a counter, so that policies in turns stay exact under any
 * number of threads. Weighted turns walk the golden-ratio sequence through the weights [1]: after
 * any number of turns each replica was chosen within a turn or two of its share, without a list of
 * their least common multiple. The expected time of a replica is its moving average times the
 * requests it would then have. [1] Weyl's equidistribution, as in quasi-random sampling.
 */
public final class Balancer {

  private static final Predicate<String> ANY = name -> true;

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
   * Over services and their replicas.
   *
   * @param replicasOf service name to at least one replica
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
        (service, replicas) ->
            groups.put(
                service,
                new Group(
                    replicas,
                    name -> {
                      ReplicaLoad known = before == null ? null : before.load(service, name);
                      return known == null ? new ReplicaLoad(name, nanoClock) : known;
                    })));
  }

  private @Nullable ReplicaLoad load(String service, String name) {
    Group group = groups.get(service);
    return group == null
        ? null
        : Arrays.stream(group.replicas)
            .filter(replica -> replica.name().equals(name))
            .findFirst()
            .orElse(null);
  }

  /**
   * Names the replica whose turn it is, for a client that goes there itself. A service that is not
   * configured is its own only replica.
   */
  public String next(String service) {
    Group group = group(service);
    ReplicaLoad chosen = choose(group, ANY);
    // All cool down: a name is owed all the same, and the client sees for itself.
    ReplicaLoad named = chosen == null ? group.replicas[0] : chosen;
    named.chosen();
    return named.name();
  }

  /**
   * Starts a request at the replica whose turn it is, or at one that is due for a probe.
   *
   * @return empty while all replicas of the service cool down
   */
  public Optional<Lease> acquire(String service) {
    return acquire(service, ANY);
  }

  /**
   * The same among the replicas that suit, by their names.
   *
   * @return empty while all of them cool down, or if there is none
   */
  public Optional<Lease> acquire(String service, Predicate<String> suits) {
    Group group = group(service);
    for (ReplicaLoad replica : group.replicas) {
      Lease probe = suits.test(replica.name()) ? replica.tryProbe() : null;
      if (probe != null) {
        replica.chosen();
        return Optional.of(probe);
      }
    }
    ReplicaLoad chosen = choose(group, suits);
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

  /** By service and replica. */
  public Map<String, Map<String, ReplicaSnapshot>> snapshot() {
    Map<String, Map<String, ReplicaSnapshot>> all = new TreeMap<>();
    groups.forEach(
        (service, group) -> {
          Map<String, ReplicaSnapshot> of = new TreeMap<>();
          forEach(group, replica -> of.put(replica.name(), replica.snapshot()));
          all.put(service, of);
        });
    return all;
  }

  /** Of one replica; null where there is none of this name. */
  public @Nullable ReplicaSnapshot snapshot(String service, String replica) {
    ReplicaLoad load = load(service, replica);
    return load == null ? null : load.snapshot();
  }

  private static void forEach(Group group, Consumer<ReplicaLoad> action) {
    for (ReplicaLoad replica : group.replicas) {
      action.accept(replica);
    }
  }

  private Group group(String service) {
    Group group = groups.get(service);
    return group != null
        ? group
        : groups.computeIfAbsent(
            service,
            name -> new Group(List.of(Replica.of(name)), only -> new ReplicaLoad(only, nanoClock)));
  }

  private @Nullable ReplicaLoad choose(Group group, Predicate<String> suits) {
    return switch (policy) {
      case ROUND_ROBIN -> inTurn(group, suits);
      case WEIGHTED -> byWeight(group, suits);
      case LEAST_IN_FLIGHT -> least(group, suits, false);
      case PERFORMANCE_WEIGHTED -> least(group, suits, true);
    };
  }

  private static @Nullable ReplicaLoad inTurn(Group group, Predicate<String> suits) {
    int n = group.replicas.length;
    // Past its end the counter is negative; the floored remainder stays in range.
    int first = Math.floorMod(group.turn.getAndIncrement(), n);
    return healthyFrom(group, suits, first);
  }

  private static @Nullable ReplicaLoad byWeight(Group group, Predicate<String> suits) {
    double share = group.turn.getAndIncrement() * GOLDEN;
    double place = (share - Math.floor(share)) * group.weight;
    int first = 0;
    while (first < group.replicas.length - 1 && place >= group.weights[first]) {
      place -= group.weights[first];
      first++;
    }
    return healthyFrom(group, suits, first);
  }

  private static @Nullable ReplicaLoad healthyFrom(
      Group group, Predicate<String> suits, int first) {
    int n = group.replicas.length;
    for (int i = 0; i < n; i++) {
      ReplicaLoad replica = group.replicas[(first + i) % n];
      if (replica.healthy() && suits.test(replica.name())) {
        return replica;
      }
    }
    return null;
  }

  /** Ties go round, so that idle replicas share. */
  private static @Nullable ReplicaLoad least(Group group, Predicate<String> suits, boolean byTime) {
    int n = group.replicas.length;
    int first = Math.floorMod(group.turn.getAndIncrement(), n);
    ReplicaLoad best = null;
    double bestCost = Double.POSITIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      ReplicaLoad replica = group.replicas[(first + i) % n];
      if (replica.healthy() && suits.test(replica.name())) {
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
