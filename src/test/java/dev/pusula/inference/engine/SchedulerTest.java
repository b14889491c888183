package dev.pusula.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.checkpoint.SyntheticCheckpoint;
import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.control.InferenceBackend.Generation;
import dev.pusula.inference.cpu.CpuDevices;
import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.BackendStatistics;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.TokenLogprob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many requests at once: nothing of one shows in another, and nothing is left behind. */
class SchedulerTest {

  private static final int LAYERS = 2;

  @TempDir static Path home;
  private static Path folder;
  private EngineBackend backend;

  @BeforeAll
  static void writeCheckpoint() throws IOException {
    folder = home.resolve("tiny");
    SyntheticCheckpoint.write(
        folder,
        new SyntheticCheckpoint.Options(
            32,
            48,
            LAYERS,
            4,
            2,
            256,
            64,
            4,
            7,
            IntStream.range(0, 6).mapToObj(i -> "adapter" + i).toList()));
  }

  @AfterEach
  void close() {
    if (backend != null) {
      backend.close();
    }
  }

  /**
   * Greedy and seeded, base, one adapter and mixes, prompts that share beginnings, in a pool that
   * is far too small: every answer is its own, to the letter.
   */
  @ParameterizedTest
  @EnumSource(Weights.class)
  void answers_areTheSame_aloneAndInACrowdThatRunsOutOfPages(Weights weights) throws Exception {
    List<GenerationRequest> requests = crowd(requests());
    open(weights, new Capacity(1, 100, 64, 64, 1 << 24, 1 << 24));
    Map<Integer, String> alone = new HashMap<>();
    for (int i = 0; i < requests.size(); i++) {
      alone.put(i, run(requests.get(i)).text);
    }
    backend.close();
    // Few pages for 24 requests of up to 9 pages each.
    open(weights, new Capacity(24, 100, 23, 5, pages() * pageBytes(), 1 << 24));
    List<CompletableFuture<Answer>> together = new ArrayList<>();
    for (GenerationRequest request : requests) {
      together.add(submit(request).end);
    }
    for (int i = 0; i < together.size(); i++) {
      Answer answer = together.get(i).get(60, TimeUnit.SECONDS);
      assertThat(answer.outcome).isInstanceOf(Outcome.Completed.class);
      assertThat(answer.text).as("request %d: %s", i, requests.get(i)).isEqualTo(alone.get(i));
    }
    BackendStatistics statistics = idle();
    assertThat(statistics.preemptions()).as("pages ran out").isPositive();
    assertThat(statistics.cachedTokens()).as("beginnings were shared").isPositive();
    assertThat(statistics.rows()).isGreaterThan(3 * statistics.steps());
    assertThat(statistics.adapterSwitches()).isPositive();
    assertThat(statistics.pages()).isEqualTo(pages());
  }

  private static List<GenerationRequest> crowd(int n) {
    Random random = new Random(11);
    List<GenerationRequest> requests = new ArrayList<>();
    String system = "Sen sigorta ve bankacılık konularında yardımcı olan bir asistansın. ";
    for (int i = 0; i < n; i++) {
      List<AdapterWeight> adapters = new ArrayList<>();
      List<Integer> names = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
      Collections.shuffle(names, random);
      int count = i % 4;
      for (int a = 0; a < count; a++) {
        adapters.add(
            new AdapterWeight(
                "adapter" + names.get(a), count == 1 ? 1 : 0.25 + random.nextDouble()));
      }
      requests.add(
          new GenerationRequest(
              new Prompt.Text((i % 3 == 0 ? system : "") + "soru " + i),
              i % 6 < 3 ? List.of() : adapters,
              1 + random.nextInt(60),
              i % 2 == 0 ? Sampling.GREEDY : Sampling.of(0.9, 0.95, i),
              List.of(),
              GenerationRequest.NO_LOGPROBS,
              Duration.ofMinutes(2)));
    }
    return requests;
  }

