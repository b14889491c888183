package dev.pusula.inference.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A unigram language model: of all ways to cut a word into pieces of the vocabulary, the one whose
 * logarithmic probabilities sum highest.
 *
 * <p>How it works. Viterbi from left to right: each place knows the best way to reach it, and a
 * trie gives the pieces that start there. A character that is no piece of its own is unknown, at a
 * cost; unknown characters in a row are one, and stand as bytes where the vocabulary has them. [1]
 * Kudo 2018, Subword Regularization; [2] huggingface/tokenizers, models/unigram.
 */
final class UnigramModel implements SubwordModel {

  /** What an unknown character costs beyond the rarest piece (sentencepiece, unigram_model.cc). */
  private static final double UNKNOWN_PENALTY = 10;

  private final String[] texts;
  private final double[] scores;
  private final Trie pieces = new Trie();
  private final int[] byteIds = new int[256];
  private final int unknown;
  private final double unknownScore;

  static UnigramModel read(JsonField field) {
    return new UnigramModel(field.only("vocab", "unk_id", "byte_fallback"));
  }

  private UnigramModel(JsonField field) {
    List<JsonField> entries = field.at("vocab").items();
    this.texts = new String[entries.size()];
    this.scores = new double[entries.size()];
    for (int id = 0; id < texts.length; id++) {
      JsonField entry = entries.get(id);
      if (entry.node().size() != 2 || !entry.node().path(1).isNumber()) {
        throw entry.refusal("must be a piece and its score, not " + entry.node());
      }
      texts[id] = entry.node().get(0).asText();
      scores[id] = entry.node().get(1).doubleValue();
      pieces.put(texts[id], id);
    }
    this.unknown = field.at("unk_id").count();
    if (unknown >= texts.length) {
      throw field.at("unk_id").refusal("is beyond the vocab");
    }
    this.unknownScore = Arrays.stream(scores).min().orElse(0) - UNKNOWN_PENALTY;
    boolean bytes = field.at("byte_fallback").flag(false);
    for (int b = 0; b < byteIds.length; b++) {
      byteIds[b] = bytes ? pieces.find(SubwordModel.byteToken(b)) : Trie.NONE;
    }
  }

  @Override
  public @Nullable String[] texts() {
    return texts;
  }

  @Override
  public void encode(String word, IdList out) {
    int n = word.length();
    double[] best = new double[n + 1];
    int[] from = new int[n + 1];
    int[] piece = new int[n + 1];
    Arrays.fill(from, Trie.NONE);
    for (int start = 0; start < n; ) {
      int behind = start + Character.charCount(word.codePointAt(start));
      boolean known = false;
      int node = Trie.ROOT;
      for (int end = start + 1; end <= n; end++) {
        node = pieces.child(node, word.charAt(end - 1));
        if (node == Trie.NONE) {
          break;
        }
        int id = pieces.number(node);
        if (id != Trie.NONE) {
          reach(best, from, piece, start, end, id, scores[id]);
          known |= end == behind;
        }
      }
      if (!known) {
        reach(best, from, piece, start, behind, unknown, unknownScore);
      }
      start = behind;
    }
    // Backwards along the best way; from[] is turned into where each piece ends.
    int[] ends = new int[n + 1];
    for (int end = n; end > 0; end = from[end]) {
      ends[from[end]] = end;
    }
    for (int start = 0; start < n; ) {
      int end = ends[start];
      if (piece[end] == unknown) {
        while (end < n && piece[ends[end]] == unknown) {
          end = ends[end];
        }
        addUnknown(word.substring(start, end), out);
      } else {
        out.add(piece[end]);
      }
      start = end;
    }
  }

  private static void reach(
      double[] best, int[] from, int[] piece, int start, int end, int id, double score) {
    if (from[end] == Trie.NONE || best[start] + score > best[end]) {
      best[end] = best[start] + score;
      from[end] = start;
      piece[end] = id;
    }
  }

  private void addUnknown(String text, IdList out) {
    int whole = pieces.find(text);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (whole != Trie.NONE) {
      out.add(whole);
    } else if (hasAll(bytes)) {
      for (byte b : bytes) {
        out.add(byteIds[b & 0xFF]);
      }
    } else {
      out.add(unknown);
    }
  }

  private boolean hasAll(byte[] bytes) {
    for (byte b : bytes) {
      if (byteIds[b & 0xFF] == Trie.NONE) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return "unigram model";
  }
}
