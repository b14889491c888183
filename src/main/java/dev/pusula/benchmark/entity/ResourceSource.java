package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whose resources a sample tells. */
public enum ResourceSource {
  /** The measured server. */
  SERVER,
  /** The load generator. */
  GENERATOR;

  /** The name on the wire and in the database. */
  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
