package dev.pusula.inference.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One replica as it showed itself last. Thread-safe; each field is the last word. */
final class Server {

  final URI url;

  /** By id, in the server's order; what it listed last, whether or not it answers now. */
  volatile Map<String, Listed> models = Map.of();

  /** Monotonic nanoseconds of its last answer; null before the first. */
  volatile @Nullable Long answeredAt;

  /** Why its last call failed; null if it did not. */
  volatile @Nullable String trouble;

  /**
   * A model as a server lists it.
   *
   * @param adapter whether it is one: the server names its parent, or tells nothing of parents
   * @param certain whether the server tells of parents at all
   * @param root where it was read from; null if the server does not tell
   * @param length of the context; 0 if the server does not tell
   */
  record Listed(boolean adapter, boolean certain, @Nullable String root, int length) {

    static Listed of(JsonNode model) {
      JsonNode root = model.path("root");
      return new Listed(
          !model.path("parent").isNull(),
          model.has("parent"),
          root.isTextual() ? root.textValue() : null,
          model.path("max_model_len").asInt(model.path("meta").path("n_ctx_train").asInt(0)));
    }
  }

  Server(URI url) {
    this.url = url;
  }

  String name() {
    return url.toString();
  }

  /** It answered a call. */
  void answered(long now) {
    answeredAt = now;
    trouble = null;
  }

  /** It listed its models. */
  void listed(JsonNode list, long now) {
    Map<String, Listed> read = new LinkedHashMap<>();
    for (JsonNode model : list.path("data")) {
      read.put(model.path("id").asText(), Listed.of(model));
    }
    models = read;
    answered(now);
  }

  /** It says that it does not serve a model after all. */
  void forget(String model) {
    Map<String, Listed> rest = new LinkedHashMap<>(models);
    rest.remove(model);
    models = rest;
  }
}
