package dev.pusula.report.control;

import dev.pusula.report.entity.RunReport.Series;
import java.util.List;
import java.util.Locale;

/** Charts as SVG, coloured by the page's style sheet. */
final class SvgChart {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 260;
  private static final int LEFT = 64;
  private static final int RIGHT = 16;
  private static final int TOP = 28;
  private static final int BOTTOM = 44;
  private static final int TICKS = 5;

  private static final int BAR = 18;
  private static final int NAMES = 200;

  private SvgChart() {}

  /**
   * A bar with its uncertainty.
   *
   * @param value 0…1
   * @param low lower end of the interval, 0…1
   * @param high upper end
   */
  record Share(String name, double value, double low, double high) {}

  /** A horizontal bar for each share with a whisker for its interval, on one scale from 0 to 1. */
  static String shares(String title, String label, List<Share> bars) {
    int height = TOP + BAR * Math.max(1, bars.size()) + BOTTOM;
    StringBuilder out = opened(title, height);
    if (bars.isEmpty()) {
      return out.append("<text class=\"none\" x=\"360\" y=\"40\">no data</text></svg>").toString();
    }
    double width = WIDTH - RIGHT - NAMES;
    for (int i = 0; i <= TICKS; i++) {
      double x = NAMES + width * i / TICKS;
      out.append(
          text(
              "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>",
              x, x, TOP - 6, height - BOTTOM));
      out.append(
          text(
              "<text class=\"x\" x=\"%.1f\" y=\"%d\">%s</text>",
              x, height - BOTTOM + 18, tick((double) i / TICKS)));
    }
    for (int i = 0; i < bars.size(); i++) {
      Share bar = bars.get(i);
      int y = TOP + BAR * i;
      double middle = y + BAR / 2.0 - 2;
      out.append(
          text(
              "<text class=\"y\" x=\"%d\" y=\"%d\">%s</text>",
              NAMES - 8, y + 11, Html.escape(bar.name())));
      out.append(
          text(
              "<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
              NAMES, y, width * bar.value(), BAR - 4));
      out.append(
          text(
              "<line class=\"whisker\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
              NAMES + width * bar.low(), NAMES + width * bar.high(), middle, middle));
    }
    out.append(
        text(
            "<text class=\"x\" x=\"%.1f\" y=\"%d\">%s</text></svg>",
            NAMES + width / 2, height - 6, Html.escape(label)));
    return out.toString();
  }

  private static StringBuilder opened(String title, int height) {
    return new StringBuilder(
        text(
            "<svg viewBox=\"0 0 %d %d\" role=\"img\"><title>%s</title>",
            WIDTH, height, Html.escape(title)));
  }

  /** The chart, or a note in its place when no series has a point. */
  static String lines(String title, String xLabel, String yLabel, List<Series> series) {
    double maxX = 0;
    double maxY = 0;
    for (Series s : series) {
      for (double[] point : s.points()) {
        maxX = Math.max(maxX, point[0]);
        maxY = Math.max(maxY, point[1]);
      }
    }
    StringBuilder out = opened(title, HEIGHT);
    if (series.stream().allMatch(s -> s.points().isEmpty())) {
      return out.append("<text class=\"none\" x=\"360\" y=\"130\">no data</text></svg>").toString();
    }
    double stepX = step(maxX);
    double stepY = step(maxY);
    double endX = Math.max(stepX, Math.ceil(maxX / stepX) * stepX);
    double endY = Math.max(stepY, Math.ceil(maxY / stepY) * stepY);
    for (int i = 0; i * stepY <= endY * 1.0001; i++) {
      double y = y(i * stepY, endY);
      out.append(
          text(
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
              LEFT, WIDTH - RIGHT, y, y));
      out.append(
          text(
              "<text class=\"y\" x=\"%d\" y=\"%.1f\">%s</text>", LEFT - 8, y + 4, tick(i * stepY)));
    }
    for (int i = 0; i * stepX <= endX * 1.0001; i++) {
      out.append(
          text(
              "<text class=\"x\" x=\"%.1f\" y=\"%d\">%s</text>",
              x(i * stepX, endX), HEIGHT - BOTTOM + 18, tick(i * stepX)));
    }
    for (int i = 0; i < series.size(); i++) {
      StringBuilder points = new StringBuilder();
      for (double[] point : series.get(i).points()) {
        points.append(text("%.1f,%.1f ", x(point[0], endX), y(point[1], endY)));
      }
      out.append(text("<polyline class=\"s%d\" points=\"%s\"/>", i, points.toString().strip()));
      out.append(
          text(
              "<text class=\"key k%d\" x=\"%d\" y=\"16\">%s</text>",
              i, WIDTH - RIGHT - 110 * (series.size() - 1 - i), Html.escape(series.get(i).name())));
    }
    out.append(
        text(
            "<text class=\"x\" x=\"%d\" y=\"%d\">%s</text>",
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, Html.escape(xLabel)));
    out.append(text("<text x=\"4\" y=\"16\">%s</text></svg>", Html.escape(yLabel)));
    return out.toString();
  }

  /** 1, 2 or 5 times a power of ten, for about five ticks. */
  static double step(double max) {
    if (!(max > 0)) {
      return 1;
    }
    double raw = max / TICKS;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double share = raw / power;
    return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
  }

  private static double x(double value, double end) {
    return LEFT + value / end * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double value, double end) {
    return HEIGHT - BOTTOM - value / end * (HEIGHT - TOP - BOTTOM);
  }

  private static String tick(double value) {
    return text("%.4g", value).replaceAll("(\\.\\d*?)0+$", "$1").replaceAll("\\.$", "");
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
