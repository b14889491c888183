package dev.pusula.benchmark.control;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.pusula.benchmark.entity.AnswerScore;
import dev.pusula.benchmark.entity.Completion;
import dev.pusula.benchmark.entity.LoadModel;
import dev.pusula.benchmark.entity.Measurement;
import dev.pusula.benchmark.entity.Phase;
import dev.pusula.benchmark.entity.RequestKind;
import dev.pusula.benchmark.entity.RequestOutcome;
import dev.pusula.benchmark.entity.RequestSample;
import dev.pusula.benchmark.entity.ResourceSample;
import dev.pusula.benchmark.entity.ResourceSource;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.RunStatus;
import dev.pusula.benchmark.entity.Scope;
import dev.pusula.benchmark.entity.SectorResult;
import dev.pusula.benchmark.entity.Statistic;
import dev.pusula.benchmark.entity.Validity;
import dev.pusula.statistics.Auroc;
import dev.pusula.statistics.Bootstrap;
import dev.pusula.statistics.Interval;
import dev.pusula.statistics.Percentiles;
import dev.pusula.statistics.Reliability;
import dev.pusula.statistics.Wilson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Computes every number of a run from its raw samples. The same samples give the same numbers: the
 * bootstrap is seeded by the run's own seed. Used once, by one thread.
 *
 * <p>Latencies are of successes whose {@code due} lies in the measurement phase; failures appear as
 * {@code n_failed} and in the rates. Completions and bare routes never mix: metrics of the latter
 * start with {@code route_}.
 *
 * <p>A request counts for the adapter that weighed most in it: the companion adapter takes part in
 * nearly every request, and would otherwise only repeat the whole.
 */
public final class RunCompletion {

  /** Below so many observations a P95 rests on fewer than ten of them. */
  static final int ENOUGH_FOR_P95 = 200;

  /** Below so many observations a P99 rests on fewer than ten of them. */
  static final int ENOUGH_FOR_P99 = 1_000;

  /** The label of queries outside all sectors. */
  private static final String GENERAL = "general";

  private static final int RESAMPLES = 2_000;
  private static final double MAX_SEND_LAG_P99_US = 10_000;
  private static final double MAX_GENERATOR_CPU_PERCENT = 80;
  private static final double MAX_TOKEN_MISMATCH = 0.05;
  private static final double MIN_OFFERED_SHARE = 0.995;

  private static final Map<Statistic, Double> PERCENTILES =
      new TreeMap<>(
          Map.of(
              Statistic.P50, 0.50, Statistic.P90, 0.90, Statistic.P95, 0.95, Statistic.P99, 0.99));

  /** What is observed of one completion; {@code metrics.md} has the definitions. */
  private static final List<Metric> CHAT =
      List.of(
          new Metric("ttft", "us", Use.SCOPED, s -> between(s.dueUs(), s.firstTextUs())),
          new Metric("ttft_from_sent", "us", Use.WHOLE, s -> between(s.sentUs(), s.firstTextUs())),
          new Metric("ttfo", "us", Use.WHOLE, s -> between(s.dueUs(), s.firstAnswerUs())),
          new Metric("e2e", "us", Use.SCOPED, s -> between(s.dueUs(), s.endUs())),
          new Metric("e2e_from_sent", "us", Use.WHOLE, s -> between(s.sentUs(), s.endUs())),
          new Metric("tpot", "us", Use.SCOPED, RunCompletion::timePerOutputToken),
          new Metric("itl", "us", Use.POOLED, RunCompletion::tokenGaps),
          new Metric("chunk_gap", "us", Use.POOLED, s -> gaps(s)),
          new Metric("ntpot", "us", Use.WHOLE, RunCompletion::normalisedTimePerToken),
          new Metric("router_time", "us", Use.WHOLE, s -> given(s.routerUs())),
          new Metric("prompt_tokens", "tokens", Use.WHOLE, s -> given(s.promptTokens())),
          new Metric("output_tokens", "tokens", Use.WHOLE, s -> given(s.outputTokens())));

