package dev.pusula.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import dev.pusula.load.LoadMain.Load;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the history is told when a run opens: the load, the target and what it serves, and the
 * machine.
 */
final class Opening {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long GIBIBYTE = 1L << 30;

  private Opening() {}

  static ObjectNode of(
      LoadMain options, Load load, String campaign, QuerySet queries, Schedule schedule)
      throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode();
    body.put("suite", options.suite.name());
    body.put("campaign", options.loads().size() > 1 ? campaign : null).put("label", load.label());
    body.putObject("load_model")
        .put("kind", "closed")
        .put("users", load.users())
        .put("spawn_rate", options.spawnRate == null ? load.users() : options.spawnRate)
        .put("run_time_s", load.runTime().toMillis() / 1000.0)
        .put("warm_up_s", load.warmUp().toMillis() / 1000.0)
        .put("seed", options.seed);
    Optional<JsonNode> served = served(options.host);
    body.putObject("target")
        .put("url", options.host.toString())
        .put("model", options.model)
        .put("server", served.isPresent() ? "pusula" : "openai-compatible");
    body.set("served", describe(served));
    body.put("prompt_set", queries.fingerprint());
    body.set("environment", environment(options));
    schedule.sectors().forEach(body.putArray("sectors")::add);
    return body;
  }

  /** What a Pusula says of its backend; empty for any other server. */
  static Optional<JsonNode> served(URI host) throws InterruptedException {
    try {
      HttpResponse<byte[]> answer =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(Duration.ofSeconds(3))
              .build()
              .send(
                  HttpRequest.newBuilder(host.resolve("/api/adapters"))
                      .timeout(Duration.ofSeconds(5))
                      .build(),
                  HttpResponse.BodyHandlers.ofByteArray());
      JsonNode body = answer.statusCode() == 200 ? JSON.readTree(answer.body()) : null;
      return body != null && body.path("model").isObject() ? Optional.of(body) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static ObjectNode describe(Optional<JsonNode> served) {
    ObjectNode node = JSON.createObjectNode();
    JsonNode model = served.map(body -> body.path("model")).orElse(JSON.createObjectNode());
    node.set("model", model.get("id"));
    node.set("model_fingerprint", model.get("fingerprint"));
    node.set("untrained", model.get("untrained"));
    served.ifPresentOrElse(
        body -> {
          ObjectNode adapters = node.putObject("adapters");
          body.path("adapters")
              .forEach(
                  adapter ->
                      adapters.set(adapter.path("name").asText(), adapter.get("fingerprint")));
        },
        () -> node.putNull("adapters"));
    node.set("backend", served.map(body -> body.get("backend")).orElse(null));
    node.set("precision", model.get("precision"));
    return node;
  }

  private static ObjectNode environment(LoadMain options) throws IOException, InterruptedException {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    String cpu = cpuName();
    long memory = system.getTotalMemorySize();
    ObjectNode environment =
        JSON.createObjectNode()
            .putNull("git_commit")
            .putNull("git_dirty")
            .put("java", System.getProperty("java.version"))
            .put("os", system.getName() + " " + system.getVersion() + " " + system.getArch())
            .put("cpu", cpu)
            .put("cores", system.getAvailableProcessors())
            .put("memory_bytes", memory)
            .put("gpu", gpu(options.host))
            .put(
                "host_class",
                cpu
                    + ", "
                    + system.getAvailableProcessors()
                    + " cores, "
                    + Math.round((double) memory / GIBIBYTE)
                    + " GiB");
    if (options.environmentFile != null) {
      JSON.readTree(options.environmentFile.toFile())
          .fields()
          .forEachRemaining(f -> environment.set(f.getKey(), f.getValue()));
    }
    return environment;
  }

  /** What a Pusula says of its GPU; null for any other server, and without one. */
  private static @Nullable String gpu(URI host) throws InterruptedException {
    EngineProbe probe = new EngineProbe(host);
    probe.load();
    return probe.gpu().path("device").textValue();
  }

  private static String cpuName() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException | java.io.UncheckedIOException e) {
      return System.getProperty("os.arch");
    }
  }
}
