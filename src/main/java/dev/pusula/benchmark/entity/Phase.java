package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where in a run a request was due. */
public enum Phase {
  /** Before the measurement window. */
  WARM_UP,
  /** In the measurement window. */
  MEASURE,
  /** After the measurement window. */
  DRAIN;

  /** The name on the wire and in the database. */
  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
