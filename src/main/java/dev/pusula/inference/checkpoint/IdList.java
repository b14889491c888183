package dev.pusula.inference.checkpoint;

import java.util.Arrays;

/** A growing list of token ids. Not thread-safe. */
final class IdList {

  private int[] ids = new int[16];
  private int size;

  void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
    }
    ids[size++] = id;
  }

  void addAll(int[] others) {
    for (int id : others) {
      add(id);
    }
  }

  int[] toArray() {
    return Arrays.copyOf(ids, size);
  }
}
