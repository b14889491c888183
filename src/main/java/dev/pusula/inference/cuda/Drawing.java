package dev.pusula.inference.cuda;

import dev.pusula.inference.entity.Sampling;
import java.nio.ByteBuffer;
import jcuda.Pointer;

/** Draws tokens from logits where they are, so that a row of a large vocabulary need not travel. */
final class Drawing {

  private static final int THREADS = 1024;

  /** {@code Draw} of sampling.cuh, and where its token goes. */
  private static final int DRAW = 24;

  private static final int BYTES = 32;

  private final Gpu gpu;
  private final Arguments arguments = new Arguments();
  private final Memory memory;
  private final Pointer pinned;
  private final ByteBuffer bytes;

  Drawing(Gpu gpu) {
    this.gpu = gpu;
    this.memory = gpu.zeros(BYTES);
    this.pinned = gpu.pinned(BYTES);
    this.bytes = Gpu.bytes(pinned, BYTES);
  }

  /**
   * Waits for one token.
   *
   * @param step of the pass that made the logits
   * @param largest the place of each row's largest
   */
  int draw(
      Memory step, CudaBuffer logits, Memory largest, int row, Sampling sampling, double uniform) {
    bytes.putFloat(0, (float) sampling.temperature());
    bytes.putFloat(4, (float) sampling.topP());
    bytes.putFloat(8, (float) sampling.minP());
    bytes.putInt(12, sampling.topK());
    bytes.putDouble(16, uniform);
    gpu.uploadAsync(memory, pinned, DRAW);
    arguments.begin().add(step).add(logits.memory(), 4L * row * logits.stride());
    arguments.add(logits.stride()).add(logits.columns()).add(largest, 4L * row);
    arguments.add(memory).add(memory, DRAW);
    gpu.launch("draw", 1, 1, 1, THREADS, 0, arguments.pointer());
    gpu.downloadAsync(pinned, memory, BYTES);
    gpu.await();
    return bytes.getInt(DRAW);
  }
}
