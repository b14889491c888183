package dev.pusula.report.control;

import dev.pusula.report.entity.RunReport.Figure;
import java.util.Locale;

/** Numbers as a reader sees them. */
final class Numbers {

  private Numbers() {}

  /** Three to four significant digits, without an exponent where it can be read without. */
  static String shown(double value) {
    double size = Math.abs(value);
    if (!Double.isFinite(value)) {
      return "-";
    }
    String format =
        size >= 1_000 || value == Math.rint(value)
            ? "%.0f"
            : size >= 100 ? "%.1f" : size >= 1 ? "%.2f" : size >= 0.001 ? "%.4f" : "%.2e";
    return String.format(Locale.ROOT, format, value);
  }

  /** The value; {@code *} where only its interval may be shown. */
  static String value(Figure figure) {
    return figure.intervalOnly() ? "*" : shown(figure.value());
  }

  /** {@code low … high}; empty where no interval is claimed. */
  static String interval(Figure figure) {
    Double low = figure.low();
    Double high = figure.high();
    return low == null || high == null ? "" : shown(low) + " … " + shown(high);
  }
}
