package dev.pusula.inference.cuda;

import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.checkpoint.ModelConfig;
import dev.pusula.inference.checkpoint.Projection;
import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Capacity;
import dev.pusula.inference.engine.Device;
import dev.pusula.inference.engine.Weights;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;

/**
 * What a checkpoint takes of a GPU's memory, before any of it is taken. What weights, adapters and
 * activations leave is for keys and values.
 *
 * @param weights bytes of the checkpoint
 * @param adapters bytes of the checkpoint's adapters, and of as many again
 * @param activations bytes of a pass
 * @param cache bytes that are left for keys and values
 */
public record MemoryPlan(long weights, long adapters, long activations, long cache) {

  private static final int RUNNING = 64;
  private static final int QUEUE = 256;
  private static final int CHUNK = 192;
  private static final int SHARED_CHUNK = 64;

  /** For what the driver takes by itself, and partial results of attention. */
  private static final long RESERVE = 256L << 20;

  /** The table of adapters and their room, whatever their number. */
  private static final int PLACES = 512;

  private static final int CHANGE = 24;

  /**
   * For a checkpoint.
   *
   * @param free bytes of the GPU that nobody has
   * @throws CheckpointException with the numbers if it does not fit
   */
  public static MemoryPlan of(Checkpoint checkpoint, Weights kept, long free) {
    ModelConfig config = checkpoint.config();
    long weights = 0;
    for (Tensor tensor : checkpoint.weights().values()) {
      weights += bytes(tensor, kept);
    }
    weights += 2L * 4 * config.context() * config.headDim();
    long slots = (long) config.layers() * Projection.values().length;
    long adapters = slots * PLACES * CHANGE;
    Collection<Path> folders = checkpoint.adapterFolders().values();
    for (Path folder : folders) {
      adapters += 2 * folder.resolve("adapter_model.safetensors").toFile().length();
    }
    int rows = RUNNING + CHUNK;
    long row =
        4L * (3L * config.hidden() + config.queryWidth() + 2L * config.kvWidth())
            + 2L * (config.hidden() + config.queryWidth() + config.intermediate());
    long activations =
        rows * row + 4L * 2 * RUNNING * (config.vocabulary() + config.hidden()) + RESERVE;
    long cache = free - weights - adapters - activations;
    long page = 4L * config.layers() * config.kvWidth() * Device.PAGE;
    if (cache < page * ((Math.min(config.context(), 512) + Device.PAGE - 1) / Device.PAGE)) {
      throw new CheckpointException(
          checkpoint.folder(),
          String.format(
              Locale.ROOT,
              "does not fit the GPU: %s of weights, %s for %d adapters and as many again, %s for a pass, and %s for every"
                  + " %d positions; %s are free. PUSULA_WEIGHTS=INT8 halves the weights, PUSULA_DEVICE=cpu serves without the GPU",
              shown(weights),
              shown(adapters),
              folders.size(),
              shown(activations),
              shown(page),
              Device.PAGE,
              shown(free)));
    }
    return new MemoryPlan(weights, adapters, activations, cache);
  }

  /** What an engine may take on by this plan. */
  public Capacity capacity() {
    return new Capacity(RUNNING, QUEUE, CHUNK, SHARED_CHUNK, cache, adapters);
  }

  private static long bytes(Tensor tensor, Weights kept) {
    if (tensor.shape().length < 2) {
      return 4L * tensor.size();
    }
    int rows = tensor.shape()[0];
    long values = (long) rows * Packing.padded(tensor.shape()[1], 16);
    return kept == Weights.INT8 ? values + 4L * rows : 2 * values;
  }

  private static String shown(long bytes) {
    return String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1 << 30));
  }
}
