package dev.pusula.routing.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.StatisticsSnapshot;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RouterStatisticsTest {

  private final RouterStatistics statistics = new RouterStatistics();

  @Test
  void sixtyFourThreads_loseNoCount_andReplicasShareEvenly() throws Exception {
    int threads = 64;
    int each = 1_000;
    SectorRouter router = SectorRouter.ofKeywords(Fixtures.configuration());
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      Callable<Void> work =
          () -> {
            for (int i = 0; i < each; i++) {
              statistics.record(router.route(i % 4 == 0 ? "hava nasıl" : "kasko"), 1_000);
            }
            return null;
          };
      for (Future<Void> done :
          pool.invokeAll(IntStream.range(0, threads).mapToObj(i -> work).toList())) {
        done.get();
      }
    } finally {
      pool.shutdownNow();
    }
    StatisticsSnapshot snapshot = statistics.snapshot(router.balancer().snapshot());
    assertThat(snapshot.requests()).isEqualTo(64_000);
    assertThat(snapshot.fallbacks()).isEqualTo(16_000);
    assertThat(snapshot.sectors()).isEqualTo(Map.of("insurance", 48_000L, "general", 16_000L));
    assertThat(snapshot.replicas().get("insurance_adapter").get("gpu-a").chosen())
        .isEqualTo(24_000);
    assertThat(snapshot.replicas().get("insurance_adapter").get("gpu-b").chosen())
        .isEqualTo(24_000);
    assertThat(snapshot.replicas().get("general_adapter").get("general_adapter").chosen())
        .isEqualTo(64_000);
  }

  @Test
  void percentiles_ofKnownTimes_areAtMostAnEighthAbove() {
    RouteDecision any = SectorRouter.ofKeywords(Fixtures.configuration()).route("kasko");
    for (int micros = 1; micros <= 1_000; micros++) {
      statistics.record(any, micros * 1_000L);
    }
    StatisticsSnapshot snapshot = statistics.snapshot(Map.of());
    assertThat(snapshot.meanMicros()).isEqualTo(500.5);
    assertThat(snapshot.p50Micros()).isBetween(500.0, 500 * 1.125);
    assertThat(snapshot.p95Micros()).isBetween(950.0, 950 * 1.125);
    assertThat(snapshot.p99Micros()).isBetween(990.0, 990 * 1.125);
  }

  @Test
  void reset_forgetsAll_andNothingGivesZero() {
    statistics.record(SectorRouter.ofKeywords(Fixtures.configuration()).route("kasko"), 5_000);
    statistics.reset();
    assertThat(statistics.snapshot(Map.of()))
        .isEqualTo(new StatisticsSnapshot(0, 0, Map.of(), Map.of(), 0, 0, 0, 0));
  }
}
