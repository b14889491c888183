package dev.pusula.completion.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.balancing.Balancer;
import dev.pusula.balancing.Lease;
import dev.pusula.balancing.LoadBalancing;
import dev.pusula.balancing.Replica;
import dev.pusula.balancing.ReplicaSnapshot;
import dev.pusula.inference.entity.AdapterWeight;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AnswerLeaseTest {

  private static final AdapterWeight LEGAL = new AdapterWeight("legal", 0.25);
  private static final AdapterWeight INSURANCE = new AdapterWeight("insurance", 0.5);
  private static final AdapterWeight GENERAL = new AdapterWeight("general", 0.25);
  private static final Attribution ROUTED =
      new Attribution("insurance", 0.8, List.of(LEGAL, INSURANCE, GENERAL), 5_000L);

  private final Balancer balancer =
      new Balancer(
          Map.of(
              "legal", List.of(Replica.of("l")),
              "insurance", List.of(Replica.of("i")),
              "general", List.of(Replica.of("g"))),
          LoadBalancing.ROUND_ROBIN,
          System::nanoTime,
          null);

  @Test
  void backendThatMixes_getsTheRoutersChoiceAsItIs() {
    assertThat(take(ROUTED, 3, Set.of())).containsExactly(LEGAL, INSURANCE, GENERAL);
    assertThat(inFlight()).isEqualTo(3);
  }

  @Test
  void backendOfOneAdapter_getsTheStrongest_asTrained_andLeasesNoOther() {
    assertThat(take(ROUTED, 1, Set.of())).containsExactly(new AdapterWeight("insurance", 1));
    assertThat(inFlight()).isEqualTo(1);
  }

  @Test
  void backendOfTwo_getsTheStrongest_withTheSumOfAll() {
    assertThat(take(ROUTED, 2, Set.of()))
        .containsExactly(
            new AdapterWeight("insurance", 2 / 3.0), new AdapterWeight("legal", 1 / 3.0));
  }

  @Test
  void strongestWithoutAReplica_givesWayToTheNext() {
    assertThat(take(ROUTED, 1, Set.of("insurance"))).containsExactly(new AdapterWeight("legal", 1));
    assertThat(take(ROUTED, 3, Set.of("insurance")))
        .containsExactly(new AdapterWeight("legal", 0.5), new AdapterWeight("general", 0.5));
  }

  /** What the router chose beside it is not served, so it stands alone with its share. */
  @Test
  void onlyOneThatIsServed_isAppliedAsTrained() {
    Attribution alone = new Attribution("insurance", 0.8, List.of(INSURANCE), 5_000L);
    assertThat(take(alone, 1, Set.of())).containsExactly(new AdapterWeight("insurance", 1));
  }

  @Test
  void base_takesNoReplica() {
    assertThat(take(new Attribution(null, null, List.of(), null), 1, Set.of())).isEmpty();
    assertThat(inFlight()).isZero();
  }

  @Test
  void nothingHealthy_isNoAnswer_andLeavesNothingInFlight() {
    assertThat(lease(ROUTED, 1, Set.of("legal", "insurance", "general"))).isEmpty();
    Attribution named =
        new Attribution("legal", null, List.of(new AdapterWeight("legal", 1)), null);
    assertThat(lease(named, 1, Set.of("legal"))).isEmpty();
    assertThat(inFlight()).isZero();
  }

  private List<AdapterWeight> take(Attribution wanted, int most, Set<String> broken) {
    return lease(wanted, most, broken).orElseThrow().attribution().adapters();
  }

  private Optional<AnswerLease> lease(Attribution wanted, int most, Set<String> broken) {
    return AnswerLease.take(
        wanted,
        most,
        adapter -> broken.contains(adapter) ? Optional.<Lease>empty() : balancer.acquire(adapter));
  }

  private int inFlight() {
    return balancer.snapshot().values().stream()
        .flatMap(replicas -> replicas.values().stream())
        .mapToInt(ReplicaSnapshot::inFlight)
        .sum();
  }
}
