package dev.pusula.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.pusula.BuiltWar;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import picocli.CommandLine;

/**
 * {@code pusula evaluate --history} against the deployed WAR: both must come to the same scores.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class EvaluationIT {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Scores pass through JSON and the database as double precision. */
  private static final double PRECISION = 1e-9;

  @ArquillianResource private URI deployed;

  @Deployment(testable = false)
  static WebArchive war() {
    return BuiltWar.archive();
  }

  @Test
  void evaluation_isKeptAsARun_withTheSameScores() throws Exception {
    URI service = BuiltWar.loopback(deployed);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new EvaluateCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err, true))
            .execute(
                "--file",
                "src/main/corpus/queries",
                "--split",
                "test",
                "--json",
                "--history",
                service.toString());
    assertThat(code).as(err.toString()).isZero();
    JsonNode offline = JSON.readTree(out.toString());
    String run = err.toString().strip().replace("run ", "");

    assertThat(get(service, "/api/runs/" + run).path("status").asText()).isEqualTo("COMPLETED");
    assertThat(get(service, "/api/runs/" + run + "/sectors")).hasSize(23); // 22 and general
    JsonNode kept = get(service, "/api/runs/" + run + "/measurements");
    assertThat(value(kept, "route_routing_accuracy", "all", ""))
        .isCloseTo(offline.path("accuracy").path("value").asDouble(), within(PRECISION));
    assertThat(value(kept, "route_routing_accuracy_also", "all", ""))
        .isCloseTo(offline.path("accuracy_with_also").path("value").asDouble(), within(PRECISION));
    assertThat(value(kept, "route_calibration_error", "all", ""))
        .isCloseTo(offline.path("calibration_error").asDouble(), within(PRECISION));
    assertThat(value(kept, "route_out_of_scope_auroc", "all", ""))
        .isCloseTo(offline.path("out_of_scope_auroc").asDouble(), within(PRECISION));
    assertThat(value(kept, "route_routing_accuracy", "style", "noisy"))
        .isCloseTo(
            offline.path("styles").path("noisy").path("value").asDouble(), within(PRECISION));
  }

  private static double value(JsonNode measurements, String metric, String scope, String id) {
    List<Double> values = new ArrayList<>();
    for (JsonNode one : measurements) {
      if (one.path("metric").asText().equals(metric)
          && one.path("scope").asText().equals(scope)
          && one.path("scope_id").asText().equals(id)) {
        values.add(one.path("value").asDouble());
      }
    }
    assertThat(values).as(metric + " of " + scope + " " + id).hasSize(1);
    return values.get(0);
  }

  private static JsonNode get(URI service, String path) throws Exception {
    return JSON.readTree(
        CLIENT
            .send(
                HttpRequest.newBuilder(service.resolve(path)).build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }
}
