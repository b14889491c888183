package dev.pusula.routing.control;

import dev.pusula.platform.Clocks;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RoutingConfiguration;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * The router of the running service: the configuration file {@code pusula.sectors}, or the built-in
 * one, and the statistics. A broken file stops the start, and never replaces a good one on reload.
 */
@ApplicationScoped
public class Router {

  @Inject
  @ConfigProperty(name = "pusula.sectors")
  private Optional<String> file;

  @Inject private Clock clock;

  @Inject private RouteMetrics metrics;

  private final RouterStatistics statistics = new RouterStatistics();
  private volatile @Nullable Loaded loaded;
  private Instant startedAt = Instant.EPOCH;

  /**
   * Loads when the application starts, so that a broken file is told then and not with the first
   * request.
   */
  void start(@Observes @Initialized(ApplicationScoped.class) Object started) {
    configuration();
  }

  @PostConstruct
  void load() {
    startedAt = clock.instant();
    reload();
  }

  /**
   * Reads the file again and swaps configuration and classifier as one.
   *
   * @throws InvalidConfigurationException if it is broken or cannot be read; what was loaded before
   *     stays
   */
  public synchronized void reload() {
    String name = file.orElse(SectorsFile.BUILT_IN);
    RoutingConfiguration configuration = SectorsFile.load(file.orElse(null));
    loaded = new Loaded(SectorRouter.ofKeywords(configuration), name, clock.instant());
  }

  /** Decides for one text and counts it. */
  public RouteDecision route(String text) {
    long start = Clocks.NANO.getAsLong();
    RouteDecision decision = loaded().router().route(text);
    statistics.record(decision, Clocks.NANO.getAsLong() - start);
    metrics.count(decision);
    return decision;
  }

  /** What is loaded now. */
  public RoutingConfiguration configuration() {
    return loaded().router().configuration();
  }

  /** The name of the file it came from. */
  public String source() {
    return loaded().source();
  }

  /** When it was loaded. */
  public Instant loadedAt() {
    return loaded().at();
  }

  /** Since the router was made. */
  public Duration uptime() {
    return Duration.between(startedAt, clock.instant());
  }

  /** What the router counted. */
  public RouterStatistics statistics() {
    return statistics;
  }

  private Loaded loaded() {
    return Objects.requireNonNull(loaded, "loaded at construction");
  }

  private record Loaded(SectorRouter router, String source, Instant at) {}
}
