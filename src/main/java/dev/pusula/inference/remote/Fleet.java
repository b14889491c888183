package dev.pusula.inference.remote;

import com.fasterxml.jackson.databind.JsonNode;
import dev.pusula.balancing.Balancer;
import dev.pusula.balancing.Lease;
import dev.pusula.balancing.Replica;
import dev.pusula.balancing.ReplicaSnapshot;
import dev.pusula.inference.entity.Outcome;
import dev.pusula.inference.entity.ServedAdapter;
import dev.pusula.inference.entity.ServedModel;
import dev.pusula.platform.Json;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The replicas: what they list, whether they answer, and which is next. Thread-safe.
 *
 * <p>Each is asked for its models at the start and then now and again, sooner while one does not
 * answer. That says what it serves and nothing of whether it is trusted: the balancer judges by
 * requests alone. One that has never answered serves nothing yet.
 */
final class Fleet {

  /** The next list is never awaited by a request, so it may be old. */
  static final Duration PERIOD = Duration.ofSeconds(30);

  /** As long as the balancer's first cool-down: a server that starts is found in its time. */
  static final Duration PERIOD_IN_TROUBLE = Duration.ofSeconds(5);

  /** A list is small; a server that needs longer for it does not answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Two periods and the patience between them. */
  private static final Duration LATELY = Duration.ofSeconds(70);

  /** Lists asked for out of turn are at least this far apart. */
  private static final Duration SPACING = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger(Fleet.class.getName());
  private static final String SERVICE = "remote";
  private static final int FINGERPRINT = 16;

  private final RemoteSettings settings;
  private final Transport transport;
  private final LongSupplier nanoClock;
  private final Map<String, Server> servers;
  private final Balancer balancer;
  private volatile long polledAt;
  private @Nullable Future<?> nextPoll;
  private CompletableFuture<Void> polling = CompletableFuture.completedFuture(null);
  private volatile boolean closed;
  private volatile Catalogue catalogue;

  /**
   * What the replicas serve together.
   *
   * @param known whether the base model is known
   * @param adapters by name
   */
  record Catalogue(boolean known, ServedModel model, List<ServedAdapter> adapters) {
    boolean serves(String adapter) {
      return adapters.stream().anyMatch(one -> one.name().equals(adapter));
    }
  }

  Fleet(RemoteSettings settings, Transport transport, LongSupplier nanoClock) {
    this.settings = settings;
    this.transport = transport;
    this.nanoClock = nanoClock;
    this.servers = new LinkedHashMap<>();
    settings.urls().forEach(url -> servers.put(url.toString(), new Server(url)));
    this.balancer =
        new Balancer(
            Map.of(SERVICE, servers.keySet().stream().map(Replica::of).toList()),
            settings.policy(),
            nanoClock,
            null);
    this.catalogue = read(settings.model());
  }

  Catalogue catalogue() {
    return catalogue;
  }

  List<Server> servers() {
    return List.copyOf(servers.values());
  }

  Server server(String name) {
    return Objects.requireNonNull(servers.get(name), name);
  }

  /** A replica that lists the model and was not tried; empty while there is none. */
  Optional<Lease> lease(String model, Set<String> tried) {
    return balancer.acquire(
        SERVICE, name -> !tried.contains(name) && server(name).models.containsKey(model));
  }

  /** Why there is no replica for a model. */
  Outcome unavailable(String model) {
    if (servers.values().stream().anyMatch(server -> server.models.containsKey(model))) {
      return new Outcome.Refused("every server failed lately and cools down", PERIOD_IN_TROUBLE);
    }
    return catalogue.known()
        ? missing(model)
        : new Outcome.Refused("no server has answered yet", PERIOD_IN_TROUBLE);
  }

  static Outcome missing(String model) {
    return new Outcome.Invalid(Outcome.Fault.NO_SUCH_MODEL, "model", "no server serves " + model);
  }

  /** A replica does not serve a model that it listed. */
  void forget(Server server, String model) {
    server.forget(model);
    rebuild();
    pollSoon();
  }

  /** Asks for the lists out of turn, unless that was just done. */
  void pollSoon() {
    if (nanoClock.getAsLong() - polledAt > SPACING.toNanos()) {
      var unused = poll();
    }
  }

  /**
   * Asks every replica for its models and then again in time, until closed; joins what is being
   * asked already.
   *
   * @return done when all have answered or failed to
   */
  synchronized CompletableFuture<Void> poll() {
    if (closed || !polling.isDone()) {
      return polling;
    }
    polledAt = nanoClock.getAsLong();
    if (nextPoll != null) {
      nextPoll.cancel(false);
    }
    polling =
        CompletableFuture.allOf(
                servers.values().stream().map(this::list).toArray(CompletableFuture<?>[]::new))
            .thenRun(this::polled);
    return polling;
  }

  /** Asks after this call, whatever was asked before it; blocks until all have answered. */
  void refresh() {
    poll().thenCompose(done -> poll()).join();
  }

