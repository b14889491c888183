package dev.pusula.completion.boundary;

import dev.pusula.platform.Problem;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's error body.
 *
 * @param error the error
 */
@Schema(description = "An error in the shape of the OpenAI API")
public record OpenAiErrorResponse(Error error) {

  /**
   * What went wrong.
   *
   * @param message for people
   * @param type invalid_request_error or server_error
   * @param param the request's field at fault, null where no single field is
   * @param code a word for programs, such as model_not_found or context_length_exceeded; null where
   *     status and type say it all
   */
  public record Error(String message, String type, @Nullable String param, @Nullable String code) {}

  static OpenAiErrorResponse of(Problem problem) {
    return new OpenAiErrorResponse(
        new Error(
            problem.detail(),
            problem.status() >= 500 ? "server_error" : "invalid_request_error",
            problem.errors().isEmpty() ? null : problem.errors().get(0).field(),
            problem.kind().orElse(null)));
  }
}
