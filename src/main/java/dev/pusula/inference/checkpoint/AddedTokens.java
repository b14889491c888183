package dev.pusula.inference.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * The tokens that are found in a text before the model sees it: the file's {@code added_tokens}.
 * Those marked normalized are looked for in the normalised text by their normalised form, the
 * others in the text as it is. Of those that start at a place the longest is taken.
 */
final class AddedTokens {

  private final List<Token> tokens = new ArrayList<>();
  private final Trie raw = new Trie();
  private final Trie normalized = new Trie();

  /** An entry of the file. */
  record Token(
      int id,
      String text,
      boolean special,
      boolean singleWord,
      boolean stripsLeft,
      boolean stripsRight) {}

  /**
   * A stretch of a text.
   *
   * @param id of the added token, or {@link #NO_TOKEN} for what is left to the model
   */
  record Cut(String text, int from, int id) {}

  static final int NO_TOKEN = -1;

  static AddedTokens read(JsonField field, Normalization normalization) {
    AddedTokens added = new AddedTokens();
    field.items().forEach(item -> added.add(item, normalization));
    return added;
  }

  private void add(JsonField field, Normalization normalization) {
    field.only("id", "content", "special", "single_word", "lstrip", "rstrip", "normalized");
    boolean special = field.at("special").flag(false);
    Token token =
        new Token(
            field.at("id").count(),
            field.at("content").text(),
            special,
            field.at("single_word").flag(false),
            field.at("lstrip").flag(false),
            field.at("rstrip").flag(false));
    if (token.id >= SubwordModel.MOST_IDS) {
      throw field.at("id").refusal("is beyond any vocabulary: " + token.id);
    }
    if (token.text.isEmpty()) {
      return;
    }
    if (field.at("normalized").flag(!special)) {
      normalized.put(normalization.apply(token.text), tokens.size());
    } else {
      raw.put(token.text, tokens.size());
    }
    tokens.add(token);
  }

  List<Token> tokens() {
    return tokens;
  }

  /** Cuts a text as it came. */
  List<Cut> cutRaw(String text) {
    return cut(text, raw);
  }

  /** Cuts a text that was normalised. */
  List<Cut> cutNormalized(String text) {
    return cut(text, normalized);
  }

  private List<Cut> cut(String text, Trie trie) {
    List<Cut> cuts = new ArrayList<>();
    int end = 0;
    int at = 0;
    while (at < text.length()) {
      int behind = longest(text, at, trie);
      if (behind <= at) {
        at++;
        continue;
      }
      Token token = tokens.get(trie.find(text.substring(at, behind)));
      if (!token.singleWord || standsAlone(text, at, behind)) {
        int from = token.stripsLeft ? Math.max(whiteBefore(text, at), end) : at;
        addText(cuts, text, end, from);
        end = token.stripsRight ? whiteBehind(text, behind) : behind;
        cuts.add(new Cut(token.text, from, token.id));
      }
      at = behind;
    }
    addText(cuts, text, end, text.length());
    return cuts;
  }

  private static void addText(List<Cut> cuts, String text, int from, int to) {
    if (from < to) {
      cuts.add(new Cut(text.substring(from, to), from, NO_TOKEN));
    }
  }

  /** Where the longest token that starts here ends; here where there is none. */
  private static int longest(String text, int from, Trie trie) {
    int longest = from;
    int node = Trie.ROOT;
    for (int i = from; i < text.length(); i++) {
      node = trie.child(node, text.charAt(i));
      if (node == Trie.NONE) {
        break;
      }
      if (trie.number(node) != Trie.NONE) {
        longest = i + 1;
      }
    }
    return longest;
  }

  private static boolean standsAlone(String text, int from, int to) {
    return (from == 0 || !Unicode.isWord(text.codePointBefore(from)))
        && (to == text.length() || !Unicode.isWord(text.codePointAt(to)));
  }

  private static int whiteBefore(String text, int at) {
    int from = at;
    while (from > 0 && Unicode.isWhite(text.charAt(from - 1))) {
      from--;
    }
    return from;
  }

  private static int whiteBehind(String text, int at) {
    int to = at;
    while (to < text.length() && Unicode.isWhite(text.charAt(to))) {
      to++;
    }
    return to;
  }
}
