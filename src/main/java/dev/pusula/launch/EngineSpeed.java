package dev.pusula.launch;

import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.engine.EngineBackend;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.platform.Clocks;
import dev.pusula.statistics.Percentiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/**
 * Measures an engine by itself. Prompts are random tokens, new ones each time, so that none is
 * reused.
 */
final class EngineSpeed {

  private static final Duration TIMEOUT = Duration.ofMinutes(30);

  private final EngineBackend backend;
  private final SplittableRandom random;

  EngineSpeed(EngineBackend backend, long seed) {
    this.backend = backend;
    this.random = new SplittableRandom(seed);
  }

  interface Measurement {
    double tokensPerSecond() throws InterruptedException;
  }

  void warmUp(Duration least, Measurement measurement) throws InterruptedException {
    long start = Clocks.NANO.getAsLong();
    while (Clocks.NANO.getAsLong() - start < least.toNanos()) {
      measurement.tokensPerSecond();
    }
  }

  /** So many measurements, ascending. */
  double[] sorted(int n, Measurement measurement) throws InterruptedException {
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = measurement.tokensPerSecond();
    }
    Arrays.sort(values);
    return values;
  }

  /** The median of so many measurements after one that is thrown away. */
  double median(int n, Measurement measurement) throws InterruptedException {
    measurement.tokensPerSecond();
    return Percentiles.type7(sorted(n, measurement), 0.5);
  }

  /** Prompt tokens a second of one request. */
  double prefill(int prompt) throws InterruptedException {
    Outcome.Completed completed = run(List.of(request(prompt, 1, List.of()))).get(0);
    return prompt / (completed.timings().prefill().toNanos() / 1e9);
  }

  /**
   * Tokens of all answers after their first, over the time in which all of them grew.
   *
   * @param n requests at once
   * @param applied different adapters among them
   * @param tokens of each answer
   */
  double decode(int n, int applied, int tokens) throws InterruptedException {
    List<String> names = backend.adapters().stream().map(ServedAdapter::name).toList();
    List<GenerationRequest> all =
        IntStream.range(0, n)
            .mapToObj(
                i ->
                    request(
                        8,
                        tokens,
                        applied == 0
                            ? List.of()
                            : List.of(new AdapterWeight(names.get(i % applied), 1))))
            .toList();
    double slowest =
        run(all).stream()
            .mapToDouble(completed -> completed.timings().decode().toNanos() / 1e9)
            .max()
            .orElse(Double.NaN);
    return n * (tokens - 1) / slowest;
  }

  private GenerationRequest request(int promptTokens, int answer, List<AdapterWeight> applied) {
    List<Integer> ids = new ArrayList<>(promptTokens);
    for (int i = 0; i < promptTokens; i++) {
      ids.add(random.nextInt(256));
    }
    return new GenerationRequest(
            new Prompt.Tokens(ids),
            applied,
            answer,
            Sampling.GREEDY,
            List.of(),
            GenerationRequest.NO_LOGPROBS,
            TIMEOUT)
        .ignoringEnd();
  }

  private List<Outcome.Completed> run(List<GenerationRequest> requests)
      throws InterruptedException {
    List<CompletableFuture<Outcome>> ends = new ArrayList<>();
    for (GenerationRequest request : requests) {
      CompletableFuture<Outcome> end = new CompletableFuture<>();
      ends.add(end);
      backend.submit(
          request,
          new GenerationListener() {
            @Override
            public void text(Piece piece) {}

            @Override
            public void ended(Outcome outcome) {
              end.complete(outcome);
            }
          });
    }
    List<Outcome.Completed> completed = new ArrayList<>();
    for (CompletableFuture<Outcome> end : ends) {
      try {
        if (end.get() instanceof Outcome.Completed done) {
          completed.add(done);
        } else {
          throw new Failure("a measured request did not complete: " + end.get());
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("it is completed with a value only", e);
      }
    }
    return completed;
  }
}