  /** What is observed of one bare route. */
  private static final List<Metric> ROUTE =
      List.of(
          new Metric("route_e2e", "us", Use.WHOLE, s -> between(s.dueUs(), s.endUs())),
          new Metric("route_e2e_from_sent", "us", Use.WHOLE, s -> between(s.sentUs(), s.endUs())),
          new Metric("route_router_time", "us", Use.WHOLE, s -> given(s.routerUs())));

  /** What is observed of one moment of a process; the names get the source before them. */
  private static final List<Resource> RESOURCES =
      List.of(
          new Resource("cpu", "percent", s -> given(s.cpuPercent())),
          new Resource("rss", "bytes", s -> given(s.rssBytes())),
          new Resource("heap", "bytes", s -> given(s.heapBytes())),
          new Resource("gc_pause", "us", s -> given(s.gcPauseMs()).map(ms -> ms * 1_000)),
          new Resource("gpu_utilisation", "ratio", s -> given(s.gpuUtilisation())),
          new Resource("gpu_memory", "bytes", s -> given(s.gpuMemoryBytes())),
          new Resource("power", "W", s -> given(s.powerW())));

  private final Run run;
  private final long targetLatencyUs;
  private final List<Measurement> measurements = new ArrayList<>();

  /**
   * For one ended run.
   *
   * @param targetLatencyUs end-to-end latency from due that a request must meet to count as good
   */
  public RunCompletion(Run run, long targetLatencyUs) {
    this.run = run;
    this.targetLatencyUs = targetLatencyUs;
  }

  /** All numbers, for what there is: a metric without an observation has no measurement. */
  public Result compute(
      List<RequestSample> requests, List<ResourceSample> resources, List<AnswerScore> answers) {
    List<RequestSample> measured = where(requests, s -> s.phase() == Phase.MEASURE);
    List<RequestSample> chat = where(measured, s -> s.kind() == RequestKind.CHAT);
    List<RequestSample> routes = where(measured, s -> s.kind() == RequestKind.ROUTE);

    chat(chat);
    routes(routes);
    for (Phase phase : List.of(Phase.WARM_UP, Phase.DRAIN)) {
      throughput(
          phase.wireName() + "_",
          where(requests, s -> s.kind() == RequestKind.CHAT && s.phase() == phase));
    }
    double[] lag = values(measured, s -> between(s.dueUs(), s.sentUs()));
    distribution("send_lag", "us", Scope.ALL, "", lag, 0, true);
    resources(resources, chat);
    measurements.addAll(AnswerQuality.of(run, answers));

    // A run of bare routes alone, such as an evaluation, has results by sector all the same.
    List<SectorResult> sectors = sectors(chat.isEmpty() ? routes : chat);
    return new Result(List.copyOf(measurements), sectors, validity(requests, measured, chat, lag));
  }

  private void chat(List<RequestSample> chat) {
    distributions(CHAT, Scope.ALL, "", chat);
    by(chat, RequestSample::sector).forEach((id, some) -> scoped(Scope.SECTOR, id, some));
    by(where(chat, s -> !s.adapters().isEmpty()), s -> s.adapters().get(0))
        .forEach((id, some) -> scoped(Scope.ADAPTER, id, some));
    rates("", chat);
    throughput("", chat);
    if (!chat.isEmpty()) {
      long good = count(chat, this::meetsTarget);
      share("goodput_share", Scope.ALL, "", good, chat.size());
      seconds(chat)
          .ifPresent(seconds -> value("goodput", good / seconds, chat.size(), "requests/s"));
      value("issued", chat.size(), chat.size(), "count");
      value(
          "dropped", count(chat, s -> s.outcome() == RequestOutcome.DROPPED), chat.size(), "count");
      tokenMismatch(chat).ifPresent(share -> value("token_mismatch", share, chat.size(), "ratio"));
    }
  }

  private void routes(List<RequestSample> routes) {
    distributions(ROUTE, Scope.ALL, "", routes);
    rates("route_", routes);
    throughput("route_", routes);
    List<RequestSample> routed = where(routes, s -> s.routedSector() != null);
    by(where(routed, s -> s.style() != null), s -> Objects.requireNonNull(s.style()))
        .forEach((style, its) -> routing("route_", Scope.STYLE, style, its));
    calibration(where(routed, s -> s.routedScore() != null));
    outOfScope(where(routed, s -> s.generalScore() != null));
  }

