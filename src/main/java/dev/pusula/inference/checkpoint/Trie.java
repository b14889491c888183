package dev.pusula.inference.checkpoint;

import java.util.Arrays;

/**
 * Texts with a number each, found character by character. Its nodes are numbers and its edges one
 * table, so that a vocabulary of hundreds of thousands stays small.
 */
final class Trie {

  static final int ROOT = 0;

  /** No node, and no number. */
  static final int NONE = -1;

  private final LongTable edges = new LongTable();
  private int[] numbers = {NONE};
  private int nodes = 1;

  /** Puts a text in place of what was there. */
  void put(String text, int number) {
    int node = ROOT;
    for (int i = 0; i < text.length(); i++) {
      int next = child(node, text.charAt(i));
      if (next == NONE) {
        next = nodes++;
        edges.put(edge(node, text.charAt(i)), next);
        if (next == numbers.length) {
          numbers = Arrays.copyOf(numbers, 2 * next);
          Arrays.fill(numbers, next, 2 * next, NONE);
        }
      }
      node = next;
    }
    numbers[node] = number;
  }

  /** The node behind a character, or {@link #NONE}. */
  int child(int node, char c) {
    return (int) edges.get(edge(node, c));
  }

  /** The number of the text that ends at a node, or {@link #NONE}. */
  int number(int node) {
    return numbers[node];
  }

  /** The number of a text, or {@link #NONE}. */
  int find(String text) {
    int node = ROOT;
    for (int i = 0; i < text.length() && node != NONE; i++) {
      node = child(node, text.charAt(i));
    }
    return node == NONE ? NONE : numbers[node];
  }

  private static long edge(int node, char c) {
    return (long) node << Character.SIZE | c;
  }
}
