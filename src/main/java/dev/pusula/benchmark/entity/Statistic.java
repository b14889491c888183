package dev.pusula.benchmark.entity;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Which single number a measurement gives of its metric. */
public enum Statistic {
  /** The metric is one number by itself. */
  VALUE,
  /** Arithmetic mean. */
  MEAN,
  /** Smallest observation. */
  MIN,
  /** Largest observation. */
  MAX,
  /** Median, type 7. */
  P50,
  /** 90th percentile, type 7. */
  P90,
  /** 95th percentile, type 7. */
  P95,
  /** 99th percentile, type 7. */
  P99;

  /** The name on the wire and in the database. */
  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