  private void calibration(List<RequestSample> scored) {
    Reliability reliability = new Reliability();
    scored.forEach(
        s -> reliability.add(Objects.requireNonNull(s.routedScore()), s.routedStrictly()));
    if (!scored.isEmpty()) {
      value(
          "route_calibration_error",
          reliability.expectedCalibrationError(),
          scored.size(),
          "ratio");
    }
  }

  /** How well the score of {@code general} parts queries outside all sectors from the rest. */
  private void outOfScope(List<RequestSample> scored) {
    Predicate<RequestSample> outside = s -> s.sector().equals(GENERAL);
    double area =
        Auroc.of(
            values(where(scored, outside), s -> given(s.generalScore())),
            values(where(scored, outside.negate()), s -> given(s.generalScore())));
    if (!Double.isNaN(area)) {
      value("route_out_of_scope_auroc", area, scored.size(), "ratio");
    }
  }

  private void scoped(Scope scope, String id, List<RequestSample> some) {
    distributions(CHAT.stream().filter(m -> m.use() == Use.SCOPED).toList(), scope, id, some);
    share("success_rate", scope, id, count(some, RequestSample::succeeded), some.size());
  }

  /** Success, errors and routing of one kind of request. */
  private void rates(String prefix, List<RequestSample> some) {
    long succeeded = count(some, RequestSample::succeeded);
    share(prefix + "success_rate", Scope.ALL, "", succeeded, some.size());
    share(prefix + "error_rate", Scope.ALL, "", some.size() - succeeded, some.size());
    List<RequestSample> routed = where(some, s -> s.routedSector() != null);
    routing(prefix, Scope.ALL, "", routed);
    if (prefix.isEmpty()) {
      by(routed, RequestSample::sector).forEach((id, its) -> routing("", Scope.SECTOR, id, its));
    }
    // Every labelled sector weighs the same, however often it was asked about.
    labels(routed).stream()
        .mapToDouble(sector -> Objects.requireNonNull(f1(sector, routed)))
        .average()
        .ifPresent(f1 -> value(prefix + "routing_macro_f1", f1, routed.size(), "ratio"));
  }

  private void routing(String prefix, Scope scope, String id, List<RequestSample> routed) {
    share(
        prefix + "routing_accuracy",
        scope,
        id,
        count(routed, RequestSample::routedStrictly),
        routed.size());
    share(
        prefix + "routing_accuracy_also",
        scope,
        id,
        count(routed, RequestSample::routedRightly),
        routed.size());
  }

  /** Successful requests and their tokens over the time from the first due to the last end. */
  private void throughput(String prefix, List<RequestSample> some) {
    seconds(some)
        .ifPresent(
            seconds -> {
              List<RequestSample> good = where(some, RequestSample::succeeded);
              value(
                  prefix + "requests_per_second", good.size() / seconds, some.size(), "requests/s");
              if (good.stream().anyMatch(s -> s.outputTokens() != null)) {
                value(
                    prefix + "output_tokens_per_second",
                    sum(good, RequestSample::outputTokens) / seconds,
                    some.size(),
                    "tokens/s");
              }
            });
  }

