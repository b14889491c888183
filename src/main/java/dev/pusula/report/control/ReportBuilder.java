package dev.pusula.report.control;

import dev.pusula.benchmark.entity.Measurement;
import dev.pusula.benchmark.entity.Phase;
import dev.pusula.benchmark.entity.RequestKind;
import dev.pusula.benchmark.entity.RequestSample;
import dev.pusula.benchmark.entity.ResourceSample;
import dev.pusula.benchmark.entity.ResourceSource;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.Scope;
import dev.pusula.benchmark.entity.SectorResult;
import dev.pusula.benchmark.entity.Validity;
import dev.pusula.report.entity.RunReport;
import dev.pusula.report.entity.RunReport.Charts;
import dev.pusula.report.entity.RunReport.ComparisonRow;
import dev.pusula.report.entity.RunReport.Figure;
import dev.pusula.report.entity.RunReport.Section;
import dev.pusula.report.entity.RunReport.SectorRow;
import dev.pusula.report.entity.RunReport.Series;
import dev.pusula.sota.entity.Baseline;
import dev.pusula.sota.entity.ComparedFigure;
import dev.pusula.sota.entity.Comparison;
import dev.pusula.statistics.Interval;
import dev.pusula.statistics.Percentiles;
import dev.pusula.statistics.Wilson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Puts a report together from what the history holds. Thread-safe. */
public final class ReportBuilder {

  /** More points than a chart has pixels tell nothing. */
  private static final int CURVE_POINTS = 200;

  private static final String UNSOURCED = "without a source, not compared";

  private static final List<String> LATENCY =
      List.of(
          "ttft",
          "ttfo",
          "e2e",
          "tpot",
          "itl",
          "chunk_gap",
          "ntpot",
          "ttft_from_sent",
          "e2e_from_sent",
          "send_lag");

  private static final List<String> DEFINITIONS =
      List.of(
          "TTFT is first text - due, end-to-end is end - due: the wait in the generator's own queue counts.",
          "Percentiles are type 7 over raw samples of successes in the measurement phase; intervals are 95 %,"
              + " by a seeded bootstrap of 2,000 resamples; shares have Wilson intervals.",
          "P95 of fewer than 200 and P99 of fewer than 1,000 samples are shown as interval only, marked *.",
          "n is the number of observations, failed the requests that gave none. Goodput counts all issued.",
          "A ratio to another model is given only where every field of the setting is known and equal.");

  private final OptionalDouble pricePerHour;

  /**
   * With what an hour of the machine costs.
   *
   * @param pricePerHour in USD, at least 0; empty when nobody said
   */
  public ReportBuilder(OptionalDouble pricePerHour) {
    this.pricePerHour = pricePerHour;
  }

  /** The report of one run; sections without a measurement say so. */
  public RunReport build(
      Run run,
      List<Measurement> measurements,
      List<SectorResult> sectors,
      List<RequestSample> requests,
      List<ResourceSample> resources,
      List<ComparedFigure> compared) {
    Validity validity = run.validity();
    List<Measurement> whole = measurements.stream().filter(m -> m.scope() == Scope.ALL).toList();
    List<Section> sections = new ArrayList<>();
    sections.add(section("Latency", whole, LATENCY::contains));
    sections.add(
        throughput(
            run,
            whole,
            m ->
                !m.startsWith("route_")
                    && (m.endsWith("_per_second")
                        || m.startsWith("goodput")
                        || m.equals("issued")
                        || m.equals("dropped"))));
    sections.add(
        section(
            "Quality",
            whole,
            m ->
                m.equals("success_rate")
                    || m.equals("error_rate")
                    || m.startsWith("routing_")
                    || m.equals("token_mismatch")));
    sections.add(answerQuality(whole));
    sections.add(section("Router", whole, m -> m.equals("router_time") || m.startsWith("route_")));
    sections.add(
        section(
            "Resources",
            whole,
            m -> m.startsWith("server_") || m.startsWith("generator_") || m.startsWith("energy")));
    sections.add(cost(whole));
    return new RunReport(
        new RunReport.Identity(
            run.id(),
            run.suite(),
            run.label(),
            run.status().name(),
            validity == null ? null : validity.valid() ? "VALID" : "INVALID",
            run.startedAt(),
            run.endedAt(),
            run.fingerprint().hex(),
            run.loadModel(),
            run.target(),
            run.served(),
            run.environment(),
            run.note()),
        warnings(run, validity),
        sections,
        sectors.stream()
            .sorted(
                Comparator.comparingLong((SectorResult s) -> -s.counts().requests())
                    .thenComparing(SectorResult::sector))
            .map(ReportBuilder::sector)
            .toList(),
        compared.stream()
            .map(ReportBuilder::comparison)
            .sorted(
                Comparator.comparing(ComparisonRow::greyed)
                    .thenComparing(row -> row.verdict().equals(UNSOURCED))
                    .thenComparing(row -> row.greyed() ? row.verdict() : "")
                    .thenComparing(ComparisonRow::model)
                    .thenComparing(ComparisonRow::metric))
            .toList(),
        charts(requests, resources),
        DEFINITIONS);
  }

