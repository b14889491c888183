package dev.pusula.launch;

import dev.pusula.inference.control.GenerationListener;
import dev.pusula.inference.control.InferenceBackend;
import dev.pusula.inference.entity.AdapterWeight;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.Piece;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** A generation that the command line waits for. */
final class Generate {

  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  private Generate() {}

  static GenerationRequest greedy(Prompt prompt, List<AdapterWeight> adapters, int maxTokens) {
    return of(prompt, adapters, maxTokens, Sampling.GREEDY);
  }

  static GenerationRequest of(
      Prompt prompt, List<AdapterWeight> adapters, int maxTokens, Sampling sampling) {
    return new GenerationRequest(
        prompt, adapters, maxTokens, sampling, List.of(), GenerationRequest.NO_LOGPROBS, TIMEOUT);
  }

  /** Blocks until it ends; the pieces go to {@code text} as they come. */
  static Outcome run(InferenceBackend backend, GenerationRequest request, Consumer<String> text)
      throws InterruptedException {
    CompletableFuture<Outcome> end = new CompletableFuture<>();
    backend.submit(
        request,
        new GenerationListener() {
          @Override
          public void text(Piece piece) {
            text.accept(piece.text());
          }

          @Override
          public void ended(Outcome outcome) {
            end.complete(outcome);
          }
        });
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("it is completed with a value only", e);
    }
  }
}
