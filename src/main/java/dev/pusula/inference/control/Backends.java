package dev.pusula.inference.control;

import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.cpu.CpuDevices;
import dev.pusula.inference.cpu.Weights;
import dev.pusula.inference.engine.Capacity;
import dev.pusula.inference.engine.EngineBackend;
import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.remote.RemoteBackend;
import dev.pusula.inference.remote.RemoteSettings;
import dev.pusula.platform.Clocks;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * The backend of the running service: the servers that {@code pusula.remote.urls} names, or else
 * the engine over the checkpoint that {@code pusula.model} names.
 */
@ApplicationScoped
public class Backends {

  private static final System.Logger LOG = System.getLogger(Backends.class.getName());

  @Inject
  @ConfigProperty(name = "pusula.model")
  private Optional<String> model;

  @Inject
  @ConfigProperty(name = "pusula.weights", defaultValue = "STORED")
  private Weights weights;

  @Inject private InferenceMetrics metrics;
  @Inject private Config config;

  private volatile @Nullable InferenceBackend backend;

  /** Loads when the application starts and not with the first request. */
  void start(@Observes @Initialized(ApplicationScoped.class) Object started) {
    LOG.log(Level.INFO, "inference: {0}", backend().health().reason());
    metrics.watch(backend());
  }

  @PostConstruct
  void open() {
    backend = chosen();
  }

  private InferenceBackend chosen() {
    try {
      Optional<RemoteSettings> remote =
          RemoteSettings.read(name -> config.getOptionalValue(name, String.class));
      if (remote.isPresent()) {
        return new RemoteBackend(
            remote.get(),
            model.isPresent() ? "pusula.model is set too and not served" : "",
            Clocks.NANO);
      }
    } catch (IllegalArgumentException e) {
      LOG.log(Level.ERROR, "the remote servers cannot be used", e);
      return new UnavailableBackend(String.valueOf(e.getMessage()));
    }
    return model
        .map(folder -> engine(folder, weights))
        .orElseGet(
            () -> new UnavailableBackend("no checkpoint is configured: pusula.model is not set"));
  }

  @PreDestroy
  void close() {
    backend().close();
  }

  /** Loads an adapter, and shows it in the metrics from then on. */
  public AdapterChange loadAdapter(String name, Path folder) {
    AdapterChange change = backend().loadAdapter(name, folder);
    metrics.watchAdapters(backend());
    return change;
  }

  /** What serves. */
  public InferenceBackend backend() {
    return Objects.requireNonNull(backend, "opened at construction");
  }

  /**
   * The engine on the best device of this machine; one that refuses with the reason if the
   * checkpoint is unusable.
   */
  private static InferenceBackend engine(String folder, Weights weights) {
    try {
      return open(Path.of(folder), weights);
    } catch (CheckpointException | UncheckedIOException e) {
      LOG.log(Level.ERROR, "the checkpoint cannot be served", e);
      return new UnavailableBackend(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The engine over a checkpoint's folder, on the CPU: the CUDA device is not part of this version.
   *
   * @throws CheckpointException if it cannot be used
   */
  public static EngineBackend open(Path folder, Weights weights) {
    return open(folder, weights, Runtime.getRuntime().availableProcessors());
  }

  /** The same on so many threads. */
  public static EngineBackend open(Path folder, Weights weights, int threads) {
    ChatTemplate template = ChatTemplate.of(folder, Clocks.WALL);
    return new EngineBackend(
        folder,
        CpuDevices.best(weights, threads),
        template::render,
        Capacity.ofMachine(),
        Clocks.NANO);
  }
}
