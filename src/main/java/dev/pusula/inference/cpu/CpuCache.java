package dev.pusula.inference.cpu;

import dev.pusula.inference.engine.Device;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values on the heap, float32. Keys lie as (page, kvHead, headDim, position), so that a
 * vector holds one dimension of a page's positions; values as (page, kvHead, position, paddedDim).
 * Memory is taken for {@link #SEGMENT} pages at a time when the first of them is written.
 */
final class CpuCache implements Device.Cache {

  /** A power of two: a page's place is found by shift and mask. */
  private static final int SEGMENT_BITS = 5;

  private static final int SEGMENT = 1 << SEGMENT_BITS;

  /** A vector of values never reaches into another head. */
  private static final int DIM_PAD = 16;

  private final int layers;
  private final int pages;
  private final int kvHeads;
  private final int headDim;
  private final int paddedDim;
  private final float[] @Nullable [] keys;
  private final float[] @Nullable [] values;
  private final int segments;

  CpuCache(int layers, int pages, int kvHeads, int headDim) {
    this.layers = layers;
    this.pages = pages;
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.paddedDim = PackedMatrix.pad(headDim, DIM_PAD);
    this.segments = (pages + SEGMENT - 1) >> SEGMENT_BITS;
    this.keys = new float[layers * segments][];
    this.values = new float[layers * segments][];
  }

  int kvHeads() {
    return kvHeads;
  }

  int headDim() {
    return headDim;
  }

  int paddedDim() {
    return paddedDim;
  }

  static long pageBytes(int layers, int kvHeads, int headDim) {
    return 4L * layers * kvHeads * Device.PAGE * (headDim + PackedMatrix.pad(headDim, DIM_PAD));
  }

  @Override
  public long pageBytes() {
    return pageBytes(layers, kvHeads, headDim);
  }

  @Override
  public int pages() {
    return pages;
  }

  /** The array that a page's keys lie in; from {@link #keyAt}. */
  float[] keys(int layer, int page) {
    float[] segment = keys[layer * segments + (page >> SEGMENT_BITS)];
    if (segment == null) {
      throw new IllegalStateException("page " + page + " was never written");
    }
    return segment;
  }

  /** Where (dimension 0, position 0) of a head lies; dimension d is d · PAGE further. */
  int keyAt(int page, int kvHead) {
    return ((page & SEGMENT - 1) * kvHeads + kvHead) * headDim * Device.PAGE;
  }

  /** The array that a page's values lie in; from {@link #valueAt}. */
  float[] values(int layer, int page) {
    float[] segment = values[layer * segments + (page >> SEGMENT_BITS)];
    if (segment == null) {
      throw new IllegalStateException("page " + page + " was never written");
    }
    return segment;
  }

  /** Where (position 0, dimension 0) of a head lies; position p is p · paddedDim further. */
  int valueAt(int page, int kvHead) {
    return ((page & SEGMENT - 1) * kvHeads + kvHead) * Device.PAGE * paddedDim;
  }

  /** Writes one position of one layer. */
  void write(int layer, int page, int inPage, float[] key, int keyAt, float[] value, int valueAt) {
    int segment = layer * segments + (page >> SEGMENT_BITS);
    float[] k = keys[segment];
    float[] v = values[segment];
    if (k == null || v == null) {
      k = new float[Math.multiplyExact(SEGMENT * kvHeads * headDim, Device.PAGE)];
      v = new float[Math.multiplyExact(SEGMENT * kvHeads * paddedDim, Device.PAGE)];
      keys[segment] = k;
      values[segment] = v;
    }
    for (int head = 0; head < kvHeads; head++) {
      int to = keyAt(page, head) + inPage;
      for (int d = 0; d < headDim; d++) {
        k[to + d * Device.PAGE] = key[keyAt + head * headDim + d];
      }
      System.arraycopy(
          value, valueAt + head * headDim, v, valueAt(page, head) + inPage * paddedDim, headDim);
    }
  }
}
