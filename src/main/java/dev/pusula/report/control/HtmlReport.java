package dev.pusula.report.control;

import dev.pusula.report.entity.RunReport;
import dev.pusula.report.entity.RunReport.ComparisonRow;
import dev.pusula.report.entity.RunReport.Figure;
import dev.pusula.report.entity.RunReport.Section;
import dev.pusula.report.entity.RunReport.SectorRow;
import java.util.ArrayList;
import java.util.List;

/** A report as one HTML file without any reference to another. */
public final class HtmlReport {

  private static final String STYLE =
      """
      :root{color-scheme:light dark;--ink:#1c2430;--soft:#667085;--line:#e3e7ee;--page:#fff;--a:#2457a8;--b:#c2641a}
      @media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#98a2b3;--line:#2c3440;--page:#12161c;--a:#7aa7f0;--b:#f0a35e}}
      body{margin:2rem auto;max-width:960px;padding:0 1rem;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
      h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2.2rem}p,li,.soft{color:var(--soft)}
      table{border-collapse:collapse;width:100%;font-size:.87rem}th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid var(--line)}
      th{color:var(--soft);font-weight:500}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
      .warn{border-left:4px solid var(--b);padding:.4rem .8rem;color:var(--ink)}.grey td{color:var(--soft)}
      svg{width:100%;max-width:720px;height:auto;display:block;font-size:12px}svg text{fill:var(--soft)}
      .grid{stroke:var(--line)}.bar{fill:var(--a);opacity:.75}.whisker{stroke:var(--ink);stroke-width:1.4}small{color:var(--soft)}polyline{fill:none;stroke-width:1.8}.s0{stroke:var(--a)}.s1{stroke:var(--b)}
      svg .k0{fill:var(--a)}svg .k1{fill:var(--b)}.key,.y{text-anchor:end}.x,.none{text-anchor:middle}
      """;

  private HtmlReport() {}

