package dev.pusula.benchmark.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pusula.benchmark.HistoryDatabase;
import dev.pusula.benchmark.Samples;
import dev.pusula.benchmark.entity.EngineLoad;
import dev.pusula.benchmark.entity.RequestSample;
import dev.pusula.benchmark.entity.ResourceSample;
import dev.pusula.benchmark.entity.ResourceSource;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.platform.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SampleStoreTest {

  private final Run run = Samples.run("insurance", "legal");
  private final UUID id = run.id();
  private SampleStore store;

  @BeforeEach
  void runningRun() {
    store =
        new SampleStore(
            HistoryDatabase.empty(), Clock.fixed(Samples.START.plusSeconds(5), ZoneOffset.UTC));
    HistoryDatabase.insert(run);
  }

  @Test
  void store_everyKindOfValue_readsBackEqual() {
    RequestSample rich =
        Samples.sample(
            7,
            "error:\"tab\\t, line\\n, quote \\\", back\\\\slash, \\\\N, ışık\"",
            "chunk_gaps_us:[1,20010]");
    RequestSample poor =
        Samples.read(
                "{\"seq\":8,\"kind\":\"route\",\"phase\":\"drain\",\"sector\":\"general\",\"query\":\"q\","
                    + "\"due_us\":5,\"outcome\":\"dropped\",\"also\":[\"a\\\"b\",\"c,d\",\"e\\\\f\"]}")
            .get(0);

    assertThat(store.store(id, 0, List.of(poor, rich))).isTrue();

    assertThat(store.requests(id)).containsExactly(rich, poor);
  }

  @Test
  void store_batchTwice_isStoredOnce() {
    assertThat(store.store(id, 0, List.of(Samples.sample(1)))).isTrue();
    assertThat(store.store(id, 0, List.of(Samples.sample(1)))).isFalse();
    assertThat(store.store(id, 1, List.of(Samples.sample(2)))).isTrue();

    assertThat(store.requests(id)).extracting(RequestSample::seq).containsExactly(1L, 2L);
    assertThat(store.progress(id).requests()).isEqualTo(2);
  }

  @Test
  void store_repeatedBatchOfAnEndedRun_isStillADuplicate() {
    store.store(id, 0, List.of(Samples.sample(1)));
    HistoryDatabase.execute("update run set status = 'ABORTED', ended_at = last_seen_at");

    assertThat(store.store(id, 0, List.of(Samples.sample(1)))).isFalse();
    assertStatus(409, () -> store.store(id, 1, List.of(Samples.sample(2))));
    assertStatus(409, () -> store.heartbeat(id));
  }

  @Test
  void store_seqOfAnotherBatch_isRefusedAndForgotten() {
    store.store(id, 0, List.of(Samples.sample(1)));

    assertStatus(409, () -> store.store(id, 1, List.of(Samples.sample(2), Samples.sample(1))));

    assertThat(store.requests(id)).hasSize(1);
    assertThat(store.store(id, 1, List.of(Samples.sample(2)))).isTrue();
  }

  @Test
  void store_unknownRun_isNotFound() {
    assertStatus(404, () -> store.store(new UUID(1, 2), 0, List.of()));
  }

  @Test
  void store_sampleOfAMonthWithItsPartition_liesThere() {
    store.store(id, 0, List.of(Samples.sample(1)));

    assertThat(HistoryDatabase.rows("select tableoid::regclass from request_sample"))
        .containsExactly("request_sample_2026_11");
  }

  @Test
  void storeResources_momentTwice_keepsTheFirst() {
    ResourceSample first = resource(10.0);
    store.storeResources(id, List.of(first));
    store.storeResources(id, List.of(resource(99.0)));

    assertThat(store.resources(id)).containsExactly(first);
  }

  @Test
  void silentSince_everyWriteIsASignOfLife() {
    assertThat(store.silentSince(Samples.START.plusSeconds(1))).containsExactly(id);

    store.heartbeat(id); // at 5 s

    assertThat(store.silentSince(Samples.START.plusSeconds(5))).isEmpty();
    assertThat(store.silentSince(Samples.START.plus(Duration.ofMillis(5_001)))).containsExactly(id);
  }

  private static ResourceSample resource(double cpuPercent) {
    return new ResourceSample(
        ResourceSource.SERVER,
        1_000_000,
        cpuPercent,
        1L << 30,
        null,
        0.5,
        null,
        null,
        null,
        new EngineLoad(3, 8, 4096, 120, 7.5, 640, 80, 21));
  }

  private static void assertStatus(int status, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().status()).isEqualTo(status));
  }
}
