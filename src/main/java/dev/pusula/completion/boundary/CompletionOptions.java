package dev.pusula.completion.boundary;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Prompt;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.platform.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/**
 * The fields that chat and text completions share, and what they ask of a backend. One that is out
 * of range is refused by its name.
 */
interface CompletionOptions {

  /** OpenAI's own default where the request gives none. */
  double DEFAULT_TEMPERATURE = 1;

  /** Generations of one prompt: each holds pages of its own while it runs. */
  int MAX_CHOICES = 8;

  /** OpenAI's bound. */
  int MAX_STOPS = 4;

  /**
   * A prompt longer than this is refused before it is tokenised; the model's context is far
   * shorter.
   */
  int MAX_PROMPT_CHARACTERS = 500_000;

  /** From submission to the last token. */
  Duration TIMEOUT = Duration.ofMinutes(5);

  @Nullable String model();

  @Nullable Integer n();

  @Nullable Double temperature();

  @Nullable Integer topK();

  @Nullable Double topP();

  @Nullable Double minP();

  @Nullable Double repetitionPenalty();

  @Nullable Double presencePenalty();

  @Nullable Double frequencyPenalty();

  @Nullable Map<String, Double> logitBias();

  @Nullable Long seed();

  @Nullable List<String> stop();

  @Nullable Boolean stream();

  @Nullable StreamOptions streamOptions();

  /** What a request holds besides the fields that are read. */
  @Nullable Map<String, JsonNode> others();

  /**
   * What a stream carries besides the text.
   *
   * @param includeUsage a last chunk with the token counts
   * @param includeObfuscation of no effect: no chunk is padded
   */
  record StreamOptions(@Nullable Boolean includeUsage, @Nullable Boolean includeObfuscation) {}

  default String requireModel() {
    String model = model();
    if (model == null || model.isBlank()) {
      throw ProblemException.badRequest(
          "must be given; GET /v1/models lists what it can be", "model");
    }
    return model;
  }

  default boolean streaming() {
    return Boolean.TRUE.equals(stream());
  }

  default boolean usageWanted() {
    StreamOptions options = streamOptions();
    return options != null && Boolean.TRUE.equals(options.includeUsage());
  }

  default int choices() {
    Integer n = n();
    return (int) ranged("n", n, 1, v -> v >= 1 && v <= MAX_CHOICES, "must be in 1…" + MAX_CHOICES);
  }

  /**
   * The generations of an answer, n for each prompt, in the order of the choices and without
   * adapters. Their seeds follow each other, so that equal requests with a seed have equal answers
   * and the choices of one differ.
   *
   * @param topLogprobs as {@link GenerationRequest} has it
   */
  default List<GenerationRequest> generations(
      List<? extends Prompt> prompts, int maxTokens, int topLogprobs) {
    OtherFields.check(others());
    Sampling sampling = sampling();
    List<String> stops = stops();
    List<GenerationRequest> generations = new ArrayList<>();
    for (Prompt prompt : prompts) {
      for (int i = 0; i < choices(); i++) {
        generations.add(
            new GenerationRequest(
                prompt,
                List.of(),
                maxTokens,
                sampling.withSeed(sampling.seed() + i),
                stops,
                topLogprobs,
                TIMEOUT));
      }
    }
    return generations;
  }

  private Sampling sampling() {
    Long seed = seed();
    return new Sampling(
        ranged(
            "temperature",
            temperature(),
            DEFAULT_TEMPERATURE,
            v -> v >= 0 && v <= 2,
            "must be in 0…2"),
        // vLLM's −1 keeps every token, as 0 does.
        Math.max(0, (int) ranged("top_k", topK(), 0, v -> v >= -1, "must be at least −1")),
        ranged("top_p", topP(), 1, v -> v > 0 && v <= 1, "must be above 0 and at most 1"),
        ranged("min_p", minP(), 0, v -> v >= 0 && v < 1, "must be at least 0 and below 1"),
        ranged(
            "repetition_penalty",
            repetitionPenalty(),
            1,
            v -> v > 0 && v <= 2,
            "must be above 0 and at most 2"),
        ranged("presence_penalty", presencePenalty(), 0, v -> Math.abs(v) <= 2, "must be in −2…2"),
        ranged(
            "frequency_penalty", frequencyPenalty(), 0, v -> Math.abs(v) <= 2, "must be in −2…2"),
        biases(),
        seed == null ? ThreadLocalRandom.current().nextLong() : seed);
  }

  private Map<Integer, Double> biases() {
    Map<String, Double> given = logitBias();
    Map<Integer, Double> biases = new HashMap<>();
    if (given != null) {
      given.forEach(
          (token, bias) -> {
            String field = "logit_bias." + token;
            if (!token.matches("\\d{1,9}")) {
              throw ProblemException.badRequest("must be a token id", field);
            }
            biases.put(
                Integer.valueOf(token),
                ranged(field, bias, 0, v -> Math.abs(v) <= 100, "must be in −100…100"));
          });
    }
    return biases;
  }

  private List<String> stops() {
    List<String> stops = stop();
    if (stops == null) {
      return List.of();
    }
    if (stops.size() > MAX_STOPS || stops.stream().anyMatch(s -> s == null || s.isEmpty())) {
      throw ProblemException.badRequest(
          "must be at most " + MAX_STOPS + " non-empty strings", "stop");
    }
    return stops;
  }

  /** The bound on tokens, at least 1. */
  static int maxTokens(String field, @Nullable Integer given, int otherwise) {
    return (int) ranged(field, given, otherwise, v -> v >= 1, "must be at least 1");
  }

  /** A number, or the default where there is none. */
  static double ranged(
      String field, @Nullable Number given, double otherwise, DoublePredicate range, String rule) {
    double value = given == null ? otherwise : given.doubleValue();
    if (!range.test(value)) {
      throw ProblemException.badRequest(rule, field);
    }
    return value;
  }

  static void requireReadable(long characters) {
    if (characters > MAX_PROMPT_CHARACTERS) {
      throw ProblemException.tooLarge(
          "the prompt has "
              + characters
              + " characters; at most "
              + MAX_PROMPT_CHARACTERS
              + " are read");
    }
  }

  static <T> T requireBody(@Nullable T request) {
    if (request == null) {
      throw ProblemException.badRequest("must be given", "body");
    }
    return request;
  }
}
