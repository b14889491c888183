package dev.pusula.inference.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.platform.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * What a failed attempt means.
 *
 * @param blame whether it counts against the replica
 * @param elsewhere whether another replica may be tried, as long as nothing was answered
 * @param reason for the health check and the log, without secrets
 * @param outcome for the caller, if there is no other replica
 */
record Setback(boolean blame, boolean elsewhere, String reason, Outcome outcome) {

  /** Where a server that is full does not say. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  /** A longer message is a page, not a sentence. */
  private static final int MOST_CHARACTERS = 500;

  /** What the replica did wrong by itself. */
  static Setback failure(boolean elsewhere, String reason) {
    return new Setback(true, elsewhere, reason, new Outcome.Failed("the server " + reason));
  }

  /** A connection that could not be made, or broke. */
  static Setback ofError(Throwable error) {
    if (error instanceof HttpConnectTimeoutException) {
      return failure(true, "did not take the connection in time");
    }
    if (error instanceof ConnectException) {
      return failure(true, "cannot be reached");
    }
    if (error instanceof CancellationException) {
      return failure(true, "did not answer in time");
    }
    return error instanceof IOException
        ? failure(true, "broke the connection")
        : new Setback(
            false,
            false,
            "could not be asked",
            new Outcome.Failed("the request failed; see the log of this service"));
  }

  /**
   * An answer with an error's status.
   *
   * @param retryAfter the header of this name
   * @param body as it came
   */
  static Setback ofStatus(int status, Optional<String> retryAfter, String body) {
    JsonNode json = json(body);
    String answered = "answered " + status;
    return switch (status) {
      case 400, 413, 422 -> new Setback(false, false, answered, invalid(json));
      case 401, 403 -> failure(false, "refused the credentials (" + status + ")");
      case 404 ->
          new Setback(
              false,
              true,
              answered,
              new Outcome.Invalid(
                  Outcome.Fault.NO_SUCH_MODEL, "model", "the server does not serve this model"));
      case 429, 503 ->
          // A proxy before a dead server says 503 too, but not when to come back.
          new Setback(
              status == 503 && retryAfter.isEmpty(),
              true,
              answered,
              new Outcome.Refused("the servers are full", wait(retryAfter)));
      case 502, 504 -> failure(true, answered);
      default -> failure(false, answered);
    };
  }

  /** An error as an event of the stream: as its code says, if that is a status. */
  static Setback ofEvent(JsonNode event) {
    JsonNode error = event.path("error");
    int code = error.path("code").asInt(event.path("code").asInt());
    return code >= 400 && code < 600
        ? ofStatus(code, Optional.empty(), event.toString())
        : failure(false, "ended the answer with an error");
  }

  /** The one to tell of two: that the servers are full tells the caller most, a mistake least. */
  Setback or(Setback other) {
    return rank() >= other.rank() ? this : other;
  }

  private int rank() {
    return outcome instanceof Outcome.Refused ? 2 : outcome instanceof Outcome.Failed ? 1 : 0;
  }

  private static Outcome invalid(JsonNode json) {
    JsonNode error = json.path("error").isObject() ? json.path("error") : json;
    String message = error.path("message").asText("");
    if (message.isEmpty()) {
      // FastAPI's own shape.
      message = json.path("detail").path(0).path("msg").asText(json.path("detail").asText(""));
    }
    String told = message.isEmpty() ? "the server refuses the request" : shortened(message);
    boolean length =
        error.path("code").asText("").equals("context_length_exceeded")
            || message.toLowerCase(Locale.ROOT).contains("context length");
    return new Outcome.Invalid(
        length ? Outcome.Fault.CONTEXT_LENGTH : Outcome.Fault.VALUE,
        error.path("param").asText("body"),
        told);
  }

  /** At most a sentence or two of what a server says. */
  static String shortened(String text) {
    return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…";
  }

  /** Seconds; a date would need the server's clock to agree with ours. */
  private static Duration wait(Optional<String> retryAfter) {
    return retryAfter
        .map(String::strip)
        .filter(text -> text.matches("[0-9]{1,9}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .map(wait -> wait.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : wait)
        .orElse(RETRY_AFTER);
  }

  private static JsonNode json(String body) {
    try {
      return Json.lenientMapper().readTree(body);
    } catch (JsonProcessingException e) {
      return Json.lenientMapper().createObjectNode();
    }
  }
}
