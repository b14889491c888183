package dev.pusula.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.benchmark.control.RunCompletion;
import dev.pusula.benchmark.control.SampleStore;
import dev.pusula.benchmark.entity.Completion;
import dev.pusula.benchmark.entity.RequestSample;
import dev.pusula.benchmark.entity.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The checks and views over one completed run of 40 requests. */
class HistoryChecksTest {

  private static final Path CHECKS = Path.of("sql/check");

  @BeforeEach
  void completedRun() {
    SampleStore store = new SampleStore(HistoryDatabase.empty(), Clock.systemUTC());
    Run run = Samples.run("insurance", "legal");
    HistoryDatabase.insert(run);
    List<RequestSample> samples =
        IntStream.range(0, 40)
            .mapToObj(i -> Samples.sample(i, "end_us:" + (100_001 + i * 1_000)))
            .toList();
    store.store(run.id(), 0, samples);
    run.complete(
        new Completion(0L, 40_000_000L, 40L, 0L, 5.0, false), Samples.START.plusSeconds(40));
    HistoryDatabase.finish(
        run, new RunCompletion(run, 150_000).compute(samples, List.of(), List.of()));
  }

  @ParameterizedTest
  @MethodSource("checks")
  void check_healthyHistory_returnsNothing(String check) throws IOException {
    assertThat(HistoryDatabase.rows(Files.readString(CHECKS.resolve(check)))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lost_samples.sql|delete from request_sample where seq = 3",
        "stray_partition_keys.sql|update request_sample set run_started_at = '2026-11-25Z' where seq = 3",
        "unfinished_endings.sql|delete from sector_result where sector = 'legal'",
        "unfinished_endings.sql|delete from measurement",
        "disagreeing_percentiles.sql|update measurement set value = value + 1 where metric = 'e2e' and statistic = 'p95'",
        "disagreeing_percentiles.sql|update request_sample set end_us = end_us + 500000 where seq = 3",
      })
  void check_plantedFault_isFound(String check, String fault) throws IOException {
    HistoryDatabase.execute(fault);

    assertThat(HistoryDatabase.rows(Files.readString(CHECKS.resolve(check)))).isNotEmpty();
  }

  @Test
  void runSummary_oneRun_showsItsHeadline() {
    // e2e 100.001 … 139.001 ms in steps of 1: median 119.501; all of 40 within 150 ms.
    assertThat(
            HistoryDatabase.rows(
                "select suite, status, validity, measured_requests, goodput_share, e2e_p50_ms,"
                    + " ttft_p50_ms, routing_accuracy from run_summary"))
        .containsExactly("quick|COMPLETED|VALID|40|1|119.501|20|1");
  }

  @Test
  void latencyBySuite_fromRawSamples_agreesWithTheStoredNumbers() {
    assertThat(HistoryDatabase.rows("select n, e2e_p50_ms, e2e_p95_ms from latency_by_suite"))
        .containsExactly("40|119.501|137.051"); // 39 · 0.95 = 37.05 steps above 100.001
  }

  @Test
  void otherViews_oneRun_haveTheirRows() {
    HistoryDatabase.execute(
        "update request_sample set outcome = 'refused', http_status = 503 where seq = 3;"
            + " update request_sample set routed_sector = 'legal' where seq < 10;"
            + " insert into resource_sample (run_id, source, at_us, cpu_percent)"
            + " select id, 'server', 1000000, 42 from run");

    assertThat(
            HistoryDatabase.rows(
                "select outcome, http_status, failed_count, share, sectors from failure"))
        .containsExactly("refused|503|1|0.025|{insurance}");
    assertThat(
            HistoryDatabase.rows(
                "select chosen_sector, correct, request_count, also_right_count, share::float8"
                    + " from routing_confusion"))
        .containsExactly("insurance|t|30|0|0.75", "legal|f|10|10|0.25");
    assertThat(HistoryDatabase.rows("select source, n, cpu_max_percent from resource_summary"))
        .containsExactly("server|1|42");
    assertThat(
            HistoryDatabase.rows(
                "select sector, request_count, accuracy, accuracy_change from sector_result_over_time"))
        .containsExactly("insurance|40|1|", "legal|0||");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // also-right labels are no mistakes, so the ten that went to legal do not show
        "router_mistakes.sql; insurance|energy|5|40|0.125",
        "slowest_queries.sql; insurance-03|insurance|40|119.501|139.001",
        "ttft_trend.sql; |40|20||", // too few samples for a P95, and no run before
      })
  void report_oneRun_answersItsQuestion(String report, String answer) throws IOException {
    HistoryDatabase.execute(
        "update measurement set interval_only = true where metric = 'ttft' and statistic = 'p95';"
            + " update request_sample set routed_sector = 'legal' where seq < 10;"
            + " update request_sample set routed_sector = 'energy' where seq >= 35");

    assertThat(HistoryDatabase.rows(Files.readString(Path.of("sql/report", report))))
        .singleElement()
        .asString()
        .contains(answer);
  }

  @Test
  void deletingARun_takesEverythingOfIt() {
    HistoryDatabase.execute("delete from run");

    assertThat(
            HistoryDatabase.rows(
                "select count(*) from request_sample union all select count(*) from measurement union"
                    + " all select count(*) from sector_result union all select count(*) from sample_batch"))
        .containsExactly("0", "0", "0", "0");
  }

  static Stream<String> checks() throws IOException {
    try (Stream<Path> files = Files.list(CHECKS)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    }
  }
}
