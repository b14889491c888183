package dev.pusula.inference.cuda;

import dev.pusula.inference.engine.Device;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Matrices over the same rows of activations.
 *
 * @param memory {@code Linear} of types.cuh
 * @param adaptable whether an adapter may change any of them
 */
record CudaLinear(CudaMatrix[] matrices, Memory memory, boolean adaptable)
    implements Device.Linear {

  /** MOST_MATRICES of types.cuh. */
  private static final int MOST = 3;

  private static final int BYTES = 112;

  static CudaLinear of(
      Gpu gpu, Device.Matrix[] matrices, Device.@Nullable Vector[] biases, int[] slots) {
    CudaMatrix[] all = new CudaMatrix[matrices.length];
    ByteBuffer struct = Packing.buffer(BYTES);
    for (int i = 0; i < all.length; i++) {
      CudaMatrix matrix = (CudaMatrix) matrices[i];
      Memory scales = matrix.scales();
      all[i] = matrix;
      struct.putLong(8 * i, matrix.weights().address());
      struct.putLong(8 * (MOST + i), scales == null ? 0 : scales.address());
      struct.putLong(
          8 * (2 * MOST + i), biases[i] instanceof CudaVector bias ? bias.memory().address() : 0);
      struct.putInt(24 * MOST + 4 * i, matrix.rows());
      struct.putInt(28 * MOST + 4 * i, slots.length == 0 ? -1 : slots[i]);
    }
    struct.putInt(32 * MOST, all.length);
    struct.putInt(32 * MOST + 4, all[0].columns());
    struct.putInt(32 * MOST + 8, all[0].stride());
    return new CudaLinear(all, gpu.uploaded(struct), slots.length > 0);
  }
}
