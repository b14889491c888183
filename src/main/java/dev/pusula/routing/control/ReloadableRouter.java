package dev.pusula.routing.control;

import dev.pusula.balancing.Balancer;
import dev.pusula.routing.entity.RoutingConfiguration;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A router from two files that can be read again at any time. Who asks for {@link #current()} once
 * and uses that for a whole request sees one configuration with its model, never a mixture.
 * Thread-safe; routing never waits for a reload.
 */
public final class ReloadableRouter {

  private final @Nullable String sectorsFile;
  private final @Nullable String modelFile;
  private final Clock clock;
  private volatile Loaded loaded;
  private volatile @Nullable FailedReload failedReload;

  /**
   * What is in use.
   *
   * @param at when it was read
   */
  public record Loaded(SectorRouter router, Instant at) {}

  /**
   * A reload that changed nothing.
   *
   * @param at when it was tried
   * @param reason for people, with each fault of the file
   */
  public record FailedReload(Instant at, String reason) {}

  /**
   * Reads both files.
   *
   * @param sectorsFile its path; null for the built-in one
   * @param modelFile its path; null for the built-in one
   * @throws InvalidConfigurationException if one is broken or cannot be read
   */
  public ReloadableRouter(@Nullable String sectorsFile, @Nullable String modelFile, Clock clock) {
    this.sectorsFile = sectorsFile;
    this.modelFile = modelFile;
    this.clock = clock;
    this.loaded = read(null);
  }

  private Loaded read(@Nullable Balancer before) {
    RoutingConfiguration configuration = SectorsFile.load(sectorsFile);
    return new Loaded(
        SectorRouter.ofModel(configuration, RouterModel.load(modelFile), before), clock.instant());
  }

  /**
   * Reads both files again and swaps configuration and model as one.
   *
   * @throws InvalidConfigurationException if one is broken or cannot be read; what was in use
   *     stays, and {@link #failedReload} tells
   */
  public synchronized void reload() {
    try {
      loaded = read(loaded.router().balancer());
      failedReload = null;
    } catch (InvalidConfigurationException e) {
      failedReload = new FailedReload(clock.instant(), String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** What is in use now. */
  public Loaded current() {
    return loaded;
  }

  /** The last reload, if it failed. */
  public Optional<FailedReload> failedReload() {
    return Optional.ofNullable(failedReload);
  }

  /** The name of the sectors file. */
  public String sectorsSource() {
    return sectorsFile == null ? SectorsFile.BUILT_IN : sectorsFile;
  }

  /** The name of the model's file. */
  public String modelSource() {
    return modelFile == null ? RouterModel.BUILT_IN : modelFile;
  }
}
