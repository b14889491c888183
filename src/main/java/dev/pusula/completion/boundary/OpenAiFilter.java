package dev.pusula.completion.boundary;

import dev.pusula.platform.Problem;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gives every answer below {@code /v1}, that of a wrong path as well, what OpenAI's clients expect:
 * errors in their shape, and {@code x-request-id}, the caller's own where it sent one.
 */
@Provider
public class OpenAiFilter implements ContainerResponseFilter {

  private static final String REQUEST_ID = "x-request-id";

  /** What is safe in a header and in a log, and long enough for every tracing system's ids. */
  private static final Pattern SAFE = Pattern.compile("[\\w.:/+=@-]{1,128}");

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (!request.getUriInfo().getPath().startsWith("v1/")) {
      return;
    }
    response.getHeaders().putSingle(REQUEST_ID, requestId(request.getHeaderString(REQUEST_ID)));
    if (response.getEntity() instanceof Problem problem) {
      response.setEntity(
          OpenAiErrorResponse.of(problem), new Annotation[0], MediaType.APPLICATION_JSON_TYPE);
    }
  }

  private static String requestId(@Nullable String given) {
    return given != null && SAFE.matcher(given).matches() ? given : "req_" + UUID.randomUUID();
  }
}
