package dev.pusula.report.control;

import dev.pusula.report.entity.RunReport;
import dev.pusula.report.entity.RunReport.ComparisonRow;
import dev.pusula.report.entity.RunReport.Figure;
import dev.pusula.report.entity.RunReport.Section;
import dev.pusula.report.entity.RunReport.SectorRow;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A report in fixed width, at most 100 columns. */
public final class TextReport {

  private static final int WIDTH = 100;
  private static final int TOP_SECTORS = 10;

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
    if (!section.figures().isEmpty()) {
      row(
          out,
          "%-31s %-6s %12s %-10s %-22s %6s %6s",
          "metric",
          "",
          "value",
          "unit",
          "95 % interval",
          "n",
          "failed");
    }
    for (Figure f : section.figures()) {
      row(
          out,
          "%-31s %-6s %12s %-10s %-22s %6d %6d",
          f.metric(),
          f.statistic(),
          Numbers.value(f),
          f.unit(),
          Numbers.interval(f),
          f.n(),
          f.failed());
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
    row(out, "%-30s %-31s %12s %12s %-8s", "model", "metric", "this run", "theirs", "unit");
    for (ComparisonRow c : report.comparisons()) {
      row(
          out,
          "%-30s %-31s %12s %12s %-8s",
          c.model(),
          c.metric(),
          Numbers.shown(c.ours()),
          Numbers.shown(c.theirs()),
          c.unit());
      wrapped(out, "    ", c.verdict() + (c.stale() ? " (stale)" : ""));
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
