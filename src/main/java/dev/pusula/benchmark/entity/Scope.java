package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a measurement is about. */
public enum Scope {
  /** Every request. */
  ALL,
  /** Requests labelled with one sector. */
  SECTOR,
  /** Requests answered by one adapter, the one that weighed most. */
  ADAPTER,
  /** Requests whose query is written in one style. */
  STYLE;

  /** The name on the wire and in the database. */
  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