  @Test
  void sharedBeginning_isComputedOnce_andTellsSo() throws Exception {
    open(Weights.STORED, new Capacity(4, 8, 64, 16, 1 << 24, 1 << 24));
    String beginning = "Sen yardımsever bir asistansın; kısa ve doğru yanıt ver. ".repeat(2);
    Outcome.Completed first = (Outcome.Completed) run(text(beginning + "Kasko?", 4)).outcome;
    Outcome.Completed second = (Outcome.Completed) run(text(beginning + "Kredi?", 4)).outcome;
    Outcome.Completed adapted =
        (Outcome.Completed)
            run(text(beginning + "Kredi?", 4).with(List.of(new AdapterWeight("adapter1", 1))))
                .outcome;
    assertThat(first.usage().cachedTokens()).isZero();
    assertThat(second.usage().cachedTokens())
        .isPositive()
        .isLessThan(second.usage().promptTokens());
    assertThat(second.usage().cachedTokens() % Device.PAGE).isZero();
    assertThat(adapted.usage().cachedTokens()).as("an adapter changes keys and values").isZero();
  }

  @Test
  void cancelled_givesItsPagesBack_whileOthersGoOn() throws Exception {
    open(Weights.STORED, new Capacity(8, 64, 32, 8, 1 << 24, 1 << 24));
    String expected = run(text("kredi", 40)).text;
    Random random = new Random(2);
    for (int round = 0; round < 10; round++) {
      List<Recorder> kept = new ArrayList<>();
      List<Recorder> dropped = new ArrayList<>();
      List<Generation> toCancel = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Recorder recorder = new Recorder();
        if (random.nextBoolean()) {
          backend.submit(text("kredi", 40), recorder);
          kept.add(recorder);
        } else {
          toCancel.add(backend.submit(text("uzun " + i, 200), recorder));
          dropped.add(recorder);
        }
      }
      for (Generation generation : toCancel) {
        Thread.sleep(random.nextInt(2));
        generation.cancel();
        generation.cancel();
      }
      for (Recorder recorder : dropped) {
        assertThat(recorder.end.get(20, TimeUnit.SECONDS).outcome)
            .isInstanceOfAny(Outcome.Cancelled.class, Outcome.Completed.class);
      }
      for (Recorder recorder : kept) {
        assertThat(recorder.end.get(20, TimeUnit.SECONDS).text).isEqualTo(expected);
      }
    }
    idle();
  }

  @Test
  void requests_areTakenInTheirOrder() throws Exception {
    open(Weights.STORED, new Capacity(1, 64, 32, 8, 1 << 24, 1 << 24));
    List<Integer> started = Collections.synchronizedList(new ArrayList<>());
    List<Recorder> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int number = i;
      Recorder recorder =
          new Recorder() {
            @Override
            public void started(Duration queued) {
              assertThat(queued.isNegative()).isFalse();
              started.add(number);
            }
          };
      all.add(recorder);
      backend.submit(text("soru " + i, 3), recorder);
    }
    for (Recorder recorder : all) {
      recorder.end.get(20, TimeUnit.SECONDS);
    }
    assertThat(started).isEqualTo(IntStream.range(0, 20).boxed().toList());
  }

  @Test
  void logprobs_comeWithEveryToken_inOrder() throws Exception {
    open(Weights.STORED, new Capacity(4, 8, 64, 16, 1 << 24, 1 << 24));
    GenerationRequest plain = text("kredi", 30);
    Recorder recorder =
        submit(
            new GenerationRequest(
                plain.prompt(),
                List.of(),
                30,
                Sampling.GREEDY,
                List.of(),
                2,
                Duration.ofSeconds(20)));
    Answer answer = recorder.end.get(20, TimeUnit.SECONDS);
    assertThat(answer.text).isEqualTo(run(plain).text);
    List<TokenLogprob> logprobs =
        recorder.pieces.stream().flatMap(piece -> piece.logprobs().stream()).toList();
    assertThat(logprobs).hasSize(30);
    assertThat(recorder.pieces.stream().mapToInt(Piece::tokens).sum()).isEqualTo(30);
    logprobs.forEach(
        token -> {
          assertThat(token.top()).hasSize(2);
          assertThat(token.top().get(0).id()).as("greedy").isEqualTo(token.id());
          assertThat(token.logprob()).isEqualTo(token.top().get(0).logprob()).isNegative();
          assertThat(token.top().get(1).logprob()).isLessThanOrEqualTo(token.logprob());
        });
  }

  @Test
  void adapter_isReplacedAndUnloaded_underARequestThatKeepsItsOwn() throws Exception {
    open(Weights.STORED, new Capacity(4, 8, 64, 16, 1 << 24, 1 << 24));
    GenerationRequest request = text("kredi", 200).with(List.of(new AdapterWeight("adapter0", 1)));
    String before = run(request).text;
    String other = run(text("kredi", 200).with(List.of(new AdapterWeight("adapter1", 1)))).text;
    assertThat(other).isNotEqualTo(before);

    Recorder underWay = submit(request);
    underWay.first.get(20, TimeUnit.SECONDS);
    AdapterChange replaced =
        backend.loadAdapter("adapter0", folder.resolve("adapters").resolve("adapter1"));
    assertThat(replaced)
        .isInstanceOfSatisfying(
            AdapterChange.Loaded.class, loaded -> assertThat(loaded.replaced()).isTrue());
    assertThat(underWay.end.get(20, TimeUnit.SECONDS).text).isEqualTo(before);
    assertThat(run(request).text).isEqualTo(other);

    Recorder last = submit(request);
    last.first.get(20, TimeUnit.SECONDS);
    assertThat(backend.unloadAdapter("adapter0")).isInstanceOf(AdapterChange.Unloaded.class);
    assertThat(backend.unloadAdapter("adapter0")).isInstanceOf(AdapterChange.Missing.class);
    assertThat(last.end.get(20, TimeUnit.SECONDS).text).isEqualTo(other);
    assertThat(run(request).outcome)
        .isInstanceOfSatisfying(
            Outcome.Invalid.class,
            invalid -> assertThat(invalid.fault()).isEqualTo(Outcome.Fault.NO_SUCH_MODEL));
  }

  @Test
  void brokenAdapter_isRefused_andTheOldOneServesOn() throws Exception {
    open(Weights.STORED, new Capacity(4, 8, 64, 16, 1 << 24, 1 << 24));
    GenerationRequest request = text("kredi", 20).with(List.of(new AdapterWeight("adapter2", 1)));
    String before = run(request).text;
    Path broken = Files.createDirectory(home.resolve("broken"));
    Path good = folder.resolve("adapters").resolve("adapter3");
    Files.copy(good.resolve("adapter_config.json"), broken.resolve("adapter_config.json"));
    byte[] weights = Files.readAllBytes(good.resolve("adapter_model.safetensors"));
    Files.write(
        broken.resolve("adapter_model.safetensors"), Arrays.copyOf(weights, weights.length - 100));
    assertThat(backend.loadAdapter("adapter2", broken))
        .isInstanceOfSatisfying(
            AdapterChange.Refused.class,
            refused -> assertThat(refused.reason()).contains("truncated"));
    assertThat(backend.loadAdapter("adapter2", home.resolve("nowhere")))
        .isInstanceOf(AdapterChange.Refused.class);
    assertThat(run(request).text).isEqualTo(before);
  }

  @Test
  void adapters_shareBoundedMemory_andComeBackWhenNamed() throws Exception {
    open(Weights.STORED, new Capacity(4, 64, 64, 16, 1 << 24, 1 << 24));
    Map<String, String> expected = new HashMap<>();
    for (int i = 0; i < 6; i++) {
      expected.put("adapter" + i, run(adapted(i)).text);
    }
    long one = backend.adapters().get(0).bytes();
    backend.close();
    open(Weights.STORED, new Capacity(4, 64, 64, 16, 1 << 24, 2 * one + 1));
    assertThat(backend.adapters().stream().filter(ServedAdapter::resident)).hasSize(2);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 6; i++) {
        assertThat(run(adapted(i)).text).isEqualTo(expected.get("adapter" + i));
      }
    }
    assertThat(backend.statistics().adapterEvictions()).isGreaterThan(10);
    assertThat(backend.adapters().stream().filter(ServedAdapter::resident)).hasSize(2);

    // Two in use leave no room for a third.
    CountDownLatch hold = new CountDownLatch(1);
    Recorder a = new Recorder();
    Recorder b =
        new Recorder() {
          @Override
          public void text(Piece piece) {
            super.text(piece);
            await(hold);
          }
        };
    backend.submit(adapted(0), b);
    b.first.get(20, TimeUnit.SECONDS);
    backend.submit(adapted(1), a);
    Answer third = run(adapted(2));
    assertThat(third.outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class, refused -> assertThat(refused.message()).contains("bytes"));
    hold.countDown();
    a.end.get(20, TimeUnit.SECONDS);
    b.end.get(20, TimeUnit.SECONDS);
    assertThat(run(adapted(2)).outcome).isInstanceOf(Outcome.Completed.class);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static GenerationRequest adapted(int adapter) {
    return text("kredi", 10).with(List.of(new AdapterWeight("adapter" + adapter, 1)));
  }

  @Test
  void statistics_countTokensByAdapter() throws Exception {
    open(Weights.STORED, new Capacity(4, 8, 64, 16, 1 << 24, 1 << 24));
    run(text("kredi", 7));
    Outcome.Completed completed = (Outcome.Completed) run(adapted(4)).outcome;
    BackendStatistics statistics = idle();
    assertThat(statistics.generatedTokens()).isEqualTo(17);
    assertThat(statistics.requests()).isEqualTo(2);
    assertThat(statistics.byAdapter().get("base").generatedTokens()).isEqualTo(7);
    assertThat(statistics.byAdapter().get("adapter4"))
        .isEqualTo(new BackendStatistics.AdapterShare(1, completed.usage().promptTokens(), 10));
    assertThat(statistics.promptTokens()).isEqualTo(2L * completed.usage().promptTokens());
    assertThat(statistics.decodeNanos()).isPositive();
  }

  @Test
  void tooLittleMemory_isRefusedAtTheStart_withTheNumbers() {
    assertThatThrownBy(() -> open(Weights.STORED, new Capacity(4, 8, 64, 16, pageBytes(), 1 << 24)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("heap");
  }

  /**
   * Keys and values of 16 positions: 2 layers × 2 × 2 heads × 16 dimensions (padded) × 16 × 4 B.
   */
  long pageBytes() {
    return LAYERS * 2L * 16 * (8 + 16) * 4;
  }

  /** Pages of the crowd. */
  int pages() {
    return 40;
  }

  /** Requests of the crowd. */
  int requests() {
    return 60;
  }

  /** What computes. */
  Device device(Weights weights) {
    return CpuDevices.best(weights, 2);
  }

  private void open(Weights weights, Capacity capacity) {
    backend =
        new EngineBackend(
            folder, device(weights), chat -> Optional.empty(), capacity, System::nanoTime);
  }

  private static GenerationRequest text(String prompt, int tokens) {
    return new GenerationRequest(
        new Prompt.Text(prompt),
        List.of(),
        tokens,
        Sampling.GREEDY,
        List.of(),
        GenerationRequest.NO_LOGPROBS,
        Duration.ofSeconds(60));
  }

  /** The statistics once nothing runs: no page may be held. */
  private BackendStatistics idle() throws InterruptedException {
    for (int i = 0; i < 200 && backend.statistics().pagesUsed() > 0; i++) {
      Thread.sleep(10);
    }
    BackendStatistics statistics = backend.statistics();
    assertThat(Stream.of(statistics.pagesUsed(), statistics.running(), statistics.waiting()))
        .containsOnly(0);
    return statistics;
  }

  private Recorder submit(GenerationRequest request) {
    Recorder recorder = new Recorder();
    backend.submit(request, recorder);
    return recorder;
  }

  private Answer run(GenerationRequest request) throws Exception {
    return submit(request).end.get(30, TimeUnit.SECONDS);
  }

  private record Answer(String text, Outcome outcome) {}

  private static class Recorder implements GenerationListener {
    final CompletableFuture<Answer> end = new CompletableFuture<>();
    final CompletableFuture<Piece> first = new CompletableFuture<>();
    final List<Piece> pieces = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void text(Piece piece) {
      pieces.add(piece);
      first.complete(piece);
    }

    @Override
    public void ended(Outcome outcome) {
      StringBuilder text = new StringBuilder();
      pieces.forEach(piece -> text.append(piece.text()));
      if (!end.complete(new Answer(text.toString(), outcome))) {
        throw new IllegalStateException("ended twice");
      }
    }
  }
}