  private static List<String> warnings(Run run, @Nullable Validity validity) {
    List<String> warnings = new ArrayList<>();
    if (validity == null) {
      warnings.add("The run has not ended: there are no numbers yet.");
    } else if (!validity.valid()) {
      warnings.add("INVALID: " + String.join("; ", validity.reasons()) + ". Not to be ranked.");
    }
    if (Boolean.TRUE.equals(run.served().untrained())) {
      warnings.add("UNTRAINED model: speed is measured, the answers mean nothing.");
    }
    return warnings;
  }

  private static Section answerQuality(List<Measurement> whole) {
    Section section = section("Answer quality", whole, m -> m.contains("answer_perplexity"));
    return new Section(
        section.title(),
        section.figures(),
        section.figures().isEmpty()
            ? "no reference answer was scored"
            : "what the served model thinks of answers written beforehand: the lower, the more it expects them");
  }

  private static Section throughput(Run run, List<Measurement> whole, Predicate<String> belongs) {
    Section section = section("Throughput", whole, belongs);
    Long target = run.targetLatencyUs();
    return target == null || section.remark() != null
        ? section
        : new Section(
            section.title(),
            section.figures(),
            String.format(
                Locale.ROOT,
                "goodput counts what ends within %s ms of its due time",
                Numbers.shown(target / 1e3)));
  }

  private static Section section(String title, List<Measurement> whole, Predicate<String> belongs) {
    List<Figure> figures =
        whole.stream()
            .filter(m -> belongs.test(m.metric()))
            .sorted(
                Comparator.comparingInt(
                        (Measurement m) ->
                            LATENCY.contains(m.metric()) ? LATENCY.indexOf(m.metric()) : 99)
                    .thenComparing(Measurement::metric)
                    .thenComparing(Measurement::statistic))
            .map(ReportBuilder::figure)
            .toList();
    return new Section(title, figures, figures.isEmpty() ? "nothing was measured" : null);
  }

  private static Figure figure(Measurement m) {
    double factor = 1;
    String unit = m.unit();
    switch (m.unit()) {
      case "us" -> {
        factor = 1e-3;
        unit = "ms";
      }
      case "bytes" -> {
        factor = 1.0 / (1 << 20);
        unit = "MiB";
      }
      case "ratio" -> {
        factor = 100;
        unit = "%";
      }
      case "percent" -> unit = "%";
      default -> {
        // shown as stored
      }
    }
    Double low = m.intervalLow();
    Double high = m.intervalHigh();
    return new Figure(
        m.metric(),
        m.statistic().wireName(),
        m.value() * factor,
        unit,
        low == null ? null : low * factor,
        high == null ? null : high * factor,
        m.intervalOnly(),
        m.n(),
        m.failed());
  }

  /** Own hardware: price an hour over what was served in it, at the measured rate. */
  private Section cost(List<Measurement> whole) {
    if (pricePerHour.isEmpty()) {
      return new Section("Cost", List.of(), "no price set (pusula.price_per_hour)");
    }
    double price = pricePerHour.getAsDouble();
    List<Figure> figures = new ArrayList<>();
    for (Measurement m : whole) {
      double perHour = m.value() * 3_600;
      if (perHour > 0 && m.metric().equals("requests_per_second")) {
        figures.add(cost("cost_per_1000_requests", 1_000 * price / perHour, m.n()));
      } else if (perHour > 0 && m.metric().equals("output_tokens_per_second")) {
        figures.add(cost("cost_per_million_output_tokens", 1e6 * price / perHour, m.n()));
      }
    }
    return new Section(
        "Cost", figures, String.format(Locale.ROOT, "at %.4g USD an hour, at this load", price));
  }

  private static Figure cost(String metric, double value, long n) {
    return new Figure(metric, "value", value, "USD", null, null, false, n, 0);
  }

