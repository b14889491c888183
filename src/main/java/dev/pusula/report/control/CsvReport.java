package dev.pusula.report.control;

import dev.pusula.report.entity.RunReport;
import dev.pusula.report.entity.RunReport.Figure;
import dev.pusula.report.entity.RunReport.Section;
import org.jspecify.annotations.Nullable;

/** A report as CSV (RFC 4180), one row a measurement. */
public final class CsvReport {

  private CsvReport() {}

  /** Header and rows; missing values are empty. */
  public static String render(RunReport report) {
    StringBuilder out =
        new StringBuilder(
            "run_id,section,metric,statistic,value,unit,interval_low,interval_high,interval_only,n,n_failed\r\n");
    for (Section section : report.sections()) {
      for (Figure f : section.figures()) {
        out.append(report.identity().id()).append(',');
        out.append(section.title()).append(',').append(f.metric()).append(',');
        out.append(f.statistic()).append(',').append(f.value()).append(',').append(f.unit());
        out.append(',').append(text(f.low())).append(',').append(text(f.high()));
        out.append(',').append(f.intervalOnly()).append(',').append(f.n());
        out.append(',').append(f.failed()).append("\r\n");
      }
    }
    return out.toString();
  }

  private static String text(@Nullable Double value) {
    return value == null ? "" : value.toString();
  }
}
