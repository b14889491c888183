package dev.pusula.inference.cpu;

import dev.pusula.inference.checkpoint.Tensor;
import dev.pusula.inference.engine.Device;
import java.nio.ByteBuffer;

/**
 * A matrix on the heap, packed for the vector kernels.
 *
 * <p>Rows are padded with zeros to a multiple of {@link #BLOCK}, columns to a multiple of {@link
 * #PAD}, so that no kernel has a tail. A row is taken as two halves of {@code stride / 2} columns;
 * every kernel, of every precision, adds up the products of a lane in the order of places i = 0, L,
 * 2L, … and at each place first the left half, then the right one. With equal sums it does not
 * matter which kernel computed a row.
 */
sealed interface PackedMatrix extends Device.Matrix {

  /** Rows that a kernel takes at once. */
  int BLOCK = 4;

  /** Columns: two halves of a 512-bit vector of floats, twice for bytes. */
  int PAD = 64;

  /** Columns with their padding. */
  int stride();

  /** One element before its row's scale; 0 in the padding. */
  float at(int row, int column);

  /** What a row's products are multiplied with. */
  default float scale(int row) {
    return 1;
  }

  /** Rows with their padding. */
  default int paddedRows() {
    return pad(rows(), BLOCK);
  }

  static int pad(int n, int multiple) {
    return Math.multiplyExact((n + multiple - 1) / multiple, multiple);
  }

  /**
   * In the precision it is stored in; half precision, which no kernel computes with, is widened.
   */
  static PackedMatrix of(Tensor tensor) {
    return tensor.type() == Tensor.Type.BF16 ? BrainFloats.of(tensor) : Floats.of(tensor);
  }

  /** The transposed matrix, in the precision it is stored in. */
  static PackedMatrix transposed(Tensor tensor) {
    int rows = tensor.shape()[0];
    int columns = tensor.shape()[1];
    int width = tensor.type().bytes();
    ByteBuffer turned = ByteBuffer.allocate(Math.multiplyExact(rows * columns, width));
    ByteBuffer data = tensor.data();
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        for (int b = 0; b < width; b++) {
          turned.put((c * rows + r) * width + b, data.get((r * columns + c) * width + b));
        }
      }
    }
    return of(new Tensor(tensor.name(), tensor.type(), new int[] {columns, rows}, turned));
  }

  /**
   * float32.
   *
   * @param values (paddedRows, stride)
   */
  record Floats(float[] values, int rows, int columns, int stride) implements PackedMatrix {

    static Floats of(Tensor tensor) {
      int rows = tensor.shape()[0];
      int columns = tensor.shape()[1];
      int stride = pad(columns, PAD);
      float[] values = new float[Math.multiplyExact(pad(rows, BLOCK), stride)];
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
          values[r * stride + c] = tensor.at(r * columns + c);
        }
      }
      return new Floats(values, rows, columns, stride);
    }

    @Override
    public float at(int row, int column) {
      return values[row * stride + column];
    }

    @Override
    public long bytes() {
      return 4L * values.length;
    }
  }

  /**
   * bfloat16.
   *
   * @param pairs (paddedRows, stride / 2): column i in the lower and stride / 2 + i in the upper
   *     half of pair i
   */
  record BrainFloats(int[] pairs, int rows, int columns, int stride) implements PackedMatrix {

    static BrainFloats of(Tensor tensor) {
      int rows = tensor.shape()[0];
      int columns = tensor.shape()[1];
      int stride = pad(columns, PAD);
      int half = stride / 2;
      int[] pairs = new int[Math.multiplyExact(pad(rows, BLOCK), half)];
      short[] row = new short[stride];
      for (int r = 0; r < rows; r++) {
        tensor.data().asShortBuffer().get(r * columns, row, 0, columns);
        for (int i = 0; i < half; i++) {
          pairs[r * half + i] = row[i] & 0xFFFF | row[half + i] << 16;
        }
      }
      return new BrainFloats(pairs, rows, columns, stride);
    }

    @Override
    public float at(int row, int column) {
      int half = stride / 2;
      int pair = pairs[row * half + column % half];
      return Float.intBitsToFloat(column < half ? pair << 16 : pair & 0xFFFF0000);
    }

    @Override
    public long bytes() {
      return 4L * pairs.length;
    }
  }

  /**
   * int8 with a scale for each row: the largest magnitude of a row becomes 127.
   *
   * @param quads (paddedRows, stride / 4). With L lanes, lane l of vector v holds, from its lowest
   *     byte on, the columns 2vL + l, the same in the right half, (2v + 1)L + l, the same in the
   *     right half
   * @param scales (paddedRows)
   * @param lanes L
   */
  record Bytes(int[] quads, float[] scales, int lanes, int rows, int columns, int stride)
      implements PackedMatrix {

    static Bytes of(Tensor tensor, int lanes) {
      int rows = tensor.shape()[0];
      int columns = tensor.shape()[1];
      int stride = pad(columns, PAD);
      int quarter = stride / 4;
      int[] quads = new int[Math.multiplyExact(pad(rows, BLOCK), quarter)];
      float[] scales = new float[pad(rows, BLOCK)];
      for (int r = 0; r < rows; r++) {
        float largest = 0;
        for (int c = 0; c < columns; c++) {
          largest = Math.max(largest, Math.abs(tensor.at(r * columns + c)));
        }
        scales[r] = largest / 127;
        for (int c = 0; c < columns && largest > 0; c++) {
          int q = Math.round(tensor.at(r * columns + c) / scales[r]);
          quads[r * quarter + quad(c, stride, lanes)] |= (q & 0xFF) << shift(c, stride, lanes);
        }
      }
      return new Bytes(quads, scales, lanes, rows, columns, stride);
    }

    private static int quad(int column, int stride, int lanes) {
      int inHalf = column % (stride / 2);
      return inHalf / lanes / 2 * lanes + inHalf % lanes;
    }

    private static int shift(int column, int stride, int lanes) {
      int half = stride / 2;
      return 16 * (column % half / lanes % 2) + (column < half ? 0 : 8);
    }

    @Override
    public float at(int row, int column) {
      return (byte)
          (quads[row * (stride / 4) + quad(column, stride, lanes)] >> shift(column, stride, lanes));
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
