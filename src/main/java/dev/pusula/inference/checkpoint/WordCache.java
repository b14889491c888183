package dev.pusula.inference.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * What a model made of the words seen last. Each word has one place, which the next word of that
 * place takes. Thread-safe without a lock: entries are immutable, and a lost one is made again.
 */
final class WordCache {

  /** The words of a few long texts, in a few megabytes. */
  private static final int PLACES = 1 << 14;

  /** Longer words seldom come twice. */
  private static final int LONGEST = 64;

  private final SubwordModel model;
  private final @Nullable Entry[] entries = new Entry[PLACES];

  private static final class Entry {
    final String word;
    final int[] ids;

    Entry(String word, int[] ids) {
      this.word = word;
      this.ids = ids;
    }
  }

  WordCache(SubwordModel model) {
    this.model = model;
  }

  /** Adds the ids of a word. */
  void encode(String word, IdList out) {
    if (word.length() > LONGEST) {
      model.encode(word, out);
      return;
    }
    int hash = word.hashCode();
    int place = (hash ^ hash >>> 15) & PLACES - 1;
    Entry entry = entries[place];
    if (entry == null || !entry.word.equals(word)) {
      IdList ids = new IdList();
      model.encode(word, ids);
      entry = new Entry(word, ids.toArray());
      entries[place] = entry;
    }
    out.addAll(entry.ids);
  }
}
