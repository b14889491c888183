package dev.pusula.sota.entity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Under what a figure was measured, as far as it is known.
 *
 * @param fields lower-case field names to values; an unknown field is left out
 */
public record SettingKey(Map<String, String> fields) {

  /** What must be known and equal before a measured figure is compared. */
  public static final List<String> REQUIRED =
      List.of(
          "model",
          "precision",
          "engine",
          "gpu",
          "gpu_count",
          "input_tokens",
          "output_tokens",
          "arrival",
          "streaming",
          "client",
          "percentile_rule");

  /** Copies the fields in the order of their names. */
  public SettingKey {
    fields = Collections.unmodifiableSortedMap(new TreeMap<>(fields));
  }

  /**
   * Reads {@code name=value;name=value}.
   *
   * @throws IllegalArgumentException for a part without a name or a value, or a name given twice
   */
  public static SettingKey parse(String text) {
    SortedMap<String, String> fields = new TreeMap<>();
    if (!text.isBlank()) {
      for (String part : text.split(";", -1)) {
        int equals = part.indexOf('=');
        if (equals < 1 || equals == part.length() - 1) {
          throw new IllegalArgumentException("not name=value: " + part);
        }
        if (fields.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip())
            != null) {
          throw new IllegalArgumentException("given twice: " + part);
        }
      }
    }
    return new SettingKey(fields);
  }

  /**
   * The fields that keep two figures from being compared: unequal, or not known on both sides.
   *
   * @return names in alphabetical order; empty when the settings match
   */
  public List<String> differences(SettingKey other) {
    SortedMap<String, String> all = new TreeMap<>(fields);
    all.putAll(other.fields);
    REQUIRED.forEach(field -> all.putIfAbsent(field, ""));
    List<String> differing = new ArrayList<>();
    for (String field : all.keySet()) {
      String mine = fields.get(field);
      if (mine == null || !mine.equalsIgnoreCase(other.fields.getOrDefault(field, ""))) {
        differing.add(field);
      }
    }
    return List.copyOf(differing);
  }
}
