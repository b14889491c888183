package dev.pusula.inference.checkpoint;

import java.util.Arrays;

/**
 * A map from long to long, both not negative: a tokenizer's merges and the edges of its tries are
 * hundreds of thousands of them, and boxed they would take six times the memory. Open addressing
 * with linear probing, at most half full. Safe to read from many threads once filled.
 */
final class LongTable {

  static final long ABSENT = -1;

  /** 2^64 over the golden ratio spreads keys that follow one another (Knuth, volume 3, 6.4). */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  /** A key and its value beside it. */
  private long[] slots = empty(16);

  private int size;

  /** Puts a value in place of what was there. */
  void put(long key, long value) {
    int at = slot(slots, key);
    if (slots[at] == ABSENT) {
      size++;
    }
    slots[at] = key;
    slots[at + 1] = value;
    if (4 * size > slots.length) {
      grow();
    }
  }

  /** {@link #ABSENT} where there is none. */
  long get(long key) {
    return slots[slot(slots, key) + 1];
  }

  int size() {
    return size;
  }

  private void grow() {
    long[] larger = empty(2 * slots.length);
    for (int i = 0; i < slots.length; i += 2) {
      if (slots[i] != ABSENT) {
        int at = slot(larger, slots[i]);
        larger[at] = slots[i];
        larger[at + 1] = slots[i + 1];
      }
    }
    slots = larger;
  }

  /** Where the key stands, or would. */
  private static int slot(long[] slots, long key) {
    int at = (int) (key * SPREAD >>> Long.numberOfLeadingZeros(slots.length) + 1) & -2;
    while (slots[at] != key && slots[at] != ABSENT) {
      at = at + 2 & slots.length - 1;
    }
    return at;
  }

  private static long[] empty(int length) {
    long[] slots = new long[length];
    Arrays.fill(slots, ABSENT);
    return slots;
  }
}
