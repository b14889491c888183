package dev.pusula.launch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pusula.platform.Json;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.training.LabelledText;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/**
 * An evaluation as a run of the history: each decision a sample of kind {@code route}, so that the
 * server computes the scores from the raw rows as it does for a load, and trends show them.
 */
final class EvaluationRun {

  private static final int BATCH = 2_000;
  private static final int FINGERPRINT = 16;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final URI history;
  private final StringBuilder samples = new StringBuilder();
  private final MessageDigest prompts;
  private final TreeSet<String> sectors = new TreeSet<>();
  private final long startNanos;
  private String run = "";
  private int rows;
  private int batch;
  private long lastMicros;

  /**
   * Into a history.
   *
   * @param history a running Pusula
   * @param startNanos reading of the clock whose later readings {@link #add} is told
   */
  EvaluationRun(URI history, long startNanos) {
    this.history = history;
    this.startNanos = startNanos;
    try {
      prompts = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * Opens the run.
   *
   * @param label what was evaluated, such as the file's name
   * @param rows all that will be added
   */
  void open(String label, List<LabelledText> rows, Path root) {
    for (LabelledText row : rows) {
      sectors.add(row.sector());
      prompts.update((row.sector() + "\t" + row.text() + "\n").getBytes(StandardCharsets.UTF_8));
    }
    ObjectNode body = Json.mapper().createObjectNode();
    body.put("suite", "evaluate").put("label", label);
    body.putObject("load_model")
        .put("kind", "closed")
        .put("users", 1)
        .put("run_time_s", 1)
        .put("warm_up_s", 0)
        .put("seed", 1);
    body.putObject("target")
        .put("url", history.toString())
        .put("model", "router")
        .put("server", "pusula");
    body.put("prompt_set", HexFormat.of().formatHex(prompts.digest()).substring(0, FINGERPRINT));
    body.set("environment", Machine.describe(Checkout.of(root)));
    sectors.forEach(body.putArray("sectors")::add);
    run = post("/api/runs", "application/json", body.toString()).path("id").asText();
  }

  /** Adds a decision that took from one reading of the clock to another. */
  void add(LabelledText row, RouteDecision decision, long fromNanos, long toNanos) {
    long from = (fromNanos - startNanos) / 1_000;
    long to = (toNanos - startNanos) / 1_000;
    lastMicros = to;
    ObjectNode sample = Json.mapper().createObjectNode();
    sample
        .put("seq", rows)
        .put("kind", "route")
        .put("phase", "measure")
        .put("sector", row.sector())
        .put("query", "row-" + rows)
        .put("style", row.style().isEmpty() ? null : row.style())
        .put("due_us", from)
        .put("sent_us", from)
        .put("end_us", to)
        .put("status", 200)
        .put("outcome", "completed")
        .put("routed_sector", decision.sector())
        .put("routed_score", decision.score())
        .put("general_score", decision.scoreOf(RouteDecision.GENERAL))
        .put("router_us", (toNanos - fromNanos) / 1e3);
    row.also().forEach(sample.withArray("also")::add);
    samples.append(sample).append('\n');
    if (++rows % BATCH == 0) {
      send();
    }
  }

  /** Ends the run, of which the server then computes the scores; tells its id. */
  String complete() {
    send();
    ObjectNode body = Json.mapper().createObjectNode();
    body.put("status", "COMPLETED")
        .put("measure_from_us", 0)
        .put("measure_to_us", lastMicros)
        .put("issued", rows)
        .put("dropped", 0);
    post("/api/runs/" + run + "/completion", "application/json", body.toString());
    return run;
  }

  private void send() {
    if (!samples.isEmpty()) {
      post(
          "/api/runs/" + run + "/samples?batch=" + batch++,
          "application/x-ndjson",
          samples.toString());
      samples.setLength(0);
    }
  }

  private JsonNode post(String path, String type, String body) {
    URI uri = history.resolve(path);
    try {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri)
                  .timeout(TIMEOUT)
                  .header("Content-Type", type)
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new Failure(uri + " answered " + answer.statusCode() + ": " + answer.body());
      }
      return Json.mapper().readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new Failure(uri + " is no Pusula: its answer is no JSON", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure("no answer from " + uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted while waiting for " + uri);
    }
  }
}
