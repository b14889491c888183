package dev.pusula.routing.model;

import dev.pusula.text.Skeleton;
import java.util.ArrayList;
import java.util.List;

/**
 * The features of one text after the other: hashes of its words, of pairs of neighbouring words, of
 * pairs of stems that stand near each other, and of the character 3–6-grams of each word with its
 * edges. Owns its buffers, which are reused; not thread-safe.
 *
 * <p>How it works. The skeleton holds each word between spaces, which serve as the edges. From each
 * place of a word FNV-1a runs over up to six characters and gives a hash at each length from three
 * on; words and pairs run from offsets of their own, so that a word is not its n-gram. A stem is
 * taken to be the first five letters of a word of four or more; a pair of stems is the same in
 * either order, because Turkish words change places freely. A murmur finaliser spreads the bits.
 * [1] FNV-1a, Fowler, Noll, Vo; [2] MurmurHash3, fmix32.
 */
public final class Features {

  /** Bits of a feature's hash. */
  public static final int BITS = 20;

  /**
   * Characters of the skeleton that are read; a text is judged by its beginning. Ten times the
   * longest query of the corpus.
   */
  static final int MAX_CHARACTERS = 4_096;

  private static final int SHORTEST = 3;
  private static final int LONGEST = 6;
  private static final int MASK = (1 << BITS) - 1;
  private static final int FNV_OFFSET = 0x811C9DC5;
  private static final int FNV_PRIME = 0x01000193;
  private static final int WORD_OFFSET = FNV_OFFSET ^ 0x5bd1e995;
  private static final int PAIR_PRIME = 0x9E3779B1;
  private static final int STEM_OFFSET = FNV_OFFSET ^ 0x27d4eb2f;
  private static final int STEM = 5;
  private static final int SHORTEST_STEMMED = 4;

  /** Stems before a word that it is paired with. */
  private static final int NEAR = 4;

  private final char[] skeleton = new char[MAX_CHARACTERS];

  // A character starts four n-grams; a word ends one word, one pair, and four pairs of stems.
  private final int[] grams = new int[MAX_CHARACTERS * (LONGEST - SHORTEST + 1)];
  private final int[] words = new int[MAX_CHARACTERS * (2 + NEAR)];

  private final int[] rows = new int[Math.max(grams.length, words.length)];

  /** The last stems' hashes, in a ring. */
  private final int[] stems = new int[NEAR];

  private int stemCount;
  private int length;
  private int gramCount;
  private int wordCount;

  /**
   * Reads a text.
   *
   * @return the number of features, repeated ones counted each time; 0 for a text without letters
   *     and digits
   */
  public int read(String text) {
    length = Skeleton.write(text, skeleton);
    gramCount = 0;
    wordCount = 0;
    stemCount = 0;
    int previous = 0;
    int start = 1;
    for (int i = 1; i < length; i++) {
      if (skeleton[i] == ' ') {
        int word = word(start, i);
        grams(start - 1, i + 1);
        if (start > 1) {
          words[wordCount++] = finish(previous * PAIR_PRIME + word);
        }
        if (i - start >= SHORTEST_STEMMED) {
          stemPairs(start);
        }
        previous = word;
        start = i + 1;
      }
    }
    return gramCount + wordCount;
  }

  /** The number of n-grams of the text read last. */
  public int gramCount() {
    return gramCount;
  }

  /** The i-th of them, in {@code 0 … 2^BITS − 1}. */
  public int gram(int i) {
    return grams[i];
  }

  /** The number of words and pairs of the text read last. */
  public int wordCount() {
    return wordCount;
  }

  /** The i-th of them, in {@code 0 … 2^BITS − 1}. */
  public int word(int i) {
    return words[i];
  }

  /** Their ids; the first {@link #gramCount} count. Not to be changed. */
  int[] grams() {
    return grams;
  }

  /** The words' and pairs' ids; the first {@link #wordCount} count. Not to be changed. */
  int[] words() {
    return words;
  }

  /** Room for a row number of each n-gram, for who scores. */
  int[] rows() {
    return rows;
  }

  /**
   * The value of one occurrence among {@code count} features of its kind: 1/√count, so that long
   * texts do not shout, and that the few words weigh as much as their many n-grams.
   */
  public static float scale(int count) {
    return count == 0 ? 0 : (float) (1 / Math.sqrt(count));
  }

  /** Tells each feature's id and value and the word or words it is of. Allocates. */
  void spell(Spelling spelling) {
    float ofGram = scale(gramCount);
    float ofWord = scale(wordCount);
    int gram = 0;
    int at = 0;
    List<String> stemmed = new ArrayList<>();
    String previous = "";
    int start = 1;
    for (int i = 1; i < length; i++) {
      if (skeleton[i] == ' ') {
        String word = new String(skeleton, start, i - start);
        spelling.feature(words[at++], ofWord, word);
        for (int from = start - 1; from + SHORTEST <= i + 1; from++) {
          for (int to = from + SHORTEST; to <= Math.min(from + LONGEST, i + 1); to++) {
            spelling.feature(grams[gram++], ofGram, word);
          }
        }
        if (start > 1) {
          spelling.feature(words[at++], ofWord, previous + " " + word);
        }
        if (word.length() >= SHORTEST_STEMMED) {
          for (String near : stemmed.subList(Math.max(0, stemmed.size() - NEAR), stemmed.size())) {
            spelling.feature(words[at++], ofWord, near + " … " + word);
          }
          stemmed.add(word);
        }
        previous = word;
        start = i + 1;
      }
    }
  }

  /** Receives features with their values and the word or words they are of. */
  @FunctionalInterface
  interface Spelling {
    void feature(int id, float value, String words);
  }

  private void stemPairs(int start) {
    int stem = STEM_OFFSET;
    for (int i = start; i < start + STEM && skeleton[i] != ' '; i++) {
      stem = (stem ^ skeleton[i]) * FNV_PRIME;
    }
    for (int i = Math.max(0, stemCount - NEAR); i < stemCount; i++) {
      int other = stems[i % NEAR];
      // Equal in either order.
      words[wordCount++] = finish((stem + other) * PAIR_PRIME ^ stem * other);
    }
    stems[stemCount++ % NEAR] = stem;
  }

  private int word(int from, int to) {
    int hash = WORD_OFFSET;
    for (int i = from; i < to; i++) {
      hash = (hash ^ skeleton[i]) * FNV_PRIME;
    }
    words[wordCount++] = finish(hash);
    return hash;
  }

  private void grams(int from, int to) {
    for (int i = from; i + SHORTEST <= to; i++) {
      int hash = FNV_OFFSET;
      int end = Math.min(i + LONGEST, to);
      for (int j = i; j < end; j++) {
        hash = (hash ^ skeleton[j]) * FNV_PRIME;
        if (j - i >= SHORTEST - 1) {
          grams[gramCount++] = finish(hash);
        }
      }
    }
  }

  private static int finish(int hash) {
    int h = hash;
    h ^= h >>> 16;
    h *= 0x85EBCA6B;
    h ^= h >>> 13;
    h *= 0xC2B2AE35;
    h ^= h >>> 16;
    return h & MASK;
  }
}