  private void resources(List<ResourceSample> all, List<RequestSample> chat) {
    Completion said = run.completion();
    List<ResourceSample> inWindow =
        all.stream()
            .filter(s -> said.measureFromUs() == null || s.atUs() >= said.measureFromUs())
            .filter(s -> said.measureToUs() == null || s.atUs() <= said.measureToUs())
            .toList();
    for (ResourceSource source : ResourceSource.values()) {
      List<ResourceSample> its = inWindow.stream().filter(s -> s.source() == source).toList();
      for (Resource resource : RESOURCES) {
        double[] sorted = its.stream().flatMapToDouble(resource.of()).sorted().toArray();
        if (sorted.length > 0) {
          String name = source.wireName() + "_" + resource.name();
          double[][] numbers = {
            {Arrays.stream(sorted).average().orElseThrow()},
            {Percentiles.type7(sorted, 0.95)},
            {sorted[sorted.length - 1]}
          };
          List<Statistic> statistics = List.of(Statistic.MEAN, Statistic.P95, Statistic.MAX);
          for (int i = 0; i < numbers.length; i++) {
            add(
                name,
                statistics.get(i),
                Scope.ALL,
                "",
                numbers[i][0],
                null,
                false,
                sorted.length,
                0,
                resource.unit());
          }
        }
      }
    }
    double tokens = sum(where(chat, RequestSample::succeeded), RequestSample::outputTokens);
    inWindow.stream()
        .filter(s -> s.source() == ResourceSource.SERVER)
        .flatMapToDouble(s -> given(s.powerW()))
        .average()
        .ifPresent(
            watts ->
                seconds(chat)
                    .filter(seconds -> tokens > 0)
                    .ifPresent(
                        seconds ->
                            value(
                                "energy_per_output_token",
                                watts * seconds / tokens,
                                chat.size(),
                                "J")));
  }

  private List<SectorResult> sectors(List<RequestSample> chat) {
    Map<String, List<RequestSample>> bySector = by(chat, RequestSample::sector);
    Set<String> names = new LinkedHashSet<>(run.sectors());
    names.addAll(bySector.keySet());
    List<RequestSample> routed = where(chat, s -> s.routedSector() != null);
    return names.stream()
        .map(
            sector -> {
              List<RequestSample> its = bySector.getOrDefault(sector, List.of());
              List<RequestSample> good = where(its, RequestSample::succeeded);
              return new SectorResult(
                  run.id(),
                  sector,
                  new SectorResult.Counts(
                      its.size(),
                      its.size() - good.size(),
                      count(its, s -> s.routedSector() != null),
                      count(its, RequestSample::routedStrictly),
                      count(its, RequestSample::routedRightly)),
                  f1(sector, routed),
                  latency(values(good, s -> between(s.dueUs(), s.endUs()))),
                  latency(values(good, s -> between(s.dueUs(), s.firstTextUs()))),
                  (long) sum(good, RequestSample::outputTokens));
            })
        .toList();
  }

  private Validity validity(
      List<RequestSample> all,
      List<RequestSample> measured,
      List<RequestSample> chat,
      double[] lag) {
    List<String> reasons = new ArrayList<>();
    Completion said = run.completion();
    if (run.status() != RunStatus.COMPLETED) {
      reasons.add("the run did not complete: " + run.endReason());
    }
    if (measured.isEmpty()) {
      reasons.add("no request was due in the measurement window");
    }
    if (said.issued() != null && said.issued() > all.size()) {
      reasons.add("only " + all.size() + " of " + said.issued() + " issued requests arrived here");
    }
    long sent = count(measured, s -> s.sentUs() != null);
    if (run.loadModel().kind().equals(LoadModel.OPEN)
        && sent < MIN_OFFERED_SHARE * measured.size()) {
      reasons.add("offered " + sent + " of the " + measured.size() + " requests that were due");
    }
    double lagP99 = lag.length == 0 ? 0 : Percentiles.type7(lag, 0.99);
    if (lagP99 > MAX_SEND_LAG_P99_US) {
      reasons.add(text("send lag P99 is %.1f ms, above 10 ms", lagP99 / 1_000));
    }
    Double cpu = said.generatorCpuPercent();
    if (cpu != null && cpu >= MAX_GENERATOR_CPU_PERCENT) {
      reasons.add(text("the generator used %.0f %% of its cores, not below 80 %%", cpu));
    }
    tokenMismatch(chat)
        .filter(share -> share >= MAX_TOKEN_MISMATCH)
        .ifPresent(share -> reasons.add(text("token counts differ by %.1f %%", share * 100)));
    if (Boolean.TRUE.equals(said.clockStep())) {
      reasons.add("the generator's clock stepped");
    }
    return new Validity(reasons);
  }

