package dev.pusula.benchmark.entity;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What answered a load, as far as the target tells.
 *
 * @param model the base model's id
 * @param modelFingerprint hash over its configuration and weights
 * @param untrained true for a synthetic checkpoint, whose text is noise
 * @param adapters fingerprint by adapter name; empty where unknown
 * @param backend such as {@code engine-cpu-vector}
 * @param precision such as {@code float32}
 */
public record Served(
    @Nullable String model,
    @Nullable String modelFingerprint,
    @Nullable Boolean untrained,
    Map<String, String> adapters,
    @Nullable String backend,
    @Nullable String precision) {

  /** For a target that tells nothing. */
  public static final Served UNKNOWN = new Served(null, null, null, Map.of(), null, null);

  /** Copies the adapters in the order of their names. */
  public Served {
    SortedMap<String, String> sorted = new TreeMap<>();
    if (adapters != null) {
      sorted.putAll(adapters);
    }
    adapters = Collections.unmodifiableSortedMap(sorted);
  }
}
