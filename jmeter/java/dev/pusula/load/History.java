package dev.pusula.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One run in the history. Batches are cut from the local file by offset and repeated under the same
 * number until the server acknowledges them, so a lost answer stores nothing twice.
 */
final class History {
  private static final int BATCH_LINES = 500;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(3))
          .build();
  private final URI base;
  private final @Nullable String apiKey;
  private String run = "";
  private long offset;
  private int batch;

  History(URI base, @Nullable String apiKey) {
    this.base = base;
    this.apiKey = apiKey;
  }

  /** Opens the run and returns its id. */
  String open(ObjectNode body) throws IOException, InterruptedException {
    JsonNode answer =
        JSON.readTree(post("/api/runs", "application/json", JSON.writeValueAsBytes(body), false));
    run = answer.path("id").asText();
    if (run.isEmpty()) {
      throw new IOException("the history gave the run no id");
    }
    return run;
  }

  /**
   * Sends the next batch of the file; returns how many samples it had, 0 at the end of the file.
   */
  synchronized int upload(Path file) throws IOException, InterruptedException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    int n = 0;
    int length = 0;
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(offset);
      byte[] bytes = new byte[(int) Math.min(4 << 20, in.length() - offset)];
      in.readFully(bytes);
      for (int i = 0; i < bytes.length && n < BATCH_LINES; i++) {
        if (bytes[i] == '\n') {
          n++;
          length = i + 1;
        }
      }
      try (GZIPOutputStream zip = new GZIPOutputStream(lines)) {
        zip.write(bytes, 0, length);
      }
    }
    if (n > 0) {
      post(
          "/api/runs/" + run + "/samples?batch=" + batch,
          "application/x-ndjson",
          lines.toByteArray(),
          true);
      offset += length;
      batch++;
    }
    return n;
  }

  void resources(ArrayNode samples) throws IOException, InterruptedException {
    post(
        "/api/runs/" + run + "/resources",
        "application/json",
        JSON.writeValueAsBytes(samples),
        false);
  }

  void complete(ObjectNode body) throws IOException, InterruptedException {
    post(
        "/api/runs/" + run + "/completion",
        "application/json",
        JSON.writeValueAsBytes(body),
        false);
  }

  private byte[] post(String path, String type, byte[] body, boolean gzip)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(5))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (gzip) {
      request.header("Content-Encoding", "gzip");
    }
    if (apiKey != null) {
      request.header("Authorization", "Bearer " + apiKey);
    }
    HttpResponse<byte[]> answer =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() >= 300) {
      throw new IOException("the history answered " + answer.statusCode() + " to " + path);
    }
    return answer.body();
  }
}
