package dev.pusula;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A short load by the real generator against the deployed WAR, and what the history says of it. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class BenchmarkIT {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  @ArquillianResource private URI deployed;
  @TempDir private Path folder;

  @Deployment(testable = false)
  static WebArchive war() {
    return BuiltWar.archive();
  }

  @Test
  void quickSuite_againstTheService_isKeptAndReported() throws Exception {
    URI service = BuiltWar.loopback(deployed);
    String id = load(service);

    JsonNode run = json(service, "/api/runs/" + id);
    assertThat(run.path("status").asText()).isEqualTo("COMPLETED");
    assertThat(run.path("served").path("untrained").asBoolean()).isFalse();
    assertThat(json(service, "/api/runs").path("runs").get(0).path("id").asText()).isEqualTo(id);
    assertThat(json(service, "/api/runs/" + id + "/sectors")).hasSize(23); // 22 and general
    long kept = get(service, "/api/runs/" + id + "/samples", "*/*").body().lines().count();
    assertThat(kept)
        .isPositive()
        .isEqualTo(lines(folder.resolve("samples.ndjson")).filter(l -> !l.isBlank()).count());
    assertThat(measurement(service, id, "error_rate", "value")).isZero();
    assertThat(measurement(service, id, "ttft", "p50")).isPositive();
    assertThat(measurement(service, id, "route_e2e", "p50")).isPositive();
    assertThat(measurement(service, id, "output_tokens_per_second", "value")).isPositive();
    // The router's adapters on answers that nothing was trained on.
    assertThat(measurement(service, id, "answer_perplexity", "value"))
        .isLessThan(measurement(service, id, "base_answer_perplexity", "value"));
    assertThat(json(service, "/api/runs/" + id + "/answers").size()).isGreaterThan(40);

    assertThat(get(service, "/api/runs/" + id + "/report", "text/plain").body())
        .contains(
            "Latency",
            "Throughput",
            "Quality",
            "Answer quality",
            "answer_perplexity_reduction",
            "Resources",
            "SOTA comparison")
        .doesNotContain("UNTRAINED");
    assertThat(get(service, "/api/runs/" + id + "/report", "text/html").body())
        .startsWith("<!doctype html>")
        .contains("<svg", "Routed right by sector");
    assertThat(get(service, "/api/runs/" + id + "/report", "text/csv").body())
        .startsWith("run_id,section,metric");
    assertThat(json(service, "/api/runs/" + id + "/report").path("sections")).isNotEmpty();
    assertThat(get(service, "/api/runs/" + id + "/report", "image/png").statusCode())
        .isEqualTo(406);
    assertThat(json(service, "/api/runs/" + id + "/comparisons")).isNotEmpty();
    assertThat(get(service, "/api/runs/" + id + "/events", "text/event-stream").body())
        .contains("COMPLETED");
    assertThat(get(service, "/metrics", "*/*").body()).contains("pusula_routes_total");
  }

  private String load(URI service) throws IOException, InterruptedException {
    File log = folder.resolve("load.log").toFile();
    Process generator =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.pusula.load.LoadMain",
                "--host=" + service,
                "--history=" + service,
                "--users=2",
                "--warm-up=1s",
                "--run-time=5s",
                "--max-tokens=8",
                "--headless",
                "--output-dir=" + folder)
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    assertThat(generator.waitFor(120, TimeUnit.SECONDS)).as("ends by itself").isTrue();
    assertThat(generator.exitValue()).as(Files.readString(log.toPath())).isZero();
    return JSON.readTree(folder.resolve("runs.json").toFile()).get(0).path("id").asText();
  }

  private static double measurement(URI service, String id, String metric, String statistic)
      throws IOException, InterruptedException {
    for (JsonNode m : json(service, "/api/runs/" + id + "/measurements")) {
      if (m.path("metric").asText().equals(metric)
          && m.path("statistic").asText().equals(statistic)
          && m.path("scope").asText().equals("all")) {
        return m.path("value").asDouble();
      }
    }
    throw new AssertionError("no " + metric + " " + statistic);
  }

  private static JsonNode json(URI service, String path) throws IOException, InterruptedException {
    return JSON.readTree(get(service, path, "application/json").body());
  }

  private static HttpResponse<String> get(URI service, String path, String accept)
      throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(service.resolve(path)).header("Accept", accept).build(), ofString());
  }

  private static Stream<String> lines(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return lines.stream();
  }
}