  private void distributions(
      List<Metric> metrics, Scope scope, String id, List<RequestSample> some) {
    List<RequestSample> good = where(some, RequestSample::succeeded);
    for (Metric metric : metrics) {
      distribution(
          metric.name(),
          metric.unit(),
          scope,
          id,
          values(good, metric.of()),
          some.size() - good.size(),
          metric.use() != Use.POOLED);
    }
  }

  /**
   * Mean, extremes and percentiles of observations.
   *
   * @param sorted ascending; nothing is added when empty
   * @param independent whether the bootstrap holds: gaps of one stream depend on each other, and an
   *     interval over them would claim too much
   */
  private void distribution(
      String metric,
      String unit,
      Scope scope,
      String id,
      double[] sorted,
      long failed,
      boolean independent) {
    int n = sorted.length;
    if (n == 0) {
      return;
    }
    long seed = run.loadModel().seed();
    double mean = Arrays.stream(sorted).average().orElseThrow();
    Interval ofMean = independent ? Bootstrap.meanInterval(sorted, RESAMPLES, seed) : null;
    add(metric, Statistic.MEAN, scope, id, mean, ofMean, false, n, failed, unit);
    add(metric, Statistic.MIN, scope, id, sorted[0], null, false, n, failed, unit);
    add(metric, Statistic.MAX, scope, id, sorted[n - 1], null, false, n, failed, unit);
    double[] ps = PERCENTILES.values().stream().mapToDouble(p -> p).toArray();
    List<Interval> intervals =
        independent ? Bootstrap.percentileInterval(sorted, ps, RESAMPLES, seed) : List.of();
    int i = 0;
    for (Map.Entry<Statistic, Double> p : PERCENTILES.entrySet()) {
      boolean few =
          (p.getKey() == Statistic.P95 && n < ENOUGH_FOR_P95)
              || (p.getKey() == Statistic.P99 && n < ENOUGH_FOR_P99);
      add(
          metric,
          p.getKey(),
          scope,
          id,
          Percentiles.type7(sorted, p.getValue()),
          intervals.isEmpty() ? null : intervals.get(i++),
          few,
          n,
          failed,
          unit);
    }
  }

  /** A share with its Wilson interval; nothing is added when there is nothing to share. */
  private void share(String metric, Scope scope, String id, long hits, long n) {
    if (n > 0) {
      Interval wilson = Wilson.interval(hits, n);
      add(metric, Statistic.VALUE, scope, id, (double) hits / n, wilson, false, n, 0, "ratio");
    }
  }

  private void value(String metric, double value, long n, String unit) {
    add(metric, Statistic.VALUE, Scope.ALL, "", value, null, false, n, 0, unit);
  }

  private void add(
      String metric,
      Statistic statistic,
      Scope scope,
      String id,
      double value,
      @Nullable Interval interval,
      boolean intervalOnly,
      long n,
      long failed,
      String unit) {
    measurements.add(
        new Measurement(
            run.id(),
            metric,
            statistic,
            scope,
            id,
            value,
            interval == null ? null : interval.low(),
            interval == null ? null : interval.high(),
            intervalOnly,
            n,
            failed,
            unit));
  }

  private boolean meetsTarget(RequestSample s) {
    return s.succeeded() && s.endUs() != null && s.endUs() - s.dueUs() <= targetLatencyUs;
  }

  private static DoubleStream timePerOutputToken(RequestSample s) {
    Integer tokens = s.outputTokens();
    return tokens == null || tokens < 2
        ? DoubleStream.empty()
        : between(s.firstTextUs(), s.lastTextUs()).map(us -> us / (tokens - 1));
  }

  /** Each chunk's gap over the tokens it carried, which the stream tells only on average. */
  private static DoubleStream tokenGaps(RequestSample s) {
    Integer tokens = s.outputTokens();
    return tokens == null || tokens < 2
        ? DoubleStream.empty()
        : gaps(s).map(gap -> gap * s.chunkGapsUs().size() / (tokens - 1));
  }

  private static DoubleStream normalisedTimePerToken(RequestSample s) {
    Integer tokens = s.outputTokens();
    return tokens == null || tokens < 1
        ? DoubleStream.empty()
        : between(s.dueUs(), s.endUs()).map(us -> us / tokens);
  }

