package dev.pusula.routing.control;

import dev.pusula.balancing.Balancer;
import dev.pusula.balancing.Lease;
import dev.pusula.platform.Clocks;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RouteExplanation;
import dev.pusula.routing.entity.RoutingConfiguration;
import dev.pusula.routing.entity.StatisticsSnapshot;
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
 * The router of the running service: the sectors file {@code pusula.sectors} and the model {@code
 * pusula.router.model}, or the built-in ones, and the statistics. A broken file stops the start,
 * and never replaces a good one on reload.
 */
@ApplicationScoped
public class Router {

  @Inject
  @ConfigProperty(name = "pusula.sectors")
  private Optional<String> sectorsFile;

  @Inject
  @ConfigProperty(name = "pusula.router.model")
  private Optional<String> modelFile;

  @Inject private Clock clock;

  @Inject private RouteMetrics metrics;

  private final RouterStatistics statistics = new RouterStatistics();
  private @Nullable ReloadableRouter files;
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
    files = new ReloadableRouter(sectorsFile.orElse(null), modelFile.orElse(null), clock);
    metrics.watch(this);
  }

  /**
   * Reads the files again.
   *
   * @throws InvalidConfigurationException if one is broken or cannot be read; what was loaded
   *     before stays
   */
  public void reload() {
    files().reload();
    metrics.watch(this);
  }

  /** Decides for one text and counts it. */
  public RouteDecision route(String text) {
    return count(current(), text);
  }

  /** Decides for one text, counts it, and tells why: both by the same configuration and model. */
  public Explained explained(String text) {
    SectorRouter router = current();
    RouteDecision decision = count(router, text);
    return new Explained(decision, router.explain(text, decision));
  }

  private RouteDecision count(SectorRouter router, String text) {
    long start = Clocks.NANO.getAsLong();
    RouteDecision decision = router.route(text);
    statistics.record(decision, Clocks.NANO.getAsLong() - start);
    metrics.count(decision);
    return decision;
  }

  /** A decision with its reason. */
  public record Explained(RouteDecision decision, RouteExplanation explanation) {}

  /**
   * Starts a request at a replica of an adapter.
   *
   * @return empty while all of them cool down after failures
   */
  public Optional<Lease> acquire(String adapter) {
    return current().balancer().acquire(adapter);
  }

  /** What is loaded now. */
  public RoutingConfiguration configuration() {
    return current().configuration();
  }

  /** Version of the classifier that is loaded now. */
  public String model() {
    return current().classifier().version();
  }

  /** The name of the sectors file. */
  public String source() {
    return files().sectorsSource();
  }

  /** The name of the model's file. */
  public String modelSource() {
    return files().modelSource();
  }

  /** When they were loaded. */
  public Instant loadedAt() {
    return files().current().at();
  }

  /** The last reload, if it failed and what was loaded before is still in use. */
  public Optional<ReloadableRouter.FailedReload> failedReload() {
    return files().failedReload();
  }

  /** Since the router was made. */
  public Duration uptime() {
    return Duration.between(startedAt, clock.instant());
  }

  /** What was counted since the start or the last reset. */
  public StatisticsSnapshot statistics() {
    return statistics.snapshot(balancer().snapshot());
  }

  /** Sets all counts to zero. */
  public void resetStatistics() {
    statistics.reset();
    balancer().resetStatistics();
  }

  Balancer balancer() {
    return current().balancer();
  }

  private SectorRouter current() {
    return files().current().router();
  }

  private ReloadableRouter files() {
    return Objects.requireNonNull(files, "loaded at construction");
  }
}
