package dev.pusula.sota.entity;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One figure of another model or system.
 *
 * @param model as the source names it
 * @param metric what was measured, such as {@code e2e.p95}
 * @param value finite, in {@code unit}
 * @param unit such as {@code ms}
 * @param settingKey under what it was measured, as far as known
 * @param setting the same in the source's words
 * @param sourceTitle null for an unsourced figure
 * @param sourceUrl null for an unsourced figure
 * @param sourceDate day, month or year, or the source's words; null for an unsourced figure
 * @param confidence {@code high}, {@code medium}, {@code low}; {@code none} when unsourced
 * @param kind {@code published} or {@code unsourced}
 */
public record Baseline(
    String model,
    String metric,
    double value,
    String unit,
    SettingKey settingKey,
    String setting,
    @Nullable String sourceTitle,
    @Nullable String sourceUrl,
    @Nullable String sourceDate,
    String confidence,
    String kind) {

  /** A figure with a source. */
  public static final String PUBLISHED = "published";

  /** A figure nobody can check; shown, never compared. */
  public static final String UNSOURCED = "unsourced";

  /** Checks that a published figure has its source. */
  public Baseline {
    Objects.requireNonNull(settingKey, "settingKey");
    if (model.isBlank() || metric.isBlank() || unit.isBlank()) {
      throw new IllegalArgumentException("model, metric and unit must not be blank");
    }
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("value must be finite: " + value);
    }
    if (!kind.equals(PUBLISHED) && !kind.equals(UNSOURCED)) {
      throw new IllegalArgumentException("kind must be published or unsourced: " + kind);
    }
    if (kind.equals(PUBLISHED)
        && (sourceTitle == null || sourceUrl == null || sourceDate == null)) {
      throw new IllegalArgumentException("a published figure needs title, URL and date");
    }
  }

  /** Whether nobody can check the figure. */
  public boolean unsourced() {
    return kind.equals(UNSOURCED);
  }
}