  private static SectorRow sector(SectorResult s) {
    SectorResult.Counts counts = s.counts();
    Interval wilson =
        counts.routed() == 0 ? null : Wilson.interval(counts.correct(), counts.routed());
    SectorResult.Latency e2e = s.e2e();
    SectorResult.Latency ttft = s.ttft();
    return new SectorRow(
        s.sector(),
        counts.requests(),
        counts.failed(),
        counts.routed(),
        s.accuracy(),
        wilson == null ? null : wilson.low(),
        wilson == null ? null : wilson.high(),
        e2e == null ? null : e2e.p50Us() / 1_000,
        ttft == null ? null : ttft.p50Us() / 1_000,
        s.outputTokens());
  }

  private static ComparisonRow comparison(ComparedFigure figure) {
    Baseline baseline = figure.baseline();
    Comparison said = figure.comparison();
    String verdict;
    if (said instanceof Comparison.Fair fair) {
      verdict = String.format(Locale.ROOT, "%+.1f %%", fair.improvementPercent());
    } else if (said instanceof Comparison.DifferentSetting different) {
      verdict = "different setting, no ratio: " + String.join(", ", different.differing());
    } else {
      verdict = UNSOURCED;
    }
    String title = baseline.sourceTitle();
    return new ComparisonRow(
        baseline.model(),
        baseline.metric().replaceFirst("\\.value$", ""),
        figure.ours(),
        baseline.value(),
        baseline.unit(),
        verdict,
        !(said instanceof Comparison.Fair),
        figure.stale(),
        title == null ? baseline.setting() : title + ", " + baseline.sourceDate(),
        baseline.confidence());
  }

  private static Charts charts(List<RequestSample> requests, List<ResourceSample> resources) {
    List<RequestSample> chat =
        requests.stream().filter(s -> s.kind() == RequestKind.CHAT && s.succeeded()).toList();
    List<RequestSample> measured = chat.stream().filter(s -> s.phase() == Phase.MEASURE).toList();
    return new Charts(
        List.of(
            curve("TTFT", measured, RequestSample::firstTextUs),
            curve("end to end", measured, RequestSample::endUs)),
        List.of(rate("requests/s", chat, s -> 1)),
        List.of(
            rate(
                "tokens/s",
                chat,
                s -> {
                  Integer tokens = s.outputTokens();
                  return tokens == null ? 0 : tokens;
                })),
        ofSources(resources, ResourceSample::cpuPercent, 1),
        ofSources(resources, ResourceSample::rssBytes, 1.0 / (1 << 20)));
  }

  /** The distribution function: {milliseconds, share of requests at most that long}. */
  private static Series curve(
      String name, List<RequestSample> some, Function<RequestSample, @Nullable Long> moment) {
    List<Double> found = new ArrayList<>();
    for (RequestSample s : some) {
      Long at = moment.apply(s);
      if (at != null) {
        found.add((at - s.dueUs()) / 1e3);
      }
    }
    double[] sorted = found.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    List<double[]> points = new ArrayList<>();
    for (int i = 0; sorted.length > 0 && i <= CURVE_POINTS; i++) {
      double p = (double) i / CURVE_POINTS;
      points.add(new double[] {Percentiles.type7(sorted, p), p});
    }
    return new Series(name, points);
  }

  /** {second, sum over what ended in it}; seconds without an end are 0. */
  private static Series rate(
      String name, List<RequestSample> some, Function<RequestSample, Integer> weight) {
    TreeMap<Long, Double> sums = new TreeMap<>();
    for (RequestSample s : some) {
      Long end = s.endUs();
      if (end != null) {
        sums.merge(end / 1_000_000, (double) weight.apply(s), Double::sum);
      }
    }
    List<double[]> points = new ArrayList<>();
    for (long t = 0; !sums.isEmpty() && t <= sums.lastKey(); t++) {
      points.add(new double[] {t, sums.getOrDefault(t, 0.0)});
    }
    return new Series(name, points);
  }

  private static List<Series> ofSources(
      List<ResourceSample> all, Function<ResourceSample, @Nullable Number> value, double factor) {
    List<Series> series = new ArrayList<>();
    for (ResourceSource source : ResourceSource.values()) {
      List<double[]> points = new ArrayList<>();
      for (ResourceSample s : all) {
        Number number = value.apply(s);
        if (s.source() == source && number != null) {
          points.add(new double[] {s.atUs() / 1e6, number.doubleValue() * factor});
        }
      }
      series.add(new Series(source.wireName(), points));
    }
    return series;
  }
}
