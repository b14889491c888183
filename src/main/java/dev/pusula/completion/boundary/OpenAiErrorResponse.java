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
   * @param type invalid_request_error, server_error or unavailable_error
   * @param param the request's field at fault, null where no single field is
   * @param code a word for programs, null where the type says it all
   */
  public record Error(String message, String type, @Nullable String param, @Nullable String code) {}

  static OpenAiErrorResponse of(Problem problem) {
    String param = problem.errors().isEmpty() ? null : problem.errors().get(0).field();
    String type =
        problem.status() == 503
            ? "unavailable_error"
            : problem.status() >= 500 ? "server_error" : "invalid_request_error";
    String code = problem.status() == 404 && "model".equals(param) ? "model_not_found" : null;
    return new OpenAiErrorResponse(new Error(problem.detail(), type, param, code));
  }
}
