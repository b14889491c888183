package dev.pusula.inference.cpu;

/**
 * A low-rank change on the heap.
 *
 * @param down A, (rank, columns)
 * @param up B, (rows, rank)
 * @param scale of the product
 */
record CpuDelta(PackedMatrix down, PackedMatrix up, float scale) {

  long bytes() {
    return down.bytes() + up.bytes();
  }
}