  private static DoubleStream gaps(RequestSample s) {
    return s.chunkGapsUs().stream().mapToDouble(Long::doubleValue);
  }

  private static DoubleStream between(@Nullable Long from, @Nullable Long to) {
    return from == null || to == null ? DoubleStream.empty() : DoubleStream.of(to - from);
  }

  private static DoubleStream given(@Nullable Number value) {
    return value == null ? DoubleStream.empty() : DoubleStream.of(value.doubleValue());
  }

  /** F1 of the routing to one sector; null where no request of it was routed. */
  private static @Nullable Double f1(String sector, List<RequestSample> routed) {
    long labelled = count(routed, s -> s.sector().equals(sector));
    if (labelled == 0) {
      return null;
    }
    long chosen = count(routed, s -> sector.equals(s.routedSector()));
    long both = count(routed, s -> s.sector().equals(sector) && s.routedStrictly());
    return 2.0 * both / (labelled + chosen);
  }

  /** Sum of absolute differences over the sum of tokens, where both counts are known. */
  private static Optional<Double> tokenMismatch(List<RequestSample> chat) {
    List<RequestSample> both =
        where(chat, s -> s.succeeded() && s.outputTokens() != null && s.recountedTokens() != null);
    double tokens = sum(both, RequestSample::outputTokens);
    double difference =
        both.stream()
            .mapToDouble(
                s ->
                    Math.abs(
                        Objects.requireNonNull(s.outputTokens())
                            - Objects.requireNonNull(s.recountedTokens())))
            .sum();
    return tokens == 0 ? Optional.empty() : Optional.of(difference / tokens);
  }

  /** Seconds from the first due to the last end; none where nothing ended. */
  private static Optional<Double> seconds(List<RequestSample> some) {
    long first = some.stream().mapToLong(RequestSample::dueUs).min().orElse(0);
    return some.stream()
        .flatMapToDouble(s -> given(s.endUs()))
        .mapToObj(end -> (end - first) / 1e6)
        .max(Double::compare)
        .filter(seconds -> seconds > 0);
  }

  private static SectorResult.@Nullable Latency latency(double[] sorted) {
    return sorted.length == 0
        ? null
        : new SectorResult.Latency(
            Percentiles.type7(sorted, 0.50),
            Percentiles.type7(sorted, 0.95),
            Percentiles.type7(sorted, 0.99));
  }

  private static double[] values(
      List<RequestSample> some, Function<RequestSample, DoubleStream> of) {
    return some.stream().flatMapToDouble(of).sorted().toArray();
  }

  private static double sum(
      List<RequestSample> some, Function<RequestSample, @Nullable Integer> of) {
    return some.stream().map(of).filter(Objects::nonNull).mapToDouble(Integer::doubleValue).sum();
  }

  private static Set<String> labels(List<RequestSample> some) {
    Set<String> labels = new TreeSet<>();
    some.forEach(s -> labels.add(s.sector()));
    return labels;
  }

  private static Map<String, List<RequestSample>> by(
      List<RequestSample> some, Function<RequestSample, String> key) {
    return some.stream().collect(groupingBy(key, TreeMap::new, toList()));
  }

  private static List<RequestSample> where(
      List<RequestSample> some, Predicate<RequestSample> condition) {
    return some.stream().filter(condition).toList();
  }

  private static long count(List<RequestSample> some, Predicate<RequestSample> condition) {
    return some.stream().filter(condition).count();
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /**
   * What follows from a run's samples.
   *
   * @param measurements every number with its uncertainty
   * @param sectors one result for each sector that was asked about or should have been
   * @param validity whether the numbers may be ranked
   */
  public record Result(
      List<Measurement> measurements, List<SectorResult> sectors, Validity validity) {}

  /** For whom a metric is computed. */
  private enum Use {
    /** The whole run, and each sector and adapter. */
    SCOPED,
    /** The whole run. */
    WHOLE,
    /** The whole run; one request gives many observations. */
    POOLED
  }

  private record Metric(
      String name, String unit, Use use, Function<RequestSample, DoubleStream> of) {}

  private record Resource(String name, String unit, Function<ResourceSample, DoubleStream> of) {}
}
