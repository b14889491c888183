package dev.pusula.completion.boundary;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.completion.control.AnswerLease;
import dev.pusula.completion.control.Attribution;
import dev.pusula.completion.control.Completions;
import dev.pusula.inference.entity.GenerationRequest;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.platform.ProblemException;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields that chat and text completions share; each out of range is refused by its name.
 */
final class CompletionFields {

  /** OpenAI's own default where the request gives none. */
  private static final double DEFAULT_TEMPERATURE = 1;

  private static final int MAX_STOPS = 4;

  /**
   * A prompt longer than this is refused before it is tokenised; the model's context is far
   * shorter.
   */
  private static final int MAX_PROMPT_CHARACTERS = 500_000;

  /** When a client may try an adapter again whose replicas all failed. */
  private static final Duration COOL_DOWN = Duration.ofSeconds(5);

  /** From submission to the last token. */
  static final Duration TIMEOUT = Duration.ofMinutes(5);

  private CompletionFields() {}

  static Sampling sampling(
      @Nullable Double temperature, @Nullable Double topP, @Nullable Long seed) {
    double heat = temperature == null ? DEFAULT_TEMPERATURE : temperature;
    double mass = topP == null ? 1 : topP;
    if (!(heat >= 0 && heat <= 2)) {
      throw ProblemException.badRequest("must be in 0…2", "temperature");
    }
    if (!(mass > 0 && mass <= 1)) {
      throw ProblemException.badRequest("must be above 0 and at most 1", "top_p");
    }
    return Sampling.of(heat, mass, seed == null ? ThreadLocalRandom.current().nextLong() : seed);
  }

  static int maxTokens(@Nullable Integer asked, String field, int otherwise) {
    if (asked == null) {
      return otherwise;
    }
    if (asked < 1) {
      throw ProblemException.badRequest("must be at least 1", field);
    }
    return asked;
  }

  static void requireBody(@Nullable Object request) {
    if (request == null) {
      throw ProblemException.badRequest("must be given", "body");
    }
  }

  static String requireModel(@Nullable String model) {
    if (model == null || model.isBlank()) {
      throw ProblemException.badRequest(
          "must be given; GET /v1/models lists what it can be", "model");
    }
    return model;
  }

  /**
   * Resolves the model, generates and answers.
   *
   * @param request without adapters; those of the model are added
   */
  static Response answer(
      Completions completions,
      String model,
      String routedText,
      GenerationRequest request,
      Function<String, CompletionShape> shape,
      boolean stream,
      boolean usageWanted) {
    if (routedText.length() > MAX_PROMPT_CHARACTERS) {
      throw ProblemException.tooLarge(
          "the prompt has "
              + routedText.length()
              + " characters; at most "
              + MAX_PROMPT_CHARACTERS
              + " are read");
    }
    Attribution wanted =
        completions
            .resolve(model, routedText)
            .orElseThrow(
                () ->
                    ProblemException.notFound(
                        "the model '" + model + "' does not exist; GET /v1/models lists what does",
                        "model"));
    AnswerLease lease =
        completions
            .begin(wanted)
            .orElseThrow(
                () ->
                    ProblemException.unavailable(
                        "every replica of the adapter failed lately and cools down", COOL_DOWN));
    GenerationRequest attributed = request.with(lease.attribution().adapters());
    return new CompletionResponder(completions.backend(), lease, shape.apply(model))
        .respond(attributed, stream, usageWanted);
  }

  /** A text or up to four. */
  static List<String> stop(@Nullable JsonNode stop) {
    List<String> stops = new ArrayList<>();
    if (stop != null && stop.isTextual()) {
      stops.add(stop.textValue());
    } else if (stop != null && stop.isArray()) {
      stop.forEach(
          one -> {
            if (!one.isTextual()) {
              throw ProblemException.badRequest("must be a string or an array of strings", "stop");
            }
            stops.add(one.textValue());
          });
    } else if (stop != null && !stop.isNull()) {
      throw ProblemException.badRequest("must be a string or an array of strings", "stop");
    }
    if (stops.size() > MAX_STOPS || stops.contains("")) {
      throw ProblemException.badRequest(
          "must be at most " + MAX_STOPS + " non-empty strings", "stop");
    }
    return stops;
  }

  /** Refuses what would be answered wrongly if it were ignored. */
  static void refuseUnsupported(boolean asked, String field) {
    if (asked) {
      throw ProblemException.badRequest("is not supported by this server", field);
    }
  }
}
