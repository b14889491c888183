package dev.pusula.inference.control;

import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.cpu.CpuDevices;
import dev.pusula.inference.cuda.CudaDevice;
import dev.pusula.inference.cuda.CudaDevices;
import dev.pusula.inference.cuda.CudaException;
import dev.pusula.inference.cuda.MemoryPlan;
import dev.pusula.inference.cuda.NoGpuException;
import dev.pusula.inference.engine.Capacity;
import dev.pusula.inference.engine.Device;
import dev.pusula.inference.engine.EngineBackend;
import dev.pusula.inference.engine.Weights;
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
import java.util.function.Consumer;
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

  @Inject
  @ConfigProperty(name = "pusula.device", defaultValue = "AUTO")
  private DeviceChoice device;

  @Inject private InferenceMetrics metrics;
  @Inject private Config config;

  private volatile @Nullable InferenceBackend backend;
  private volatile String gpu = "no GPU, because the engine does not serve";

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
        .map(this::engine)
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

  /** What computes on a GPU, or why nothing does. */
  public String gpu() {
    return gpu;
  }

  /** The engine; one that refuses with the reason if the checkpoint is unusable. */
  private InferenceBackend engine(String folder) {
    try {
      return open(
          Path.of(folder),
          weights,
          device,
          Runtime.getRuntime().availableProcessors(),
          said -> gpu = said);
    } catch (CheckpointException | CudaException | UncheckedIOException e) {
      LOG.log(Level.ERROR, "the checkpoint cannot be served", e);
      return new UnavailableBackend(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The engine over a checkpoint's folder.
   *
   * @param threads of the CPU
   * @param gpu is told what computes on a GPU, or why nothing does
   * @throws CheckpointException if it cannot be used
   * @throws CudaException if a GPU is asked for and there is none, or it fails
   */
  public static EngineBackend open(
      Path folder, Weights weights, DeviceChoice choice, int threads, Consumer<String> gpu) {
    if (choice != DeviceChoice.CPU) {
      try {
        CudaDevice cuda = CudaDevices.open(weights, true);
        gpu.accept(cuda.remark());
        return onGpu(folder, weights, cuda);
      } catch (NoGpuException e) {
        gpu.accept("no GPU, because " + e.getMessage());
        if (choice == DeviceChoice.CUDA) {
          throw e;
        }
      }
    } else {
      gpu.accept("no GPU, because the CPU is asked for");
    }
    return engine(folder, CpuDevices.best(weights, threads), Capacity.ofMachine());
  }

  /**
   * The engine on the GPU.
   *
   * @param graphs whether passes are recorded and replayed
   * @throws CudaException if there is no GPU, or it fails
   */
  public static EngineBackend onGpu(Path folder, Weights weights, boolean graphs) {
    return onGpu(folder, weights, CudaDevices.open(weights, graphs));
  }

  private static EngineBackend onGpu(Path folder, Weights weights, CudaDevice cuda) {
    try {
      MemoryPlan plan = MemoryPlan.of(Checkpoint.read(folder), weights, cuda.free());
      return engine(folder, cuda, plan.capacity());
    } catch (RuntimeException e) {
      cuda.close();
      throw e;
    }
  }

  private static EngineBackend engine(Path folder, Device device, Capacity capacity) {
    ChatTemplate template = ChatTemplate.of(folder, Clocks.WALL);
    return new EngineBackend(folder, device, template::render, capacity, Clocks.NANO);
  }
}
