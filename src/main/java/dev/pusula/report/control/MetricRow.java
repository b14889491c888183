package dev.pusula.report.control;

import dev.pusula.report.entity.RunReport.Figure;
import dev.pusula.report.entity.RunReport.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one metric side by side, as a reader compares them.
 *
 * @param figures by statistic, at least one; all of one unit and n
 */
record MetricRow(String metric, Map<String, Figure> figures) {

  /** The columns of a distribution. */
  static final List<String> STATISTICS = List.of("mean", "p50", "p90", "p95", "p99", "max");

  /** The statistics whose intervals are told. */
  static final List<String> WITH_INTERVAL = List.of("p50", "p95", "p99");

  /** The metrics of a section that have a distribution, in the section's order. */
  static List<MetricRow> distributions(Section section) {
    return of(section).stream().filter(row -> !row.figures.containsKey("value")).toList();
  }

  /** The metrics of a section that are one number each, in the section's order. */
  static List<Figure> values(Section section) {
    return of(section).stream()
        .filter(row -> row.figures.containsKey("value"))
        .map(row -> row.figures.values().iterator().next())
        .toList();
  }

  private static List<MetricRow> of(Section section) {
    Map<String, MetricRow> rows = new LinkedHashMap<>();
    for (Figure figure : section.figures()) {
      rows.computeIfAbsent(figure.metric(), m -> new MetricRow(m, new LinkedHashMap<>()))
          .figures
          .put(figure.statistic(), figure);
    }
    return new ArrayList<>(rows.values());
  }

  /** Any of the figures: they share unit, n and failed. */
  Figure any() {
    return figures.values().iterator().next();
  }

  /** The value of a statistic as a cell; a dash where it was not measured. */
  String cell(String statistic) {
    Figure figure = figures.get(statistic);
    return figure == null ? "-" : Numbers.value(figure);
  }

  /** The interval of a statistic as a cell; empty where none is claimed. */
  String interval(String statistic) {
    @Nullable Figure figure = figures.get(statistic);
    return figure == null ? "" : Numbers.interval(figure);
  }
}
