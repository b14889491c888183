package dev.pusula.launch;

import static java.net.http.HttpRequest.BodyPublishers.ofString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service as {@code pusula serve} starts it, killed without a chance to tidy up. */
class RestartIT {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RUN =
      """
      {"suite":"quick","label":"light","prompt_set":"9f86d081884c7d65",
       "load_model":{"kind":"closed","users":1,"run_time_s":5,"warm_up_s":0,"seed":1},
       "target":{"url":"http://127.0.0.1:1","model":"auto","server":"pusula"},
       "environment":{"java":"17","os":"Linux","cpu":"x","cores":2,"memory_bytes":1,
        "host_class":"x, 2 cores"}}""";
  private static final String SAMPLE =
      """
      {"seq":%d,"kind":"chat","phase":"measure","sector":"insurance","query":"q","due_us":0,"sent_us":0,\
      "headers_us":1,"first_text_us":2,"first_answer_us":2,"last_text_us":3,"end_us":4,"status":200,\
      "outcome":"completed"}""";

  @TempDir private Path folder;

  @Test
  void history_serverKilled_isWholeAfterRestart() throws Exception {
    Home home = new Home(folder, Path.of(System.getProperty("pusula.root")));
    String run;
    try (Service service = Service.start(home, "127.0.0.1", 0)) {
      run = post(service, "/api/runs", "application/json", RUN).path("id").asText();
      String batch =
          IntStream.range(0, 500).mapToObj(SAMPLE::formatted).collect(Collectors.joining("\n"));
      JsonNode stored =
          post(service, "/api/runs/" + run + "/samples?batch=0", "application/x-ndjson", batch);
      assertThat(stored.path("accepted").asInt()).as(stored.toString()).isEqualTo(500);

      ProcessHandle server = ProcessHandle.of(service.server().pid()).orElseThrow();
      server.destroyForcibly();
      server.onExit().join();
      assertThatThrownBy(() -> get(service, "/api/runs")).isInstanceOf(IOException.class);
    }

    try (Service service = Service.start(home, "127.0.0.1", 0)) {
      assertThat(JSON.readTree(get(service, "/api/runs/" + run)).path("status").asText())
          .isEqualTo("RUNNING");
      assertThat(get(service, "/api/runs/" + run + "/samples").lines()).hasSize(500);
    }
  }

  private static JsonNode post(Service service, String path, String type, String body)
      throws IOException, InterruptedException {
    return JSON.readTree(send(service, path, type, HttpRequest.newBuilder().POST(ofString(body))));
  }

  private static String get(Service service, String path) throws IOException, InterruptedException {
    return send(service, path, "application/json", HttpRequest.newBuilder().GET());
  }

  private static String send(Service service, String path, String type, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    URI uri = service.url().resolve(path);
    return CLIENT
        .send(
            request.uri(uri).header("Content-Type", type).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
