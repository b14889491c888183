package dev.pusula.inference.entity;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * One request to a backend.
 *
 * @param prompt what to continue
 * @param adapters the adapters to apply, at most three, each once; empty for the base model
 * @param maxTokens bound on generated tokens, at least 1
 * @param sampling how tokens are drawn
 * @param stop texts that end the generation and are not part of it; may be empty
 * @param topLogprobs how many alternatives to tell with each token's log-probability, 0 for the
 *     token's own alone; {@link #NO_LOGPROBS} for none at all
 * @param timeout from submission to the last token; positive
 * @param promptLogprobs the same for the prompt's own tokens
 * @param ignoreEnd whether an end token is a token like others, so that an answer has the length
 *     asked for: for measurements
 */
public record GenerationRequest(
    Prompt prompt,
    List<AdapterWeight> adapters,
    int maxTokens,
    Sampling sampling,
    List<String> stop,
    int topLogprobs,
    int promptLogprobs,
    Duration timeout,
    boolean ignoreEnd) {

  /** Adapters that can be combined in one row of a batch. */
  public static final int MAX_ADAPTERS = 3;

  /** No log-probabilities are wanted. */
  public static final int NO_LOGPROBS = -1;

  /** OpenAI's bound on alternatives. */
  public static final int MAX_TOP_LOGPROBS = 20;

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
    if (adapters.stream().map(AdapterWeight::adapter).distinct().count() < adapters.size()) {
      throw new IllegalArgumentException("an adapter is named twice");
    }
    if (maxTokens < 1) {
      throw new IllegalArgumentException("max tokens must be at least 1: " + maxTokens);
    }
    requireAlternatives("top", topLogprobs);
    requireAlternatives("prompt", promptLogprobs);
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be positive: " + timeout);
    }
  }

  /** Ends where the model ends it. */
  public GenerationRequest(
      Prompt prompt,
      List<AdapterWeight> adapters,
      int maxTokens,
      Sampling sampling,
      List<String> stop,
      int topLogprobs,
      Duration timeout) {
    this(prompt, adapters, maxTokens, sampling, stop, topLogprobs, NO_LOGPROBS, timeout, false);
  }

  private static void requireAlternatives(String name, int logprobs) {
    if (logprobs < NO_LOGPROBS || logprobs > MAX_TOP_LOGPROBS) {
      throw new IllegalArgumentException(
          name + " logprobs must be in 0…" + MAX_TOP_LOGPROBS + ": " + logprobs);
    }
  }

  /** The same for these adapters. */
  public GenerationRequest with(List<AdapterWeight> others) {
    return new GenerationRequest(
        prompt, others, maxTokens, sampling, stop, topLogprobs, promptLogprobs, timeout, ignoreEnd);
  }

  /** The same with another start of the random numbers. */
  public GenerationRequest withSeed(long seed) {
    return new GenerationRequest(
        prompt,
        adapters,
        maxTokens,
        sampling.withSeed(seed),
        stop,
        topLogprobs,
        promptLogprobs,
        timeout,
        ignoreEnd);
  }

  /** The same, telling the log-probabilities of the prompt with so many alternatives. */
  public GenerationRequest withPromptLogprobs(int alternatives) {
    return new GenerationRequest(
        prompt, adapters, maxTokens, sampling, stop, topLogprobs, alternatives, timeout, ignoreEnd);
  }

  /** Whether the log-probabilities of the prompt's tokens are wanted. */
  public boolean scoresPrompt() {
    return promptLogprobs != NO_LOGPROBS;
  }

  /** The same, going on past end tokens. */
  public GenerationRequest ignoringEnd() {
    return new GenerationRequest(
        prompt, adapters, maxTokens, sampling, stop, topLogprobs, promptLogprobs, timeout, true);
  }
}
