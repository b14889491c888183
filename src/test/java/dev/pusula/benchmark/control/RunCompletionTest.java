package dev.pusula.benchmark.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.pusula.benchmark.Samples;
import dev.pusula.benchmark.entity.AnswerScore;
import dev.pusula.benchmark.entity.Completion;
import dev.pusula.benchmark.entity.Measurement;
import dev.pusula.benchmark.entity.RequestSample;
import dev.pusula.benchmark.entity.ResourceSample;
import dev.pusula.benchmark.entity.ResourceSource;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.Scope;
import dev.pusula.benchmark.entity.SectorResult;
import dev.pusula.benchmark.entity.Statistic;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RunCompletionTest {

  private static final long TARGET_US = 150_000;

  /**
   * anchors of the definitions: role chunk at 180 ms, first content (1 token) at 200, then 33
   * chunks of 3 tokens every 60, n = 100, {@code [DONE]} 5 later. Last text 200 + 33·60 = 2,180 ms,
   * end 2,185 ms.
   */
  private static final RequestSample STREAM =
      Samples.sample(
          0,
          "headers_us:180000",
          "first_text_us:200000",
          "first_answer_us:200000",
          "last_text_us:2180000",
          "end_us:2185000",
          "output_tokens:100",
          "chunk_gaps_us:["
              + IntStream.range(0, 33).mapToObj(i -> "60000").collect(Collectors.joining(","))
              + "]");

  @Test
  void compute_theStreamWithEightAnswers_givesOurs() {
    var result = completed(List.of(STREAM));

    assertThat(mean(result, "ttft")).isEqualTo(200_000); // not 180,000: a role is no text
    assertThat(mean(result, "tpot")).isEqualTo(20_000); // (2,180 − 200) / 99
    assertThat(mean(result, "itl")).isEqualTo(20_000); // 60 ms over 99 / 33 = 3 tokens
    assertThat(mean(result, "chunk_gap")).isEqualTo(60_000);
    assertThat(mean(result, "ntpot")).isEqualTo(21_850); // 2,185 / 100
    assertThat(mean(result, "e2e")).isEqualTo(2_185_000);
    assertThat(find(result, "chunk_gap", Statistic.P50).n()).isEqualTo(33);
    assertThat(find(result, "chunk_gap", Statistic.P50).intervalLow()).isNull();
  }

  @Test
  void compute_lateSend_countsFromDueAndTellsTheLag() {
    var result =
        completed(
            List.of(Samples.sample(0, "sent_us:7000", "headers_us:8000", "first_answer_us:30000")));

    assertThat(mean(result, "ttft")).isEqualTo(20_000);
    assertThat(mean(result, "ttft_from_sent")).isEqualTo(13_000);
    assertThat(mean(result, "ttfo")).isEqualTo(30_000);
    assertThat(mean(result, "e2e")).isEqualTo(100_000);
    assertThat(mean(result, "e2e_from_sent")).isEqualTo(93_000);
    assertThat(mean(result, "send_lag")).isEqualTo(7_000);
  }

  @Test
  void compute_oneToken_hasNoTimePerOutputToken() {
    var result = completed(List.of(Samples.sample(0, "output_tokens:1")));

    assertThat(result.measurements()).extracting(Measurement::metric).doesNotContain("tpot", "itl");
  }

  @Test
  void compute_failures_stayOutOfLatencyAndInTheRates() {
    var result =
        completed(
            List.of(
                Samples.sample(0),
                Samples.sample(1, "end_us:200000"), // a success beyond the target
                Samples.sample(2, "outcome:\"failed\"", "status:500", "end_us:95000"),
                Samples.sample(
                    3, "first_text_us:null", "first_answer_us:null", "last_text_us:null"),
                Samples.sample(
                    4,
                    "outcome:\"dropped\"",
                    "sent_us:null",
                    "headers_us:null",
                    "first_text_us:null",
                    "first_answer_us:null",
                    "last_text_us:null",
                    "end_us:null",
                    "status:null")));

    Measurement e2e = find(result, "e2e", Statistic.P50);
    assertThat(e2e.value()).isEqualTo(150_000); // type 7 of 100 and 200 ms
    assertThat(e2e.n()).isEqualTo(2);
    assertThat(e2e.failed()).isEqualTo(3);
    assertThat(value(result, "issued")).isEqualTo(5);
    assertThat(value(result, "dropped")).isEqualTo(1);
    assertThat(value(result, "success_rate")).isEqualTo(0.4);
    assertThat(value(result, "error_rate")).isEqualTo(0.6);
    assertThat(value(result, "goodput_share")).isEqualTo(0.2);
    // first due 0, last end 0.2 s
    assertThat(value(result, "goodput")).isEqualTo(5);
    assertThat(value(result, "requests_per_second")).isEqualTo(10);
    assertThat(value(result, "output_tokens_per_second")).isEqualTo(80); // 2 · 8 / 0.2
  }

  @Test
  void compute_phasesAndKinds_neverMix() {
    var result =
        completed(
            List.of(
                Samples.sample(0),
                Samples.sample(1, "phase:\"warm_up\"", "end_us:900000"),
                Samples.sample(2, "phase:\"drain\"", "end_us:500000"),
                Samples.sample(
                    3,
                    "kind:\"route\"",
                    "first_text_us:null",
                    "first_answer_us:null",
                    "last_text_us:null",
                    "end_us:12000")));

    assertThat(mean(result, "e2e")).isEqualTo(100_000);
    assertThat(mean(result, "route_e2e")).isEqualTo(12_000);
    assertThat(value(result, "requests_per_second")).isEqualTo(10);
    assertThat(value(result, "drain_requests_per_second")).isEqualTo(2);
    assertThat(value(result, "warm_up_requests_per_second"))
        .isCloseTo(1.1111, within(1e-4)); // 1 / 0.9
  }

  @Test
  void compute_routing_isStrictWithAlsoRightAndMacroF1() {
    // labels i,i,i,l; chosen i,l,g,l. insurance: tp 1, fn 2, fp 0: F1 = 2/(3+1) = 0.5;
    // legal: tp 1, fp 1: F1 = 2/(1+2) = 0.6667; macro 0.58333 (as scikit-learn over the labels).
    var result =
        completed(
            List.of(
                Samples.sample(0),
                Samples.sample(1, "routed_sector:\"legal\""), // also right
                Samples.sample(2, "routed_sector:\"general\""),
                Samples.sample(3, "sector:\"legal\"", "routed_sector:\"legal\"", "also:[]"),
                Samples.sample(4, "routed_sector:null", "routed_score:null")));

    assertThat(value(result, "routing_accuracy")).isEqualTo(0.5);
    assertThat(value(result, "routing_accuracy_also")).isEqualTo(0.75);
    assertThat(value(result, "routing_macro_f1")).isCloseTo(0.583333, within(1e-6));
    // 95 % Wilson interval of 2 of 4, by R's prop.test(2, 4, correct = FALSE)
    assertThat(find(result, "routing_accuracy", Statistic.VALUE).intervalLow())
        .isCloseTo(0.1500, within(1e-4));
    SectorResult insurance = sector(result, "insurance");
    assertThat(insurance.counts()).isEqualTo(new SectorResult.Counts(4, 0, 3, 1, 2));
    assertThat(insurance.f1()).isEqualTo(0.5);
    assertThat(sector(result, "retail").counts().requests()).isZero();
    assertThat(sector(result, "retail").e2e()).isNull();
  }

  @Test
  void compute_adapters_countForTheFirstOnly() {
    var result =
        completed(
            List.of(
                Samples.sample(0),
                Samples.sample(
                    1, "adapters:\"legal_adapter,insurance_adapter\"", "end_us:300000")));

    assertThat(
            result.measurements().stream()
                .filter(m -> m.scope() == Scope.ADAPTER && m.metric().equals("e2e"))
                .filter(m -> m.statistic() == Statistic.MEAN)
                .map(m -> m.scopeId() + " " + m.value()))
        .containsExactly("insurance_adapter 100000.0", "legal_adapter 300000.0");
  }

  @Test
  void compute_fewSamples_marksTheTailsAsIntervalOnly() {
    assertThat(marked(199)).containsExactly(Statistic.P95, Statistic.P99);
    assertThat(marked(200)).containsExactly(Statistic.P99);
    assertThat(marked(1_000)).isEmpty();
  }

  @Test
  void compute_twice_givesTheSameNumbers() {
    List<RequestSample> samples =
        IntStream.range(0, 50)
            .mapToObj(i -> Samples.sample(i, "end_us:" + (100_001 + i * i)))
            .toList();

    assertThat(completed(samples).measurements())
        .usingRecursiveComparison()
        .isEqualTo(completed(samples).measurements());
  }

  @Test
  void compute_resources_areOfTheWindowAndApartBySource() {
    Run run = Samples.run("insurance");
    run.complete(new Completion(1_000_000L, 3_000_000L, 1L, 0L, 5.0, false), Samples.START);
    var result =
        new RunCompletion(run, TARGET_US)
            .compute(
                List.of(Samples.sample(0)),
                List.of(
                    cpu(ResourceSource.SERVER, 500_000, 99, 40),
                    cpu(ResourceSource.SERVER, 1_000_000, 10, 40),
                    cpu(ResourceSource.SERVER, 2_000_000, 20, 40),
                    cpu(ResourceSource.SERVER, 3_000_000, 60, 40),
                    cpu(ResourceSource.GENERATOR, 2_000_000, 7, null)),
                List.of());

    assertThat(mean(result, "server_cpu")).isEqualTo(30);
    assertThat(find(result, "server_cpu", Statistic.MAX).value()).isEqualTo(60);
    assertThat(find(result, "server_cpu", Statistic.P95).value())
        .isCloseTo(56, within(1e-9)); // type 7: 20 + 0.9 · 40
    assertThat(mean(result, "generator_cpu")).isEqualTo(7);
    // 40 W for 0.1 s over 8 tokens
    assertThat(value(result, "energy_per_output_token")).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void validity_goodRun_isValid() {
    assertThat(completed(List.of(Samples.sample(0))).validity().reasons()).isEmpty();
  }

  @Test
  void validity_eachFault_hasItsReason() {
    RequestSample late =
        Samples.sample(0, "sent_us:10001", "headers_us:10001", "recounted_tokens:9");
    Run run = Samples.run("insurance");
    run.complete(new Completion(0L, 1L, 2L, 0L, 80.0, true), Samples.START);

    assertThat(
            new RunCompletion(run, TARGET_US)
                .compute(List.of(late), List.of(), List.of())
                .validity()
                .reasons())
        .containsExactly(
            "only 1 of 2 issued requests arrived here",
            "send lag P99 is 10.0 ms, above 10 ms",
            "the generator used 80 % of its cores, not below 80 %",
            "token counts differ by 12.5 %", // |9 − 8| / 8
            "the generator's clock stepped");

    Run aborted = Samples.run("insurance");
    aborted.abort("Ctrl-C", Completion.SILENT, Samples.START);
    assertThat(
            new RunCompletion(aborted, TARGET_US)
                .compute(List.of(), List.of(), List.of())
                .validity()
                .reasons())
        .containsExactly(
            "the run did not complete: Ctrl-C", "no request was due in the measurement window");
  }

  private static List<Statistic> marked(int n) {
    var samples = IntStream.range(0, n).mapToObj(i -> Samples.sample(i)).toList();
    return completed(samples).measurements().stream()
        .filter(m -> m.metric().equals("e2e") && m.scope() == Scope.ALL && m.intervalOnly())
        .map(Measurement::statistic)
        .toList();
  }

  private static ResourceSample cpu(
      ResourceSource source, long atUs, double percent, Integer watts) {
    return new ResourceSample(
        source,
        atUs,
        percent,
        null,
        null,
        null,
        null,
        null,
        watts == null ? null : watts + 0.0,
        null);
  }

  @Test
  void compute_answers_comparesTheModelWithTheBaseOnTheSameQuestions() {
    Run run = Samples.run("insurance");
    run.complete(new Completion(0L, 1_000_000L, 1L, 0L, 5.0, false), Samples.START);
    var result =
        new RunCompletion(run, TARGET_US)
            .compute(
                List.of(),
                List.of(),
                List.of(
                    new AnswerScore("q1", "auto", "insurance", "insurance", 10, -20),
                    new AnswerScore("q1", "base", "insurance", null, 10, -30),
                    new AnswerScore("q2", "auto", "legal", "insurance", 30, -60),
                    new AnswerScore("q2", "base", "legal", null, 30, -70),
                    new AnswerScore("q3", "auto", "legal", "legal", 20, -100)));

    assertThat(value(result, "answer_perplexity")).isCloseTo(Math.exp(180 / 60.0), within(1e-9));
    assertThat(value(result, "base_answer_perplexity"))
        .isCloseTo(Math.exp(100 / 40.0), within(1e-9));
    Measurement reduction = find(result, "answer_perplexity_reduction", Statistic.VALUE);
    assertThat(reduction.value()).isCloseTo(1 - Math.exp(-20 / 40.0), within(1e-9));
    // Two questions: resampled, both are the first or both the second at the extremes.
    assertThat(reduction.intervalLow()).isCloseTo(1 - Math.exp(-10 / 30.0), within(1e-9));
    assertThat(reduction.intervalHigh()).isCloseTo(1 - Math.exp(-10 / 10.0), within(1e-9));
    assertThat(reduction.n()).isEqualTo(2);
    assertThat(result.measurements())
        .filteredOn(m -> m.scope() == Scope.SECTOR && m.metric().startsWith("answer"))
        .extracting(Measurement::metric, Measurement::scopeId)
        .containsExactly(
            tuple("answer_perplexity", "insurance"),
            tuple("answer_perplexity_reduction", "insurance"),
            tuple("answer_perplexity", "legal"),
            tuple("answer_perplexity_reduction", "legal"));
  }

  private static RunCompletion.Result completed(List<RequestSample> samples) {
    Run run = Samples.run("insurance", "legal", "retail");
    run.complete(Completion.SILENT, Samples.START.plusSeconds(40));
    return new RunCompletion(run, TARGET_US).compute(samples, List.of(), List.of());
  }

  private static double mean(RunCompletion.Result result, String metric) {
    return find(result, metric, Statistic.MEAN).value();
  }

  private static double value(RunCompletion.Result result, String metric) {
    return find(result, metric, Statistic.VALUE).value();
  }

  private static Measurement find(RunCompletion.Result result, String metric, Statistic statistic) {
    Stream<Measurement> found =
        result.measurements().stream()
            .filter(m -> m.scope() == Scope.ALL)
            .filter(m -> m.metric().equals(metric) && m.statistic() == statistic);
    return found.findFirst().orElseThrow(() -> new AssertionError("no " + metric));
  }

  private static SectorResult sector(RunCompletion.Result result, String sector) {
    return result.sectors().stream()
        .filter(r -> r.sector().equals(sector))
        .findFirst()
        .orElseThrow();
  }
}