  private synchronized void polled() {
    rebuild();
    boolean trouble = servers.values().stream().anyMatch(server -> server.trouble != null);
    nextPoll = transport.after(trouble ? PERIOD_IN_TROUBLE : PERIOD, this::poll);
  }

  private CompletableFuture<?> list(Server server) {
    CompletableFuture<HttpResponse<String>> asking =
        transport
            .client()
            .sendAsync(
                transport.request(server.url, "/models").build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    // A timeout of the request itself would end with the headers.
    Future<?> patience = transport.after(PATIENCE, () -> asking.cancel(true));
    return asking.handle(
        (response, error) -> {
          patience.cancel(false);
          String trouble = listed(server, response, error);
          if (trouble != null) {
            trouble(server, trouble);
          }
          return null;
        });
  }

  private @Nullable String listed(
      Server server, @Nullable HttpResponse<String> response, @Nullable Throwable error) {
    if (response == null) {
      return Setback.ofError(cause(Objects.requireNonNull(error, "one of the two"))).reason();
    }
    if (response.statusCode() != 200) {
      return Setback.ofStatus(response.statusCode(), Optional.empty(), "").reason();
    }
    try {
      JsonNode list = Json.lenientMapper().readTree(response.body());
      if (!list.path("data").isArray()) {
        return "lists no models";
      }
      server.listed(list, nanoClock.getAsLong());
      return null;
    } catch (IOException e) {
      return "lists its models in something that is not JSON";
    }
  }

  /** A call failed by the replica's fault. Told in the log when it is news. */
  void trouble(Server server, String reason) {
    if (!reason.equals(server.trouble)) {
      LOG.log(Level.WARNING, "{0} {1}", server.name(), reason);
    }
    server.trouble = reason;
  }

  private synchronized void rebuild() {
    String known = catalogue.known() ? catalogue.model().id() : settings.model();
    catalogue = read(known);
  }

  private Catalogue read(@Nullable String configured) {
    String base = configured == null ? firstBase() : configured;
    Map<String, ServedAdapter> adapters = new TreeMap<>();
    for (Server server : servers.values()) {
      server.models.forEach(
          (id, listed) -> {
            if (listed.adapter() && !id.equals(base)) {
              adapters.putIfAbsent(id, adapter(id, listed));
            }
          });
    }
    return new Catalogue(
        base != null,
        base == null
            ? new ServedModel(
                "unknown",
                "no server has answered yet",
                false,
                settings.contextLength(),
                "remote",
                "")
            : new ServedModel(
                base,
                "served by " + String.join(", ", servers.keySet()),
                false,
                contextLength(base),
                "remote",
                fingerprint(base + "\n" + String.join("\n", servers.keySet()))),
        base == null ? List.of() : List.copyOf(adapters.values()));
  }

  /** The first that a server calls a base; where servers tell nothing of parents, the first. */
  private @Nullable String firstBase() {
    return servers.values().stream()
        .flatMap(server -> server.models.entrySet().stream())
        .filter(model -> !model.getValue().adapter() || !model.getValue().certain())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  private static ServedAdapter adapter(String id, Server.Listed listed) {
    return new ServedAdapter(
        id, 0, 0, listed.root() == null ? "" : fingerprint(id + "\n" + listed.root()), true);
  }

  /** The shortest, so that a request fits whichever replica it meets. */
  private int contextLength(String base) {
    OptionalInt shortest =
        servers.values().stream()
            .map(server -> server.models.get(base))
            .filter(Objects::nonNull)
            .mapToInt(Server.Listed::length)
            .filter(length -> length > 0)
            .min();
    return shortest.orElse(settings.contextLength());
  }

  /** Whether a replica answered lately and is trusted. */
  boolean up(Server server) {
    Long at = server.answeredAt;
    return at != null
        && nanoClock.getAsLong() - at <= LATELY.toNanos()
        && coolingDown(server) == null;
  }

  private @Nullable ReplicaSnapshot coolingDown(Server server) {
    ReplicaSnapshot load = balancer.snapshot(SERVICE, server.name());
    return load == null || load.healthy() ? null : load;
  }

  /** How many answer, and what is wrong with the others. */
  String state() {
    List<String> parts = new ArrayList<>();
    long up = servers.values().stream().filter(this::up).count();
    parts.add(
        up + " of " + servers.size() + (servers.size() == 1 ? " server" : " servers") + " up");
    for (Server server : servers.values()) {
      ReplicaSnapshot cooling = coolingDown(server);
      String trouble = server.trouble;
      if (trouble != null) {
        parts.add(
            server.name()
                + " "
                + trouble
                + (cooling == null
                    ? ""
                    : String.format(
                        Locale.ROOT, " and cools down for %.0f s", cooling.coolingDownSeconds())));
      } else if (!up(server)) {
        parts.add(server.name() + " has not answered lately");
      }
    }
    return parts.stream().collect(Collectors.joining("; "));
  }

  void close() {
    closed = true;
  }

  /** What a future failed with. */
  static Throwable cause(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  private static String fingerprint(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, FINGERPRINT);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
