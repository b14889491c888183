package dev.pusula.inference.checkpoint;

import java.util.Arrays;

/** A priority queue of longs, the smallest first: a binary heap. Not thread-safe. */
final class LongHeap {

  private long[] values = new long[32];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    int at = size++;
    while (at > 0 && values[at - 1 >>> 1] > value) {
      values[at] = values[at - 1 >>> 1];
      at = at - 1 >>> 1;
    }
    values[at] = value;
  }

  /** Takes the smallest; there must be one. */
  long poll() {
    long smallest = values[0];
    long last = values[--size];
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && values[child + 1] < values[child]) {
        child++;
      }
      if (values[child] >= last) {
        break;
      }
      values[at] = values[child];
      at = child;
    }
    values[at] = last;
    return smallest;
  }
}
