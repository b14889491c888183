package dev.pusula.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancerTest {

  private static final String ADAPTER = "a";

  /** Advanced by hand. */
  private final AtomicLong nanos = new AtomicLong(1_000);

  @Test
  void roundRobin_takesTurns_andKnowsUnknownAdaptersByTheirName() {
    Balancer balancer = balancer(LoadBalancing.ROUND_ROBIN, 1, 1, 1);
    assertThat(names(balancer, 7)).containsExactly("r0", "r1", "r2", "r0", "r1", "r2", "r0");
    assertThat(balancer.next("unknown")).isEqualTo("unknown");
  }

  /** The golden-ratio sequence leaves each share within two turns of what its weight says. */
  @Test
  void weighted_keepsSharesAtEveryMoment() {
    Balancer balancer = balancer(LoadBalancing.WEIGHTED, 5, 3, 2);
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 1; i <= 10_000; i++) {
      counts.merge(balancer.next(ADAPTER), 1, Integer::sum);
      if (i > 10) {
        assertThat((double) counts.get("r0")).isCloseTo(0.5 * i, within(2.5));
        assertThat((double) counts.get("r2")).isCloseTo(0.2 * i, within(2.5));
      }
    }
  }

  @Test
  void leastInFlight_avoidsTheBusy() {
    Balancer balancer = balancer(LoadBalancing.LEAST_IN_FLIGHT, 1, 1);
    Lease first = balancer.acquire(ADAPTER).orElseThrow();
    Lease second = balancer.acquire(ADAPTER).orElseThrow();
    assertThat(second.replica()).isNotEqualTo(first.replica());
    first.succeeded();
    assertThat(balancer.acquire(ADAPTER).orElseThrow().replica()).isEqualTo(first.replica());
  }

  /** 30 ms against 10 ms: the slow one is worth it once the fast one has three under way. */
  @Test
  void performanceWeighted_sendsByExpectedTime() {
    Balancer balancer = balancer(LoadBalancing.PERFORMANCE_WEIGHTED, 1, 1);
    Map<String, Integer> millis = Map.of("r0", 30, "r1", 10);
    for (int i = 0; i < 2; i++) {
      Lease lease = balancer.acquire(ADAPTER).orElseThrow();
      nanos.addAndGet(Duration.ofMillis(millis.get(lease.replica())).toNanos());
      lease.succeeded();
    }
    assertThat(IntStream.range(0, 4).mapToObj(i -> balancer.acquire(ADAPTER)))
        .extracting(lease -> lease.orElseThrow().replica())
        .startsWith("r1", "r1")
        .contains("r0");
  }

  @Test
  void failuresInARow_coolDown_thenOneProbeHeals() {
    Balancer balancer = balancer(LoadBalancing.ROUND_ROBIN, 1, 1);
    fail(balancer, "r0", ReplicaLoad.FAILURES);
    assertThat(names(balancer, 4)).containsOnly("r1");
    assertThat(of(balancer, "r0").healthy()).isFalse();
    assertThat(of(balancer, "r0").coolingDownSeconds()).isCloseTo(5, within(1e-6));

    nanos.addAndGet(ReplicaLoad.COOL_DOWN.toNanos());
    Lease probe = balancer.acquire(ADAPTER).orElseThrow();
    assertThat(probe.replica()).isEqualTo("r0");
    // While it is out nobody else tries.
    assertThat(balancer.acquire(ADAPTER).orElseThrow().replica()).isEqualTo("r1");
    probe.succeeded();
    assertThat(of(balancer, "r0").healthy()).isTrue();
    assertThat(names(balancer, 4)).contains("r0", "r1");
  }

  @Test
  void failedProbe_doublesTheTime_upToABound() {
    Balancer balancer = balancer(LoadBalancing.ROUND_ROBIN, 1, 1);
    fail(balancer, "r0", ReplicaLoad.FAILURES);
    double expected = 5;
    for (int i = 0; i < 8; i++) {
      nanos.addAndGet(Duration.ofSeconds((long) expected).toNanos());
      balancer.acquire(ADAPTER).orElseThrow().failed();
      expected = Math.min(2 * expected, ReplicaLoad.LONGEST_COOL_DOWN.toSeconds());
      assertThat(of(balancer, "r0").coolingDownSeconds()).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void abandonedProbe_leavesTheRightToAnother() {
    Balancer balancer = balancer(LoadBalancing.ROUND_ROBIN, 1);
    fail(balancer, "r0", ReplicaLoad.FAILURES);
    assertThat(balancer.acquire(ADAPTER)).isEmpty();
    // A client that goes there itself is owed a name all the same.
    assertThat(balancer.next(ADAPTER)).isEqualTo("r0");
    nanos.addAndGet(ReplicaLoad.COOL_DOWN.toNanos());
    balancer.acquire(ADAPTER).orElseThrow().close();
    assertThat(balancer.acquire(ADAPTER)).isPresent();
    assertThat(balancer.acquire(ADAPTER)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(LoadBalancing.class)
  void unsuitableReplica_takesNoPart_notEvenAsAProbe(LoadBalancing policy) {
    Balancer balancer = balancer(policy, 1, 1, 1);
    for (int i = 0; i < 6; i++) {
      Lease lease = balancer.acquire(ADAPTER, name -> !name.equals("r1")).orElseThrow();
      assertThat(lease.replica()).isNotEqualTo("r1");
    }
    for (int i = 0; i < ReplicaLoad.FAILURES; i++) {
      balancer.acquire(ADAPTER, "r0"::equals).orElseThrow().failed();
    }
    nanos.addAndGet(ReplicaLoad.COOL_DOWN.toNanos());
    assertThat(balancer.acquire(ADAPTER, "r1"::equals).orElseThrow().replica()).isEqualTo("r1");
    assertThat(balancer.acquire(ADAPTER, "r0"::equals).orElseThrow().replica()).isEqualTo("r0");
    assertThat(balancer.acquire(ADAPTER, name -> false)).isEmpty();
  }

  @Test
  void successBetweenFailures_keepsTrust() {
    Balancer balancer = balancer(LoadBalancing.ROUND_ROBIN, 1);
    for (int i = 0; i < 10; i++) {
      fail(balancer, "r0", ReplicaLoad.FAILURES - 1);
      balancer.acquire(ADAPTER).orElseThrow().succeeded();
    }
    assertThat(of(balancer, "r0").healthy()).isTrue();
    assertThat(of(balancer, "r0").errors()).isEqualTo(10L * (ReplicaLoad.FAILURES - 1));
  }

  @Test
  void successor_keepsWhatItsReplicasDid_andReset_forgetsCountsOnly() {
    Balancer before = balancer(LoadBalancing.ROUND_ROBIN, 1);
    Lease underWay = before.acquire(ADAPTER).orElseThrow();
    fail(before, "r0", ReplicaLoad.FAILURES);
    Balancer after =
        new Balancer(
            Map.of(ADAPTER, List.of(Replica.of("r0"), Replica.of("r1"))),
            LoadBalancing.ROUND_ROBIN,
            nanos::get,
            before);
    assertThat(of(after, "r0").inFlight()).isEqualTo(1);
    assertThat(of(after, "r0").healthy()).isFalse();
    after.resetStatistics();
    assertThat(of(after, "r0").errors()).isZero();
    assertThat(of(after, "r0").healthy()).isFalse();
    underWay.succeeded();
    assertThat(of(after, "r0").inFlight()).isZero();
    assertThat(of(after, "r0").healthy()).isTrue();
  }

  /** Every lease is counted once, however it ends, and nothing is left in flight. */
  @ParameterizedTest
  @EnumSource(LoadBalancing.class)
  void sixtyFourThreads_loseNothing(LoadBalancing policy) throws Exception {
    int threads = 64;
    int each = 2_000;
    Balancer balancer =
        new Balancer(
            Map.of(ADAPTER, List.of(new Replica("r0", 1), new Replica("r1", 2))),
            policy,
            System::nanoTime,
            null);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    long[] told = new long[3]; // succeeded, failed, abandoned
    try {
      List<Future<long[]>> done =
          pool.invokeAll(
              IntStream.range(0, threads)
                  .<Callable<long[]>>mapToObj(t -> () -> work(balancer, each, t))
                  .toList());
      for (Future<long[]> one : done) {
        for (int i = 0; i < told.length; i++) {
          told[i] += one.get()[i];
        }
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(told[0] + told[1] + told[2]).isEqualTo((long) threads * each);
    ReplicaSnapshot r0 = of(balancer, "r0");
    ReplicaSnapshot r1 = of(balancer, "r1");
    assertThat(r0.chosen() + r1.chosen()).isEqualTo((long) threads * each);
    assertThat(r0.requests() + r1.requests()).isEqualTo(told[0] + told[1]);
    assertThat(r0.errors() + r1.errors()).isEqualTo(told[1]);
    assertThat(r0.inFlight()).isZero();
    assertThat(r1.inFlight()).isZero();
    assertThat(r0.chosen()).isPositive();
    assertThat(r1.chosen()).isPositive();
  }

  /** Few failures in a row, so that a replica is always there. */
  private static long[] work(Balancer balancer, int times, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] told = new long[3];
    for (int i = 0; i < times; i++) {
      Lease lease = balancer.acquire(ADAPTER).orElseThrow();
      int end = random.nextInt(200);
      if (end == 0) {
        lease.failed();
        told[1]++;
      } else if (end < 20) {
        lease.close();
        told[2]++;
      } else {
        lease.succeeded();
        told[0]++;
      }
      lease.failed(); // told once already
    }
    return told;
  }

  private Balancer balancer(LoadBalancing policy, double... weights) {
    return new Balancer(
        Map.of(
            ADAPTER,
            IntStream.range(0, weights.length)
                .mapToObj(i -> new Replica("r" + i, weights[i]))
                .toList()),
        policy,
        nanos::get,
        null);
  }

  private static List<String> names(Balancer balancer, int times) {
    return IntStream.range(0, times).mapToObj(i -> balancer.next(ADAPTER)).toList();
  }

  private static ReplicaSnapshot of(Balancer balancer, String replica) {
    return balancer.snapshot().get(ADAPTER).get(replica);
  }

  /** Fails requests at one replica; those at its siblings succeed. */
  private static void fail(Balancer balancer, String replica, int times) {
    int failed = 0;
    while (failed < times) {
      Lease lease = balancer.acquire(ADAPTER).orElseThrow();
      if (lease.replica().equals(replica)) {
        lease.failed();
        failed++;
      } else {
        lease.succeeded();
      }
    }
  }
}