  /** The whole page; every text from outside is escaped. */
  public static String render(RunReport report) {
    RunReport.Identity run = report.identity();
    StringBuilder out = new StringBuilder();
    out.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width\"><title>Pusula run ")
        .append(run.id())
        .append("</title><style>")
        .append(STYLE)
        .append("</style></head><body>");
    out.append("<h1>Run ").append(Html.escape(run.suite() + " / " + run.label())).append("</h1>");
    report
        .warnings()
        .forEach(w -> out.append("<p class=\"warn\">").append(Html.escape(w)).append("</p>"));
    out.append("<p>")
        .append(
            Html.escape(
                run.id()
                    + ", "
                    + run.status()
                    + (run.verdict() == null ? "" : ", " + run.verdict())
                    + ", started "
                    + run.startedAt()
                    + "; model "
                    + run.served().model()
                    + ", backend "
                    + run.served().backend()
                    + ", precision "
                    + run.served().precision()
                    + "; host "
                    + run.environment().hostClass()
                    + "; fingerprint "
                    + run.fingerprint()))
        .append("</p>");
    RunReport.Charts charts = report.charts();
    out.append("<h2>Latency distribution</h2>")
        .append(
            SvgChart.lines(
                "Latency distribution", "milliseconds", "share of requests", charts.latency()))
        .append("<h2>Throughput over time</h2>")
        .append(
            SvgChart.lines("Requests per second", "seconds", "requests/s", charts.requestRate()))
        .append(
            SvgChart.lines("Output tokens per second", "seconds", "tokens/s", charts.tokenRate()))
        .append("<h2>Resources over time</h2>")
        .append(SvgChart.lines("CPU", "seconds", "CPU, % of all cores", charts.cpu()))
        .append(SvgChart.lines("Resident memory", "seconds", "RSS, MiB", charts.memory()));
    report.sections().forEach(section -> section(out, section));
    out.append("<h2>Sectors</h2>")
        .append(
            SvgChart.shares(
                "Routed right by sector",
                "share of requests routed right",
                bars(report.sectors())));
    sectors(out, report.sectors());
    comparisons(out, report.comparisons());
    out.append("<h2>Definitions</h2><ul>");
    report.definitions().forEach(d -> out.append("<li>").append(Html.escape(d)).append("</li>"));
    return out.append("</ul></body></html>\n").toString();
  }

  private static void section(StringBuilder out, Section section) {
    out.append("<h2>").append(Html.escape(section.title())).append("</h2>");
    if (section.remark() != null) {
      out.append("<p>").append(Html.escape(section.remark())).append("</p>");
    }
    distributions(out, MetricRow.distributions(section));
    values(out, MetricRow.values(section));
  }

  private static void distributions(StringBuilder out, List<MetricRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    List<String> names = new ArrayList<>(List.of("metric", "unit"));
    MetricRow.STATISTICS.forEach(statistic -> names.add(statistic + " #"));
    names.addAll(List.of("n #", "failed #"));
    head(out, names.toArray(String[]::new));
    for (MetricRow row : rows) {
      Figure any = row.any();
      out.append("<tr>");
      cells(out, row.metric(), any.unit());
      for (String statistic : MetricRow.STATISTICS) {
        out.append("<td class=\"n\">").append(Html.escape(row.cell(statistic)));
        String interval = row.interval(statistic);
        if (!interval.isEmpty()) {
          out.append("<br><small>").append(Html.escape(interval)).append("</small>");
        }
        out.append("</td>");
      }
      numbers(out, Long.toString(any.n()), Long.toString(any.failed()));
      out.append("</tr>");
    }
    out.append("</table>");
  }

  private static void values(StringBuilder out, List<Figure> figures) {
    if (figures.isEmpty()) {
      return;
    }
    head(out, "metric", "value #", "unit", "95 % interval #", "n #");
    for (Figure f : figures) {
      out.append("<tr>");
      cells(out, f.metric());
      numbers(out, Numbers.value(f));
      cells(out, f.unit());
      numbers(out, Numbers.interval(f), Long.toString(f.n()));
      out.append("</tr>");
    }
    out.append("</table>");
  }

  private static List<SvgChart.Share> bars(List<SectorRow> sectors) {
    List<SvgChart.Share> bars = new ArrayList<>();
    for (SectorRow s : sectors) {
      Double share = s.accuracy();
      Double low = s.low();
      Double high = s.high();
      if (share != null && low != null && high != null) {
        bars.add(new SvgChart.Share(s.sector(), share, low, high));
      }
    }
    return bars;
  }

  private static void sectors(StringBuilder out, List<SectorRow> sectors) {
    head(
        out,
        "sector",
        "requests #",
        "failed #",
        "routed right #",
        "95 % interval #",
        "E2E P50 ms #",
        "TTFT P50 ms #");
    for (SectorRow s : sectors) {
      out.append("<tr>");
      cells(out, s.sector());
      numbers(
          out,
          Long.toString(s.requests()),
          Long.toString(s.failed()),
          TextReport.percent(s.accuracy()),
          s.low() == null
              ? "-"
              : TextReport.percent(s.low()) + " … " + TextReport.percent(s.high()),
          TextReport.number(s.e2eP50Ms()),
          TextReport.number(s.ttftP50Ms()));
      out.append("</tr>");
    }
    out.append("</table>");
  }

  private static void comparisons(StringBuilder out, List<ComparisonRow> rows) {
    out.append("<h2>SOTA comparison</h2>");
    head(out, "model", "metric", "this run #", "theirs #", "unit", "verdict", "source");
    for (ComparisonRow c : rows) {
      out.append(c.greyed() ? "<tr class=\"grey\">" : "<tr>");
      cells(out, c.model(), c.metric());
      numbers(out, Numbers.shown(c.ours()), Numbers.shown(c.theirs()));
      cells(
          out,
          c.unit(),
          c.verdict() + (c.stale() ? " (stale)" : ""),
          c.source() + " (" + c.confidence() + ")");
      out.append("</tr>");
    }
    out.append("</table>");
  }

  /** A table's first row; a name that ends in # heads a column of numbers. */
  private static void head(StringBuilder out, String... names) {
    out.append("<table><tr>");
    for (String name : names) {
      boolean number = name.endsWith(" #");
      out.append(number ? "<th class=\"n\">" : "<th>")
          .append(Html.escape(number ? name.substring(0, name.length() - 2) : name))
          .append("</th>");
    }
    out.append("</tr>");
  }

  private static void cells(StringBuilder out, String... texts) {
    for (String text : texts) {
      out.append("<td>").append(Html.escape(text)).append("</td>");
    }
  }

  private static void numbers(StringBuilder out, String... texts) {
    for (String text : texts) {
      out.append("<td class=\"n\">").append(Html.escape(text)).append("</td>");
    }
  }
}
