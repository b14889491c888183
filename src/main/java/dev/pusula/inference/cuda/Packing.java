package dev.pusula.inference.cuda;

import dev.pusula.inference.checkpoint.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tensors as the kernels read them: bfloat16 or int8 rows, each filled up with zeros. */
final class Packing {

  /** What is converted before it goes to the GPU. */
  private static final int PIECE = 8 << 20;

  private Packing() {}

  /** The next multiple. */
  static int padded(int n, int multiple) {
    return (n + multiple - 1) / multiple * multiple;
  }

  /**
   * Takes a tensor (rows, columns) to the GPU as bfloat16.
   *
   * @param stride values of a row there, at least columns
   */
  static Memory bfloat16(Gpu gpu, Tensor tensor, int rows, int columns, int stride) {
    if (tensor.type() == Tensor.Type.BF16 && stride == columns && tensor.data().isDirect()) {
      return gpu.uploaded(tensor.data());
    }
    Memory memory = gpu.allocate(2L * rows * stride);
    int piece = Math.max(1, Math.min(rows, PIECE / (2 * stride)));
    ByteBuffer buffer = buffer(2 * piece * stride);
    for (int from = 0; from < rows; from += piece) {
      int to = Math.min(rows, from + piece);
      buffer.clear();
      put(tensor, from, to, columns, stride, buffer);
      gpu.upload(memory, 2L * from * stride, buffer.flip());
    }
    return memory;
  }

  /** Puts a tensor (rows, columns) as bfloat16, its rows filled up to a multiple of 8. */
  static void put(Tensor tensor, int rows, int columns, ByteBuffer into) {
    put(tensor, 0, rows, columns, padded(columns, 8), into);
  }

  private static void put(
      Tensor tensor, int from, int to, int columns, int stride, ByteBuffer into) {
    for (int row = from; row < to; row++) {
      for (int c = 0; c < stride; c++) {
        into.putShort(c < columns ? bfloat16(tensor.at(row * columns + c)) : 0);
      }
    }
  }

  /** One byte a weight; a row's values are its bytes times its scale. */
  static Memory int8(Gpu gpu, Tensor tensor, int rows, int columns, int stride, float[] scales) {
    Memory memory = gpu.allocate((long) rows * stride);
    int piece = Math.max(1, Math.min(rows, PIECE / stride));
    ByteBuffer buffer = buffer(piece * stride);
    for (int from = 0; from < rows; from += piece) {
      int to = Math.min(rows, from + piece);
      buffer.clear();
      for (int row = from; row < to; row++) {
        float largest = 0;
        for (int c = 0; c < columns; c++) {
          largest = Math.max(largest, Math.abs(tensor.at(row * columns + c)));
        }
        scales[row] = largest / Byte.MAX_VALUE;
        float inverse = largest == 0 ? 0 : Byte.MAX_VALUE / largest;
        for (int c = 0; c < stride; c++) {
          buffer.put(c < columns ? (byte) Math.round(tensor.at(row * columns + c) * inverse) : 0);
        }
      }
      gpu.upload(memory, (long) from * stride, buffer.flip());
    }
    return memory;
  }

  static Memory floats(Gpu gpu, float[] values) {
    ByteBuffer buffer = buffer(4 * values.length);
    buffer.asFloatBuffer().put(values);
    return gpu.uploaded(buffer);
  }

  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** To the nearest, ties to even; NaN stays NaN. */
  private static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return Float.isNaN(value)
        ? (short) (bits >>> 16 | 0x40)
        : (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
  }
}
