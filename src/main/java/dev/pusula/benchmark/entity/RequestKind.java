package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a request asked for. */
public enum RequestKind {
  /** A completion. */
  CHAT,
  /** A decision of the router alone. */
  ROUTE;

  /** The name on the wire and in the database. */
  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
