package dev.pusula.completion.boundary;

import dev.pusula.platform.Problem;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;

/** Gives a problem the shape that OpenAI's clients understand. */
@Provider
@OpenAiErrors
public class OpenAiErrorFilter implements ContainerResponseFilter {

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (response.getEntity() instanceof Problem problem) {
      response.setEntity(
          OpenAiErrorResponse.of(problem), new Annotation[0], MediaType.APPLICATION_JSON_TYPE);
    }
  }
}
