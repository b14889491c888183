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

/**
 * One run in the history. Batches are cut from the local file by offset. A batch's number and
 * extent are fixed until the server acknowledges it: after a lost answer the same lines go out
 * under the same number, so nothing is stored twice and nothing is skipped as a repetition.
 */
final class History {

  /** Lines in a batch: about 100 KiB zipped, far below what the server takes. */
  private static final int BATCH_LINES = 500;

  /** A batch ends before this many bytes; one line is at most some tens of thousands. */
  private static final int BATCH_BYTES = 4 << 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(3))
          .build();
  private final URI base;
  private final Path file;
  private String run = "";
  private long offset;
  private int extent;
  private int batch;

  /** The history said no for good: repeating the request would not help. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /**
   * @param base the Pusula that keeps the run
   * @param file the run's samples, which grows
   */
  History(URI base, Path file) {
    this.base = base;
    this.file = file;
  }

  /** Opens the run and returns its id. */
  String open(ObjectNode body) throws IOException, InterruptedException {
    JsonNode answer =
        JSON.readTree(post("/api/runs", "application/json", JSON.writeValueAsBytes(body), false));
    run = answer.path("id").asText();
    if (run.isEmpty()) {
      throw new RefusedException("the history gave the run no id");
    }
    return run;
  }

  /** Sends the next batch; false at the end of what is written so far. */
  synchronized boolean upload() throws IOException, InterruptedException {
    byte[] lines = next();
    if (lines.length == 0) {
      return false;
    }
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
      zip.write(lines);
    }
    post(
        "/api/runs/" + run + "/samples?batch=" + batch,
        "application/x-ndjson",
        zipped.toByteArray(),
        true);
    offset += extent;
    extent = 0;
    batch++;
    return true;
  }

  /**
   * The bytes of the batch that is due: as cut before if it was not acknowledged, otherwise cut
   * now.
   */
  private byte[] next() throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(offset);
      byte[] bytes =
          new byte[extent > 0 ? extent : (int) Math.min(BATCH_BYTES, in.length() - offset)];
      in.readFully(bytes);
      if (extent == 0) {
        int lines = 0;
        for (int i = 0; i < bytes.length && lines < BATCH_LINES; i++) {
          if (bytes[i] == '\n') {
            lines++;
            extent = i + 1;
          }
        }
      }
      return bytes.length == extent ? bytes : java.util.Arrays.copyOf(bytes, extent);
    }
  }

  void heartbeat() throws IOException, InterruptedException {
    post("/api/runs/" + run + "/samples", "application/x-ndjson", new byte[0], false);
  }

  void resources(ArrayNode samples) throws IOException, InterruptedException {
    post(
        "/api/runs/" + run + "/resources",
        "application/json",
        JSON.writeValueAsBytes(samples),
        false);
  }

  void answers(ArrayNode scores) throws IOException, InterruptedException {
    post(
        "/api/runs/" + run + "/answers", "application/json", JSON.writeValueAsBytes(scores), false);
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
        HttpRequest.newBuilder(base.resolve(path))
            // Completing a run computes its measurements, which takes a while for many samples.
            .timeout(Duration.ofSeconds(path.endsWith("/completion") ? 60 : 5))
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (gzip) {
      request.header("Content-Encoding", "gzip");
    }
    HttpResponse<byte[]> answer =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    int status = answer.statusCode();
    if (status < 300) {
      return answer.body();
    }
    String message =
        "the history answered "
            + status
            + " to "
            + path
            + ": "
            + JSON.readTree(answer.body()).path("detail").asText();
    throw status < 500 && status != 429 ? new RefusedException(message) : new IOException(message);
  }
}
