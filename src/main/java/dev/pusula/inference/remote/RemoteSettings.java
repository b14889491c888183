package dev.pusula.inference.remote;

import dev.pusula.balancing.LoadBalancing;
import java.net.URI;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link RemoteBackend} finds its servers and how patient it is.
 *
 * @param urls of the replicas, distinct, at least one, each up to and with {@code /v1}; http or
 *     https, without credentials
 * @param model id of the base model; null for the first that a server lists and that is no adapter
 * @param apiKey sent as bearer token; null for none; never in a log, a message or {@link #toString}
 * @param connectTimeout for a connection to be made
 * @param firstByteTimeout from sending a request to the first event of its answer
 * @param policy how a replica is chosen
 * @param contextLength of the base model, where the servers do not tell
 * @param maxInFlight requests under way in all; one more is refused
 */
public record RemoteSettings(
    List<URI> urls,
    @Nullable String model,
    @Nullable String apiKey,
    Duration connectTimeout,
    Duration firstByteTimeout,
    LoadBalancing policy,
    int contextLength,
    int maxInFlight) {

  /** The property that, when set, makes the remote backend serve. */
  public static final String URLS = "pusula.remote.urls";

  private static final String MODEL = "pusula.remote.model";
  private static final String API_KEY = "pusula.remote.api-key";
  private static final String CONNECT_TIMEOUT = "pusula.remote.connect-timeout";
  private static final String FIRST_BYTE_TIMEOUT = "pusula.remote.first-byte-timeout";
  private static final String POLICY = "pusula.remote.policy";
  private static final String CONTEXT_LENGTH = "pusula.remote.context-length";
  private static final String MAX_IN_FLIGHT = "pusula.remote.max-in-flight";

  /** A network that needs longer to connect is not one to stream over. */
  private static final String DEFAULT_CONNECT_TIMEOUT = "2s";

  /** A full server queues a request for long; one that says nothing for a minute hangs. */
  private static final String DEFAULT_FIRST_BYTE_TIMEOUT = "60s";

  /** What today's models have; the server refuses what is too long for the one it serves. */
  private static final int DEFAULT_CONTEXT_LENGTH = 131_072;

  private static final int DEFAULT_MAX_IN_FLIGHT = 1024;

  /** Checks and copies; messages name the property and never the key. */
  public RemoteSettings {
    urls = List.copyOf(urls);
    require(!urls.isEmpty(), URLS, "names no server");
    require(urls.stream().distinct().count() == urls.size(), URLS, "names a server twice");
    for (URI url : urls) {
      require(url.getRawUserInfo() == null, URLS, "holds no credentials; " + API_KEY + " does");
      require(
          ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
              && url.getHost() != null
              && url.getRawQuery() == null,
          URLS,
          "lists http or https addresses such as http://127.0.0.1:8000/v1");
    }
    require(
        apiKey == null || !apiKey.isEmpty() && apiKey.chars().allMatch(c -> c > ' ' && c < 127),
        API_KEY,
        "is one or more visible ASCII characters");
    requirePositive(connectTimeout, CONNECT_TIMEOUT);
    requirePositive(firstByteTimeout, FIRST_BYTE_TIMEOUT);
    require(contextLength > 0, CONTEXT_LENGTH, "is above 0");
    require(maxInFlight > 0, MAX_IN_FLIGHT, "is above 0");
  }

  /** For one or more servers, the rest by default. */
  public static RemoteSettings of(List<URI> urls) {
    return new RemoteSettings(
        urls,
        null,
        null,
        duration(CONNECT_TIMEOUT, DEFAULT_CONNECT_TIMEOUT),
        duration(FIRST_BYTE_TIMEOUT, DEFAULT_FIRST_BYTE_TIMEOUT),
        LoadBalancing.LEAST_IN_FLIGHT,
        DEFAULT_CONTEXT_LENGTH,
        DEFAULT_MAX_IN_FLIGHT);
  }

  /**
   * From properties; empty unless {@link #URLS} is set.
   *
   * @param property a property's text by its name; blank is as good as absent
   * @throws IllegalArgumentException naming the property that cannot be used
   */
  public static Optional<RemoteSettings> read(Function<String, Optional<String>> property) {
    Function<String, Optional<String>> set = name -> property.apply(name).filter(s -> !s.isBlank());
    return set.apply(URLS)
        .map(
            urls ->
                new RemoteSettings(
                    Arrays.stream(urls.split(","))
                        .map(String::strip)
                        .filter(url -> !url.isEmpty())
                        .map(RemoteSettings::url)
                        .toList(),
                    set.apply(MODEL).map(String::strip).orElse(null),
                    set.apply(API_KEY).map(String::strip).orElse(null),
                    duration(
                        CONNECT_TIMEOUT,
                        set.apply(CONNECT_TIMEOUT).orElse(DEFAULT_CONNECT_TIMEOUT)),
                    duration(
                        FIRST_BYTE_TIMEOUT,
                        set.apply(FIRST_BYTE_TIMEOUT).orElse(DEFAULT_FIRST_BYTE_TIMEOUT)),
                    set.apply(POLICY)
                        .map(RemoteSettings::policy)
                        .orElse(LoadBalancing.LEAST_IN_FLIGHT),
                    set.apply(CONTEXT_LENGTH)
                        .map(value -> number(CONTEXT_LENGTH, value))
                        .orElse(DEFAULT_CONTEXT_LENGTH),
                    set.apply(MAX_IN_FLIGHT)
                        .map(value -> number(MAX_IN_FLIGHT, value))
                        .orElse(DEFAULT_MAX_IN_FLIGHT)));
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "RemoteSettings" + urls + (apiKey == null ? "" : " with a key");
  }

  private static URI url(String text) {
    try {
      return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    } catch (IllegalArgumentException e) {
      // The text may hold a password, so neither it nor the cause is told.
      throw new IllegalArgumentException(URLS + " holds something that is not a URL");
    }
  }

  private static LoadBalancing policy(String id) {
    return LoadBalancing.of(id.strip())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    POLICY
                        + " is one of "
                        + Arrays.stream(LoadBalancing.values()).map(LoadBalancing::id).toList()
                        + ", not "
                        + id));
  }

  private static Duration duration(String name, String text) {
    String value = text.strip();
    try {
      return Duration.parse(value.startsWith("P") ? value : "PT" + value);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(name + " is a time such as 2s or PT2S, not " + text, e);
    }
  }

  private static int number(String name, String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is a whole number, not " + text, e);
    }
  }

  private static void requirePositive(Duration time, String name) {
    require(!time.isNegative() && !time.isZero(), name, "is above 0");
  }

  private static void require(boolean holds, String name, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(name + " " + rule);
    }
  }
}
