package dev.pusula.inference.cpu;

import dev.pusula.inference.engine.Device;

/**
 * Rows of values on the heap, each padded like the matrices' columns. The padding is zero wherever
 * a kernel reads it.
 *
 * @param values (rows, stride)
 */
record CpuBuffer(float[] values, int rows, int columns, int stride) implements Device.Buffer {

  static CpuBuffer of(int rows, int columns) {
    int stride = PackedMatrix.pad(columns, PackedMatrix.PAD);
    return new CpuBuffer(new float[Math.multiplyExact(rows, stride)], rows, columns, stride);
  }

  /** Where a row starts. */
  int at(int row) {
    return row * stride;
  }
}
