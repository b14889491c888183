package dev.pusula.platform;

import jakarta.ws.rs.core.Response.Status;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends a request with a {@link Problem}. The message is shown to the client: it names no internals.
 */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;
  private final transient @Nullable Duration retryAfter;

  private ProblemException(Problem problem, @Nullable Duration retryAfter) {
    super(problem.detail());
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  /** 400: the request cannot be understood as it stands. */
  public static ProblemException badRequest(String detail, String field) {
    return of(
        Status.BAD_REQUEST, field + ": " + detail, List.of(new Problem.FieldError(field, detail)));
  }

  /** 400: no single field is at fault. */
  public static ProblemException badRequest(String detail) {
    return of(Status.BAD_REQUEST, detail, List.of());
  }

  /** 403: understood, and not allowed to anybody. */
  public static ProblemException forbidden(String detail, String field) {
    return of(
        Status.FORBIDDEN, field + ": " + detail, List.of(new Problem.FieldError(field, detail)));
  }

  /** 404: there is no such thing. */
  public static ProblemException notFound(String detail) {
    return of(Status.NOT_FOUND, detail, List.of());
  }

  /** 404: a field of the request names something that does not exist. */
  public static ProblemException notFound(String detail, String field) {
    return of(Status.NOT_FOUND, detail, List.of(new Problem.FieldError(field, detail)));
  }

  /** 409: the thing is in a state that does not allow this. */
  public static ProblemException conflict(String detail) {
    return of(Status.CONFLICT, detail, List.of());
  }

  /** 413: larger than the stated bound. */
  public static ProblemException tooLarge(String detail) {
    return of(Status.REQUEST_ENTITY_TOO_LARGE, detail, List.of());
  }

  /** 415: not a media type or encoding that is read here. */
  public static ProblemException unsupportedMediaType(String detail) {
    return of(Status.UNSUPPORTED_MEDIA_TYPE, detail, List.of());
  }

  /** 422: understood, but the content breaks a rule; each field with its own sentence. */
  public static ProblemException unprocessable(String detail, List<Problem.FieldError> errors) {
    return new ProblemException(
        new Problem("about:blank", "Unprocessable Content", 422, detail, errors), null);
  }

  /** 500: a fault of this server that it can name without telling internals. */
  public static ProblemException failed(String detail) {
    return of(Status.INTERNAL_SERVER_ERROR, detail, List.of());
  }

  /** 501: nothing that this server, as it is set up, can do. */
  public static ProblemException notImplemented(String detail) {
    return of(Status.NOT_IMPLEMENTED, detail, List.of());
  }

  /** 503: full or not ready; try again after the given time. */
  public static ProblemException unavailable(String detail, Duration retryAfter) {
    return new ProblemException(problem(Status.SERVICE_UNAVAILABLE, detail, List.of()), retryAfter);
  }

  /** 504: not done within the time that the request allowed. */
  public static ProblemException timedOut(String detail) {
    return of(Status.GATEWAY_TIMEOUT, detail, List.of());
  }

  /** The same with a word for programs: {@code urn:pusula:} and the kind as the problem's type. */
  public ProblemException as(String kind) {
    return new ProblemException(
        new Problem(
            Problem.KIND + kind,
            problem.title(),
            problem.status(),
            problem.detail(),
            problem.errors()),
        retryAfter);
  }

  /** What goes on the wire. */
  public Problem problem() {
    return problem;
  }

  /** When to try again, for 503. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  private static ProblemException of(
      Status status, String detail, List<Problem.FieldError> errors) {
    return new ProblemException(problem(status, detail, errors), null);
  }

  private static Problem problem(Status status, String detail, List<Problem.FieldError> errors) {
    return new Problem(
        "about:blank", status.getReasonPhrase(), status.getStatusCode(), detail, errors);
  }
}
