package dev.pusula.completion.boundary;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.inference.entity.Sampling;
import dev.pusula.platform.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields that chat and text completions share; each out of range is refused by its name.
 */
final class SamplingFields {

  /** OpenAI's own default where the request gives none. */
  private static final double DEFAULT_TEMPERATURE = 1;

  private static final int MAX_STOPS = 4;

  private SamplingFields() {}

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
    return new Sampling(heat, mass, seed == null ? ThreadLocalRandom.current().nextLong() : seed);
  }

  static int maxTokens(@Nullable Integer asked, String field, int bound) {
    if (asked == null) {
      return bound;
    }
    if (asked < 1) {
      throw ProblemException.badRequest("must be at least 1", field);
    }
    return asked;
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
