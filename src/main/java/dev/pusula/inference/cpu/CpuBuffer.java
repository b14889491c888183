package dev.pusula.inference.cpu;

import dev.pusula.inference.engine.Device;

/**
 * Rows of values on the heap, each padded to whole vectors. The padding is zero wherever a kernel
 * reads it.
 *
 * @param values (rows, stride)
 */
record CpuBuffer(float[] values, int rows, int columns, int stride) implements Device.Buffer {

  /** A whole vector of any width can be read and written at the end of a row. */
  static final int PAD = 16;

  static CpuBuffer of(int rows, int columns) {
    int stride = PackedMatrix.pad(columns, PAD);
    return new CpuBuffer(new float[Math.multiplyExact(rows, stride)], rows, columns, stride);
  }

  /** Where a row starts. */
  int at(int row) {
    return row * stride;
  }
}
