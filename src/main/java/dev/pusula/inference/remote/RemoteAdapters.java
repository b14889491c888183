package dev.pusula.inference.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.platform.Json;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Loads and unloads adapters at every replica, one after the other, by vLLM's calls. A change that
 * one replica refuses stays with those before it, and the answer says where it stopped; a request
 * goes only where its adapter is listed.
 */
final class RemoteAdapters {

  /** Long enough to read a large adapter from a slow disk. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String UNSUPPORTED =
      " does not load adapters at run time; vLLM does with VLLM_ALLOW_RUNTIME_LORA_UPDATING=True";

  private final Fleet fleet;
  private final Transport transport;

  RemoteAdapters(Fleet fleet, Transport transport) {
    this.fleet = fleet;
    this.transport = transport;
  }

  /** A name that is served already is unloaded first, replica by replica, so that one serves. */
  AdapterChange load(String name, Path folder) {
    boolean replaced = false;
    for (Server server : fleet.servers()) {
      if (server.models.containsKey(name)) {
        replaced = true;
        Optional<AdapterChange> failed = post(server, "unload", lora(name));
        if (failed.isPresent() && !(failed.get() instanceof AdapterChange.Missing)) {
          fleet.refresh();
          return failed.get();
        }
      }
      Optional<AdapterChange> failed =
          post(server, "load", lora(name).put("lora_path", folder.toString()));
      if (failed.isPresent()) {
        fleet.refresh();
        return failed.get() instanceof AdapterChange.Missing
            ? new AdapterChange.Refused(server.name() + " finds no adapter at this path")
            : failed.get();
      }
    }
    fleet.refresh();
    boolean was = replaced;
    return fleet.catalogue().adapters().stream()
        .filter(adapter -> adapter.name().equals(name))
        .findFirst()
        .<AdapterChange>map(adapter -> new AdapterChange.Loaded(adapter, was))
        .orElseGet(() -> new AdapterChange.Loaded(new ServedAdapter(name, 0, 0, "", true), was));
  }

  AdapterChange unload(String name) {
    boolean found = false;
    for (Server server : fleet.servers()) {
      if (server.models.containsKey(name)) {
        Optional<AdapterChange> failed = post(server, "unload", lora(name));
        if (failed.isPresent() && !(failed.get() instanceof AdapterChange.Missing)) {
          fleet.refresh();
          return failed.get();
        }
        found |= failed.isEmpty();
      }
    }
    fleet.refresh();
    return found ? new AdapterChange.Unloaded(name) : new AdapterChange.Missing(name);
  }

  private static ObjectNode lora(String name) {
    return Json.mapper().createObjectNode().put("lora_name", name);
  }

  /** Empty if it was done. */
  private Optional<AdapterChange> post(Server server, String verb, ObjectNode body) {
    HttpRequest request =
        transport
            .post(
                server.url,
                "/" + verb + "_lora_adapter",
                body.toString().getBytes(StandardCharsets.UTF_8))
            .timeout(PATIENCE)
            .build();
    try {
      HttpResponse<String> response =
          transport.client().send(request, HttpResponse.BodyHandlers.ofString());
      return switch (response.statusCode()) {
        case 200 -> Optional.empty();
        case 404, 405 -> Optional.of(absent(server, body, response.body()));
        case 401, 403 ->
            Optional.of(new AdapterChange.Refused(server.name() + " refused the credentials"));
        default ->
            Optional.of(
                new AdapterChange.Refused(
                    server.name() + " answered " + response.statusCode() + message(response)));
      };
    } catch (IOException e) {
      return Optional.of(
          new AdapterChange.Refused(server.name() + " " + Setback.ofError(e).reason()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(new AdapterChange.Refused("interrupted"));
    }
  }

  /** vLLM says in its own words that there is no such adapter; a web server, that no such path. */
  private static AdapterChange absent(Server server, ObjectNode asked, String body) {
    JsonNode json = parse(body);
    return json.has("error") || json.path("object").asText().equals("error")
        ? new AdapterChange.Missing(asked.path("lora_name").asText())
        : new AdapterChange.Unsupported(server.name() + UNSUPPORTED);
  }

  private static String message(HttpResponse<String> response) {
    JsonNode json = parse(response.body());
    String message = json.path("error").path("message").asText(json.path("message").asText(""));
    return message.isEmpty() ? "" : ": " + Setback.shortened(message);
  }

  private static JsonNode parse(String body) {
    try {
      return Chunk.parse(body);
    } catch (IOException e) {
      return Json.mapper().createObjectNode();
    }
  }
}
