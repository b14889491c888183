package dev.pusula.platform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns whatever ended a request into a {@link Problem}. A fault of ours is logged with its stack
 * trace and told to the client as "internal error" only.
 */
@Provider
public class ProblemMapper implements ExceptionMapper<Throwable> {

  private static final System.Logger LOG = System.getLogger(ProblemMapper.class.getName());

  @Override
  public Response toResponse(Throwable failure) {
    if (failure instanceof ProblemException known) {
      return response(
          known.problem(), known.retryAfter() == null ? null : known.retryAfter().toSeconds());
    }
    JsonProcessingException malformed = find(failure, JsonProcessingException.class);
    if (malformed != null) {
      return response(ofJson(malformed), null);
    }
    if (failure instanceof WebApplicationException web) {
      return ofStatus(web);
    }
    LOG.log(Level.ERROR, "request failed", failure);
    return response(
        new Problem(
            "about:blank",
            "Internal Server Error",
            500,
            "internal error; see the server's log",
            List.of()),
        null);
  }

  private static Response ofStatus(WebApplicationException web) {
    Response given = web.getResponse();
    if (given.getStatus() < 400) {
      return given;
    }
    if (given.getStatus() >= 500) {
      LOG.log(Level.ERROR, "request failed", web);
    }
    String title = given.getStatusInfo().getReasonPhrase();
    String detail =
        switch (given.getStatus()) {
          case 404 -> "no resource at this path, or a path parameter of the wrong form";
          case 405 ->
              "method not allowed on this path; allowed: "
                  + given.getHeaderString(HttpHeaders.ALLOW);
          case 406 -> "none of the media types in Accept can be produced here";
          case 415 -> "the Content-Type of the body is not read here";
          default -> title;
        };
    Response.ResponseBuilder builder =
        Response.status(given.getStatus())
            .type(Problem.MEDIA_TYPE)
            .entity(new Problem("about:blank", title, given.getStatus(), detail, List.of()));
    if (given.getHeaderString(HttpHeaders.ALLOW) != null) {
      builder.header(HttpHeaders.ALLOW, given.getHeaderString(HttpHeaders.ALLOW));
    }
    return builder.build();
  }

  private static Problem ofJson(JsonProcessingException malformed) {
    String where =
        malformed.getLocation() == null
            ? ""
            : " (line "
                + malformed.getLocation().getLineNr()
                + ", column "
                + malformed.getLocation().getColumnNr()
                + ")";
    if (malformed instanceof StreamConstraintsException) {
      return new Problem(
          "about:blank",
          "Content Too Large",
          413,
          malformed.getOriginalMessage() + where,
          List.of());
    }
    if (malformed instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      String field = path(mapping.getPath());
      String detail = cause(mapping);
      return new Problem(
          "about:blank",
          "Bad Request",
          400,
          field + ": " + detail + where,
          List.of(new Problem.FieldError(field, detail)));
    }
    String detail =
        malformed instanceof JsonMappingException mapping
            ? cause(mapping)
            : "not valid JSON: " + malformed.getOriginalMessage();
    return new Problem("about:blank", "Bad Request", 400, detail + where, List.of());
  }

  /** What the reader or a record's constructor objected to, without names of our classes. */
  private static String cause(JsonMappingException mapping) {
    if (mapping instanceof UnrecognizedPropertyException unknown) {
      return "unknown field; known are " + unknown.getKnownPropertyIds();
    }
    if (mapping.getCause() instanceof IllegalArgumentException rule && rule.getMessage() != null) {
      return rule.getMessage();
    }
    if (mapping.getCause() instanceof NullPointerException missing
        && missing.getMessage() != null) {
      return "must be given: " + missing.getMessage();
    }
    String message = Json.reason(mapping);
    if (message.startsWith("Cannot deserialize value of type ")) {
      int token = message.indexOf(" from ");
      return "wrong type" + (token < 0 ? "" : ":" + message.substring(token));
    }
    if (message.startsWith("Cannot coerce ")) {
      return "wrong type: " + message.substring("Cannot coerce ".length());
    }
    return message.startsWith("No content") ? "the body is empty" : message;
  }

  private static String path(List<JsonMappingException.Reference> references) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference reference : references) {
      if (reference.getFieldName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
      }
    }
    return path.toString();
  }

  private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
    }
    return null;
  }

  private static Response response(Problem problem, @Nullable Long retryAfterSeconds) {
    Response.ResponseBuilder builder =
        Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(problem);
    if (retryAfterSeconds != null) {
      builder.header(HttpHeaders.RETRY_AFTER, Math.max(1, retryAfterSeconds));
    }
    return builder.build();
  }
}
