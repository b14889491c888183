package dev.pusula.inference.cpu;

import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Device;

/** A matrix on the heap in its stored precision. */
sealed interface PackedMatrix extends Device.Matrix {

  /** One element, for the reference and for tests. */
  float at(int row, int column);

  @Override
  default void row(int row, float[] into) {
    for (int c = 0; c < columns(); c++) {
      into[c] = at(row, c);
    }
  }

  /** Half precision is widened: it is a storage format that no device here computes with. */
  static PackedMatrix of(Tensor tensor) {
    int rows = tensor.shape()[0];
    int columns = tensor.shape()[1];
    return tensor.type() == Tensor.Type.BF16
        ? BrainFloats.of(tensor, rows, columns)
        : new Floats(tensor.floats(), rows, columns);
  }

  /**
   * float32.
   *
   * @param values (rows, columns)
   */
  record Floats(float[] values, int rows, int columns) implements PackedMatrix {
    @Override
    public float at(int row, int column) {
      return values[row * columns + column];
    }

    @Override
    public long bytes() {
      return 4L * values.length;
    }
  }

  /**
   * bfloat16.
   *
   * @param pairs (rows, pairsPerRow): columns 2i in the lower and 2i + 1 in the upper half of pair
   *     i; an odd last column is paired with 0
   */
  record BrainFloats(int[] pairs, int rows, int columns, int pairsPerRow) implements PackedMatrix {

    static BrainFloats of(Tensor tensor, int rows, int columns) {
      int pairsPerRow = (columns + 1) / 2;
      int[] pairs = new int[Math.multiplyExact(rows, pairsPerRow)];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          int bits = tensor.data().getShort(2 * (r * columns + c)) & 0xFFFF;
          pairs[r * pairsPerRow + c / 2] |= bits << 16 * (c & 1);
        }
      }
      return new BrainFloats(pairs, rows, columns, pairsPerRow);
    }

    @Override
    public float at(int row, int column) {
      int pair = pairs[row * pairsPerRow + column / 2];
      return Float.intBitsToFloat((column & 1) == 0 ? pair << 16 : pair & 0xFFFF0000);
    }

    @Override
    public long bytes() {
      return 4L * pairs.length;
    }
  }
}
