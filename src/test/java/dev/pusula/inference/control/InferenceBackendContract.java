package dev.pusula.inference.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.inference.control.InferenceBackend.Generation;
import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.inference.entity.ServedAdapter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every backend promises; each is held to it over a model that {@link #open} makes. */
public abstract class InferenceBackendContract {

  private InferenceBackend backend;

  /**
   * A backend with at least one adapter, whose model writes on until its bound of tokens and takes
   * at least 50 ms for {@link #longest} of them.
   */
  protected abstract InferenceBackend open() throws Exception;

  /** More tokens than the model writes in 50 ms, and fewer than its context holds. */
  protected abstract int longest();

  @BeforeEach
  void openBackend() throws Exception {
    backend = open();
  }

  @AfterEach
  void closeBackend() {
    backend.close();
  }

  @Test
  void description_isComplete() {
    assertThat(backend.name()).isNotBlank();
    assertThat(backend.model().id()).isNotBlank();
    assertThat(backend.model().contextLength()).isPositive();
    assertThat(backend.adapters()).isNotEmpty();
    assertThat(backend.adapters()).extracting(ServedAdapter::name).isSorted();
    assertThat(backend.adaptersPerRequest()).isBetween(1, GenerationRequest.MAX_ADAPTERS);
    assertThat(backend.health().up()).isTrue();
    assertThat(backend.health().reason()).isNotBlank();
  }

  @Test
  void submit_manyAtOnce_eachEndsOnceWithItsUsage() {
    String adapter = backend.adapters().get(0).name();
    List<RecordedAnswer> answers =
        IntStream.range(0, 24)
            .mapToObj(i -> submit(request(i % 2 == 0 ? List.of() : List.of(adapter), 4, 10_000)))
            .toList();
    for (RecordedAnswer answer : answers) {
      assertThat(answer.outcome()).isInstanceOf(Outcome.Completed.class);
      Outcome.Completed completed = (Outcome.Completed) answer.outcome();
      assertThat(completed.reason()).isEqualTo(Outcome.FinishReason.LENGTH);
      assertThat(completed.usage().completionTokens()).isEqualTo(4);
      assertThat(completed.usage().promptTokens()).isPositive();
      assertThat(completed.usage().cachedTokens()).isBetween(0, completed.usage().promptTokens());
      assertThat(answer.pieces().stream().mapToInt(Piece::tokens).sum()).isBetween(1, 4);
      assertThat(answer.breaches()).isEmpty();
      assertThat(answer.ends()).isEqualTo(1);
    }
  }

  @Test
  void cancel_duringAnAnswer_endsItAsCancelled_once() throws Exception {
    RecordedAnswer answer = new RecordedAnswer();
    Generation generation = backend.submit(request(List.of(), longest(), 10_000), answer);
    answer.awaitText();
    generation.cancel();
    generation.cancel();
    assertThat(answer.outcome()).isInstanceOf(Outcome.Cancelled.class);
    assertThat(answer.breaches()).isEmpty();
  }

  @Test
  void cancel_afterTheEnd_changesNothing() {
    RecordedAnswer answer = new RecordedAnswer();
    Generation generation = backend.submit(request(List.of(), 2, 10_000), answer);
    assertThat(answer.outcome()).isInstanceOf(Outcome.Completed.class);
    generation.cancel();
    assertThat(answer.ends()).isEqualTo(1);
    assertThat(answer.breaches()).isEmpty();
  }

  @Test
  void timeout_thatPasses_endsTheAnswerAsTimedOut() {
    RecordedAnswer answer = submit(request(List.of(), longest(), 20));
    assertThat(answer.outcome()).isInstanceOf(Outcome.TimedOut.class);
    assertThat(answer.breaches()).isEmpty();
  }

  @Test
  void adapterThatIsNotServed_isNoSuchModel() {
    assertThat(submit(request(List.of("nobody_adapter"), 4, 10_000)).outcome())
        .isInstanceOfSatisfying(
            Outcome.Invalid.class,
            invalid -> {
              assertThat(invalid.fault()).isEqualTo(Outcome.Fault.NO_SUCH_MODEL);
              assertThat(invalid.field()).isEqualTo("model");
            });
  }

  @Test
  void unloadingAnAdapterThatIsNotServed_saysSo() {
    assertThat(backend.unloadAdapter("nobody_adapter"))
        .isInstanceOfAny(AdapterChange.Missing.class, AdapterChange.Unsupported.class);
  }

  /** A caller's mistake must not keep a request, or the thread that others share, for ever. */
  @Test
  void listenerThatThrows_isEndedAllTheSame_andOthersGoOn() throws Exception {
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    backend.submit(
        request(List.of(), longest(), 10_000),
        new GenerationListener() {
          @Override
          public void text(Piece piece) {
            throw new IllegalStateException("a caller's mistake");
          }

          @Override
          public void ended(Outcome outcome) {
            end.complete(outcome);
          }
        });
    assertThat(end.get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Failed.class);
    assertThat(submit(request(List.of(), 4, 10_000)).outcome())
        .isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void closed_refuses_andWhatRanHasEnded() {
    List<RecordedAnswer> running = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      running.add(submit(request(List.of(), longest(), 10_000)));
    }
    backend.close();
    for (RecordedAnswer answer : running) {
      assertThat(answer.outcome()).isNotNull();
      assertThat(answer.breaches()).isEmpty();
    }
    assertThat(submit(request(List.of(), 4, 10_000)).outcome()).isInstanceOf(Outcome.Refused.class);
  }

  private RecordedAnswer submit(GenerationRequest request) {
    RecordedAnswer answer = new RecordedAnswer();
    backend.submit(request, answer);
    return answer;
  }

  private static GenerationRequest request(
      List<String> adapters, int maxTokens, int timeoutMillis) {
    return new GenerationRequest(
        new Prompt.Text("kredi faizi"),
        adapters.stream().map(name -> new AdapterWeight(name, 1)).toList(),
        maxTokens,
        Sampling.GREEDY,
        List.of(),
        GenerationRequest.NO_LOGPROBS,
        Duration.ofMillis(timeoutMillis));
  }
}
