package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a request ended. Everything but {@link #COMPLETED} is a failure. */
public enum RequestOutcome {
  /** A 2xx, a complete body and at least one text. */
  COMPLETED,
  /** An error, a broken stream or an empty answer. */
  FAILED,
  /** Turned away by a full server: 429 or 503. */
  REFUSED,
  /** Not ended within the generator's bound. */
  TIMED_OUT,
  /** Due, but never sent because too many were in flight. */
  DROPPED,
  /** Given up by the generator. */
  CANCELLED;

  /** The name on the wire and in the database. */
  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
