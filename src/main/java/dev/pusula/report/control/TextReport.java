package dev.pusula.report.control;

import dev.pusula.report.entity.RunReport;
import dev.pusula.report.entity.RunReport.ComparisonRow;
import dev.pusula.report.entity.RunReport.Figure;
import dev.pusula.report.entity.RunReport.Section;
import dev.pusula.report.entity.RunReport.SectorRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A report in fixed width, at most 100 columns. */
public final class TextReport {

  private static final int WIDTH = 100;
  private static final int TOP_SECTORS = 10;
  private static final String COMPARISON = "%-40.40s %-25s %10s %10s %s";

  private TextReport() {}

  /** The whole report, lines ending in a line feed. */
  public static String render(RunReport report) {
    StringBuilder out = new StringBuilder();
    RunReport.Identity run = report.identity();
    line(out, "Pusula run " + run.id());
    line(out, "=".repeat(WIDTH));
    report.warnings().forEach(warning -> wrapped(out, "! ", warning));
    wrapped(
        out,
        "",
        "suite "
            + run.suite()
            + ", load "
            + run.label()
            + ", "
            + run.status()
            + (run.verdict() == null ? "" : ", " + run.verdict())
            + ", started "
            + run.startedAt());
    wrapped(
        out,
        "",
        "model "
            + or(run.served().model())
            + ", backend "
            + or(run.served().backend())
            + ", precision "
            + or(run.served().precision()));
    wrapped(
        out,
        "",
        "host "
            + run.environment().hostClass()
            + ", java "
            + run.environment().java()
            + ", commit "
            + or(run.environment().gitCommit()));
    wrapped(out, "", "fingerprint " + run.fingerprint());
    report.sections().forEach(section -> section(out, section));
    sectors(out, report);
    comparisons(out, report);
    heading(out, "Definitions");
    report.definitions().forEach(text -> wrapped(out, "- ", text));
    return out.toString();
  }

  private static void section(StringBuilder out, Section section) {
    heading(out, section.title());
    if (section.remark() != null) {
      wrapped(out, "", section.remark());
    }
    distributions(out, MetricRow.distributions(section));
    values(out, MetricRow.values(section));
  }

  private static void distributions(StringBuilder out, List<MetricRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    String columns = "%-30s" + " %8s".repeat(MetricRow.STATISTICS.size()) + " %7s %6s";
    List<@Nullable Object> head = new ArrayList<>(List.of(""));
    head.addAll(MetricRow.STATISTICS);
    head.addAll(List.of("n", "failed"));
    row(out, columns, head.toArray());
    for (MetricRow metric : rows) {
      Figure any = metric.any();
      List<@Nullable Object> cells = new ArrayList<>(List.of(metric.metric() + ", " + any.unit()));
      MetricRow.STATISTICS.forEach(statistic -> cells.add(metric.cell(statistic)));
      cells.addAll(List.of(any.n(), any.failed()));
      row(out, columns, cells.toArray());
      String intervals =
          MetricRow.WITH_INTERVAL.stream()
              .filter(statistic -> !metric.interval(statistic).isEmpty())
              .map(statistic -> statistic + " " + metric.interval(statistic))
              .collect(Collectors.joining(",  "));
      if (!intervals.isEmpty()) {
        line(out, "    95 %: " + intervals);
      }
    }
  }

  private static void values(StringBuilder out, List<Figure> figures) {
    for (Figure f : figures) {
      row(
          out,
          "%-38s %12s %-12s %-26s %7d",
          f.metric(),
          Numbers.value(f),
          f.unit(),
          Numbers.interval(f).isEmpty() ? "" : "95 %: " + Numbers.interval(f),
          f.n());
    }
  }

  private static void sectors(StringBuilder out, RunReport report) {
    heading(out, "Top sectors");
    if (report.sectors().isEmpty()) {
      line(out, "no sector was asked about");
      return;
    }
    row(
        out,
        "%-26s %8s %6s %9s %15s %11s %11s",
        "sector",
        "requests",
        "failed",
        "routed ok",
        "95 % interval",
        "E2E P50 ms",
        "TTFT P50 ms");
    for (SectorRow s : report.sectors().stream().limit(TOP_SECTORS).toList()) {
      row(
          out,
          "%-26s %8d %6d %9s %15s %11s %11s",
          s.sector(),
          s.requests(),
          s.failed(),
          percent(s.accuracy()),
          s.low() == null ? "-" : percent(s.low()) + "…" + percent(s.high()),
          number(s.e2eP50Ms()),
          number(s.ttftP50Ms()));
    }
  }

  private static void comparisons(StringBuilder out, RunReport report) {
    heading(out, "SOTA comparison");
    if (report.comparisons().isEmpty()) {
      line(out, "no baseline has a metric of this run");
      return;
    }
    row(out, COMPARISON, "model", "metric", "this run", "theirs", "unit");
    String verdict = "";
    for (ComparisonRow c : report.comparisons()) {
      if (!c.verdict().equals(verdict)) {
        verdict = c.verdict();
        wrapped(out, "  * ", verdict);
      }
      row(
          out,
          COMPARISON,
          c.model() + (c.stale() ? " (stale)" : ""),
          c.metric(),
          Numbers.shown(c.ours()),
          Numbers.shown(c.theirs()),
          c.unit());
    }
  }

  private static void heading(StringBuilder out, String title) {
    out.append('\n').append(title).append('\n').append("-".repeat(WIDTH)).append('\n');
  }

  private static void row(StringBuilder out, String format, @Nullable Object... cells) {
    String text = String.format(Locale.ROOT, format, cells).stripTrailing();
    line(out, text.length() > WIDTH ? text.substring(0, WIDTH - 1) + "…" : text);
  }

  private static void wrapped(StringBuilder out, String prefix, String text) {
    String rest = text.replaceAll("\\s+", " ");
    int room = WIDTH - prefix.length();
    String lead = prefix;
    while (rest.length() > room) {
      int cut = rest.lastIndexOf(' ', room);
      cut = cut <= 0 ? room : cut;
      line(out, lead + rest.substring(0, cut));
      rest = rest.substring(cut).strip();
      lead = " ".repeat(prefix.length());
    }
    line(out, lead + rest);
  }

  private static void line(StringBuilder out, String text) {
    out.append(text).append('\n');
  }

  private static String or(@Nullable String text) {
    return text == null ? "unknown" : text;
  }

  static String percent(@Nullable Double share) {
    return share == null ? "-" : String.format(Locale.ROOT, "%.1f%%", share * 100);
  }

  static String number(@Nullable Double value) {
    return value == null ? "-" : Numbers.shown(value);
  }
}
