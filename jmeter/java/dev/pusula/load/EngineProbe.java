package dev.pusula.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks the target what its inference is doing. A target that is no Pusula has no answer and is not
 * asked again; one that is too busy to answer in time is asked again with the next sample. Not
 * thread-safe.
 */
final class EngineProbe {

  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final HttpRequest request;
  private @Nullable JsonNode before;
  private JsonNode gpu = MissingNode.getInstance();
  private boolean absent;

  EngineProbe(URI host) {
    request = HttpRequest.newBuilder(host.resolve("/api/inference")).timeout(PATIENCE).build();
  }

  /** The wire form of the engine's load; null where there is none to tell. */
  @Nullable ObjectNode load() throws InterruptedException {
    if (absent) {
      return null;
    }
    try {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        absent = true;
        return null;
      }
      JsonNode body = JSON.readTree(response.body());
      gpu = body.path("gpu");
      JsonNode now = body.path("statistics");
      JsonNode last = before;
      before = now;
      return last == null ? null : between(last, now);
    } catch (IOException e) {
      return null;
    }
  }

  /** What the target said of its GPU beside the last load; missing where it has none. */
  JsonNode gpu() {
    return gpu;
  }

  private static ObjectNode between(JsonNode last, JsonNode now) {
    long steps = since(last, now, "steps");
    return JSON.createObjectNode()
        .put("waiting", now.path("waiting").asInt())
        .put("running", now.path("running").asInt())
        .put("pages", now.path("pages").asInt())
        .put("pages_used", now.path("pages_used").asInt())
        .put("batch_rows", steps == 0 ? 0 : (double) since(last, now, "rows") / steps)
        .put("prompt_tokens", since(last, now, "prompt_tokens"))
        .put("generated_tokens", since(last, now, "generated_tokens"))
        .put("adapter_switches", since(last, now, "adapter_switches"));
  }

  /** Never negative: a server that was started anew counts from 0. */
  private static long since(JsonNode last, JsonNode now, String total) {
    return Math.max(0, now.path(total).asLong() - last.path(total).asLong());
  }
}
