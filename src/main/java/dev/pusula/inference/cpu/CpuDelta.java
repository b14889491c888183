package dev.pusula.inference.cpu;

import dev.pusula.inference.engine.Device;

/**
 * A low-rank change on the heap.
 *
 * @param down A, (rank, columns)
 * @param up B, (rows, rank)
 * @param scale of the product
 */
record CpuDelta(PackedMatrix down, PackedMatrix up, float scale) implements Device.Delta {

  @Override
  public long bytes() {
    return down.bytes() + up.bytes();
  }

  @Override
  public void close() {
    // The collector takes it.
  }
}
