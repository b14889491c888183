package dev.pusula.routing.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.model.Card;
import dev.pusula.routing.model.ModelFile;
import dev.pusula.routing.model.SectorModel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadableRouterTest {

  private static final int RELOADS = 100;
  private static final int THREADS = 32;

  @TempDir private Path folder;
  private Path sectors;
  private Path model;

  @BeforeEach
  void writeFiles() throws IOException {
    sectors = folder.resolve("sectors.yaml");
    model = folder.resolve("model.bin");
    write("one");
  }

  /**
   * Version "one" and version "two" differ in configuration, model and default adapter; a decision
   * must be of one of them throughout.
   */
  @Test
  void hundredReloads_underThirtyTwoThreads_failNothingAndMixNothing() throws Exception {
    ReloadableRouter router = router();
    Set<String> seen = ConcurrentHashMap.newKeySet();
    AtomicBoolean going = new AtomicBoolean(true);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      Callable<Long> work =
          () -> {
            long decisions = 0;
            while (going.get()) {
              RouteDecision decision = router.current().router().route("hava güneşli");
              seen.add(
                  decision.configuration()
                      + " "
                      + decision.model()
                      + " "
                      + decision.adapters().get(decision.adapters().size() - 1).adapter());
              decisions++;
            }
            return decisions;
          };
      List<Future<Long>> threads =
          IntStream.range(0, THREADS).mapToObj(i -> pool.submit(work)).toList();
      for (int i = 0; i < RELOADS; i++) {
        write(i % 2 == 0 ? "two" : "one");
        router.reload();
      }
      going.set(false);
      for (Future<Long> thread : threads) {
        assertThat(thread.get()).isPositive();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(seen).hasSize(2);
    assertThat(seen).anyMatch(s -> s.endsWith("model-one one_adapter"));
    assertThat(seen).anyMatch(s -> s.endsWith("model-two two_adapter"));
  }

  @Test
  void brokenFile_keepsWhatWasLoaded_andSaysSo_untilAGoodOneComes() throws IOException {
    ReloadableRouter router = router();
    String before = router.current().router().configuration().version();

    Files.writeString(sectors, Files.readString(sectors).replace("priority: 1", "priority: none"));
    assertThatThrownBy(router::reload).isInstanceOf(InvalidConfigurationException.class);
    assertThat(router.current().router().configuration().version()).isEqualTo(before);
    assertThat(router.failedReload().orElseThrow().reason()).contains("sectors[0].priority");

    write("two");
    byte[] whole = Files.readAllBytes(model);
    Files.write(model, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(router::reload)
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("model.bin");
    assertThat(router.current().router().classifier().version()).isEqualTo("model-one");
    assertThat(router.failedReload()).isPresent();

    Files.write(model, whole);
    router.reload();
    assertThat(router.failedReload()).isEmpty();
    assertThat(router.current().router().classifier().version()).isEqualTo("model-two");
  }

  @Test
  void missingModel_stopsTheStart() throws IOException {
    Files.delete(model);
    assertThatThrownBy(this::router)
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("there is no such file");
  }

  private ReloadableRouter router() {
    return new ReloadableRouter(sectors.toString(), model.toString(), Clock.systemUTC());
  }

  /** The four sectors of the fixture with another default adapter, and a model of another name. */
  private void write(String name) throws IOException {
    Files.writeString(
        sectors,
        Fixtures.yaml().replace("adapters/general_adapter", "adapters/" + name + "_adapter"));
    SectorModel plain = Fixtures.model("insurance", "kasko");
    Card card = plain.card();
    try (OutputStream out = Files.newOutputStream(model)) {
      ModelFile.write(
          plain.withCard(
              new Card(
                  card.labels(),
                  "model-" + name,
                  card.corpus(),
                  card.rows(),
                  card.seed(),
                  card.settings(),
                  card.thresholds(),
                  card.scores())),
          out);
    }
  }
}
