package dev.pusula.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.benchmark.control.SampleReader;
import dev.pusula.benchmark.entity.Completion;
import dev.pusula.benchmark.entity.Environment;
import dev.pusula.benchmark.entity.LoadModel;
import dev.pusula.benchmark.entity.Measurement;
import dev.pusula.benchmark.entity.RequestSample;
import dev.pusula.benchmark.entity.Run;
import dev.pusula.benchmark.entity.Scope;
import dev.pusula.benchmark.entity.SectorResult;
import dev.pusula.benchmark.entity.Served;
import dev.pusula.benchmark.entity.Statistic;
import dev.pusula.benchmark.entity.Target;
import dev.pusula.benchmark.entity.Validity;
import dev.pusula.platform.Json;
import dev.pusula.report.control.CsvReport;
import dev.pusula.report.control.HtmlReport;
import dev.pusula.report.control.ReportBuilder;
import dev.pusula.report.control.TextReport;
import dev.pusula.report.entity.RunReport;
import dev.pusula.sota.control.BaselineFile;
import dev.pusula.sota.control.Comparer;
import dev.pusula.sota.control.RunComparisons;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class RunReportTest {

  @Test
  void text_invalidUntrainedRun_saysSoFirstAndFitsItsWidth() throws IOException {
    String text = TextReport.render(report(OptionalDouble.empty()));
    assertThat(text.lines().skip(2).limit(2).toList())
        .satisfies(lines -> assertThat(lines.get(0)).contains("INVALID"))
        .satisfies(lines -> assertThat(lines.get(1)).contains("UNTRAINED"));
    assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
    assertThat(text).contains("no price set").contains("without a source, not compared");
  }

  @Test
  void text_fewSamples_showsTheIntervalOnly() throws IOException {
    List<String> lines = TextReport.render(report(OptionalDouble.empty())).lines().toList();
    String row = lines.stream().filter(line -> line.startsWith("e2e,")).findFirst().orElseThrow();
    assertThat(row).contains("*").doesNotContain("150");
    assertThat(lines.get(lines.indexOf(row) + 1)).contains("p95 90 … 200");
  }

  @Test
  void cost_priceAnHour_isPriceOverWhatAnHourServes() throws IOException {
    // 3.6 USD an hour at 10 requests/s is 36,000 requests: 0.1 USD per 1,000
    assertThat(report(OptionalDouble.of(3.6)).sections().get(6).figures().get(0).value())
        .isEqualTo(0.1);
  }

  @Test
  void html_textFromOutside_isEscapedAndNothingIsFetched() throws IOException {
    String html = HtmlReport.render(report(OptionalDouble.empty()));
    assertThat(html).contains("&lt;b&gt;").doesNotContain("<b>", "src=", "href=", "url(");
    assertThat(html).contains("<polyline").doesNotContain("NaN");
  }

  @Test
  void csvAndJson_everyFigure_isThere() throws IOException {
    RunReport report = report(OptionalDouble.empty());
    assertThat(CsvReport.render(report).lines()).hasSize(3);
    assertThat(Json.mapper().readTree(Json.mapper().writeValueAsString(report)).path("sections"))
        .hasSize(7);
  }

  private static RunReport report(OptionalDouble price) throws IOException {
    Instant at = Instant.parse("2026-11-24T10:00:00Z");
    Run run =
        new Run(
            UUID.fromString("5d3c1d0e-9e1c-4a55-8a0e-0c1d5f0e7b11"),
            "quick",
            null,
            "<b>light</b>",
            new LoadModel("closed", 10, 5.0, null, 30, 10, 42),
            new Target("http://127.0.0.1:8080", "auto", "pusula"),
            new Served("tiny", "0f1e", true, Map.of(), "engine", "float32"),
            "9f86d081884c7d65",
            new Environment(null, null, "17", "Linux", "AMD", 4, 1L << 34, null, "AMD, 4, 16"),
            List.of("insurance"),
            at);
    run.complete(Completion.SILENT, at.plusSeconds(40));
    run.judge(new Validity(List.of("the generator's clock stepped")), 100_000);
    List<Measurement> measurements =
        List.of(
            new Measurement(
                run.id(),
                "e2e",
                Statistic.P95,
                Scope.ALL,
                "",
                150_000,
                90_000.0,
                200_000.0,
                true,
                50,
                1,
                "us"),
            new Measurement(
                run.id(),
                "requests_per_second",
                Statistic.VALUE,
                Scope.ALL,
                "",
                10,
                null,
                null,
                false,
                51,
                0,
                "requests/s"));
    String line =
        "{\"seq\":1,\"kind\":\"chat\",\"phase\":\"measure\",\"sector\":\"insurance\",\"query\":\"i-1\",\"due_us\":0,"
            + "\"sent_us\":0,\"headers_us\":1,\"first_text_us\":20000,\"last_text_us\":90000,\"end_us\":100000,"
            + "\"output_tokens\":8,\"status\":200,\"outcome\":\"completed\"}";
    List<RequestSample> samples =
        SampleReader.read(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)), null);
    return new ReportBuilder(price)
        .build(
            run,
            measurements,
            List.of(
                new SectorResult(
                    run.id(),
                    "insurance",
                    new SectorResult.Counts(51, 1, 50, 40, 42),
                    0.8,
                    null,
                    null,
                    400)),
            samples,
            List.of(),
            new RunComparisons(new Comparer(Clock.systemUTC()))
                .compare(run, measurements, BaselineFile.bundled()));
  }
}
