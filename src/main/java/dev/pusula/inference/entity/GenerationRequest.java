package dev.pusula.inference.entity;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * One request to a backend.
 *
 * @param prompt what to continue
 * @param adapters the adapters to apply, at most three; empty for the base model
 * @param maxTokens bound on generated tokens, at least 1
 * @param sampling how tokens are drawn
 * @param stop texts that end the generation and are not part of it; may be empty
 * @param timeout from submission to the last token; positive
 */
public record GenerationRequest(
    Prompt prompt,
    List<AdapterWeight> adapters,
    int maxTokens,
    Sampling sampling,
    List<String> stop,
    Duration timeout) {

  /** Adapters that can be combined in one row of a batch. */
  public static final int MAX_ADAPTERS = 3;

  /** Checks ranges and copies the lists. */
  public GenerationRequest {
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(sampling, "sampling");
    adapters = List.copyOf(adapters);
    stop = List.copyOf(stop);
    if (adapters.size() > MAX_ADAPTERS) {
      throw new IllegalArgumentException(
          "at most " + MAX_ADAPTERS + " adapters in one request, not " + adapters.size());
    }
    if (maxTokens < 1) {
      throw new IllegalArgumentException("max tokens must be at least 1: " + maxTokens);
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be positive: " + timeout);
    }
  }
}
