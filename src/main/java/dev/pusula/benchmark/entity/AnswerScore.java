package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * What a served model thinks of the reference answer to one question.
 *
 * @param question its id in the set of reference answers
 * @param model as the request named it: {@code auto}, {@code base}, a sector or an adapter
 * @param sector the question's label
 * @param routedSector what the router decided; null where it was not asked
 * @param tokens of the reference answer, its end included; at least 1
 * @param logprob sum of the natural logarithms of their probabilities, at most 0
 */
public record AnswerScore(
    @JsonProperty(required = true) String question,
    @JsonProperty(required = true) String model,
    @JsonProperty(required = true) String sector,
    @Nullable String routedSector,
    @JsonProperty(required = true) int tokens,
    @JsonProperty(required = true) double logprob) {

  /** Checks the ranges. */
  public AnswerScore {
    require("question", question);
    require("model", model);
    require("sector", sector);
    if (tokens < 1) {
      throw new IllegalArgumentException("tokens must be at least 1");
    }
    if (!(logprob <= 0) || Double.isInfinite(logprob)) {
      throw new IllegalArgumentException("logprob must be a finite number of at most 0");
    }
  }

  private static void require(String field, @Nullable String value) {
    if (value == null || value.isBlank() || value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(field + " must be given");
    }
  }
}
