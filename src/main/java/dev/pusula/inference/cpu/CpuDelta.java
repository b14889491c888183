package dev.pusula.inference.cpu;

import dev.pusula.inference.engine.Device;

/**
 * A low-rank change on the heap.
 *
 * @param down A, (rank, columns)
 * @param up B transposed, (rank, rows), so that a product adds whole rows instead of summing over a
 *     rank that is shorter than a vector
 * @param scale of the product
 */
record CpuDelta(PackedMatrix down, PackedMatrix up, float scale) implements Device.Delta {

  int rank() {
    return down.rows();
  }

  @Override
  public long bytes() {
    return down.bytes() + up.bytes();
  }

  @Override
  public void close() {
    // The collector takes it.
  }
}
