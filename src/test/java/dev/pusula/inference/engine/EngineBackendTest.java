package dev.pusula.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.inference.checkpoint.SyntheticCheckpoint;
import dev.pusula.inference.control.ChatTemplate;
import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.control.InferenceBackend.Generation;
import dev.pusula.inference.cpu.CpuDevices;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.TokenLogprob;
import dev.pusula.platform.Clocks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineBackendTest {

  @TempDir static Path home;
  private static Path folder;
  private EngineBackend backend;

  @BeforeAll
  static void writeCheckpoint() throws IOException {
    folder = home.resolve("tiny");
    SyntheticCheckpoint.write(
        folder,
        new SyntheticCheckpoint.Options(
            32, 48, 2, 4, 2, 96, 64, 4, 7, List.of("a_adapter", "b_adapter")));
  }

  @AfterEach
  void close() {
    if (backend != null) {
      backend.close();
    }
  }

  @Test
  void checkpoint_isServedWithItsAdapters() {
    open(2, 4);
    assertThat(backend.name()).matches("engine-(cpu-(vector|scalar)|cuda)");
    assertThat(backend.model().untrained()).isTrue();
    assertThat(backend.model().precision()).isEqualTo("bfloat16");
    assertThat(backend.adapters())
        .extracting(ServedAdapter::name)
        .containsExactly("a_adapter", "b_adapter");
    assertThat(backend.adapters()).extracting(ServedAdapter::rank).containsOnly(4);
    assertThat(backend.adapters().get(0).fingerprint())
        .isNotEqualTo(backend.adapters().get(1).fingerprint());
    assertThat(backend.health().up()).isTrue();
    assertThat(backend.health().reason()).contains("untrained");
  }

  @Test
  void greedy_isTheSameAloneAndBesideOthers() throws Exception {
    open(3, 64);
    GenerationRequest request =
        text("kredi", List.of(new AdapterWeight("a_adapter", 1)), Sampling.GREEDY);
    Answer alone = run(request);
    List<CompletableFuture<Answer>> crowd = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      crowd.add(
          submit(i % 3 == 0 ? request : text("kasko " + i, List.of(), Sampling.of(1, 0.9, i))));
    }
    for (int i = 0; i < 30; i += 3) {
      assertThat(crowd.get(i).get(30, TimeUnit.SECONDS).text).isEqualTo(alone.text);
    }
    Outcome.Completed end = (Outcome.Completed) alone.outcome;
    assertThat(end.reason()).isEqualTo(Outcome.FinishReason.LENGTH);
    assertThat(end.usage().completionTokens()).isEqualTo(20);
    assertThat(alone.tokens).isEqualTo(20);
  }

  @Test
  void adapters_changeTheAnswer_andTheirWeightsCount() throws Exception {
    open(1, 8);
    String base = run(text("kredi", List.of(), Sampling.GREEDY)).text;
    String a = run(text("kredi", List.of(new AdapterWeight("a_adapter", 1)), Sampling.GREEDY)).text;
    String faint =
        run(text("kredi", List.of(new AdapterWeight("a_adapter", 1e-7)), Sampling.GREEDY)).text;
    String both =
        run(text(
                "kredi",
                List.of(new AdapterWeight("a_adapter", 1), new AdapterWeight("b_adapter", 1)),
                Sampling.GREEDY))
            .text;
    assertThat(a).isNotEqualTo(base);
    assertThat(faint).isEqualTo(base);
    assertThat(both).isNotEqualTo(a).isNotEqualTo(base);
  }

  @Test
  void sampling_withASeed_repeats_andWithAnotherDiffers() throws Exception {
    open(1, 8);
    String first = run(text("kredi", List.of(), Sampling.of(1.2, 1, 1))).text;
    assertThat(run(text("kredi", List.of(), Sampling.of(1.2, 1, 1))).text).isEqualTo(first);
    assertThat(run(text("kredi", List.of(), Sampling.of(1.2, 1, 2))).text).isNotEqualTo(first);
    assertThat(run(text("kredi", List.of(), Sampling.of(1.2, 0.5, 1))).text).isNotEmpty();
  }

  /** The nucleus of a vanishing mass is the most probable token alone. */
  @Test
  void sampling_fromTheSmallestNucleus_isGreedy() throws Exception {
    open(1, 8);
    assertThat(run(text("kredi", List.of(), Sampling.of(1, 1e-9, 5))).text)
        .isEqualTo(run(text("kredi", List.of(), Sampling.GREEDY)).text);
  }

  @Test
  void stopText_endsBeforeIt_evenAcrossTokens() throws Exception {
    open(1, 8);
    String whole = run(text("kredi", List.of(), Sampling.GREEDY)).text;
    String stop = whole.substring(7, 12);
    Answer stopped =
        run(
            new GenerationRequest(
                new Prompt.Text("kredi"),
                List.of(),
                20,
                Sampling.GREEDY,
                List.of(stop),
                GenerationRequest.NO_LOGPROBS,
                Duration.ofSeconds(30)));
    assertThat(stopped.text).isEqualTo(whole.substring(0, whole.indexOf(stop)));
    assertThat(((Outcome.Completed) stopped.outcome).reason()).isEqualTo(Outcome.FinishReason.STOP);
  }

  @Test
  void chat_isRenderedByTheTemplate_andRefusedWithoutOne() throws Exception {
    open(1, 8);
    Prompt.Chat chat = new Prompt.Chat(List.of(new Prompt.ChatMessage("user", "Merhaba")));
    Answer answer =
        run(
            new GenerationRequest(
                chat,
                List.of(),
                3,
                Sampling.GREEDY,
                List.of(),
                GenerationRequest.NO_LOGPROBS,
                Duration.ofSeconds(30)));
    Answer byHand = run(text("<|user|>Merhaba<|end|><|assistant|>", List.of(), Sampling.GREEDY));
    assertThat(byHand.text).startsWith(answer.text);
    backend.close();
    backend =
        new EngineBackend(
            folder, device(), c -> Optional.empty(), capacity(1, 1), System::nanoTime);
    assertThat(
            run(new GenerationRequest(
                    chat,
                    List.of(),
                    3,
                    Sampling.GREEDY,
                    List.of(),
                    GenerationRequest.NO_LOGPROBS,
                    Duration.ofSeconds(30)))
                .outcome)
        .isInstanceOfSatisfying(
            Outcome.Invalid.class, invalid -> assertThat(invalid.field()).isEqualTo("messages"));
  }

  /** A token's probability is the same whether it was generated or stands in the prompt. */
  @Test
  void promptLogprobs_areThoseOfTheSameTokensGenerated_inAnyCrowd() throws Exception {
    open(4, 64);
    List<AdapterWeight> adapter = List.of(new AdapterWeight("a_adapter", 0.5));
    List<Integer> ids = new ArrayList<>(List.of(70, 80, 90));
    Answer said =
        run(
            new GenerationRequest(
                new Prompt.Tokens(ids),
                adapter,
                60,
                Sampling.of(1, 1, 3),
                List.of(),
                0,
                Duration.ofSeconds(30)));
    List<Double> generated = new ArrayList<>();
    said.logprobs.forEach(
        token -> {
          ids.add(token.id());
          generated.add(token.logprob());
        });
    assertThat(generated).hasSize(60); // more than one step scores
    GenerationRequest scoring =
        new GenerationRequest(
                new Prompt.Tokens(ids),
                adapter,
                1,
                Sampling.GREEDY,
                List.of(),
                GenerationRequest.NO_LOGPROBS,
                Duration.ofSeconds(30))
            .withPromptLogprobs(2);
    List<CompletableFuture<Answer>> crowd = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      crowd.add(submit(i % 4 == 0 ? text("kredi " + i, List.of(), Sampling.GREEDY) : scoring));
    }
    for (int i = 0; i < 24; i++) {
      List<TokenLogprob> scored =
          ((Outcome.Completed) crowd.get(i).get(30, TimeUnit.SECONDS).outcome).prompt();
      if (i % 4 == 0) {
        assertThat(scored).isEmpty();
        continue;
      }
      assertThat(scored).extracting(TokenLogprob::id).isEqualTo(ids.subList(1, ids.size()));
      assertThat(scored.subList(2, scored.size()))
          .extracting(TokenLogprob::logprob)
          .isEqualTo(generated);
      assertThat(scored)
          .allSatisfy(
              token ->
                  assertThat(token.top())
                      .hasSize(2)
                      .first()
                      .extracting(TokenLogprob::logprob)
                      .satisfies(best -> assertThat(best).isGreaterThanOrEqualTo(token.logprob())));
    }
  }

  @Test
  void unknownAdapter_andOverlongPrompt_areInvalidByField() throws Exception {
    open(1, 8);
    assertThat(run(text("x", List.of(new AdapterWeight("c_adapter", 1)), Sampling.GREEDY)).outcome)
        .isInstanceOfSatisfying(
            Outcome.Invalid.class, invalid -> assertThat(invalid.message()).contains("c_adapter"));
    assertThat(run(text("q".repeat(200), List.of(), Sampling.GREEDY)).outcome)
        .isInstanceOfSatisfying(
            Outcome.Invalid.class, invalid -> assertThat(invalid.message()).contains("96"));
  }

  @Test
  void answer_thatWouldLeaveTheContext_endsAtItsLength() throws Exception {
    open(1, 8);
    Answer answer =
        run(
            new GenerationRequest(
                new Prompt.Text("kredi"),
                List.of(),
                500,
                Sampling.GREEDY,
                List.of(),
                GenerationRequest.NO_LOGPROBS,
                Duration.ofSeconds(30)));
    Outcome.Completed end = (Outcome.Completed) answer.outcome;
    assertThat(end.reason()).isEqualTo(Outcome.FinishReason.LENGTH);
    assertThat(end.usage().totalTokens()).isBetween(96, 97);
  }

  @Test
  void fullQueue_refuses_cancelAndTimeoutEndEarly() throws Exception {
    open(1, 1);
    CountDownLatch hold = new CountDownLatch(1);
    CountDownLatch running = new CountDownLatch(1);
    backend.submit(
        text("kredi", List.of(), Sampling.GREEDY),
        new GenerationListener() {
          @Override
          public void text(Piece piece) {
            running.countDown();
            await(hold);
          }

          @Override
          public void ended(Outcome outcome) {}
        });
    assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
    Recorder waiting = new Recorder();
    Generation generation = backend.submit(text("kasko", List.of(), Sampling.GREEDY), waiting);
    assertThat(run(text("faiz", List.of(), Sampling.GREEDY)).outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class, refused -> assertThat(refused.retryAfter()).isPositive());
    generation.cancel();
    hold.countDown();
    assertThat(waiting.end.get(10, TimeUnit.SECONDS).outcome).isInstanceOf(Outcome.Cancelled.class);
    assertThat(
            run(new GenerationRequest(
                    new Prompt.Text("kredi"),
                    List.of(),
                    20,
                    Sampling.GREEDY,
                    List.of(),
                    GenerationRequest.NO_LOGPROBS,
                    Duration.ofNanos(1)))
                .outcome)
        .isInstanceOf(Outcome.TimedOut.class);
  }

  @Test
  void listenerThatThrows_endsItsOwnRequestOnly() throws Exception {
    open(1, 4);
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    backend.submit(
        text("kredi", List.of(), Sampling.GREEDY),
        new GenerationListener() {
          @Override
          public void text(Piece piece) {
            throw new IllegalStateException("client code");
          }

          @Override
          public void ended(Outcome outcome) {
            end.complete(outcome);
          }
        });
    assertThat(end.get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Failed.class);
    assertThat(run(text("kredi", List.of(), Sampling.GREEDY)).outcome)
        .isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void closedBackend_refuses() throws Exception {
    open(1, 1);
    backend.close();
    assertThat(run(text("kredi", List.of(), Sampling.GREEDY)).outcome)
        .isInstanceOf(Outcome.Refused.class);
  }

  /** What computes. */
  Device device() {
    return CpuDevices.best(Weights.STORED);
  }

  private void open(int workers, int queue) {
    backend =
        new EngineBackend(
            folder,
            device(),
            ChatTemplate.of(folder, Clocks.WALL)::render,
            capacity(workers, queue),
            System::nanoTime);
  }

  private static Capacity capacity(int running, int queue) {
    return new Capacity(running, queue, 16, 4, 1 << 24, 1 << 24);
  }

  private static GenerationRequest text(
      String prompt, List<AdapterWeight> adapters, Sampling sampling) {
    return new GenerationRequest(
        new Prompt.Text(prompt),
        adapters,
        20,
        sampling,
        List.of(),
        GenerationRequest.NO_LOGPROBS,
        Duration.ofSeconds(60));
  }

  private CompletableFuture<Answer> submit(GenerationRequest request) {
    Recorder recorder = new Recorder();
    backend.submit(request, recorder);
    return recorder.end;
  }

  private Answer run(GenerationRequest request) throws Exception {
    return submit(request).get(30, TimeUnit.SECONDS);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Answer(String text, int tokens, List<TokenLogprob> logprobs, Outcome outcome) {}

  private static final class Recorder implements GenerationListener {
    final CompletableFuture<Answer> end = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private int tokens;
    private final List<TokenLogprob> logprobs = new ArrayList<>();

    @Override
    public void text(Piece piece) {
      text.append(piece.text());
      tokens += piece.tokens();
      logprobs.addAll(piece.logprobs());
    }

    @Override
    public void ended(Outcome outcome) {
      if (!end.complete(new Answer(text.toString(), tokens, logprobs, outcome))) {
        throw new IllegalStateException("ended twice");
      }
    }
  }
}
