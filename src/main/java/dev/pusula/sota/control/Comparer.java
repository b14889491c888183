package dev.pusula.sota.control;

import dev.pusula.sota.entity.Baseline;
import dev.pusula.sota.entity.Comparison;
import dev.pusula.sota.entity.SettingKey;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The rule of comparison: a ratio only between equal settings. Thread-safe. */
public final class Comparer {

  /** Vendors change prices within a month. */
  private static final long PRICE_DAYS = 30;

  /** The speed of a hosted model holds a quarter at best. */
  private static final long SPEED_DAYS = 90;

  private final Clock clock;

  /** With the clock that ages are told by. */
  public Comparer(Clock clock) {
    this.clock = clock;
  }

  /**
   * Compares one figure.
   *
   * @param ours in the baseline's unit
   */
  public Comparison compare(Baseline baseline, double ours, SettingKey setting) {
    if (baseline.unsourced()) {
      return new Comparison.Unsourced();
    }
    List<String> differing = baseline.settingKey().differences(setting);
    if (!differing.isEmpty()) {
      return new Comparison.DifferentSetting(differing);
    }
    if (baseline.value() == 0) {
      return new Comparison.DifferentSetting(List.of("baseline value is 0"));
    }
    double gain = lowerIsBetter(baseline) ? baseline.value() - ours : ours - baseline.value();
    return new Comparison.Fair(100 * gain / baseline.value());
  }

  /** Whether the figure is too old: a price after 30 days, a hosted speed after 90. */
  public boolean stale(Baseline baseline) {
    boolean price = baseline.metric().startsWith("price") || baseline.metric().startsWith("cost");
    boolean hosted = "internet".equals(baseline.settingKey().fields().get("client"));
    String date = baseline.sourceDate();
    if (date == null || !(price || hosted)) {
      return false;
    }
    long limit = price ? PRICE_DAYS : SPEED_DAYS;
    // A date that cannot be read is no evidence of freshness.
    return ChronoUnit.DAYS.between(day(date), LocalDate.now(clock)) > limit;
  }

  private static LocalDate day(String date) {
    try {
      return date.length() == 7 ? YearMonth.parse(date).atEndOfMonth() : LocalDate.parse(date);
    } catch (DateTimeException e) {
      return LocalDate.EPOCH;
    }
  }

  private static boolean lowerIsBetter(Baseline baseline) {
    String metric = baseline.metric();
    return metric.startsWith("e2e")
        || metric.startsWith("ttft")
        || metric.startsWith("tpot")
        || metric.startsWith("price")
        || metric.startsWith("cost");
  }
}
