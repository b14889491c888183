package dev.pusula.routing.control;

import dev.pusula.platform.Clocks;
import dev.pusula.routing.control.InvalidConfigurationException.Fault;
import dev.pusula.routing.entity.RouteDecision;
import dev.pusula.routing.entity.RoutingConfiguration;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

  private static final String BUILT_IN = "sectors.yaml";

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
    String name = file.orElse(BUILT_IN);
    RoutingConfiguration configuration = SectorsFile.parse(name, read(name));
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

  private String read(String name) {
    try {
      if (file.isPresent()) {
        return Files.readString(Path.of(file.get()));
      }
      return builtIn();
    } catch (NoSuchFileException e) {
      throw unreadable(name, "there is no such file");
    } catch (CharacterCodingException e) {
      throw unreadable(name, "is not UTF-8");
    } catch (IOException | InvalidPathException e) {
      throw unreadable(name, "cannot be read: " + e.getMessage());
    }
  }

  private static InvalidConfigurationException unreadable(String name, String detail) {
    return new InvalidConfigurationException(name, List.of(new Fault(0, 0, "", detail)));
  }

  /** The text of the sectors file that the product brings. */
  public static String builtIn() throws IOException {
    try (InputStream in = Router.class.getResourceAsStream("/" + BUILT_IN)) {
      if (in == null) {
        throw new IOException(BUILT_IN + " is missing in the archive");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private record Loaded(SectorRouter router, String source, Instant at) {}
}
