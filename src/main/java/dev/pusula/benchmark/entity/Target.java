package dev.pusula.benchmark.entity;

import java.util.Set;

/**
 * Where a load went.
 *
 * @param url base URL, not blank
 * @param model the {@code model} field of the requests, such as {@code auto}
 * @param server {@code pusula} or {@code openai-compatible}
 */
public record Target(String url, String model, String server) {

  private static final Set<String> SERVERS = Set.of("pusula", "openai-compatible");

  /** Checks the fields. */
  public Target {
    if (url == null || url.isBlank() || model == null || model.isBlank()) {
      throw new IllegalArgumentException("url and model must not be blank");
    }
    if (server == null || !SERVERS.contains(server)) {
      throw new IllegalArgumentException("server must be pusula or openai-compatible");
    }
  }
}
