package dev.pusula.inference.cuda;

import dev.pusula.inference.engine.Device;
import org.jspecify.annotations.Nullable;

/**
 * Weights in the GPU's memory: (rows, stride) of bfloat16 or int8.
 *
 * @param scales of int8 rows; null for bfloat16
 */
record CudaMatrix(int rows, int columns, int stride, Memory weights, @Nullable Memory scales)
    implements Device.Matrix {

  boolean int8() {
    return scales != null;
  }

  @Override
  public long bytes() {
    return weights.bytes() + (scales == null ? 0 : scales.bytes());
  }
}
