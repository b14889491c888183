package dev.pusula.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Byte-pair encoding. A word starts as its characters; the pair of neighbours that was learnt first
 * is merged, of equal ones the leftmost, until no pair is left that was learnt.
 *
 * <p>How it works. The symbols are a linked list over arrays. A heap holds the pairs that can be
 * merged as rank and place in one number, so that its order is the order of merging; an entry whose
 * symbols have changed since is skipped. n symbols take n log n. [1] Sennrich et al. 2016, Neural
 * Machine Translation of Rare Words with Subword Units; [2] huggingface/tokenizers, models/bpe.
 */
final class BytePairModel implements SubwordModel {

  private static final int NONE = -1;

  private final @Nullable String[] texts;

  /** Ids of single characters. */
  private final LongTable characters = new LongTable();

  /** From two ids to the rank, in the upper half, and the id of what they become. */
  private final LongTable merges = new LongTable();

  /** Ids of whole words, for files that take them as they are; empty for others. */
  private final Map<String, Integer> words;

  /** Ids that stand for bytes; {@link #NONE} at the first where there are not all of them. */
  private final int[] byteIds = new int[256];

  private final int unknown;
  private final boolean fusesUnknown;

  static BytePairModel read(JsonField field) {
    field.only(
        "vocab",
        "merges",
        "unk_token",
        "fuse_unk",
        "byte_fallback",
        "ignore_merges",
        "dropout",
        "continuing_subword_prefix",
        "end_of_word_suffix");
    for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!field.at(affix).text("").isEmpty()) {
        throw field.at(affix).refusal("is not supported");
      }
    }
    if (field.at("dropout").node().asDouble(0) != 0) {
      throw field.at("dropout").refusal("is not 0: answers would be left to chance");
    }
    if (!field.at("vocab").node().isObject()) {
      throw field.at("vocab").refusal("must be an object");
    }
    return new BytePairModel(field);
  }

  private BytePairModel(JsonField field) {
    Map<String, Integer> ids = ids(field.at("vocab"));
    this.texts = new String[1 + ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1)];
    ids.forEach(
        (text, id) -> {
          texts[id] = text;
          if (text.codePointCount(0, text.length()) == 1) {
            characters.put(text.codePointAt(0), id);
          }
        });
    merges(field.at("merges"), ids);
    Arrays.fill(byteIds, NONE);
    if (field.at("byte_fallback").flag(false)) {
      for (int b = 0; b < byteIds.length; b++) {
        byteIds[b] = ids.getOrDefault(SubwordModel.byteToken(b), NONE);
      }
    }
    JsonField unk = field.at("unk_token");
    this.unknown = unk.present() ? id(unk, ids, unk.text()) : NONE;
    this.fusesUnknown = field.at("fuse_unk").flag(false);
    this.words = field.at("ignore_merges").flag(false) ? ids : Map.of();
  }

  private static Map<String, Integer> ids(JsonField vocab) {
    Map<String, Integer> ids = new HashMap<>(2 * vocab.node().size());
    vocab
        .node()
        .fields()
        .forEachRemaining(
            entry -> {
              int id = entry.getValue().asInt(-1);
              if (id < 0 || id >= MOST_IDS) {
                throw vocab.refusal("gives " + entry.getKey() + " the id " + entry.getValue());
              }
              ids.put(entry.getKey(), id);
            });
    return ids;
  }

  /** A merge is a pair of texts, or in older files one text with a space between them. */
  private void merges(JsonField field, Map<String, Integer> ids) {
    int rank = 0;
    for (JsonNode merge : field.node()) {
      String[] pair =
          merge.isArray() && merge.size() == 2
              ? new String[] {merge.get(0).asText(), merge.get(1).asText()}
              : merge.asText().split(" ", -1);
      if (pair.length != 2) {
        throw field.refusal("has " + merge + ", which is no pair");
      }
      long result = id(field, ids, pair[0] + pair[1]);
      merges.put(
          pair(id(field, ids, pair[0]), id(field, ids, pair[1])),
          (long) rank++ << Integer.SIZE | result);
    }
  }

  private static int id(JsonField field, Map<String, Integer> ids, String text) {
    Integer id = ids.get(text);
    if (id == null) {
      throw field.refusal("names '" + text + "', which the vocab does not hold");
    }
    return id;
  }

  @Override
  public @Nullable String[] texts() {
    return texts;
  }

  @Override
  public void encode(String word, IdList out) {
    Integer whole = words.get(word);
    if (whole == null) {
      merge(symbols(word), out);
    } else {
      out.add(whole);
    }
  }

  /** The characters' ids; a character without one is its bytes or unknown, or else is left out. */
  private int[] symbols(String word) {
    IdList symbols = new IdList();
    boolean pending = false;
    for (int i = 0; i < word.length(); ) {
      int c = word.codePointAt(i);
      i += Character.charCount(c);
      int id = (int) characters.get(c);
      if (id != LongTable.ABSENT) {
        if (pending) {
          symbols.add(unknown);
          pending = false;
        }
        symbols.add(id);
      } else if (!addBytes(c, symbols) && unknown != NONE) {
        if (pending && !fusesUnknown) {
          symbols.add(unknown);
        }
        pending = true;
      }
    }
    if (pending) {
      symbols.add(unknown);
    }
    return symbols.toArray();
  }

  private boolean addBytes(int c, IdList symbols) {
    byte[] bytes = Character.toString(c).getBytes(StandardCharsets.UTF_8);
    for (byte b : bytes) {
      if (byteIds[b & 0xFF] == NONE) {
        return false;
      }
    }
    for (byte b : bytes) {
      symbols.add(byteIds[b & 0xFF]);
    }
    return true;
  }

  private void merge(int[] id, IdList out) {
    int n = id.length;
    int[] next = new int[n];
    int[] previous = new int[n];
    LongHeap pairs = new LongHeap();
    for (int i = 0; i < n; i++) {
      next[i] = i + 1 < n ? i + 1 : NONE;
      previous[i] = i - 1;
      offer(pairs, id, i, next[i]);
    }
    while (!pairs.isEmpty()) {
      long pair = pairs.poll();
      int left = (int) pair;
      int right = next[left];
      if (id[left] == NONE || right == NONE) {
        continue;
      }
      long merge = merges.get(pair(id[left], id[right]));
      if (merge == LongTable.ABSENT || merge >>> Integer.SIZE != pair >>> Integer.SIZE) {
        continue;
      }
      id[left] = (int) merge;
      id[right] = NONE;
      next[left] = next[right];
      if (next[left] != NONE) {
        previous[next[left]] = left;
      }
      offer(pairs, id, left, next[left]);
      offer(pairs, id, previous[left], left);
    }
    for (int i = 0; i < n; i++) {
      if (id[i] != NONE) {
        out.add(id[i]);
      }
    }
  }

  private void offer(LongHeap pairs, int[] id, int left, int right) {
    if (left != NONE && right != NONE) {
      long merge = merges.get(pair(id[left], id[right]));
      if (merge != LongTable.ABSENT) {
        pairs.add(merge >>> Integer.SIZE << Integer.SIZE | left);
      }
    }
  }

  private static long pair(int left, int right) {
    return (long) left << Integer.SIZE | right;
  }

  @Override
  public String toString() {
    return "BPE of " + merges.size() + " merges";
  }
}
