package dev.pusula.inference.cpu;

import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Device;

/**
 * A matrix on the heap, packed for the vector kernels.
 *
 * <p>Rows are taken in blocks of as many as a vector has lanes, and a block lies column by column:
 * a vector holds one column of a block, and is multiplied with one value of x. So no product is
 * ever summed across lanes, and a block streams from memory in one piece. Narrow weights share an
 * int with those of the next columns of their row. Rows and columns are padded with zeros.
 *
 * <p>Every kernel, of every precision and for any number of vectors, sums a product in the same
 * order: the even columns in one chain, the odd ones in another, and the two at the end.
 */
sealed interface PackedMatrix extends Device.Matrix {

  /** Columns are padded to as many as share an int at most. */
  int COLUMNS = 4;

  /** Lanes that it is packed for: rows of a block. */
  int lanes();

  /** Columns with their padding. */
  default int depth() {
    return pad(columns(), COLUMNS);
  }

  /** Blocks of rows. */
  default int blocks() {
    return (rows() + lanes() - 1) / lanes();
  }

  /** One element before its row's scale; 0 in the padding. */
  float at(int row, int column);

  /** What a row's products are multiplied with. */
  default float scale(int row) {
    return 1;
  }

  static int pad(int n, int multiple) {
    return Math.multiplyExact((n + multiple - 1) / multiple, multiple);
  }

  /**
   * In the precision it is stored in; half precision, which no kernel computes with, is widened.
   */
  static PackedMatrix of(Tensor tensor, int lanes) {
    return tensor.type() == Tensor.Type.BF16
        ? BrainFloats.of(tensor, lanes)
        : Floats.of(tensor, lanes);
  }

  /** Where element (row, column) lies, {@code shared} columns to an element of the array. */
  private static int place(int row, int column, int lanes, int depth, int shared) {
    return (row / lanes * (depth / shared) + column / shared) * lanes + row % lanes;
  }

  private static int size(int rows, int columns, int lanes, int shared) {
    return Math.multiplyExact(pad(rows, lanes), pad(columns, COLUMNS) / shared);
  }

  /**
   * float32.
   *
   * @param values (blocks, depth, lanes)
   */
  record Floats(float[] values, int lanes, int rows, int columns) implements PackedMatrix {

    static Floats of(Tensor tensor, int lanes) {
      int rows = tensor.shape()[0];
      int columns = tensor.shape()[1];
      float[] values = new float[size(rows, columns, lanes, 1)];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          values[place(r, c, lanes, pad(columns, COLUMNS), 1)] = tensor.at(r * columns + c);
        }
      }
      return new Floats(values, lanes, rows, columns);
    }

    @Override
    public float at(int row, int column) {
      return values[place(row, column, lanes, depth(), 1)];
    }

    @Override
    public long bytes() {
      return 4L * values.length;
    }
  }

  /**
   * bfloat16.
   *
   * @param pairs (blocks, depth / 2, lanes): an even column in the lower half, the next one in the
   *     upper half
   */
  record BrainFloats(int[] pairs, int lanes, int rows, int columns) implements PackedMatrix {

    static BrainFloats of(Tensor tensor, int lanes) {
      int rows = tensor.shape()[0];
      int columns = tensor.shape()[1];
      int depth = pad(columns, COLUMNS);
      int[] pairs = new int[size(rows, columns, lanes, 2)];
      short[] row = new short[depth];
      for (int r = 0; r < rows; r++) {
        tensor.data().asShortBuffer().get(r * columns, row, 0, columns);
        for (int c = 0; c < depth; c += 2) {
          pairs[place(r, c, lanes, depth, 2)] = row[c] & 0xFFFF | row[c + 1] << 16;
        }
      }
      return new BrainFloats(pairs, lanes, rows, columns);
    }

    @Override
    public float at(int row, int column) {
      int pair = pairs[place(row, column, lanes, depth(), 2)];
      return Float.intBitsToFloat(column % 2 == 0 ? pair << 16 : pair & 0xFFFF0000);
    }

    @Override
    public long bytes() {
      return 4L * pairs.length;
    }
  }

  /**
   * int8 with a scale for each row: the largest magnitude of a row becomes 127.
   *
   * @param quads (blocks, depth / 4, lanes): four columns from the lowest byte on
   * @param scales of the rows, padded to whole blocks
   */
  record Bytes(int[] quads, float[] scales, int lanes, int rows, int columns)
      implements PackedMatrix {

    static Bytes of(Tensor tensor, int lanes) {
      int rows = tensor.shape()[0];
      int columns = tensor.shape()[1];
      int[] quads = new int[size(rows, columns, lanes, 4)];
      float[] scales = new float[pad(rows, lanes)];
      for (int r = 0; r < rows; r++) {
        float largest = 0;
        for (int c = 0; c < columns; c++) {
          largest = Math.max(largest, Math.abs(tensor.at(r * columns + c)));
        }
        scales[r] = largest / 127;
        for (int c = 0; c < columns && largest > 0; c++) {
          int q = Math.round(tensor.at(r * columns + c) / scales[r]);
          quads[place(r, c, lanes, pad(columns, COLUMNS), 4)] |= (q & 0xFF) << 8 * (c % 4);
        }
      }
      return new Bytes(quads, scales, lanes, rows, columns);
    }

    @Override
    public float at(int row, int column) {
      return (byte) (quads[place(row, column, lanes, depth(), 4)] >> 8 * (column % 4));
    }

    @Override
    public float scale(int row) {
      return scales[row];
    }

    @Override
    public long bytes() {
      return 4L * quads.length + 4L * scales.length;
    }
  }
}
