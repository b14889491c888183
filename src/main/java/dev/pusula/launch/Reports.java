package dev.pusula.launch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.platform.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Fetches what a Pusula server says of the runs that a generator listed, and writes it beside their
 * samples.
 */
final class Reports {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private final URI server;

  Reports(URI server) {
    this.server = server;
  }

  /**
   * One run's report.
   *
   * @param run the id
   * @param label the load's name
   * @param text the report in text
   */
  record Written(String run, String label, String text) {}

  /** Whether a Pusula answers there. */
  static boolean isPusula(URI server) {
    try {
      return send(server.resolve("/api/router"), "application/json").statusCode() == 200;
    } catch (Failure e) {
      return false;
    }
  }

  /**
   * Writes {@code report.txt} and {@code report.html} ({@code report-LABEL.*} where there are
   * several runs) into the folder that holds the generator's {@code runs.json}; empty where the
   * generator did not get as far as a run.
   */
  List<Written> write(Path output) throws IOException {
    Path list = output.resolve("runs.json");
    if (!Files.exists(list)) {
      return List.of();
    }
    JsonNode runs = Json.mapper().readTree(list.toFile());
    List<Written> written = new ArrayList<>();
    for (JsonNode run : runs) {
      String id = run.path("id").asText();
      String label = run.path("label").asText();
      String name = runs.size() == 1 ? "report" : "report-" + label;
      String text = report(id, "text/plain");
      Files.writeString(output.resolve(name + ".txt"), text);
      Files.writeString(output.resolve(name + ".html"), report(id, "text/html"));
      written.add(new Written(id, label, text));
    }
    return written;
  }

  private String report(String run, String mediaType) {
    HttpResponse<String> answer = send(server.resolve("/api/runs/" + run + "/report"), mediaType);
    if (answer.statusCode() != 200) {
      throw new Failure(
          "no report of run " + run + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  private static HttpResponse<String> send(URI uri, String accept) {
    try {
      return CLIENT.send(
          HttpRequest.newBuilder(uri).header("Accept", accept).timeout(TIMEOUT).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure("no answer from " + uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted while waiting for " + uri);
    }
  }
}
